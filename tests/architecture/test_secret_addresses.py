"""An address that is a secret of somebody's is in no log, neither the proxy's nor ours."""

import logging
import re
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

from geo_portal.log_redaction import SECRET_ADDRESSES, DiscreetFilter

CONF = Path(__file__).parents[2] / "ops" / "container" / "nginx.conf"
PREFIXES = re.search(r'"~\^/\(\?<secret_of>([^)]+)\)/"', CONF.read_text()).group(1).split("|")


def _patterns(found, before=""):
    for item in found:
        here = before + str(item.pattern)
        if isinstance(item, URLPattern):
            yield here
        else:
            yield from _patterns(item.url_patterns, here)


def test_every_address_with_a_token_is_kept_out_of_the_proxys_log():
    with_token = [pattern for pattern in _patterns(get_resolver().url_patterns) if "<str:token>" in pattern]
    assert len(with_token) >= 8
    assert set(SECRET_ADDRESSES) == set(PREFIXES)
    assert {pattern.partition("/<str:token>")[0].lstrip("/") for pattern in with_token} == set(PREFIXES)
    assert f"location ~ ^/({'|'.join(PREFIXES)})/ {{" in CONF.read_text()


def test_other_addresses_are_logged_as_they_are():
    assert not {"map", "projects", "river", "work"} & set(PREFIXES)


@pytest.mark.parametrize(
    ("args", "written"),
    [
        (("Not Found", "/my/abc-DEF_9/rate/"), "Not Found: /my/-/rate/"),
        (("Forbidden", "/stations/bookings/xyz/?a=1"), "Forbidden: /stations/bookings/-/?a=1"),
        (("Not Found", "/projects/2026-01/"), "Not Found: /projects/2026-01/"),
        ((404, None), "404: None"),
    ],
)
def test_our_own_log_has_a_dash_in_its_place(args, written):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", args, None)
    assert DiscreetFilter().filter(record)
    assert record.getMessage() == written
