"""Who votes is who the roll means: changed credentials freeze, a second officer confirms, a code is asked."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.mail import EmailMessage

from accounts.directory.acting import acting
from accounts.models import Role, User
from accounts.notices.delivery import deliver_due
from accounts.people import services as people
from accounts.people.credentials import handover
from accounts.people.services import Particulars, version_of
from accounts.signin.services import ask_for_email
from geokit.refusal import Busy, NotPermitted, TooMany
from ledger import chain
from ledger.models import AuditEntry
from projects.models import Elector, ElectorConfirmation, Turnout, UrnBallot, VoteSession
from projects.voting.checks import VoteRefused
from projects.voting.codes import send_code, vote
from projects.voting.confirming import confirm_elector
from projects.voting.roll import is_frozen, roll_of
from projects.voting.services import Terms, call_vote, cast_ballot
from tests.data.cast import World, person, seat
from tests.integration.projects.voting.electors import elector_of, refusal_of
from tests.queries import asked

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def session_with_apps(deputies: list[User], candidates: list, terms: Callable, staff: User) -> VoteSession:
    """A vote whose electors had their apps before the roll was written."""
    for deputy in deputies[:2]:
        TOTP.activate(deputy, SECRET)
    return call_vote(terms(), candidates, staff)


def _app_code(steps: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def _reset_by(staff: User, deputy: User) -> None:
    people.change(staff, deputy.pk, Particulars("张代表", "deputy", email="s@example.org"), version_of(deputy))
    deputy.refresh_from_db()


def test_no_code_goes_to_a_mailbox_that_staff_wrote_down_before_the_roll(
    deputies: list[User], candidates: list, terms: Callable, staff: User, as_user: Callable, mailoutbox: list
) -> None:
    deputy = deputies[0]
    _reset_by(staff, deputy)
    TOTP.activate(deputy, SECRET)
    session = call_vote(terms(), candidates, staff)
    assert refusal_of(send_code, session.pk, deputy) == "mailbox-not-own"
    assert mailoutbox == []
    page = as_user(deputy).get(session.get_absolute_url()).content.decode()
    assert "不是您本人确认过的" in page and "获取验证码" not in page
    assert vote(session.pk, deputy, [1], _app_code())


def test_an_address_of_the_invitation_counts_once_she_has_confirmed_it(
    world: World, candidates: list, terms: Callable, staff: User, as_user: Callable, mailoutbox: list[EmailMessage]
) -> None:
    invited = person("invited", Role.DEPUTY, email="invited@example.org")
    seat(invited, world.district)
    session = call_vote(terms(), candidates, staff)
    assert refusal_of(send_code, session.pk, invited) == "mailbox-not-own"
    ask_for_email(invited, invited.email)
    deliver_due()
    (link,) = re.findall(r"/accounts/email/confirm/\S+", "\n".join(mail.body for mail in mailoutbox))
    as_user(None).post(link)
    assert send_code(session.pk, invited) == "i***@example.org"
    assert not is_frozen(elector_of(session, invited)), "the address is the same"
    assert refusal_of(ask_for_email, invited, invited.email) == "same-email"


def test_a_reset_by_staff_after_the_roll_was_written_freezes_the_elector(
    session: VoteSession, deputy: User, staff: User, as_user: Callable
) -> None:
    _reset_by(staff, deputy)
    assert refusal_of(cast_ballot, session.pk, deputy, [1]) == "frozen"
    assert refusal_of(send_code, session.pk, deputy) == "frozen"
    page = as_user(deputy).get(session.get_absolute_url()).content.decode()
    assert "网上投票已暂停" in page
    assert 'name="choices"' not in page
    assert not Turnout.objects.exists()


@pytest.mark.parametrize("who", ["herself", "nobody"])
def test_her_own_change_and_one_by_a_link_freeze_as_well(
    who: str, session: VoteSession, deputy: User, client: object
) -> None:
    deputy.set_password("another-long-phrase-7")
    with acting(deputy if who == "herself" else None):
        deputy.save(update_fields=["password"])
    assert is_frozen(elector_of(session, deputy))


def test_what_changed_before_the_roll_was_written_freezes_nobody(
    deputies: list[User], candidates: list, terms: Callable[..., Terms], staff: User
) -> None:
    session = call_vote(terms(), candidates, staff)
    assert not any(is_frozen(elector) for elector in session.electors.all())


def test_an_address_that_was_changed_and_changed_back_stays_frozen(
    session: VoteSession, deputy: User, staff: User
) -> None:
    _reset_by(staff, deputy)
    people.change(staff, deputy.pk, Particulars("张代表", "deputy", email="zhang@example.org"), version_of(deputy))
    assert is_frozen(elector_of(session, deputy))


def test_a_second_officer_confirms_with_a_reason_and_the_vote_keeps_it(
    session: VoteSession, deputy: User, staff: User, second: User, mailoutbox: list[EmailMessage]
) -> None:
    _reset_by(staff, deputy)
    elector = elector_of(session, deputy)
    assert refusal_of(confirm_elector, session.pk, elector.pk, second, " ") == "reason-missing"
    confirm_elector(session.pk, elector.pk, second, "当面核对证件")
    assert cast_ballot(session.pk, deputy, [1])
    (line,) = [line for line in roll_of(session, second) if line.elector == elector]
    assert [(one.officer, one.reason) for one in line.confirmations] == [(second, "当面核对证件")]
    assert AuditEntry.objects.get(verb="confirm_elector").actor == second
    deliver_due()
    assert [message.subject for message in mailoutbox if "已核实" in message.subject]
    assert chain.verify().faults == ()


def test_who_had_a_hand_in_the_account_does_not_confirm(
    session: VoteSession, deputy: User, staff: User, second: User, admin_user: User, officer: User
) -> None:
    """Neither who changed it, nor who asked for the link or gave it out, nor who once invited her, nor a town's."""
    _reset_by(admin_user, deputy)
    people.invite_again(staff, deputy.pk)
    handover.give_link(second, deputy.pk)
    inviter = person("inviter", Role.STAFF)
    AuditEntry.objects.create(
        actor=inviter, verb="person-invited", object_type="accounts.user", object_id=str(deputy.pk)
    )
    towns = person("towns", Role.STAFF, area=session.area.children.first())
    elector = elector_of(session, deputy)
    for hand in (admin_user, staff, second, inviter, towns, officer, deputy):
        with pytest.raises(NotPermitted):
            confirm_elector(session.pk, elector.pk, hand, "核实")
    assert not ElectorConfirmation.objects.exists()
    assert confirm_elector(session.pk, elector.pk, person("third", Role.STAFF), "电话").last_change


