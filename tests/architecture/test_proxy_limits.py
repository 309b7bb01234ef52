"""The proxy takes as much at each address as the site does: neither refuses what the other would take."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from geo_portal.middleware.request_size import limit_for
from tests.architecture.access.routes import addresses

CONF = (Path(__file__).parents[2] / "ops" / "container" / "nginx.conf").read_text()
UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}
LOCATIONS = re.findall(
    r"^        location (=|~|) ?(\S+) \{(.*?)^        \}|^        location / \{(.*?)\}", CONF, re.M | re.S
)
SIZE = re.compile(r"client_max_body_size (\d+)([kmg]);")


def bytes_in(text: str) -> int | None:
    found = SIZE.search(text)
    return int(found[1]) * UNITS[found[2]] if found else None


def proxy_limit(path: str) -> int:
    """What nginx takes there: the first regular expression that fits, else the size set for all."""
    whole = bytes_in(CONF.partition("server {")[0])
    assert whole is not None
    for kind, pattern, body, _rest in LOCATIONS:
        if kind == "~" and re.search(pattern, path):
            return bytes_in(body) or whole
    return whole


def examples():
    """One address for every pattern of the site, with something in the place of what varies."""
    for pattern in addresses():
        text = re.sub(r"<\w+:\w+>|<\w+>", "7", re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "7", pattern))
        yield re.sub(r"[\^$\\?]", "", text).replace("//", "/")


def test_the_proxy_and_the_site_agree_at_every_address() -> None:
    paths = list(examples())
    assert len(paths) > 300
    apart = {path: (proxy_limit(path), limit_for(path)) for path in paths if proxy_limit(path) != limit_for(path)}
    assert apart == {}


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/layers/import/", settings.UPLOAD_MAX_BYTES + 1024**2),
        ("/stations/areas/upload/", settings.UPLOAD_MAX_BYTES + 1024**2),
        ("/report/", settings.REQUEST_MAX_BYTES),
        ("/my/abc/add/", settings.REQUEST_MAX_BYTES),
        ("/questions/7/", settings.REQUEST_MAX_BYTES),
        ("/river/points/7/transition/", settings.REQUEST_MAX_BYTES),
        ("/api/v1/findings/", settings.REQUEST_MAX_BYTES),
        ("/api/v1/suggestions/2026-00001/files/", settings.REQUEST_MAX_BYTES),
        ("/suggestions/2026-00001/reply/", settings.REQUEST_MAX_BYTES),
        ("/library/new/", settings.REQUEST_MAX_BYTES),
        ("/library/water-law/new-version/", settings.REQUEST_MAX_BYTES),
        ("/work/people/sheet/", settings.REQUEST_MAX_BYTES),
        ("/accounts/login/", settings.FORM_MAX_BYTES),
        ("/layers/ponds/style/", settings.FORM_MAX_BYTES),
        ("/reporting/", settings.FORM_MAX_BYTES),
    ],
)
def test_files_are_taken_where_they_are_sent_and_nowhere_else(path: str, limit: int) -> None:
    assert limit_for(path) == proxy_limit(path) == limit


def test_what_waits_has_a_time_and_what_one_address_holds_a_number() -> None:
    for name in ("client_header_timeout", "client_body_timeout", "send_timeout"):
        (seconds,) = re.findall(rf"^    {name} (\d+)s;", CONF, re.M)
        assert int(seconds) <= 30
    assert "$binary_remote_addr" not in CONF, "one address is whom `proxy-start` says, also behind a further proxy"
    assert len(re.findall(r"limit_(?:conn|req)_zone \$asker", CONF)) == 8


@pytest.mark.parametrize(
    ("path", "zone"),
    [
        ("/ogc/wms", "drawn"),
        ("/ogc/wmts", "drawn"),
        ("/ogc/wmts/1.0.0/ponds/default/CGCS2000/1/0/0.png", "drawn"),
        ("/by-token/hs_a/ogc/wms", "drawn"),
        ("/ogc/arcgis/ponds/VectorTileServer/tile/1/0/0.pbf", "tiles_asked"),
        ("/layers/ponds/export.zip", "costly"),
        ("/map/sheet.pdf", "costly"),
        ("/cards/points/P1/wide.png", "costly"),
        ("/boards/air/board.pdf", "costly"),
    ],
)
def test_what_costs_a_core_has_a_measure_of_its_own(path: str, zone: str) -> None:
    body = next(body for kind, pattern, body, _rest in LOCATIONS if kind == "~" and re.search(pattern, path))
    assert re.findall(r"limit_req zone=(\w+)", body) == [zone]
