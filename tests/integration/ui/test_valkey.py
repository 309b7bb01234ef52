"""The cache that processes share, for real: a password at the door, and no pickle behind it."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.core.cache import caches
from django.test import override_settings

pytestmark = pytest.mark.skipif(shutil.which("valkey-server") is None, reason="valkey-server is not installed")
PASSWORD = "of-this-test"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server as `ops/container/cache-start` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = tmp_path / "valkey.conf"
    settings.write_text(f'requirepass "{PASSWORD}"\n')
    command = ["valkey-server", settings, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", tmp_path]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port
    server.terminate()
    server.wait()


def test_values_are_there_for_who_knows_the_password_and_nothing_is_pickled(port: int) -> None:
    from django.conf import settings as given

    location = f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
    options = {"SERIALIZER": "ui.plain_values.PlainValues"}
    valkey = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": location, "OPTIONS": options}
    with override_settings(CACHES=given.CACHES | {"default": valkey}):
        cache = caches["default"]
        cache.set("tile", ("etag", b"\x1f\x8bbody", 7), 60)
        cache.set("count", 1, 60)
        assert cache.get("tile") == ("etag", b"\x1f\x8bbody", 7)
        assert cache.incr("count") == 2
        line = redis.Redis(port=port, password=PASSWORD)
        assert {line.get(key)[:2] for key in line.keys("*tile")}.isdisjoint({b"\x80\x04", b"\x80\x05"})
        line.set(line.keys("*tile")[0], b"\x80\x05K\x01.")  # a pickle that somebody put there
        assert cache.get("tile") is None
        line.close()
        cache.close()


@pytest.mark.parametrize("password", [None, "wrong"])
def test_without_it_nobody_reads_or_writes(port: int, password: str | None) -> None:
    line = redis.Redis(port=port, password=password)
    with pytest.raises((redis.AuthenticationError, redis.ResponseError)):
        line.ping()
    line.close()
