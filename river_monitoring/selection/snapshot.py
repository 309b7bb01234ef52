"""The river as it was in a month: classes from that month's samples, rectification from the events until its end.

A point's class in a month is its assessment of that month (`assessment.models.PointMonth`), as on the page of numbers;
a point without samples, or with too few items in them, is unrated in that month, whatever was found before. Names,
places and targets are those of today. "Now" is the newest month that has samples, and the page says which one it is.

`with_values_shown` gives the values of today and of a month the same names, so that a list, a count, the API and a page
need not know which of the two they show.
"""

import datetime as dt
from typing import Any

from django.db.models import BooleanField, Case, DateField, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from accounts.permissions import Asker
from river_monitoring.assessment.models import PointMonth
from river_monitoring.network.models import Reach
from river_monitoring.network.permissions import reaches_visible_to
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.permissions import events_visible_to
from river_monitoring.standard.averages import span_of
from river_monitoring.statistics.overview import monthly_classes
from river_monitoring.statistics.periods import span_bounds
from river_monitoring.steps.table import OPEN, State
from river_monitoring.works.models import WorkEvent


def month_of(first: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the month's beginning and the next one's, in local time."""
    return span_bounds(span_of(first, "month"))


def with_values_shown(
    points: QuerySet[MonitoringPoint], user: Asker, month: dt.date | None
) -> QuerySet[MonitoringPoint]:
    """Annotate what `SHOWN` names, as it is now or as it was in the month that begins on `month`."""
    if month is None:
        kept = _kept(OuterRef("current_month"))
        now = queries.with_overdue(points).annotate(
            class_shown=F("current_class"),
            month_shown=F("current_month"),
            status_shown=F("status"),
            overdue_shown=F("is_overdue"),
        )
        return _with_reasons(now, kept)
    then = _then(points, user, month).annotate(
        class_shown=F("class_then"),
        month_shown=Value(month, DateField()),
        status_shown=F("status_then"),
        overdue_shown=F("overdue_then"),
    )
    return _with_reasons(then, _kept(month))


SHOWN = (
    "class_shown", "month_shown", "status_shown", "overdue_shown", "at_least_shown", "complete_shown", "sampled_shown",
    "limiting_shown", "exceedance_shown", "missing_shown", "blind_shown",
)  # fmt: skip


def _kept(month: Any) -> QuerySet[PointMonth]:
    return PointMonth.objects.filter(point=OuterRef("pk"), month=month).order_by()


def _with_reasons(points: QuerySet[MonitoringPoint], kept: QuerySet[PointMonth]) -> QuerySet[MonitoringPoint]:
    return points.annotate(
        at_least_shown=Coalesce(Subquery(kept.values("is_at_least")), Value(False)),
        complete_shown=Subquery(kept.values("is_complete")),
        sampled_shown=Subquery(kept.values("newest_at")),
        limiting_shown=Subquery(kept.values("limiting")),
        exceedance_shown=Subquery(kept.values("exceedance")),
        missing_shown=Subquery(kept.values("missing")),
        blind_shown=Subquery(kept.values("blind")),
    )


def points_in_month(user: Asker, first: dt.date) -> QuerySet[MonitoringPoint]:
    """Annotate the points that `user` may see with `class_then`, `status_then`, `overdue_then` and `sampled_then`."""
    return _then(points_visible_to(user), user, first)


def _then(points: QuerySet[MonitoringPoint], user: Asker, first: dt.date) -> QuerySet[MonitoringPoint]:
    kept = _kept(first)
    _start, end = month_of(first)
    events = events_visible_to(user).filter(point=OuterRef("pk"))
    known = points.alias(**_deadlines(events, end)).annotate(
        class_then=Coalesce(Subquery(kept.values("water_class")), 0),
        at_least_then=Coalesce(Subquery(kept.values("is_at_least")), Value(False)),
        sampled_then=Subquery(kept.values("newest_at")),
        month_then=queries.month_text(Subquery(kept.values("month"))),
        status_then=Coalesce(_last(events.filter(at__lt=end)), _first(events.filter(at__gte=end)), F("status")),
        due_then=Case(When(_moved_last(), then=F("moved_to")), default=F("set_to")),
    )
    suspended = Q(status_then=State.SUSPENDED, suspended_itself=True)  # as `queries.suspended_by_its_own` says of today
    late = Q(due_then__lt=end.date()) & (Q(status_then__in=OPEN) | suspended)
    return known.annotate(overdue_then=Case(When(late, then=Value(True)), default=False, output_field=BooleanField()))


def _deadlines(events: QuerySet[RectificationEvent], end: dt.datetime) -> dict[str, Any]:
    """The deadline that the last step until `end` set, that which an accepting body gave last; whether the department
    that was responsible suspended the works itself."""
    before, of_point = events.filter(at__lt=end).order_by("-at", "-pk"), Q(point=OuterRef("pk"))
    given = before.filter(due_on__isnull=False)
    moves = WorkEvent.objects.filter(of_point, verb=WorkEvent.Verb.DEADLINE, at__lt=end).order_by("-at", "-pk")
    return {
        "set_at": Subquery(given.values("at")[:1]),
        "set_to": Subquery(given.values("due_on")[:1]),
        "moved_at": Subquery(moves.values("at")[:1]),
        "moved_to": Cast(Subquery(moves.annotate(day=KT("changes__due_on__1")).values("day")[:1]), DateField()),
        "suspended_itself": queries.suspended_itself(before),
    }


def _moved_last() -> Q:
    return Q(moved_at__gt=F("set_at")) | Q(set_at=None, moved_at__isnull=False)


def _last(events: QuerySet[RectificationEvent]) -> Subquery:
    return Subquery(events.order_by("-at", "-pk").values("to_status")[:1])


def _first(events: QuerySet[RectificationEvent]) -> Subquery:
    """Before its first step a point was where that step began."""
    return Subquery(events.order_by("at", "pk").values("from_status")[:1])


def reaches_in_month(user: Asker, first: dt.date) -> QuerySet[Reach]:
    """Annotate reaches with the worst class of their points in the month, as `queries.with_class` does for today."""
    of_reach = PointMonth.objects.filter(
        point__in=points_visible_to(user).order_by(), point__reach=OuterRef("pk"), month=first
    )
    kept = of_reach.order_by().values("point__reach")
    return reaches_visible_to(user).annotate(
        class_then=Coalesce(Subquery(kept.annotate(worst=Max("water_class")).values("worst")), Value(0)),
        sampled_then=Subquery(kept.annotate(newest=Max("newest_at")).values("newest")),
        strictest_target=queries.strictest_target(),
    )


def months_with_samples(user: Asker) -> list[dict[str, Any]]:
    """Return the months of the time slider, oldest first: all between the first and the last with samples.

    Each with how many points were rated and how many of them inferior V.
    """
    counted = {row["month"]: row for row in monthly_classes(points_visible_to(user), months=1200)}
    if not counted:
        return []
    month, last, found = min(counted), max(counted), []
    while month <= last:
        row = counted.get(month, {"rated": 0, "inferior": 0})
        found.append({"month": f"{month:%Y-%m}", "rated": row["rated"], "inferior": row["inferior"]})
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return found
