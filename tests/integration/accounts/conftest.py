"""What a migration puts into the database, also after a test that emptied it; and servers of others on this machine."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from accounts.notices.models import RobotHost
from geokit.fetching import https

OPENSSL = "/usr/bin/openssl"
HOSTS = (
    "robot.example.org", "dysmsapi.aliyuncs.com", "sms.tencentcloudapi.com", "oapi.dingtalk.com", "qyapi.weixin.qq.com",
    "api.dingtalk.com", "open.feishu.cn", "api.weixin.qq.com", "openplatform.example.org", "sso.example.org",
)  # fmt: skip


@pytest.fixture
def known_hosts(db: None) -> None:
    """The two services whose robots are allowed from the start."""
    for host in ("oapi.dingtalk.com", "qyapi.weixin.qq.com"):
        RobotHost.objects.get_or_create(host=host)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate for the hosts of others that nobody else trusts."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    names = ",".join(f"DNS:{host}" for host in HOSTS)
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={HOSTS[0]}", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


@pytest.fixture
def serve(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Start a server of somebody else's behind TLS; every host means this machine, which for once counts as public."""
    key, cert = certificate
    running = []

    def start(handler: type[BaseHTTPRequestHandler]) -> Any:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        inside.load_cert_chain(cert, key)
        server.socket = inside.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        place = ("127.0.0.1", server.server_address[1])
        for resolve in ("public_addresses", "any_addresses"):
            monkeypatch.setattr(https, resolve, lambda host, port: [place])
        monkeypatch.setattr(https, "tls_context", lambda: ssl.create_default_context(cafile=cert))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(5)
        server.server_close()
