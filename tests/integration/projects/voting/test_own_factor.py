"""The elector's own second factor at the ballot: a passkey or an app, and what somebody else tries with them."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import SignInEvent, User
from projects.models import Project, Turnout, UrnBallot, VoteSession
from projects.voting.codes import vote
from projects.voting.confirming import confirm_elector
from projects.voting.queries import prospect_of
from projects.voting.roll import roll_of
from projects.voting.services import call_vote
from tests.data.soft_passkey import SoftPasskey
from tests.integration.accounts.signin.conftest import code_at, with_totp  # noqa: F401 - a fixture

HOST, ORIGIN = "vote.example.org", "https://vote.example.org"


@pytest.fixture(autouse=True)
def _own_address(settings: Any) -> None:
    settings.SITE_HOST, settings.SITE_URL = HOST, ORIGIN


@pytest.fixture
def keys(deputies: list[User]) -> list[SoftPasskey]:
    """The first two deputies have a passkey; they had it before the roll was written."""
    return [SoftPasskey(elector, HOST) for elector in deputies[:2]]


@pytest.fixture
def votes(
    keys: list, deputies: list[User], candidates: list[Project], terms: Callable, staff: User, set_rule: Callable
) -> list[VoteSession]:
    set_rule("votes.own_factor", True)
    return [call_vote(terms(places=1), candidates[:2], staff), call_vote(terms(places=1), candidates[2:], staff)]


def _options(client: Client, session: VoteSession) -> dict[str, Any]:
    page = client.get(session.get_absolute_url()).content.decode()
    return json.loads(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def _cast(client: Client, session: VoteSession, answer: str = "", **more: str) -> Any:
    return client.post(f"{session.get_absolute_url()}cast/", {"choices": ["1"], "credential": answer, **more})


def test_a_passkey_casts_one_ballot_and_only_that_is_written(
    votes: list[VoteSession], keys: list[SoftPasskey], deputies: list[User], as_user: Callable, staff: User
) -> None:
    client = as_user(deputies[0])
    answer = keys[0].answer(_options(client, votes[0]), ORIGIN)
    assert "您的回执码" in _cast(client, votes[0], answer).content.decode()
    turnout, ballot = Turnout.objects.get(), UrnBallot.objects.get()
    assert (turnout.elector.deputy, turnout.factor, ballot.choices) == (deputies[0], "passkey", [1])
    assert [field.name for field in UrnBallot._meta.fields] == ["receipt", "session", "choices"]
    assert [line.factor for line in roll_of(votes[0], staff) if line.voted] == ["通行密钥"]
    assert _cast(client, votes[0], answer).status_code == 400
    assert UrnBallot.objects.count() == 1


def _again(client: Client, votes: list[VoteSession], keys: list[SoftPasskey]) -> str:
    """The answer was used up by a ballot that was refused for another reason."""
    answer = keys[0].answer(_options(client, votes[0]), ORIGIN)
    client.post(f"{votes[0].get_absolute_url()}cast/", {"choices": ["1", "2"], "credential": answer})
    return answer


ATTACKS: dict[str, Callable[[Client, list[VoteSession], list[SoftPasskey]], str]] = {
    "replayed": _again,
    "of another vote": lambda client, votes, keys: keys[0].answer(_options(client, votes[1]), ORIGIN),
    "another person's key": lambda client, votes, keys: keys[1].answer(_options(client, votes[0]), ORIGIN),
    "for another site": lambda client, votes, keys: keys[0].answer(_options(client, votes[0]), "https://evil.org"),
    "for a name below ours": lambda client, votes, keys: keys[0].answer(
        _options(client, votes[0]), f"https://x.{HOST}"
    ),
    "no challenge": lambda client, votes, keys: keys[0].answer({"publicKey": {"challenge": "AAAA"}}, ORIGIN),
    "a list": lambda client, votes, keys: "[]",
    "a number": lambda client, votes, keys: "1",
    "nested": lambda client, votes, keys: "[" * 9_000,
    "no JSON": lambda client, votes, keys: "\x00{",
    "empty parts": lambda client, votes, keys: json.dumps({"response": {"clientDataJSON": "e30"}, "rawId": None}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_her_own_passkey_did_not_sign_for_this_vote_casts_nothing(
    attack: str, votes: list[VoteSession], keys: list[SoftPasskey], deputies: list[User], as_user: Callable
) -> None:
    client = as_user(deputies[0])
    refused = _cast(client, votes[0], ATTACKS[attack](client, votes, keys))
    assert refused.status_code == 400
    assert not Turnout.objects.exists()
    assert not UrnBallot.objects.exists()


def test_a_challenge_is_good_for_ten_minutes_and_a_refused_page_has_a_new_one(
    votes: list[VoteSession], keys: list[SoftPasskey], deputies: list[User], as_user: Callable
) -> None:
    client = as_user(deputies[0])
    answer = keys[0].answer(_options(client, votes[0]), ORIGIN)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        refused = _cast(client, votes[0], answer)
        assert (refused.status_code, "放得太久了" in refused.content.decode()) == (400, True)
        fresh = json.loads(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', refused.text, re.DOTALL)[1])
        assert "您的回执码" in _cast(client, votes[0], keys[0].answer(fresh, ORIGIN)).text
    assert SignInEvent.objects.filter(user=deputies[0], outcome="wrong-factor").count() == 1


def test_who_has_a_factor_gets_no_mail_and_who_has_none_still_does(
    votes: list[VoteSession], deputies: list[User], as_user: Callable, mailoutbox: list, second: User
) -> None:
    client = as_user(deputies[0])
    page = client.get(votes[0].get_absolute_url()).content.decode()
    assert ("用通行密钥投票" in page, 'name="code"' in page, "获取验证码" in page) == (True, False, False)
    address = f"{votes[0].get_absolute_url()}code/"
    assert "投票请用它" in client.post(address, follow=True).content.decode()
    assert _cast(client, votes[0], code="123456").status_code == 400
    assert not mailoutbox
    other = as_user(deputies[3])
    other.post(address)
    code = re.search(r"\d{6}", mailoutbox[-1].body)[0]
    assert "您的回执码" in _cast(other, votes[0], code=code).content.decode()
    assert Turnout.objects.get().factor == "mail"
    deputies[1].email = ""
    deputies[1].save()
    assert prospect_of(votes[0]).online == 4  # her credentials changed: she is frozen
    line = votes[0].electors.get(deputy=deputies[1])
    confirm_elector(votes[0].pk, line.pk, second, "当面")
    assert prospect_of(votes[0]).online == 5  # a passkey needs no mailbox


def test_a_code_that_was_mailed_before_she_must_use_her_own_serves_no_more(
    keys: list, session: VoteSession, deputies: list[User], code_of: Callable, set_rule: Callable, as_user: Callable
) -> None:
    code = code_of(session, deputies[0])
    set_rule("votes.own_factor", True)
    refused = _cast(as_user(deputies[0]), session, code=code)
    assert (refused.status_code, "投票请用它" in refused.text) == (400, True)
    assert not Turnout.objects.exists()


def test_the_code_of_an_app_is_written_as_that(
    deputies: list[User],
    with_totp: Callable,  # noqa: F811
    candidates: list[Project],
    terms: Callable,
    staff: User,
    set_rule: Callable,
) -> None:
    set_rule("votes.own_factor", True)
    with_totp(deputies[0])
    session = call_vote(terms(), candidates, staff)
    assert vote(session.pk, deputies[0], [1], code_at())
    assert Turnout.objects.get().factor == "app"