def test_a_change_after_the_confirmation_freezes_again(
    session: VoteSession, deputy: User, staff: User, second: User
) -> None:
    _reset_by(staff, deputy)
    elector = elector_of(session, deputy)
    confirm_elector(session.pk, elector.pk, second, "当面")
    people.invite_again(staff, deputy.pk)
    assert is_frozen(elector)
    assert refusal_of(cast_ballot, session.pk, deputy, [1]) == "frozen"


def test_nobody_confirms_who_is_not_frozen_or_after_the_end(
    session: VoteSession, deputy: User, staff: User, second: User
) -> None:
    elector = elector_of(session, deputy)
    assert refusal_of(confirm_elector, session.pk, elector.pk, second, "当面") == "not-frozen"
    _reset_by(staff, deputy)
    late = session.closes_at
    assert refusal_of(confirm_elector, session.pk, elector.pk, second, "当面", late) == "closed"


def test_a_ballot_without_the_code_or_with_a_wrong_one_is_not_taken(
    session: VoteSession, deputy: User, code_of: Callable
) -> None:
    assert refusal_of(vote, session.pk, deputy, [1], "123456") == "code-missing"
    code = code_of(session, deputy)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert refusal_of(vote, session.pk, deputy, [1], wrong) == "wrong-code"
    assert not UrnBallot.objects.exists()
    assert vote(session.pk, deputy, [1], f" {code[:3]} {code[3:]}")


def test_the_code_of_her_app_votes_once_and_needs_no_mail(session_with_apps: VoteSession, deputies: list[User]) -> None:
    code = _app_code()
    assert refusal_of(vote, session_with_apps.pk, deputies[1], [1], f"{(int(code) + 1) % 10**6:06}") == "code-missing"
    assert vote(session_with_apps.pk, deputies[0], [1], code)
    with pytest.raises(VoteRefused):
        vote(session_with_apps.pk, deputies[0], [1], _app_code(1))


