"""Changed credentials: written down whichever way, told to their owner, and links that no single officer gets."""

import re

import pytest
from django.core.management import call_command

from accounts.directory.acting import acting
from accounts.identities import services as identities
from accounts.models import CredentialChange, Delivery, Handover, Notice, NoticePreference, Role, User
from accounts.notices import links
from accounts.notices.delivery import deliver_due
from accounts.people import codes, invitations, services
from accounts.people.credentials import handover
from accounts.people.credentials.jobs import notify_owners
from accounts.people.services import Particulars, version_of
from accounts.signin.services import confirm_email, send_reset
from geokit.refusal import BadInput, NotPermitted
from ledger import chain
from tests.data.cast import person

PASSWORD = "river-bank-at-noon-7"
LINK = re.compile(r"/invitations/[^/\s]+/[^/\s]+/")


@pytest.fixture
def zhang(world):
    """A deputy with a mailbox of her own."""
    return person("zhang", Role.DEPUTY, display_name="张代表", email="zhang@example.org")


def _moved(staff, user, email):
    services.change(staff, user.pk, Particulars(user.display_name, user.role, email=email), version_of(user))
    user.refresh_from_db()
    return user


def _ask_for_reset(client, name):
    """Ask on the page, and have done what its job does."""
    assert client.post("/accounts/password/reset/", {"name": name}).status_code == 200
    send_reset(name.lower())
    deliver_due()


def _changes(user):
    return list(CredentialChange.objects.filter(user=user).values_list("what", "was", "actor__username"))


def test_a_password_that_she_changes_herself_is_hers(zhang, as_user):
    form = {"oldpassword": "a long enough phrase", "password1": PASSWORD, "password2": PASSWORD}
    as_user(zhang).post("/accounts/password/change/", form)
    assert _changes(zhang) == [("password", "", "zhang")]


def test_an_address_is_written_down_with_who_changed_it_and_what_it_was(zhang, staff, as_user):
    _moved(staff, zhang, "staff@example.org")
    confirm_email(zhang, "z@example.org")
    assert _changes(zhang) == [
        ("email", "zhang@example.org", "a-staff"),
        ("email", "staff@example.org", "zhang"),
    ]


def test_neither_sql_nor_a_command_changes_a_credential_unseen(zhang, monkeypatch):
    User.objects.filter(pk=zhang.pk).update(email="x@example.org")
    monkeypatch.setattr("getpass.getpass", lambda **_given: PASSWORD)
    call_command("changepassword", zhang.username)
    assert _changes(zhang) == [("email", "zhang@example.org", None), ("password", "", None)]


def test_signing_in_and_a_newer_hash_change_nothing(zhang, settings, client):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = zhang.password
    assert client.login(username=zhang.username, password="a long enough phrase")
    zhang.refresh_from_db()
    assert zhang.password != before
    assert _changes(zhang) == []


def test_a_change_stays_and_is_in_the_chain(zhang, staff):
    _moved(staff, zhang, "staff@example.org")
    assert chain.verify().faults == ()
    with pytest.raises(Exception, match="accounts_credentialchange"):
        CredentialChange.objects.update(actor=None)


def test_she_is_told_at_her_new_and_her_former_address_once_at_any_hour(zhang, staff, mailoutbox, time_machine):
    time_machine.move_to("2026-11-24T16:30:00Z")  # half past midnight
    NoticePreference.objects.create(user=zhang, mail="never", muted=["other", "account"])
    _moved(staff, zhang, "staff@example.org")
    assert (notify_owners(), notify_owners()) == (1, 0)
    deliver_due()
    assert sorted(message.to[0] for message in mailoutbox) == ["staff@example.org", "zhang@example.org"]
    assert all("a-staff" in message.body for message in mailoutbox)
    assert not Delivery.objects.exclude(state="sent").exists()


def test_staff_who_change_the_address_and_invite_again_get_no_link(zhang, staff, mailoutbox, client):
    _moved(staff, zhang, "staff@example.org")
    assert services.invite_again(staff, zhang.pk)[1] == ""
    deliver_due()
    _ask_for_reset(client, "staff@example.org")
    assert not [message for message in mailoutbox if LINK.search(message.body)]
    with pytest.raises(NotPermitted):
        handover.give_link(staff, zhang.pk)


