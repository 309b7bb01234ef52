"""Taking somebody's second factor away: an administrator at the counter, or two keepers of accounts."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import FactorReset, Notice, OpenSession, Role
from accounts.people import factor_resets
from accounts.people import services as people
from geokit.refusal import BadInput, NotPermitted
from ledger.models import AuditEntry
from tests.data.cast import person
from tests.integration.accounts.signin.conftest import code_at, outcomes

WHY = "当面核对身份证"


@pytest.fixture
def protected(gis, with_totp):
    with_totp(gis)
    return gis


@pytest.fixture
def second_staff(world):
    return person("second-staff", Role.STAFF)


def has_factor(user):
    return Authenticator.objects.filter(user=user).exists()


def test_an_administrator_takes_it_away_alone(protected, admin_user, on_device, enter):
    enter(client := on_device(), protected)
    client.post("/accounts/2fa/authenticate/", {"code": code_at()})
    factor_resets.reset(admin_user, protected.pk, WHY)
    assert not has_factor(protected)
    assert client.get("/notices/").status_code == 302
    assert not OpenSession.objects.filter(user=protected).exists()
    assert outcomes(protected)[-1] == "factor-reset"
    assert AuditEntry.objects.filter(verb="factor-reset", actor=admin_user).exists()
    assert Notice.objects.filter(recipient=protected, kind="account-factor-reset").exists()


def test_of_staff_it_takes_two(protected, staff, second_staff):
    factor_resets.reset(staff, protected.pk, WHY)
    assert has_factor(protected)
    with pytest.raises(NotPermitted):
        factor_resets.agree(staff, protected.pk)
    factor_resets.agree(second_staff, protected.pk)
    assert not has_factor(protected)


def test_the_database_refuses_one_person_twice(protected, staff):
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.create(user=protected, reason=WHY, asked_by=staff, asked_at=timezone.now(), agreed_by=staff)


def test_a_wish_ends_after_a_day(protected, staff, second_staff):
    factor_resets.reset(staff, protected.pk, WHY)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)), pytest.raises(BadInput):
        factor_resets.agree(second_staff, protected.pk)
    assert has_factor(protected)


def test_a_wish_ends_with_the_account_of_who_asked(protected, staff, second_staff, admin_user):
    factor_resets.reset(staff, protected.pk, WHY)
    people.close(admin_user, staff.pk)
    with pytest.raises(BadInput):
        factor_resets.agree(second_staff, protected.pk)
    assert has_factor(protected)


def test_nobody_resets_her_own(staff, admin_user, with_totp):
    for user in (staff, admin_user):
        with_totp(user)
        with pytest.raises(NotPermitted):
            factor_resets.reset(user, user.pk, WHY)
        assert has_factor(user)


@pytest.mark.parametrize("actor", ["deputy", "officer", "gis"])
def test_who_keeps_no_accounts_resets_nothing(actor, request, staff, with_totp):
    with_totp(staff)
    with pytest.raises(NotPermitted):
        factor_resets.reset(request.getfixturevalue(actor), staff.pk, WHY)


def test_staff_do_not_reset_an_administrators(staff, second_staff, admin_user, with_totp):
    with_totp(admin_user)
    with pytest.raises(NotPermitted):
        factor_resets.reset(staff, admin_user.pk, WHY)
    FactorReset.objects.create(user=admin_user, reason=WHY, asked_by=staff, asked_at=timezone.now())
    with pytest.raises(NotPermitted):
        factor_resets.agree(second_staff, admin_user.pk)
    assert has_factor(admin_user)


def test_it_needs_words_and_a_factor(protected, deputy, admin_user):
    with pytest.raises(BadInput):
        factor_resets.reset(admin_user, protected.pk, "  ")
    with pytest.raises(BadInput):
        factor_resets.reset(admin_user, deputy.pk, WHY)


def test_the_page_asks_and_agrees(protected, staff, second_staff, as_user):
    address = f"/work/people/{protected.pk}/factor/"
    assert "reset" in as_user(staff).get(f"/work/people/{protected.pk}/").text
    as_user(staff).post(address, {"step": "reset", "reason": WHY})
    page = as_user(second_staff).get(f"/work/people/{protected.pk}/").text
    assert WHY in page
    assert as_user(second_staff).post(address, {"step": "agree"}).status_code == 302
    assert not has_factor(protected)


def test_the_page_wants_the_keeper_to_show_herself(protected, admin_user, as_user):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = as_user(admin_user)
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        client.post(f"/work/people/{protected.pk}/factor/", {"step": "reset", "reason": WHY})
    assert has_factor(protected)


def test_the_server_resets_the_only_administrators(admin_user, with_totp, capsys):
    with_totp(admin_user)
    call_command("reset_factor", "an-admin", "--json")
    assert capsys.readouterr().out.strip() == '{"factors": 1}'
    assert not has_factor(admin_user)
    assert outcomes(admin_user) == ["factor-reset"]
    with pytest.raises(CommandError) as refused:
        call_command("reset_factor", "nobody-here")
    assert refused.value.returncode == 2


def test_a_keeper_whose_account_she_made_is_no_second_for_her_nor_she_for_it(protected, staff, admin_user, as_user):
    own, _link = people.invite(staff, "own", people.Particulars("她自己", Role.STAFF, email="mine@example.org"))
    for asking, agreeing in ((staff, own), (own, staff)):
        asked = factor_resets.reset(asking, protected.pk, WHY)
        page = as_user(agreeing).get(f"/work/people/{protected.pk}/").text
        assert WHY in page and 'value="agree"' not in page
        with pytest.raises(NotPermitted):
            factor_resets.agree(agreeing, protected.pk)
        asked.delete()
    factor_resets.reset(own, protected.pk, WHY)
    factor_resets.agree(admin_user, protected.pk)
    assert not has_factor(protected)


def test_a_wish_ends_when_who_asked_keeps_no_accounts_any_more(protected, staff, second_staff, admin_user):
    factor_resets.reset(staff, protected.pk, WHY)
    people.change(admin_user, staff.pk, people.Particulars("调走的", Role.GIS), people.version_of(staff))
    with pytest.raises(BadInput):
        factor_resets.agree(second_staff, protected.pk)
    assert has_factor(protected)


def test_a_wish_ends_when_who_is_to_be_reset_became_an_administrator(protected, staff, second_staff, admin_user):
    factor_resets.reset(staff, protected.pk, WHY)
    people.change(admin_user, protected.pk, people.Particulars("管理员", Role.ADMIN), people.version_of(protected))
    assert not factor_resets.waiting(type(protected).objects.get(pk=protected.pk)).exists()