def test_an_app_that_is_added_after_the_roll_was_written_freezes_the_elector(
    session: VoteSession, deputy: User
) -> None:
    TOTP.activate(deputy, SECRET)
    assert refusal_of(vote, session.pk, deputy, [1], _app_code()) == "frozen"
    Authenticator.objects.filter(user=deputy).delete()
    assert deputy.credential_changes.filter(what="factor").count() == 2
    assert refusal_of(send_code, session.pk, deputy) == "frozen"


def test_a_script_has_five_tries_and_six_codes_an_hour(session: VoteSession, deputy: User, code_of: Callable) -> None:
    code = code_of(session, deputy)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    tried = [refusal_of(vote, session.pk, deputy, [1], wrong) for _try in range(6)]
    assert tried == ["wrong-code"] * 5 + ["code-spent"]
    assert refusal_of(vote, session.pk, deputy, [1], code) == "code-spent"
    for _more in range(5):
        send_code(session.pk, deputy)
    with pytest.raises(TooMany):
        send_code(session.pk, deputy)


def test_a_code_serves_its_elector_alone_for_ten_minutes(
    session: VoteSession, deputies: list[User], code_of: Callable
) -> None:
    hers, others = code_of(session, deputies[0]), code_of(session, deputies[1])
    if hers != others:
        assert refusal_of(vote, session.pk, deputies[1], [1], hers) == "wrong-code"
    late = session.opens_at + timedelta(minutes=12)
    assert refusal_of(vote, session.pk, deputies[0], [1], hers, late) == "code-spent"


def test_a_ballot_that_is_refused_leaves_the_code_good(session: VoteSession, deputy: User, code_of: Callable) -> None:
    code = code_of(session, deputy)
    assert refusal_of(vote, session.pk, deputy, [1, 2, 3], code) == "too-many"
    assert vote(session.pk, deputy, [1, 2], code)


def test_without_a_mailbox_or_a_mail_server_there_is_no_code(
    session: VoteSession, deputies: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=deputies[1].pk).update(email="")
    assert refusal_of(send_code, session.pk, User.objects.get(pk=deputies[1].pk)) == "frozen"

    def down(_message: EmailMessage) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", down)
    with pytest.raises(Busy):
        send_code(session.pk, deputies[0])
    assert not hasattr(elector_of(session, deputies[0]), "code")


def test_she_is_told_by_mail_that_she_has_voted_and_not_what(
    session: VoteSession, deputy: User, mailoutbox: list[EmailMessage]
) -> None:
    receipt = cast_ballot(session.pk, deputy, [1, 3])
    deliver_due()
    (mail,) = [message for message in mailoutbox if "您已投票" in message.subject]
    assert mail.to == ["zhang@example.org"]
    assert receipt not in mail.body
    assert "候选项目" not in mail.body


def test_the_names_on_the_roll_are_public_and_so_is_a_deputy_whom_nobody_knows(
    session: VoteSession, deputies: list[User], as_user: Callable
) -> None:
    page = as_user(None).get(session.get_absolute_url()).content.decode()
    assert all(str(deputy) in page for deputy in deputies)


def test_staff_see_the_frozen_on_the_roll_and_confirm_there(
    session: VoteSession, deputy: User, staff: User, second: User, as_user: Callable
) -> None:
    _reset_by(staff, deputy)
    address = f"/projects/votes/{session.pk}/roll/"
    confirm = f"{address}{elector_of(session, deputy).pk}/confirm/"
    assert "请另一位工作人员核实" in as_user(staff).get(address).content.decode()
    assert as_user(staff).post(confirm, {"reason": "当面"}).status_code == 403
    client = as_user(second)
    assert "核实，恢复投票" in client.get(address).content.decode()
    assert client.post(confirm, {"reason": ""}).status_code == 400
    assert client.post(confirm, {"reason": "当面核对"}).status_code == 302
    assert "当面核对" in client.get(address).content.decode()


def test_the_roll_takes_as_many_queries_for_ten_electors(session: VoteSession, staff: User, as_user: Callable) -> None:
    client, address = as_user(staff), f"/projects/votes/{session.pk}/roll/"
    five = asked(client, address)
    for number in range(5):
        Elector.objects.create(session=session, deputy=person(f"more-{number}", Role.DEPUTY))
    assert asked(client, address) == five