def test_who_changed_the_address_does_not_give_out_the_link_that_a_colleague_asked_for(zhang, staff):
    _moved(staff, zhang, "staff@example.org")
    colleague = person("colleague", Role.STAFF)
    services.invite_again(colleague, zhang.pk)
    with pytest.raises(NotPermitted):
        handover.give_link(staff, zhang.pk)
    assert Handover.objects.get().given_at is None


def test_a_second_officer_vouches_for_the_address_and_the_link_goes_there(zhang, staff, mailoutbox):
    _moved(staff, zhang, "new@example.org")
    services.invite_again(staff, zhang.pk)
    second = person("second", Role.STAFF)
    assert handover.give_link(second, zhang.pk)[1] == ""
    deliver_due()
    assert [message.to for message in mailoutbox if LINK.search(message.body)] == [["new@example.org"]]
    with pytest.raises(BadInput):
        handover.give_link(second, zhang.pk)


def test_an_address_that_she_put_there_herself_gets_the_link_at_once(zhang, staff, mailoutbox, client, as_user):
    zhang.email = "mine@example.org"
    with acting(zhang):
        zhang.save()
    _ask_for_reset(client, "mine@example.org")
    assert [message.to for message in mailoutbox] == [["mine@example.org"]]
    services.invite_again(staff, zhang.pk)
    assert not Handover.objects.exists()


def test_a_link_for_who_has_no_mailbox_is_seen_by_the_second_officer_alone(as_user, staff, deputy, client):
    first, second = as_user(staff), as_user(person("second", Role.STAFF))
    asked = first.post(f"/work/people/{deputy.pk}/invite/")
    assert not LINK.search(asked.text)
    assert "另一位管理人员" in asked.text
    assert not LINK.search(first.post(f"/work/people/{deputy.pk}/give/", follow=True).text)
    assert "取得链接" in second.get(f"/work/people/{deputy.pk}/").text
    given = second.post(f"/work/people/{deputy.pk}/give/").text
    link = LINK.search(given)[0]
    assert "<svg" in given.partition('class="qr"')[2], "the counter has it to scan and to print, and a code to type"
    code = re.search(r"invitation-card__code\">([^<]+)<", given)[1]
    assert client.post("/invitations/", {"username": deputy.username, "code": code}).status_code == 302
    assert client.post("/invitations/", {"username": deputy.username, "code": "2345 6789 ABCD"}).status_code == 400
    client.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.login(username=deputy.username, password=PASSWORD)


def test_a_link_on_its_way_dies_when_the_address_changes(zhang, staff, client):
    services.invite_again(staff, zhang.pk)
    zhang.refresh_from_db()
    path = LINK.search(links.absolute(invitations.unsealed_path(zhang)))[0]
    assert client.get(path).status_code == 200
    _moved(staff, zhang, "staff@example.org")
    assert client.get(path).status_code == 404


def test_the_first_keeper_of_an_installation_gets_a_colleagues_link_but_no_deputys(world, admin_user):
    _colleague, link = services.invite(admin_user, "colleague", Particulars("同事", Role.STAFF))
    assert LINK.search(link)
    _deputy, link = services.invite(admin_user, "deputy-9", Particulars("代表", Role.DEPUTY))
    assert link == ""


def test_a_look_alike_address_gets_nobodys_link(zhang, mailoutbox, client):
    User.objects.filter(pk=zhang.pk).update(email="mike@example.org")
    _ask_for_reset(client, "mıke@example.org")
    assert not [message for message in mailoutbox if LINK.search(message.body)]


