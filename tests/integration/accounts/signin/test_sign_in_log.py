"""The log of signing in: who, when, from which network and device, and how it ended; nobody edits it."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Notice, SignInEvent
from accounts.sessions.log import forget_old
from tests.integration.accounts.signin.conftest import WECHAT, outcomes
from tests.queries import asked

Outcome = SignInEvent.Outcome


def last():
    return SignInEvent.objects.order_by("-pk").first()


def test_a_sign_in_is_written_with_network_and_device_but_no_address(on_device, enter, deputy):
    enter(on_device(), deputy)
    event = last()
    assert (event.user, event.outcome, event.factor) == (deputy, Outcome.ENTERED, "")
    assert (event.network, event.device) == ("198.51.100.0/24", "Chrome · Windows")


def test_a_wrong_password_is_written_for_its_account(on_device, enter, deputy):
    enter(on_device(), deputy, "another phrase")
    assert outcomes(deputy) == ["wrong"]


def test_of_a_name_that_nobody_has_only_a_digest_is_kept(on_device, world):
    on_device().post("/accounts/login/", {"login": "my-secret-passphrase", "password": "x"})
    event = last()
    assert (event.user, event.outcome) == (None, Outcome.WRONG)
    assert len(event.unknown_name) == 32
    assert "secret" not in str(SignInEvent.objects.values().get(pk=event.pk))


def test_a_guess_too_many_is_written_as_refused(on_device, enter, deputy):
    client = on_device()
    for _turn in range(7):
        enter(client, deputy, "another phrase")
    assert "refused" in outcomes(deputy)
    assert set(outcomes(deputy)) == {"wrong", "refused"}


def test_signing_out_is_written_once(on_device, enter, deputy):
    client = on_device()
    enter(client, deputy)
    client.post("/accounts/logout/")
    client.post("/accounts/logout/")
    assert outcomes(deputy) == ["entered", "left"]


def test_a_new_device_is_told_to_the_owner_and_the_same_one_is_not(on_device, enter, deputy):
    told = Notice.objects.filter(recipient=deputy, kind="account-device")
    first = on_device()
    enter(first, deputy)
    assert told.count() == 0, "the first sign-in of all is no surprise"
    first.post("/accounts/logout/")
    enter(first, deputy)
    assert told.count() == 0
    enter(on_device(WECHAT), deputy)
    assert "微信 · Android" in told.get().body


def test_a_device_known_to_one_is_new_to_another(on_device, enter, deputy, staff):
    client = on_device()
    enter(client, deputy)
    client.post("/accounts/logout/")
    enter(on_device(WECHAT), staff)
    enter(client, staff)
    assert Notice.objects.filter(recipient=staff, kind="account-device").count() == 1


@pytest.mark.parametrize("forged", ["", "guess", "WzFd:1x:abc"])
def test_a_forged_cookie_makes_no_device_known(on_device, enter, deputy, forged):
    enter(on_device(), deputy)
    other = on_device(WECHAT)
    other.cookies["known_device"] = forged
    enter(other, deputy)
    assert Notice.objects.filter(recipient=deputy, kind="account-device").exists()


@pytest.mark.parametrize("edit", ["update", "delete"])
def test_nobody_edits_the_log_or_deletes_what_is_young(on_device, enter, deputy, edit):
    enter(on_device(), deputy)
    rows = SignInEvent.objects.all()
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        rows.update(outcome="left") if edit == "update" else rows.delete()


def test_what_is_older_than_the_rule_is_deleted_and_nothing_else(deputy, set_rule):
    set_rule("signin.log_days", 200)
    for days in (10, 190, 201, 400):
        SignInEvent.objects.create(user=deputy, outcome="entered", at=timezone.now() - timedelta(days=days))
    assert forget_old() == 2
    assert SignInEvent.objects.count() == 2


def test_administrators_search_the_log_and_take_it_away(as_user, on_device, enter, deputy, staff, admin_user):
    enter(on_device(), deputy)
    enter(on_device(), staff, "=cmd()")
    client = as_user(admin_user)
    assert "张代表" in client.get("/accounts/log/?q=张代表").text
    assert "a-staff" not in client.get("/accounts/log/?q=张代表").text
    assert "a-staff" in client.get("/accounts/log/?outcome=wrong").text
    file = client.get("/accounts/log/export.csv?outcome=wrong")
    rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    assert (len(rows), rows[1][1], rows[1][5]) == (2, "a-staff", "198.51.100.0/24")
    assert "no-store" in file["Cache-Control"]


def test_a_day_that_is_none_is_refused_in_words(as_user, admin_user):
    answer = as_user(admin_user).get("/accounts/log/?since=yesterday")
    assert "error-summary" in answer.text


def test_the_log_asks_as_often_however_long_it_is(as_user, admin_user, deputy, officer):
    client = as_user(admin_user)
    counts = []
    for _turn in range(2):
        for user in (deputy, officer):
            SignInEvent.objects.create(user=user, outcome="entered")
        counts.append(asked(client, "/accounts/log/"))
    assert counts[0] == counts[1]


def test_everybody_sees_her_own_last_sign_ins_and_nobody_elses(as_user, on_device, enter, deputy, staff):
    enter(on_device(WECHAT), deputy)
    enter(on_device(), staff)
    page = as_user(deputy).get("/accounts/").text
    assert "微信 · Android" in page
    assert "Chrome · Windows" not in page
