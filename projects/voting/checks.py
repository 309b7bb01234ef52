"""What is asked of a vote and of a ballot before anything is written."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Area, User
from accounts.permissions import leads
from geokit.refusal import BadInput, NotPermitted
from projects.plan.models import Project
from projects.voting.models import Candidacy, VoteCancellation, VoteCount, VoteSession


class VoteRefused(BadInput):
    """The ballot cannot be taken; `code` says why: not-open, closed, frozen, voted-already, too-many, ..."""

    default_code = "vote-refused"


def undecided_candidacies() -> QuerySet[Candidacy]:
    """Return the candidacies of votes that are neither counted nor cancelled: a project stands in one at a time."""
    return Candidacy.objects.filter(session__count=None, session__cancellation=None)


def is_over(session: VoteSession, now: datetime) -> bool:
    """Tell whether nobody can vote any more: the time is up, or everybody has."""
    return now >= session.closes_at or not session.electors.filter(is_struck=False, turnout__isnull=True).exists()


def require_may_call(actor: User, area: Area, projects: Iterable[Project] = ()) -> None:
    """Raise NotPermitted unless `actor` arranges votes in the area, and leads where every candidate lies."""
    if not all(leads(actor, place) for place in (area, *(project.area for project in projects))):
        raise may_not_call()


def may_not_call() -> NotPermitted:
    return NotPermitted(_("票决由区人大工作人员安排。"))


def check_takes_place(session: VoteSession) -> None:
    """Raises VoteRefused (``cancelled``)."""
    if VoteCancellation.objects.filter(session=session).exists():
        raise VoteRefused(_("这次票决已经取消。"), code="cancelled")


def check_open(session: VoteSession, now: datetime) -> None:
    check_takes_place(session)
    if VoteCount.objects.filter(session=session).exists() or now >= session.closes_at:
        closed = timezone.localtime(session.closes_at)
        raise VoteRefused(_("投票已于 %(at)s 截止。") % {"at": date_format(closed, "DATETIME_FORMAT")}, code="closed")
    if now < session.opens_at:
        opens = timezone.localtime(session.opens_at)
        raise VoteRefused(
            _("投票于 %(at)s 开始，请届时再来。") % {"at": date_format(opens, "DATETIME_FORMAT")}, code="not-open"
        )


def checked_choices(session: VoteSession, choices: Sequence[int]) -> list[int]:
    numbers = sorted(set(choices))
    if len(numbers) > session.places:
        raise VoteRefused(
            _("最多选 %(places)d 个项目，您选了 %(chosen)d 个。") % {"places": session.places, "chosen": len(numbers)},
            code="too-many",
        )
    if set(numbers) - set(session.candidacies.values_list("number", flat=True)):
        raise VoteRefused(_("选票上有不在候选名单里的序号。"), code="unknown-candidate")
    return numbers
