"""An address that is a secret of somebody's is in no log, neither the proxy's nor ours."""

import logging
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from geo_portal import log_redaction
from geo_portal.log_redaction import DiscreetFilter, secret_addresses
from tests.architecture.access.routes import addresses
from ui.secret_addresses import prefixes

CONF = (Path(__file__).parents[2] / "ops" / "container" / "nginx.conf").read_text()
IN_THE_ACCESS_LOG = re.search(r'"~\^/\(\?<secret_of>([^)]+)\)/"', CONF).group(1).split("|")
IN_THE_ERROR_LOG = [
    address
    for group, body in re.findall(r"location ~ \^/\(([^)]+)\)/ \{(.*?)^        \}", CONF, re.M | re.S)
    if "error_log /dev/stderr crit;" in body
    for address in group.split("|")
]


def test_both_logs_of_the_proxy_leave_out_what_the_urlconf_marks():
    marked = set(prefixes(get_resolver().url_patterns))
    assert len(marked) >= 9
    assert set(secret_addresses()) == marked
    assert sorted(IN_THE_ACCESS_LOG) == sorted(marked)
    assert sorted(IN_THE_ERROR_LOG) == sorted(marked)


def test_every_address_with_a_token_is_marked():
    tokens = [address for address in addresses() if re.search(r"<(?!secret:)(\w+:)?\w*token\w*>", address)]
    assert tokens == []


def test_other_addresses_are_logged_as_they_are():
    assert not {"map", "projects", "river", "work"} & set(secret_addresses())


@pytest.mark.parametrize(
    ("args", "written"),
    [
        (("Not Found", "/my/abc-DEF_9/rate/"), "Not Found: /my/-/rate/"),
        (("Not Found", "/my/mail/5/MjAyNi0x:1abc/files/3/"), "Not Found: /my/-/files/3/"),
        (("Not Found", "/line/mail/12/MjAyNi0x:1abc/"), "Not Found: /line/-/"),
        (("Forbidden", "/stations/bookings/xyz/?a=1"), "Forbidden: /stations/bookings/-/?a=1"),
        (("Not Found", "/projects/2026-01/"), "Not Found: /projects/2026-01/"),
        ((404, None), "404: None"),
    ],
)
def test_our_own_log_has_a_dash_in_its_place(args, written):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", args, None)
    assert DiscreetFilter().filter(record)
    assert record.getMessage() == written


def test_while_the_addresses_are_being_read_every_long_part_is_covered(monkeypatch):
    def unread():
        raise ImproperlyConfigured

    monkeypatch.setattr(log_redaction, "_of_the_site", unread)
    record = logging.LogRecord("", logging.WARNING, "", 0, "at %s", ("/my/abcdefghijklmnop-DEF_9/rate/",), None)
    assert DiscreetFilter().filter(record)
    assert record.getMessage() == "at /my/-/rate/"
