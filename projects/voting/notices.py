"""Notices to electors: a vote is called, has opened, ends soon, has a result; and that one has voted oneself.

What is told to one elector alone goes by mail at once, whatever she has muted: whoever votes in her name cannot keep it
from her. It says that she has voted and nothing of what.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from projects.voting.models import Elector, VoteSession
from ui.text.days import day_in_words

SECURITY = "account-vote"
REMIND_BEFORE = timedelta(hours=2)
"""How long before the end those who have not voted are reminded."""


def notify_call(session: VoteSession, deputies: Iterable[User]) -> int:
    """Tell the roll when it may vote."""
    title = format_lazy(_("票决安排：{title}"), title=session.title)
    return _notify(session, "call", deputies, title, _voting_time(session))


def notify_opening(session: VoteSession) -> int:
    """Tell those who have not voted that they can."""
    title = format_lazy(_("票决已开始：{title}"), title=session.title)
    return _notify(session, "open", _not_voted(session), title, _voting_time(session))


def notify_deadline(session: VoteSession, now: datetime) -> int:
    """Remind those who have not voted when the end is near; nobody learns who they are."""
    if now < session.closes_at - REMIND_BEFORE:
        return 0
    title = format_lazy(_("票决即将截止，您还没有投票：{title}"), title=session.title)
    return _notify(session, "last", _not_voted(session), title, _voting_time(session))


def notify_cancelled(session: VoteSession, reason: str) -> int:
    """Tell the whole roll that a vote does not take place, and why."""
    title = format_lazy(_("票决已取消：{title}"), title=session.title)
    return _notify(session, "cancelled", User.objects.filter(pk__in=_accounts(session)), title, reason)


def notify_result(session: VoteSession) -> int:
    """Tell the whole roll that the ballots and the count are published."""
    title = format_lazy(_("票决结果已公布：{title}"), title=session.title)
    body = _("全部选票和计票结果已公布，可凭回执码核对自己的一张。")
    people = User.objects.filter(pk__in=_accounts(session))
    return _notify(session, "result", people, title, body)


def notify_voted(session: VoteSession, elector: Elector) -> int:
    """Tell an elector that a ballot was cast in her name."""
    title = format_lazy(_("您已投票：{title}"), title=session.title)
    body = _("这里只记您投过票，不记投了什么。如果不是您本人投的，请在截止前联系人大机关。")
    return _notify(session, "voted", _account_of(elector), title, body, SECURITY)


def notify_paper(session: VoteSession, elector: Elector) -> int:
    """Tell an elector that a ballot on paper was handed out in her name."""
    title = format_lazy(_("您已领取纸质选票：{title}"), title=session.title)
    body = _("您不再能在网上投这次票。如果您没有领过，请在截止前联系人大机关。")
    return _notify(session, "paper", _account_of(elector), title, body, SECURITY)


def notify_confirmed(session: VoteSession, elector: Elector) -> int:
    """Tell an elector that an officer has said her changed credentials to be hers."""
    title = format_lazy(_("您的投票身份已核实：{title}"), title=session.title)
    body = _("一位工作人员确认了您登录凭据的变更。如果没有人向您核实过，请马上联系人大机关。")
    what = f"confirmed:{elector.confirmations.count()}"
    return _notify(session, what, _account_of(elector), title, body, SECURITY)


def _notify(
    session: VoteSession, what: str, people: Iterable[User], title: object, body: object, kind: str = "project-vote"
) -> int:
    """Send one notice of a vote to each once, however often it is asked for; return how many were sent."""
    key = f"vote:{session.pk}:{what}"
    return notify(people, kind, title, body, session.get_absolute_url(), key=key, to_groups=False)


def _not_voted(session: VoteSession) -> Iterable[User]:
    return User.objects.filter(pk__in=_accounts(session, turnout__isnull=True))


def _accounts(session: VoteSession, **wanted: bool) -> QuerySet[Elector, Any]:
    """Return the accounts of who is on the roll and has one."""
    return session.electors.filter(is_struck=False, deputy__isnull=False, **wanted).values("deputy_id")


def _account_of(elector: Elector) -> list[User]:
    return [elector.deputy] if elector.deputy is not None else []


def _voting_time(session: VoteSession) -> object:
    start, end = (
        day_in_words(timezone.localtime(at), "DATETIME_FORMAT") for at in (session.opens_at, session.closes_at)
    )
    return format_lazy(_("投票时间：{start} 至 {end}"), start=start, end=end)
