"""Every address, asked with what nobody should send, by people of nine roles: refused or answered, never a fault.

`make fuzz` sends 50,000 of them; `FUZZ_REQUESTS` and `FUZZ_SEED` in the environment set how many and which, and
`FUZZ_SECONDS` for how long at most (0: no matter). A failure names the seed, and the same seed draws the same requests.
"""

import logging
import os
import sys
from itertools import cycle
from math import inf

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from river_monitoring.models import RectificationEvent
from tests.architecture.access.answers import PEOPLE
from tests.architecture.access.foreign.row import FOREIGNERS
from tests.architecture.access.foreign.table import rows as foreign_rows
from tests.architecture.access.table import arguments
from tests.architecture.access.test_foreign_objects import _form
from tests.fuzz.addresses import addresses, templates
from tests.fuzz.fuzzer import Fuzzer

pytestmark = pytest.mark.slow

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261128"))
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
WHO = [*PEOPLE, "town_staff", "village_staff"]


@pytest.fixture
def fuzzer(foreign_scene):
    things = foreign_scene.things
    Authenticator.objects.all().delete()  # the scene's passkey is an empty one, which none is
    valid = []
    for row in foreign_rows():
        words = arguments(row.words.replace("pk=PLACE", "pk=PROJECT_PLACE"), things)
        valid.append((row, reverse(row.route, kwargs=words), _form(row, things)))

    return Fuzzer(WHO, foreign_scene.client, addresses(things), valid, SEED)


@pytest.fixture(autouse=True)
def quiet():
    """Each refusal is a line in the log, with where it was refused."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_no_malformed_request_is_a_fault(fuzzer):
    drawn = fuzzer.run(REQUESTS, SECONDS or inf)
    said = f"{drawn} of {REQUESTS} requests, {dict(sorted(fuzzer.statuses.items()))}, 503: {fuzzer.away}"
    sys.stdout.write(f"seed {SEED}: {said}\n")
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
        ("GET", "/admin/river_monitoring/rectificationevent/{EVENT}/change/?_to_field=", 200),
    ],
)
def test_what_was_a_fault_once(foreign_scene, method, address, status):
    client = foreign_scene.client("admin")
    event = RectificationEvent.objects.earliest("pk").pk
    assert client.generic(method, address.format(EVENT=event)).status_code == status


@pytest.mark.parametrize(
    ("person", "address", "form", "status"),
    [
        ("admin", "/admin/river_monitoring/river/", {"action": "delete_selected", "_selected_action": "sNaN"}, 302),
        ("deputy", "/matters/2026-00002/adopt/", {"version": "²"}, 302),
        ("deputy", "/matters/2026-00002/adopt/", {"version": "9" * 5000}, 302),
        ("officer", "/river/points/P1/samples/new/", {"phenomenon_time": "9999-12-31T23:59:59Z", "nh3n": "0.5"}, 400),
    ],
)
def test_which_form_was_a_fault_once(foreign_scene, person, address, form, status):
    assert foreign_scene.client(person).post(address, form).status_code == status


@pytest.mark.parametrize(
    "query",
    [
        "statement__range=x",
        "statement__regex=(",
        "id__contained_by=1",
        "received_at__year__gte=11111",
        "received_at__year=0",
        "received_at__year=0000",
        "received_at__in=9999-12-31T23:59:59-23:59",
        "received_at__gte=2026-01-01T00:00:00%2B1600",
    ],
)
def test_lists_of_the_administration_compare_as_their_filters_do(foreign_scene, query):
    client = foreign_scene.client("admin")
    assert client.get("/admin/ledger/foreignanchor/?" + query).status_code == 400
    for edge in ("?received_at__year=1", "?received_at__year=9999", "?received_at__gte=2026-12-31T23:59:59%2B15:59"):
        assert client.get("/admin/ledger/foreignanchor/" + edge).status_code == 200, edge
    assert client.get("/admin/river_monitoring/sample/?phenomenon_time__year=2026&id__exact=1").status_code == 200


def test_bytes_are_compared_with_nothing(foreign_scene):
    assert foreign_scene.client("admin").get("/admin/ledger/delivery/?proof__in=x").status_code == 400


@pytest.mark.parametrize("text", ["[" * 50_000, "1" * 5000, '{"COD": "\\ud800"}'])
def test_json_that_is_none_is_an_error_of_the_form(foreign_scene, text):
    answer = foreign_scene.client("admin").post("/admin/river_monitoring/automaticstation/add/", {"units": text})
    assert answer.status_code == 200


def test_a_river_that_flows_into_itself_is_an_error_of_the_form(foreign_scene):
    key = foreign_scene.things["RIVER"]
    form = {"code": "R1", "name": "南塘河", "kind": "river", "grade": "city", "flows_into": key}
    answer = foreign_scene.client("admin").post(f"/admin/river_monitoring/river/{key}/change/", form)
    assert answer.status_code == 200 and "不能汇入自己" in answer.content.decode()


@pytest.mark.parametrize("at", ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_a_time_at_the_edge_of_the_calendar_is_refused(foreign_scene, at):
    body = {"station": "S1", "starts_at": at, "ends_at": at, "deputies": [], "visitors": 0}
    answer = foreign_scene.client("staff").post("/api/v1/receptions/", body, content_type="application/json")
    assert answer.status_code in (207, 400)


@pytest.mark.parametrize(
    ("person", "address"),
    [
        ("admin", "/accounts/log/?until=9999-12-31&since=0001-01-01"),
        ("staff", "/work/audit/?until=9999-12-31&since=0001-01-01"),
        ("staff", "/stations/statistics/?until=9999-12-31&since=0001-01-01"),
        ("staff", "/numbers/?until=9999-12-31&since=0001-01-01"),
        ("staff", "/river/compare/?until=9999-12"),
        ("staff", "/river/compare/?since=0001-01"),
    ],
)
def test_days_and_months_at_the_edge_of_the_calendar_are_asked_for(foreign_scene, person, address):
    assert foreign_scene.client(person).get(address).status_code in (200, 400)


def test_a_length_of_many_digits_is_too_large(foreign_scene):
    answer = foreign_scene.client("admin").post("/report/", headers={"content-length": "9" * 5000})
    assert answer.status_code == 413


def test_every_address_of_the_urlconf_is_drawn(fuzzer):
    drawn = {template for template, _values in fuzzer.addresses}
    assert drawn == {form for forms in templates().values() for form in forms}
    assert len(drawn) > 500
    assert set(FOREIGNERS) - set(WHO) == {"other_deputy"}
