"""What the site stands on is away: 503 with Retry-After everywhere, never 500, and nothing of it is asked to say so."""

import errno
from contextlib import contextmanager
from uuid import uuid4

import psycopg2
import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from django.test import Client

from geo_portal import session_limits
from geo_portal.concurrency import PAGES, Places
from supervision.findings.models import Finding
from tests import roles
from tests.integration.supervision.conftest import jpeg

PROBLEM = "application/problem+json"


@contextmanager
def lost_database():
    """Every statement ends as it does when the server was killed."""

    def gone(*_):
        cause = psycopg2.OperationalError("server closed the connection unexpectedly")
        raise OperationalError(str(cause)) from cause

    with connection.execute_wrapper(gone):
        yield


@pytest.fixture
def visitor(world):
    """A real browser hears an answer also where a test's client would rather raise."""
    return Client(raise_request_exception=False)


def report(**more):
    return {"client_id": str(uuid4()), "secret": "s" * 43, "text": "水发黑", "category": "environment",
            "lng": "121.305", "lat": "29.85", "anyway": "1", **more}  # fmt: skip


@pytest.mark.parametrize(
    "address", ["/", "/river/points/", "/projects/", "/search/?q=东", "/work/", "/accounts/login/"]
)
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "现在办不了"), ("en", "Not possible right now")])
def test_a_page_says_so_and_tries_again_by_itself(visitor, address, language, words, deputy):
    visitor.force_login(deputy, backend="allauth.account.auth_backends.AuthenticationBackend")
    with lost_database():
        answer = visitor.get(address, headers={"accept-language": language})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    page = answer.content.decode()
    assert words in page and 'http-equiv="refresh" content="5"' in page


@pytest.mark.parametrize(
    "address", ["/api/v1/projects/", "/api/v1/areas/", "/tiles/projects/12/3427/1690.mvt", "/tiles/"]
)
def test_programs_get_a_problem(visitor, address):
    with lost_database():
        answer = visitor.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
    assert answer["Retry-After"] and answer.json()["code"] in {"database-away", "tiles-unsure"}


def test_a_form_says_that_nothing_was_saved(visitor):
    with lost_database():
        answer = visitor.post("/report/", report())
    page = answer.content.decode()
    assert answer.status_code == 503 and "没有保存" in page
    assert answer["X-Unavailable"] == "database-away", "the page's scripts leave alone what was typed"
    assert "http-equiv" not in page, "what was sent is not fetched"


def test_a_phones_outbox_hears_when_to_come_again_and_its_report_is_filed_once(visitor):
    kept = report()
    with lost_database():
        answer = visitor.post("/report/", kept, headers={"accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, PROBLEM, "5")
    for _ in range(2):
        assert visitor.post("/report/", kept, headers={"accept": "application/json"}).status_code == 201
    assert Finding.objects.filter(client_id=kept["client_id"]).count() == 1


def test_a_full_disk_files_nothing_and_is_503(visitor, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    kept = report(photos=jpeg())
    answer = visitor.post("/report/", kept, headers={"accept": "application/json"})
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "60", "disk-full")
    assert not Finding.objects.filter(client_id=kept["client_id"]).exists()


def test_ready_says_that_the_database_is_away(visitor):
    with lost_database():
        answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_a_kind_that_is_full_is_refused_before_anything_is_asked(visitor, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(Places, "take", lambda places, route: places.kind is not PAGES)
    with django_assert_num_queries(0):
        answer = visitor.get("/projects/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert visitor.get("/api/v1/projects/").status_code == 200


def test_every_place_is_given_back(visitor, monkeypatch):
    taken = []
    take, give_back = Places.take, Places.give_back
    monkeypatch.setattr(Places, "take", lambda places, route: taken.append(route) or take(places, route))
    monkeypatch.setattr(Places, "give_back", lambda places, route: taken.remove(route) or give_back(places, route))
    for address in ("/projects/", "/no-such-page/", "/stations/statistics.csv", "/api/v1/areas/"):
        answer = visitor.get(address)
        assert b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
    with lost_database():
        visitor.get("/projects/")
    assert taken == []


@pytest.mark.django_db(transaction=True)
def test_the_limits_hold_for_the_sessions_of_the_role_and_a_command_lifts_them():
    name = connection.settings_dict["NAME"]
    try:
        with roles.owner_rights():  # the role that logs in here
            session_limits.keep()
        parameters = connection.get_connection_params()
        parameters.pop("cursor_factory", None)
        session = psycopg2.connect(**parameters)
        assert _shown(session, "lock_timeout") == "5s"
        assert _shown(session, "statement_timeout") == "1min"
        session.close()
        connection.close()
        connection.ensure_connection()
        assert _shown(connection.connection, "statement_timeout") == "0", "a command's session has no limit"
    finally:
        with roles.owner_rights(), connection.cursor() as cursor:
            cursor.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{name}" RESET ALL')


def _shown(session, name):
    with session.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]
