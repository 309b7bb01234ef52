"""Sessions: seen and ended by their owner, ended by time and by what happens to the account."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import OpenSession, Role, User
from accounts.people import services as people
from accounts.sessions.services import forget_over, sessions_of
from tests.integration.accounts.signin.conftest import PASSWORD, WECHAT, outcomes

NEW = "river-bank-at-noon-7"


def is_in(client):
    return client.get("/notices/").status_code == 200


@pytest.fixture
def two(on_device, enter, deputy):
    """A deputy on her computer and on her phone."""
    desk, phone = on_device(), on_device(WECHAT)
    enter(desk, deputy)
    enter(phone, deputy)
    return desk, phone


def test_both_are_listed_and_one_ends_the_other(two, deputy):
    desk, phone = two
    page = desk.get("/accounts/").text
    assert "Chrome · Windows" in page
    assert "微信 · Android" in page
    other = OpenSession.objects.get(device="微信 · Android")
    assert desk.post(f"/accounts/sessions/{other.pk}/end/").status_code == 302
    assert (is_in(desk), is_in(phone)) == (True, False)
    assert outcomes(deputy)[-1] == "ended"


def test_all_others_end_at_once(two, deputy):
    desk, phone = two
    phone.post("/accounts/sessions/end-others/")
    assert (is_in(desk), is_in(phone)) == (False, True)


def test_somebody_elses_session_is_missing_and_stays(two, as_user, staff, admin_user):
    desk, phone = two
    keys = list(OpenSession.objects.values_list("pk", flat=True))
    for user in (staff, admin_user):
        for key in keys:
            assert as_user(user).post(f"/accounts/sessions/{key}/end/").status_code == 404
        as_user(user).post("/accounts/sessions/end-others/")
    assert (is_in(desk), is_in(phone)) == (True, True)


def test_a_new_password_ends_every_other_session_and_keeps_this_one(two, deputy):
    desk, phone = two
    words = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert desk.post("/accounts/password/change/", words).status_code == 302
    assert (is_in(desk), is_in(phone)) == (True, False)
    assert [one.device for one in sessions_of(deputy)] == ["Chrome · Windows"]
    assert outcomes(deputy)[-1] == "password"


@pytest.mark.parametrize("step", ["close", "invite_again"])
def test_what_staff_do_to_the_account_ends_its_sessions(two, deputy, staff, step):
    getattr(people, step)(staff, deputy.pk)
    assert [is_in(client) for client in two] == [False, False]
    assert not OpenSession.objects.filter(user=deputy).exists()


@pytest.mark.parametrize(
    ("role", "inside", "outside"),
    [(Role.STAFF, 59, 63), (Role.ADMIN, 29, 33), (Role.DEPUTY, 60 * 24 * 13, 60 * 24 * 15)],
)
def test_who_did_nothing_for_too_long_signs_in_anew(on_device, enter, world, role, inside, outside):
    user = User.objects.create_user("somebody", password=PASSWORD, role=role)
    start = timezone.now()
    for minutes, stays in ((inside, True), (outside, False)):
        client = on_device()
        with time_machine.travel(start, tick=False):
            enter(client, user, remember="on")
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert is_in(client) is stays
    assert outcomes(user)[-1] == "idle" or role == Role.DEPUTY


def test_use_keeps_a_session_until_its_longest_time(on_device, enter, staff, set_rule):
    set_rule("signin.lifetime_hours.staff", 2)
    client, start = on_device(), timezone.now()
    with time_machine.travel(start, tick=False):
        enter(client, staff)
    for minutes in (50, 100):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert is_in(client)
    with time_machine.travel(start + timedelta(minutes=125), tick=False):
        assert not is_in(client)
    assert outcomes(staff)[-1] == "expired"


def test_a_page_that_looks_again_by_itself_keeps_nobody_signed_in(on_device, enter, staff):
    client, start = on_device(), timezone.now()
    with time_machine.travel(start, tick=False):
        enter(client, staff)
    for minutes in (20, 40, 61):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get("/notices/", headers={"X-Looks-Again": "1"}).status_code == 200
    with time_machine.travel(start + timedelta(minutes=63), tick=False):
        assert client.get("/notices/", headers={"X-Looks-Again": "1"}).status_code == 302
    assert outcomes(staff)[-1] == "idle"


def test_the_rule_of_the_district_counts(on_device, enter, deputy, set_rule):
    set_rule("signin.idle_minutes.deputy", 10)
    client, start = on_device(), timezone.now()
    with time_machine.travel(start, tick=False):
        enter(client, deputy)
    with time_machine.travel(start + timedelta(minutes=13), tick=False):
        assert client.get("/notices/").status_code == 302
        assert "重新登录" in client.get("/accounts/login/").text


def test_an_idle_session_reads_the_public_pages_as_the_public(on_device, enter, staff):
    client, start = on_device(), timezone.now()
    with time_machine.travel(start, tick=False):
        enter(client, staff)
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        assert client.get("/").status_code == 200
        assert client.get("/api/v1/suggestions/").json()["count"] == 0
        assert "_auth_user_id" not in client.session


def test_a_session_from_before_the_upgrade_goes_on(as_user, deputy):
    client = as_user(deputy)
    session = client.session
    del session["signin"]
    session.save()
    assert is_in(client)
    assert client.session["signin"]["role"] == "deputy"


def test_most_requests_cost_the_guard_no_query(as_user, deputy):
    client = as_user(deputy)
    client.get("/notices/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/notices/")
    words = " ".join(row["sql"] for row in asked)
    assert "opensession" not in words
    assert "rulechange" not in words
    assert "authenticator" not in words


def test_answers_to_the_public_do_not_depend_on_a_cookie(client, world):
    assert "Cookie" not in client.get("/healthz").get("Vary", "")


def test_sessions_that_are_over_are_forgotten(two, deputy):
    Session.objects.filter(session_key=OpenSession.objects.first().session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    assert forget_over() == 1
    assert OpenSession.objects.count() == 1
