"""Whose account an identity opens: bound by its owner or by an invitation code, once, and taken away by her alone."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.utils import timezone

from accounts.factors.policy import has_factor
from accounts.identities.services import Identity, bind, unbind
from accounts.models import CredentialChange, InvitationCode, Notice, Role, SignInEvent, User
from accounts.people import codes
from accounts.people import services as people
from accounts.people.credentials.jobs import notify_owners
from accounts.people.services import Particulars
from geokit.refusal import BadInput, NotFound, NotPermitted
from ledger.models import AuditEntry
from tests.integration.accounts.signin.conftest import code_at, outcomes
from tests.integration.accounts.signin.ways import bind_out, come_back, give_code, go_out, identity, round_trip

BIND = "/accounts/ways/bind/"
TOTP = "/accounts/2fa/totp/activate/"
LATER = timedelta(minutes=6)


@pytest.fixture
def invited(staff):
    """Somebody with a card on paper and no password."""
    user, _link = people.invite(staff, "li-wei", Particulars("李伟", Role.DEPUTY))
    return user, codes.make_sheet(staff, [user.pk])[0]


@pytest.fixture
def dingtalk(program_of):
    return program_of("dingtalk")


def without_password(user):
    """Leave somebody her program as the only way in."""
    user.set_unusable_password()
    user.save()
    identity(user, "dingtalk")


def show_anew(client, server, then):
    """Press the button of the page that asks it, and come back from the program."""
    _address, asked = go_out(client, "dingtalk", again="1", next=then)
    give_code(server, "dingtalk", asked)
    return come_back(client, "dingtalk", state=asked["state"])


def bound_to(user):
    return list(SocialAccount.objects.filter(user=user).values_list("provider", "uid"))


def test_she_binds_what_she_shows_and_comes_by_it_from_then_on(dingtalk, on_device, enter, deputy):
    client = on_device()
    enter(client, deputy)
    assert round_trip(client, dingtalk, "dingtalk", bind_out)["Location"] == BIND
    assert bound_to(deputy) == []
    page = client.get(BIND).text
    assert "张三é" in page
    assert deputy.username in page
    assert client.post(BIND, {"step": "bind"})["Location"] == "/accounts/ways/"
    assert bound_to(deputy) == [("dingtalk", "dd-1")]
    assert AuditEntry.objects.filter(verb="identity-bound", actor=deputy, object_id=str(deputy.pk)).count() == 1
    assert SignInEvent.objects.filter(user=deputy, outcome="way-added", way="dingtalk").count() == 1
    change = CredentialChange.objects.get(user=deputy, what="identity")
    assert change.actor_id == deputy.pk
    notify_owners()
    assert Notice.objects.filter(recipient=deputy, title__contains="登录方式").count() == 1
    other = on_device()
    assert round_trip(other, dingtalk, "dingtalk")["Location"] == "/work/"


def test_she_may_think_better_of_it(dingtalk, on_device, enter, deputy):
    client = on_device()
    enter(client, deputy)
    round_trip(client, dingtalk, "dingtalk", bind_out)
    client.post(BIND, {"step": "cancel"})
    assert bound_to(deputy) == []
    client.post(BIND, {"step": "bind"})
    assert bound_to(deputy) == []


def test_who_comes_unknown_signs_in_with_her_password_and_begins_anew(dingtalk, on_device, enter, deputy):
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    assert f"next={BIND}" in client.get(BIND).text
    assert enter(client, deputy, next=BIND)["Location"] == BIND
    assert client.get(BIND)["Location"] == "/accounts/ways/"
    assert "重新开始" in client.get("/accounts/ways/").text
    round_trip(client, dingtalk, "dingtalk", bind_out)
    client.post(BIND, {"step": "bind"})
    assert bound_to(deputy) == [("dingtalk", "dd-1")]


def test_what_another_showed_before_she_signed_in_is_not_bound_to_her(dingtalk, on_device, enter, deputy):
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    enter(client, deputy, next=BIND)
    assert client.post(BIND, {"step": "bind"})["Location"] == "/accounts/ways/"
    assert bound_to(deputy) == []
    assert "signin-identity" not in client.session


def test_what_was_begun_before_she_signed_in_and_comes_back_later_is_not_either(dingtalk, on_device, enter, deputy):
    client = on_device()
    _address, asked = go_out(client, "dingtalk")
    enter(client, deputy)
    give_code(dingtalk, "dingtalk", asked)
    come_back(client, "dingtalk", state=asked["state"])
    client.post(BIND, {"step": "bind"})
    assert bound_to(deputy) == []


def test_a_password_alone_binds_nothing_that_was_left_in_the_browser(dingtalk, on_device, enter, deputy):
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    enter(client, deputy)
    client.get("/work/")
    client.get(BIND)
    assert bound_to(deputy) == []


def test_what_was_shown_is_forgotten_after_ten_minutes(dingtalk, on_device, invited):
    user, card = invited
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.post(BIND, {"username": user.username, "code": card.code})
    assert answer["Location"] == "/accounts/login/"
    assert bound_to(user) == []


def test_with_nothing_shown_there_is_nothing_to_bind(on_device, enter, deputy, offered):
    client = on_device()
    assert client.post(BIND, {"username": "x", "code": "y"})["Location"] == "/accounts/login/"
    enter(client, deputy)
    assert client.post(BIND, {"step": "bind", "uid": "dd-1", "kind": "dingtalk"})["Location"] == "/accounts/ways/"
    assert bound_to(deputy) == []


def test_an_invitation_code_binds_lets_in_and_is_used_up_with_its_link(dingtalk, on_device, invited):
    user, card = invited
    client = on_device()
    _address, asked = go_out(client, "dingtalk", next="/river/")
    give_code(dingtalk, "dingtalk", asked)
    come_back(client, "dingtalk", state=asked["state"])
    answer = client.post(BIND, {"username": user.username, "code": card.code.lower()})
    assert answer["Location"] == "/river/"
    assert bound_to(user) == [("dingtalk", "dd-1")]
    assert client.get("/notices/").status_code == 200
    assert outcomes(user) == ["way-added", "entered"]
    assert not InvitationCode.objects.exists()
    assert on_device().get(card.link[card.link.index("/invitations/") :]).status_code == 404
    stranger = on_device()
    round_trip(stranger, dingtalk, "dingtalk", id="dd-2")
    assert stranger.post(BIND, {"username": user.username, "code": card.code}).status_code == 400
    assert bound_to(user) == [("dingtalk", "dd-1")]


def test_a_wrong_code_binds_nothing_and_says_not_what_was_wrong(dingtalk, on_device, invited, deputy):
    user, card = invited
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    said = set()
    for name, code in ((user.username, "AAAA"), ("nobody", card.code), (deputy.username, card.code)):
        answer = client.post(BIND, {"username": name, "code": code})
        assert answer.status_code == 400
        said.add(re.search(r"账号或邀请码不对[^<]*", answer.text)[0])
    assert len(said) == 1
    assert SocialAccount.objects.count() == 0
    assert client.post(BIND, {"username": user.username, "code": card.code})["Location"] == "/work/"


def test_guessing_codes_ends_after_ten(dingtalk, on_device, invited):
    user, card = invited
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    answers = [client.post(BIND, {"username": user.username, "code": f"{n:012}"}).status_code for n in range(11)]
    assert answers == [400] * 10 + [429]
    assert client.post(BIND, {"username": user.username, "code": card.code}).status_code == 429


def test_a_code_is_still_good_where_the_identity_is_somebody_elses(dingtalk, on_device, invited, officer):
    user, card = invited
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    identity(officer, "dingtalk")
    answer = client.post(BIND, {"username": user.username, "code": card.code})
    assert answer.status_code == 400
    assert "另一个账号" in answer.text
    assert InvitationCode.objects.filter(user=user).exists()
    assert on_device().get(card.link[card.link.index("/invitations/") :]).status_code == 200
    assert bound_to(officer) == [("dingtalk", "dd-1")]


def test_an_identity_opens_one_account_and_an_account_has_one_of_a_program(deputy, officer, staff):
    shown = Identity("dingtalk", "dd-1", "张三")
    bind(deputy, shown)
    bind(deputy, shown)
    with pytest.raises(BadInput, match="另一个账号"):
        bind(officer, shown)
    with pytest.raises(BadInput, match="过一个钉钉账号，请先解除"):
        bind(deputy, Identity("dingtalk", "dd-2"))
    bind(deputy, Identity("wecom", "c:zhang"))
    assert len(bound_to(deputy)) == 2
    assert CredentialChange.objects.filter(user=deputy, what="identity").count() == 2
    User.objects.filter(pk=staff.pk).update(is_active=False)
    with pytest.raises(NotPermitted):
        bind(staff, Identity("dingtalk", "dd-3"))


def test_somebody_elses_identity_is_not_bound_by_confirming(dingtalk, on_device, enter, deputy, officer):
    identity(officer, "dingtalk")
    client = on_device()
    enter(client, deputy)
    round_trip(client, dingtalk, "dingtalk", bind_out)
    client.post(BIND, {"step": "bind"})
    assert bound_to(deputy) == []
    assert "另一个账号" in client.get("/accounts/ways/").text


def test_what_another_started_in_this_browser_is_not_bound_to_who_came_after(dingtalk, on_device, enter, deputy, staff):
    client = on_device()
    enter(client, staff)
    _address, asked = bind_out(client, "dingtalk")
    states = client.session["socialaccount_states"]
    client.post("/accounts/logout/")
    enter(client, deputy)
    session = client.session
    session["socialaccount_states"] = states  # were they kept
    session.save()
    give_code(dingtalk, "dingtalk", asked)
    assert come_back(client, "dingtalk", state=asked["state"])["Location"] == "/accounts/ways/"
    assert "signin-identity" not in client.session


@pytest.mark.parametrize(
    "address", ["/accounts/ways/", "/accounts/ways/dingtalk/add/", "/accounts/ways/{}/unbind/", BIND]
)
def test_before_each_of_these_she_shows_anew_who_she_is(dingtalk, on_device, enter, deputy, address):
    kept = identity(deputy, "wecom")
    client = on_device()
    enter(client, deputy)
    round_trip(client, dingtalk, "dingtalk", bind_out)
    send = client.get if address == "/accounts/ways/" else client.post
    with time_machine.travel(timezone.now() + LATER):
        answer = send(address.format(kept.pk), {"step": "bind"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=%2Faccounts%2Fways%2F")
    assert bound_to(deputy) == [("wecom", "test-key-id:dd-1")]


def test_who_has_nothing_else_shows_it_by_her_program(dingtalk, on_device, invited):
    user, card = invited
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    client.post(BIND, {"username": user.username, "code": card.code})
    assert client.get("/accounts/ways/").status_code == 200
    with time_machine.travel(timezone.now() + LATER):
        led = client.get("/accounts/ways/")["Location"]
        assert led == "/accounts/ways/again/?next=%2Faccounts%2Fways%2F"
        assert 'action="/accounts/ways/dingtalk/"' in client.get(led).text
        assert show_anew(client, dingtalk, "/accounts/ways/")["Location"] == "/accounts/ways/"
        assert client.get("/accounts/ways/").status_code == 200


@pytest.mark.parametrize("address", ["/work/people/invitations/", "/work/people/{}/factor/", "/work/tokens/"])
def test_nobody_is_excused_because_she_has_no_password(dingtalk, on_device, staff, officer, deputy, address):
    user = officer if "tokens" in address else staff
    without_password(user)
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    with time_machine.travel(timezone.now() + LATER):
        answer = client.post(address.format(deputy.pk), {"step": "reset", "reason": "当面"})
    assert answer["Location"] == "/accounts/ways/again/?next=%2Faccounts%2F"


@pytest.mark.parametrize("address", [TOTP, "/accounts/2fa/webauthn/add/"])
def test_a_factor_is_added_by_nobody_who_has_not_shown_herself_just_now(dingtalk, on_device, deputy, address):
    without_password(deputy)
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    assert client.get(address).status_code == 200
    with time_machine.travel(timezone.now() + LATER):
        led = client.post(address, {"name": "x", "code": "000000", "credential": "{}"})["Location"]
        assert led == f"/accounts/ways/again/?next={address.replace('/', '%2F')}"
        assert client.get(address)["Location"] == led
        assert show_anew(client, dingtalk, address)["Location"] == address
        assert client.get(address).status_code == 200


def test_who_must_have_a_factor_and_has_no_password_adds_it_later_too(dingtalk, on_device, staff, set_rule):
    set_rule("signin.factor.staff", True)
    without_password(staff)
    client = on_device()
    round_trip(client, dingtalk, "dingtalk")
    with time_machine.travel(timezone.now() + LATER):
        assert client.get("/accounts/ways/")["Location"] == "/accounts/2fa/"
        led = client.get(TOTP)["Location"]
        assert 'action="/accounts/ways/dingtalk/"' in client.get(led).text
        assert show_anew(client, dingtalk, TOTP)["Location"] == TOTP
        secret = re.search(r'id="totp-secret"[^>]*value="([A-Z2-7]+)"', client.get(TOTP).text, re.DOTALL)[1]
        answer = client.post(TOTP, {"code": code_at(secret=secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert has_factor(staff)


def test_she_takes_it_away_and_it_opens_nothing(dingtalk, on_device, enter, deputy):
    kept = identity(deputy, "dingtalk")
    client = on_device()
    enter(client, deputy)
    assert client.post(f"/accounts/ways/{kept.pk}/unbind/")["Location"] == "/accounts/ways/"
    assert bound_to(deputy) == []
    assert AuditEntry.objects.filter(verb="identity-unbound", actor=deputy).count() == 1
    assert outcomes(deputy)[-1] == "way-removed"
    assert round_trip(on_device(), dingtalk, "dingtalk")["Location"] == BIND


def test_nobody_takes_somebody_elses_away(on_device, enter, deputy, officer, offered):
    kept = identity(officer, "dingtalk")
    client = on_device()
    enter(client, deputy)
    assert client.post(f"/accounts/ways/{kept.pk}/unbind/").status_code == 404
    with pytest.raises(NotFound):
        unbind(deputy, kept.pk)
    assert bound_to(officer)


def test_the_only_way_in_stays(deputy):
    deputy.set_unusable_password()
    deputy.save()
    kept = identity(deputy, "dingtalk")
    with pytest.raises(BadInput, match="唯一"):
        unbind(deputy, kept.pk)
    identity(deputy, "wecom")
    unbind(deputy, kept.pk)
    assert bound_to(deputy) == [("wecom", "test-key-id:dd-1")]


def test_the_database_writes_down_what_is_done_by_sql(deputy, officer):
    kept = identity(deputy, "dingtalk")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE socialaccount_socialaccount SET user_id = %s WHERE id = %s", [officer.pk, kept.pk])
    noted = CredentialChange.objects.filter(what="identity")
    assert noted.filter(user=deputy).count() == 2
    assert noted.filter(user=officer).count() == 1


def test_a_mailbox_set_by_others_takes_identities_away(staff, deputy):
    identity(deputy, "dingtalk")
    given = Particulars(deputy.display_name, deputy.role, email="next@example.org", area=deputy.area)
    people.change(staff, deputy.pk, given, people.version_of(deputy))
    assert bound_to(deputy) == []
