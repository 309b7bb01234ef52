"""Notices to electors: a vote is called, has opened, ends soon, has a result."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from projects.voting.models import VoteSession

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


def notify_result(session: VoteSession) -> int:
    """Tell the whole roll that the ballots and the count are published."""
    title = format_lazy(_("票决结果已公布：{title}"), title=session.title)
    body = _("全部选票和计票结果已公布，可凭回执码核对自己的一张。")
    people = User.objects.filter(pk__in=session.electors.values("deputy_id"))
    return _notify(session, "result", people, title, body)


def _notify(session: VoteSession, what: str, people: Iterable[User], title: object, body: object) -> int:
    """Send one notice of a vote to each once, however often it is asked for; return how many were sent."""
    key = f"vote:{session.pk}:{what}"
    return notify(people, "project-vote", title, body, session.get_absolute_url(), key=key)


def _not_voted(session: VoteSession) -> Iterable[User]:
    return User.objects.filter(pk__in=session.electors.filter(turnout__isnull=True).values("deputy_id"))


def _voting_time(session: VoteSession) -> object:
    start, end = (
        date_format(timezone.localtime(at), "DATETIME_FORMAT") for at in (session.opens_at, session.closes_at)
    )
    return format_lazy(_("投票时间：{start} 至 {end}"), start=start, end=end)
