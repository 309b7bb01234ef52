"""What the settings make of the environment."""

import os
import subprocess
import sys

import pytest

from geo_portal import settings
from geo_portal.external_base_map import origins_of


@pytest.mark.parametrize(
    ("kind", "url", "origin"),
    [
        ("", "", ""),
        ("tianditu", "", "https://t0.tianditu.gov.cn"),
        ("xyz", "https://maps.example.org/{z}/{x}/{y}.png", "https://maps.example.org"),
        ("xyz", "https://maps.example.org; script-src */{z}", ""),
        ("pmtiles", "/static/base.pmtiles", ""),
    ],
)
def test_the_browser_may_ask_the_base_map_of_the_record_and_no_other(kind, url, origin):
    assert origins_of({"kind": kind, "url": url, "satellite": ""}) == [origin][: bool(origin)]
    sky = "https://sky.example/{z}/{x}/{y}"
    both = origins_of({"kind": kind, "url": url, "satellite": sky})
    assert both == sorted({"https://sky.example", *([origin] if origin else [])})


@pytest.mark.parametrize("scheme", ["postgis", "postgresql", "postgres"])
def test_a_database_address_is_read_as_libpq_reads_it(scheme):
    database = settings._database(f"{scheme}://ann:p%40ss@db.example.org:5433/map?sslmode=require")
    assert database["ENGINE"] == "django.contrib.gis.db.backends.postgis"
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("map", "ann", "p@ss")
    assert (database["HOST"], database["PORT"]) == ("db.example.org", "5433")
    assert database["OPTIONS"]["sslmode"] == "require"


def test_a_socket_folder_is_a_host():
    database = settings._database("postgis://geo@/map?host=%2Fvar%2Frun%2Fmap")
    assert database["HOST"] == "/var/run/map"


@pytest.mark.parametrize(("text", "value"), [("1", True), ("true", True), ("0", False), ("no", False), ("", False)])
def test_flags_are_read_as_people_write_them(monkeypatch, text, value):
    monkeypatch.setenv("SOME_FLAG", text)
    assert settings._flag("SOME_FLAG", not value) is value


def test_nothing_is_pickled_in_a_shared_cache():
    ask = "from geo_portal.settings import CACHES; print({c['OPTIONS']['SERIALIZER'] for c in CACHES.values()})"
    environ = os.environ | {"CACHE_URL": "redis://:secret@127.0.0.1:1/0"}
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout.strip() == "{'ui.plain_values.PlainValues'}"
