"""How far the day of a reply may be moved: by the district's rule, a first reply at most to the end of six months."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts import rules
from geokit.refusal import refuse
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.queries import clock_of

RULE = "matters.extension_days"
Verb = SuggestionEvent.Verb
_STARTS = Q(verb__in=[Verb.ASSIGNED, Verb.REOPENED, Verb.CAME_BACK]) | Q(
    verb=Verb.FORWARDED, actor__role__in=["staff", "admin"]
)
"""What starts the clock of the reply. What departments passed on among themselves, while they could, left it."""


def latest_day(matter: Suggestion) -> date | None:
    """Return the latest day to which the reply may be put off, all extensions of its clock together.

    None where no clock runs. A pause moves the limit as it moves the day.
    """
    begun = matter.events.filter(_STARTS).order_by("at", "pk").last()
    if begun is None or begun.due_on is None or matter.due_on is None:
        return None
    granted = timedelta(days=sum(event.basis["days"] for event in _granted_since(matter, begun)))
    limit = matter.due_on - granted + timedelta(days=rules.book().value(RULE))
    if clock_of(matter) not in (Clock.REPLY, Clock.REPLY_WIDE):
        return limit
    paused = matter.due_on - granted - begun.due_on
    return min(limit, periods.ends_on(Clock.REPLY_WIDE, timezone.localdate(begun.at)) + paused)


def _granted_since(matter: Suggestion, begun: SuggestionEvent) -> QuerySet[SuggestionEvent]:
    return matter.events.filter(verb=Verb.EXTENDED, at__gte=begun.at)


def refuse_unless_allowed(matter: Suggestion, until: date, today: date) -> None:
    """Raise BadInput where `until` is no day to which the reply of `matter` may be put off."""
    if matter.due_on and (until <= matter.due_on or until < today):
        words = gettext("延期的日期应在现在的期限（%s）之后，且不早于今天。") % date_format(matter.due_on)
        raise refuse("until", "not-later", words)
    latest = latest_day(matter)
    if latest is None or until > latest:
        words = date_format(latest) if latest else gettext("无")
        raise refuse("until", "too-late", gettext("按规定最迟只能延到 %s。") % words)


def basis_of_extension(today: date, days: int) -> dict[str, Any]:
    """Return for the event by how many days, and by which version of the rule, a day was moved."""
    return {**rules.book().basis(RULE, on=today), "days": days}
