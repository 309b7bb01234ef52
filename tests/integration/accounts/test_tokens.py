"""A department's tokens: shown once, good for their scopes and days, taken back at once, seeing what officers see."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Role, User
from accounts.people import services as people
from accounts.people.services import Particulars
from accounts.tokens import services as tokens
from accounts.tokens.reading import service_account
from geokit.refusal import BadInput, NotPermitted
from ledger.models import AuditEntry
from supervision.models import Suggestion


@pytest.fixture
def issue(officer, world):
    def make(*scopes, actor=officer, department=world.water, days=30):
        expires = timezone.localdate() + timedelta(days=days)
        return tokens.issue(actor, department=department, name="自动站", scopes=scopes or ["read"], expires_on=expires)

    return make


def ask(text, path="/api/v1/suggestions/", method="get", **more):
    client = Client(headers={"Authorization": f"Bearer {text}"})
    return getattr(client, method)(path, **more)


def test_a_token_asks_as_its_department(issue):
    _token, text = issue()
    answer = ask(text)
    assert (answer.status_code, answer.json()["count"]) == (200, 0)


def test_only_a_digest_is_kept(issue):
    token, text = issue()
    assert text not in str(ApiToken.objects.filter(pk=token.pk).values().get())
    assert token.prefix == text[:10]
    assert text not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("text", ["", "hs_guess", "x y", "hs_" + "a" * 43])
def test_a_guess_is_refused(issue, text):
    issue()
    answer = ask(text)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_on_its_day(issue):
    _token, text = issue(days=3)
    noon = timezone.localtime().replace(hour=12)  # of the day that the token's maker has
    with time_machine.travel(noon + timedelta(days=3), tick=False):
        assert ask(text).status_code == 200
    with time_machine.travel(noon + timedelta(days=4), tick=False):
        assert ask(text).status_code == 401


def test_a_token_taken_back_opens_nothing_from_that_moment(issue, officer, as_user):
    token, text = issue()
    as_user(officer).post(f"/work/tokens/{token.pk}/revoke/")
    assert ask(text).status_code == 401
    assert tokens.revoke(officer, token.pk).revoked_at is not None


def test_a_token_reads_only_with_the_scope_to_read(issue):
    _token, text = issue("samples:write")
    assert ask(text).status_code == 403


def test_a_token_writes_only_where_a_scope_is_named_and_hers(issue):
    _token, reads = issue("read")
    _token, writes = issue("read", "samples:write")
    sent = {"data": "[]", "content_type": "application/json"}
    assert ask(reads, "/api/v1/samples/", "post", **sent).status_code == 403
    assert ask(writes, "/api/v1/samples/", "post", **sent).status_code in (200, 201, 400, 422)
    assert ask(writes, "/api/v1/findings/", "post", **sent).status_code == 403


def test_a_token_opens_no_pages(issue):
    _token, text = issue()
    assert ask(text, "/work/").status_code == 302


def test_the_last_use_is_noted(issue):
    token, text = issue()
    ask(text)
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_no_officer_makes_or_takes_back_tokens_of_another_department(issue, other_officer, as_user, world):
    token, text = issue()
    with pytest.raises(NotPermitted):
        issue(actor=other_officer)
    assert as_user(other_officer).post(f"/work/tokens/{token.pk}/revoke/").status_code == 404
    assert ask(text).status_code == 200


@pytest.mark.parametrize("who", ["deputy", "gis", "staff"])
def test_other_roles_make_no_tokens_of_departments_but_their_own(issue, request, as_user, who):
    user = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        issue(actor=user)
    page = as_user(user).get("/work/tokens/")
    assert page.status_code == 200
    assert "samples:write" not in page.content.decode()
    given = {"name": "QGIS", "scopes": ["maps:read"], "expires_on": timezone.localdate() + timedelta(days=9)}
    made = as_user(user).post("/work/tokens/", given)
    text = re.search(r'class="token">(hs_[^<]+)<', made.content.decode()).group(1)
    own = ApiToken.objects.get(holder=user)
    assert (own.department, own.created_by) == (None, user)
    assert ask(text, "/ogc/collections").status_code == 200


def test_a_persons_token_reads_as_she_does_and_writes_nothing(issue, staff, other_officer, as_user):
    token, text = issue("read", actor=staff, department=None)
    assert ask(text).status_code == 200
    sent = {"data": "[]", "content_type": "application/json"}
    assert ask(text, "/api/v1/samples/", "post", **sent).status_code == 403
    with pytest.raises(BadInput) as refused:
        issue("samples:write", actor=staff, department=None)
    assert [error.code for error in refused.value.errors] == ["not-for-persons"]
    assert token not in tokens.tokens_visible_to(other_officer)
    assert as_user(other_officer).post(f"/work/tokens/{token.pk}/revoke/").status_code == 404
    assert as_user(staff).post(f"/work/tokens/{token.pk}/revoke/").status_code == 302
    assert ask(text).status_code == 401


def test_a_token_is_of_a_department_or_a_person_and_never_of_both_or_none(world, officer):
    for both in ({}, {"department": world.water, "holder": officer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.create(
                name="x", prefix="hs_b", digest="1", created_by=officer, expires_on=timezone.localdate(), **both
            )


def test_a_program_makes_no_token_for_itself(issue, world):
    program = service_account(world.water)
    with pytest.raises(NotPermitted):
        issue(actor=program)
    assert not program.has_usable_password()


@pytest.mark.parametrize("days", [-1, 367])
def test_a_token_lives_a_year_at_most(issue, days):
    with pytest.raises(BadInput) as refused:
        issue(days=days)
    assert [error.field for error in refused.value.errors] == ["expires_on"]


def test_a_scope_that_is_none_is_no_scope(issue):
    with pytest.raises(BadInput):
        issue("everything")


def test_a_token_sees_what_its_officers_see_and_no_more(issue, world, officer):
    today = timezone.localdate()
    Suggestion.objects.create(
        number="2026-00001", title="河面油污", text="油", category="environment", department=world.water,
        state="assigned", submitted_at=timezone.now(), due_on=today,
    )  # fmt: skip
    _token, text = issue()
    other = User.objects.create_user("another", role=Role.OFFICER, department=world.ecology)
    _token, theirs = issue(actor=other, department=world.ecology)
    assert [ask(each).json()["count"] for each in (text, theirs)] == [1, 0]


def test_a_token_ends_when_its_maker_is_closed_and_does_not_come_back(issue, officer, staff):
    token, text = issue()
    people.close(staff, officer.pk)
    assert ask(text).status_code == 401
    people.reopen(staff, officer.pk)
    assert ask(text).status_code == 401
    assert AuditEntry.objects.filter(verb="token-revoked", object_id=str(token.pk), actor=staff).exists()


@pytest.mark.parametrize("becomes", [{"role": Role.DEPUTY, "department": None}, {"department": "ecology"}])
def test_a_token_ends_when_its_maker_may_make_it_no_more(issue, officer, staff, world, becomes):
    _token, text = issue()
    department = world.ecology if becomes.get("department") else None
    given = Particulars(str(officer), becomes.get("role", Role.OFFICER), department)
    people.change(staff, officer.pk, given, people.version_of(officer))
    assert ask(text).status_code == 401


@pytest.mark.parametrize("past", [{"is_active": False}, {"role": Role.DEPUTY, "department": None}])
def test_a_token_opens_nothing_where_its_makers_account_was_changed_past_the_pages(issue, officer, past):
    _token, text = issue()
    User.objects.filter(pk=officer.pk).update(**past)
    assert ask(text).status_code == 401


def test_an_administrators_token_is_good_for_any_department(issue, admin_user):
    _token, text = issue(actor=admin_user)
    assert ask(text).status_code == 200


def test_a_changed_name_ends_no_token(issue, officer, staff, world):
    _token, text = issue()
    people.change(staff, officer.pk, Particulars("新名", Role.OFFICER, world.water), people.version_of(officer))
    assert ask(text).status_code == 200


def test_a_new_invitation_ends_her_own_tokens_and_leaves_her_departments(issue, officer, staff):
    _token, of_department = issue()
    _token, own = issue(department=None)
    people.invite_again(staff, officer.pk)
    assert (ask(own).status_code, ask(of_department).status_code) == (401, 200)
    assert AuditEntry.objects.get(verb="token-revoked").actor == staff


def test_the_account_of_a_departments_programs_has_a_name_in_the_sites_own_language(issue, world):
    _token, text = issue()
    ask(text, headers={"Accept-Language": "en"})
    assert str(service_account(world.water)).endswith("（接口）")
