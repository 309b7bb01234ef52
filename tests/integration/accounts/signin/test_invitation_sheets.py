"""Invitations on paper: a card for each who has no mailbox, with a code that works once, for a week."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import InvitationCode, Role, User
from accounts.people import codes, services
from accounts.people.services import Particulars
from geokit.refusal import BadInput
from ledger.models import AuditEntry

PASSWORD = "river-bank-at-noon-7"


@pytest.fixture
def invited(staff):
    """Somebody without a mailbox, and somebody with one."""
    paper, _link = services.invite(staff, "li-wei", Particulars("李伟", Role.DEPUTY))
    services.invite(staff, "wang-fang", Particulars("王芳", Role.DEPUTY, email="wang@example.org"))
    return paper


def enter(client, code, username="li-wei"):
    return client.post("/invitations/", {"username": username, "code": code})


def test_the_sheet_has_a_card_for_who_has_no_mailbox_and_no_other(as_user, staff, invited):
    page = as_user(staff).post("/work/people/invitations/").text
    assert "李伟" in page
    assert "王芳" not in page
    assert page.count("<svg") >= 1
    code = re.search(r"invitation-card__code\">([^<]+)<", page)[1]
    assert re.fullmatch(r"([2-9A-Z]{4} ){2}[2-9A-Z]{4}", code)
    assert code.replace(" ", "") not in str(list(InvitationCode.objects.values()))
    assert AuditEntry.objects.filter(verb="person-invitation-printed", object_id=str(invited.pk)).exists()


def test_the_list_narrows_the_sheet(as_user, staff, invited):
    answer = as_user(staff).post("/work/people/invitations/?q=nobody-here")
    assert answer.status_code == 302
    assert not InvitationCode.objects.exists()


def test_with_the_code_she_sets_her_password_once(staff, invited, client):
    card = codes.make_sheet(staff, [invited.pk])[0]
    page = enter(client, card.code.lower().replace(" ", ""))["Location"]
    words = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(page, words).status_code == 302
    assert client.login(username="li-wei", password=PASSWORD)
    assert enter(client, card.code).status_code == 400


def test_the_link_of_the_card_opens_the_same(staff, invited, client):
    card = codes.make_sheet(staff, [invited.pk])[0]
    assert client.get(card.link[card.link.index("/invitations/") :]).status_code == 200


def test_a_code_ends_after_a_week_and_with_the_next_sheet(staff, invited, client):
    first = codes.make_sheet(staff, [invited.pk])[0]
    second = codes.make_sheet(staff, [invited.pk])[0]
    assert enter(client, first.code).status_code == 400
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert enter(client, second.code).status_code == 400


def test_it_is_not_said_whether_the_name_or_the_code_was_wrong(staff, invited, client):
    codes.make_sheet(staff, [invited.pk])
    wrong_code = enter(client, "2222 2222 2222").context["form"].errors
    wrong_name = enter(client, "2222 2222 2222", "nobody-here").context["form"].errors
    assert wrong_code == wrong_name


def test_guesses_are_counted(staff, invited, client):
    card = codes.make_sheet(staff, [invited.pk])[0]
    for _turn in range(10):
        enter(client, "2222 2222 2222")
    assert enter(client, card.code).status_code == 429


def test_nobody_prints_for_whom_she_does_not_keep(staff, deputy, admin_user, invited):
    boss, _link = services.invite(admin_user, "boss", Particulars("主任", Role.ADMIN))
    for actor, user in ((deputy, invited), (staff, boss)):
        with pytest.raises(BadInput):
            codes.make_sheet(actor, [user.pk])


def test_who_has_a_password_gets_no_card(staff, deputy):
    with pytest.raises(BadInput):
        codes.make_sheet(staff, [deputy.pk])
    assert User.objects.get(pk=deputy.pk).has_usable_password()


def test_a_code_that_an_input_method_made_wide_is_the_same_code(staff, invited, client):
    card = codes.make_sheet(staff, [invited.pk])[0]
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign != " " else "\u3000" for sign in card.code)
    assert enter(client, wide).status_code == 302
