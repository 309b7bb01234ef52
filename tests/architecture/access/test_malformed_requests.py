"""Every address, asked with what nobody should send, by people of nine roles: refused or answered, never a fault.

`make fuzz` sends 50,000 of them; `FUZZ_REQUESTS` and `FUZZ_SEED` in the environment set how many and which. A failure
names the seed, and the same seed draws the same requests.
"""

import logging
import os
import sys
from itertools import cycle

import pytest
from django.urls import reverse

from river_monitoring.models import RectificationEvent
from tests.architecture.access.answers import PEOPLE
from tests.architecture.access.foreign.row import FOREIGNERS
from tests.architecture.access.foreign.table import rows as foreign_rows
from tests.architecture.access.table import arguments
from tests.architecture.access.test_foreign_objects import _form
from tests.fuzz.addresses import addresses, templates
from tests.fuzz.fuzzer import Fuzzer, shared_clients

pytestmark = pytest.mark.slow

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "2000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261128"))
WHO = [*PEOPLE, "town_staff", "village_staff"]


@pytest.fixture
def fuzzer(foreign_scene):
    things = foreign_scene.things
    valid = []
    for row in foreign_rows():
        words = arguments(row.words.replace("pk=PLACE", "pk=PROJECT_PLACE"), things)
        valid.append((row, reverse(row.route, kwargs=words), _form(row, things)))

    return Fuzzer(WHO, shared_clients(foreign_scene.client), addresses(things), valid, SEED)


@pytest.fixture(autouse=True)
def quiet():
    """Each refusal is a line in the log, with where it was refused."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_no_malformed_request_is_a_fault(fuzzer):
    fuzzer.run(REQUESTS)
    sys.stdout.write(f"seed {SEED}: {REQUESTS} requests, {dict(sorted(fuzzer.statuses.items()))}, 503: {fuzzer.away}\n")
    assert len(fuzzer.statuses) > 5, fuzzer.statuses
    assert not fuzzer.faults, f"seed {SEED}\n{fuzzer.report()}"


def test_no_method_is_a_fault_at_any_address(fuzzer):
    others = cycle(("TRACE", "PUT", "DELETE", "HEAD", "PATCH", "PROPFIND"))
    for template, values in {template: (template, values) for template, values in fuzzer.addresses}.values():
        fuzzer.send("admin", "OPTIONS", template.format(**values))
        fuzzer.send("staff", next(others), template.format(**values))
    assert not fuzzer.faults, fuzzer.report()


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("OPTIONS", "/api/docs/", 405),
        ("GET", "/api/v1/receptions.json/", 404),
        ("POST", "/api/v1/receptions.json/", 404),
        ("GET", "/admin/river_monitoring/rectificationevent/{EVENT}/change/", 200),
    ],
)
def test_what_was_a_fault_once(foreign_scene, method, address, status):
    client = foreign_scene.client("admin")
    event = RectificationEvent.objects.earliest("pk").pk
    assert client.generic(method, address.format(EVENT=event)).status_code == status


def test_every_address_of_the_urlconf_is_drawn(fuzzer):
    drawn = {template for template, _values in fuzzer.addresses}
    assert drawn == {form for forms in templates().values() for form in forms}
    assert len(drawn) > 500
    assert set(FOREIGNERS) - set(WHO) == {"other_deputy"}
