"""Signing in by username; the demonstration's passwords open nothing outside the demonstration."""

import pytest
from django.contrib.auth import authenticate

from accounts.models import Role, User
from ledger.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_deputy(world):
    return User.objects.create_user(username="deputy", password="demo-deputy", role=Role.DEPUTY)


def sign_in(client, username, password):
    return client.post("/accounts/login/", {"login": username, "password": password})


def test_a_person_signs_in_by_username_and_comes_to_her_inbox(deputy, client):
    answer = sign_in(client, "a-deputy", "a long enough phrase")
    assert (answer.status_code, answer["Location"]) == (302, "/work/")


def test_a_wrong_password_is_refused(deputy, client):
    assert sign_in(client, "a-deputy", "another phrase").status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_demo_password_opens_the_demonstration(demo_deputy, client, settings):
    settings.DEMO = True
    assert sign_in(client, "deputy", "demo-deputy").status_code == 302


def test_a_demo_password_is_refused_outside_the_demonstration(demo_deputy, client, settings):
    settings.DEMO = False
    assert sign_in(client, "deputy", "demo-deputy").status_code == 200
    assert "_auth_user_id" not in client.session
    assert authenticate(username="deputy", password="demo-deputy") is None


def test_the_administration_has_no_sign_in_of_its_own(world, client, settings):
    settings.DEMO = True
    User.objects.create_superuser(username="admin", password="demo-admin", role=Role.ADMIN)
    answer = client.post("/admin/login/?next=/admin/", {"username": "admin", "password": "demo-admin"})
    assert answer["Location"].startswith("/accounts/login/?")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("model", ["jobs/schedule", "jobs/job", "auth/group", "accounts/user", "accounts/apitoken"])
def test_the_administration_holds_neither_queue_nor_accounts(model, admin_user, as_user):
    assert as_user(admin_user).get(f"/admin/{model}/").status_code == 404
    assert as_user(admin_user).get(f"/admin/{model}/add/").status_code == 404


def guess(client, address, times):
    for _turn in range(times):
        client.post(
            "/accounts/login/", {"login": "a-deputy", "password": "guess"}, headers={"X-Forwarded-For": address}
        )


def test_who_guesses_is_stopped_and_locks_nobody_else_out(deputy, client, settings):
    settings.TRUSTED_PROXIES = 1
    guess(client, "198.51.100.7", 12)
    words = {"login": "a-deputy", "password": "a long enough phrase"}
    stopped = client.post("/accounts/login/", words, headers={"X-Forwarded-For": "198.51.100.7"})
    assert "_auth_user_id" not in client.session
    assert stopped.status_code in (200, 429)
    entered = client.post("/accounts/login/", words, headers={"X-Forwarded-For": "203.0.113.9"})
    assert entered.status_code == 302


def test_a_visitor_cannot_claim_another_address(deputy, client, settings):
    settings.TRUSTED_PROXIES = 1
    for turn in range(12):
        guess(client, f"192.0.2.{turn}, 198.51.100.7", 1)
    words = {"login": "a-deputy", "password": "a long enough phrase"}
    client.post("/accounts/login/", words, headers={"X-Forwarded-For": "192.0.2.99, 198.51.100.7"})
    assert "_auth_user_id" not in client.session


def test_another_password_works_outside_the_demonstration(deputy, client, settings):
    settings.DEMO = False
    assert sign_in(client, "a-deputy", "a long enough phrase").status_code == 302


def test_nobody_signs_herself_up(world, client):
    answer = client.post(
        "/accounts/signup/", {"username": "me", "password1": "a long phrase 9", "password2": "a long phrase 9"}
    )
    assert answer.status_code in (200, 404)
    assert not User.objects.filter(username="me").exists()


def test_somebody_who_left_does_not_sign_in(deputy, client):
    User.objects.filter(pk=deputy.pk).update(is_active=False)
    sign_in(client, "a-deputy", "a long enough phrase")
    assert "_auth_user_id" not in client.session


def test_an_administrator_reads_the_audit_trail_and_changes_nothing(admin_user, as_user):
    entry = AuditEntry.objects.create(verb="test", object_type="x", object_id="1")
    client = as_user(admin_user)
    assert client.get("/admin/ledger/auditentry/").status_code == 200
    assert client.get("/admin/ledger/auditentry/add/").status_code == 403
    assert client.post(f"/admin/ledger/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "model",
    [
        "accounts/department",
        "accounts/area",
        "supervision/routingrule",
        "supervision/suggestion",
        "supervision/finding",
    ],
)
def test_an_administrator_opens_every_list_and_a_deputy_none(model, admin_user, deputy, as_user):
    assert as_user(admin_user).get(f"/admin/{model}/").status_code == 200
    assert as_user(deputy).get(f"/admin/{model}/").status_code == 302


def test_an_area_is_edited_without_a_map_from_elsewhere(admin_user, world, as_user):
    page = as_user(admin_user).get(f"/admin/accounts/area/{world.west_town.pk}/change/").text
    assert "西镇" in page
    assert "openlayers" not in page.lower()