def test_a_link_that_waited_is_over_once_its_owner_came_in_by_her_card(staff, client, as_user):
    user, _link = services.invite(staff, "li-wei", Particulars("李伟", Role.DEPUTY))
    second = person("second", Role.STAFF)
    assert "取得链接" in as_user(second).get(f"/work/people/{user.pk}/").text
    [card] = codes.make_sheet(staff, [user.pk])
    client.post(LINK.search(card.link)[0], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.login(username="li-wei", password=PASSWORD)
    assert "取得链接" not in as_user(second).get(f"/work/people/{user.pk}/").text
    with pytest.raises(BadInput):
        handover.give_link(second, user.pk)
    services.invite_again(staff, user.pk)
    assert LINK.search(handover.give_link(second, user.pk)[1]), "asked anew it is given out"


def test_a_link_that_waited_is_over_once_a_program_opens_the_account(staff):
    user, _link = services.invite(staff, "li-wei", Particulars("李伟", Role.DEPUTY))
    identities.bind(user, identities.Identity("dingtalk", "d-1"))
    with pytest.raises(BadInput):
        handover.give_link(person("second", Role.STAFF), user.pk)


def test_what_somebody_asked_for_before_the_link_was_mailed_is_no_longer_given_out(zhang, staff):
    User.objects.filter(pk=zhang.pk).update(email="")
    services.invite_again(staff, zhang.pk)
    zhang.refresh_from_db()
    zhang.email = "mine@example.org"
    with acting(zhang):
        zhang.save()
    second = person("second", Role.STAFF)
    services.invite_again(second, zhang.pk)
    with pytest.raises(BadInput):
        handover.give_link(second, zhang.pk)


@pytest.mark.parametrize(("role", "votes"), [(Role.DEPUTY, True), (Role.OFFICER, False)])
def test_only_who_votes_is_told_that_her_vote_is_suspended(world, role, votes):
    somebody = person("somebody", role, department=world.water if role == Role.OFFICER else None)
    somebody.set_password(PASSWORD)
    somebody.save()
    notify_owners()
    assert ("暂停您投票" in Notice.objects.get(recipient=somebody).body) is votes


@pytest.fixture
def without_mailbox(zhang):
    """A deputy who had a mailbox and has none any more."""
    User.objects.filter(pk=zhang.pk).update(email="", last_login=zhang.date_joined)
    return zhang


def test_a_keeper_whose_account_she_made_is_no_second_for_her_nor_she_for_it(without_mailbox, staff, as_user):
    own, _link = services.invite(staff, "own", Particulars("她自己", Role.STAFF, email="mine@example.org"))
    for asking, giving in ((staff, own), (own, staff)):
        services.invite_again(asking, without_mailbox.pk)
        assert "取得链接" not in as_user(giving).get(f"/work/people/{without_mailbox.pk}/").text
        with pytest.raises(NotPermitted):
            handover.give_link(giving, without_mailbox.pk)
    assert LINK.search(handover.give_link(person("third", Role.STAFF), without_mailbox.pk)[1])


def test_whom_she_invited_anew_or_reset_is_no_second_for_her(without_mailbox, staff):
    colleague = person("colleague", Role.STAFF, email="colleague@example.org")
    services.invite_again(staff, colleague.pk)
    services.invite_again(staff, without_mailbox.pk)
    with pytest.raises(NotPermitted):
        handover.give_link(colleague, without_mailbox.pk)


def test_a_keeper_for_whose_account_another_has_vouched_is_a_second(without_mailbox, staff):
    colleague, _link = services.invite(staff, "colleague", Particulars("同事", Role.STAFF))
    other = person("other", Role.STAFF, last_login=colleague.date_joined)
    services.invite_again(staff, colleague.pk)
    handover.give_link(other, colleague.pk)
    services.invite_again(other, without_mailbox.pk)
    with pytest.raises(NotPermitted):  # she held the link
        handover.give_link(colleague, without_mailbox.pk)
    services.invite_again(staff, without_mailbox.pk)
    assert LINK.search(handover.give_link(colleague, without_mailbox.pk)[1])


def test_what_somebody_asked_for_who_keeps_no_accounts_any_more_is_not_given_out(without_mailbox, staff, admin_user):
    services.invite_again(staff, without_mailbox.pk)
    services.change(admin_user, staff.pk, Particulars("调走的", Role.GIS), version_of(staff))
    with pytest.raises(BadInput):
        handover.give_link(person("second", Role.STAFF), without_mailbox.pk)
