"""The river as it was in a month: classes from that month's samples, rectification from the events until its end.

A point's class in a month is its worst rated sample of that month, as on the page of numbers
(`queries.monthly_classes`); a point without one is unrated in that month, whatever was found before. Names, places
and targets are those of today.

`with_values_shown` gives the values of today and of a month the same names, so that a list, a count, the API and a page
need not know which of the two they show.
"""

import datetime as dt
from typing import Any

from django.db.models import BooleanField, Case, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.permissions import Asker
from river_monitoring.network.models import Reach
from river_monitoring.network.permissions import reaches_visible_to
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.permissions import events_visible_to
from river_monitoring.samples.models import Sample
from river_monitoring.samples.permissions import samples_visible_to
from river_monitoring.standard.averages import span_of
from river_monitoring.statistics.overview import monthly_classes
from river_monitoring.statistics.periods import span_bounds
from river_monitoring.steps.table import OPEN


def month_of(first: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the month's beginning and the next one's, in local time."""
    return span_bounds(span_of(first, "month"))


def with_values_shown(
    points: QuerySet[MonitoringPoint], user: Asker, month: dt.date | None
) -> QuerySet[MonitoringPoint]:
    """Annotate `class_shown`, `status_shown`, `overdue_shown`, `sampled_shown`, `limiting_shown`, `exceedance_shown`.

    They are those of today, or those of the month that begins on `month`.
    """
    if month is None:
        today = queries.with_overdue(points)
        sample = "current_sample__"
        return today.annotate(
            class_shown=F("current_class"),
            status_shown=F("status"),
            overdue_shown=F("is_overdue"),
            sampled_shown=F(f"{sample}phenomenon_time"),
            limiting_shown=F(f"{sample}limiting"),
            exceedance_shown=F(f"{sample}exceedance"),
        )
    worst = _samples(user, month).filter(point=OuterRef("pk")).order_by("-water_class", "-phenomenon_time")
    return _then(points, user, month).annotate(
        class_shown=F("class_then"),
        status_shown=F("status_then"),
        overdue_shown=F("overdue_then"),
        sampled_shown=F("sampled_then"),
        limiting_shown=Subquery(worst.values("limiting")[:1]),
        exceedance_shown=Subquery(worst.values("exceedance")[:1]),
    )


def worst_sample(user: Asker, point: MonitoringPoint, month: dt.date) -> Sample | None:
    """Return the sample that decides a point's class in a month; None when nothing was rated in it."""
    return _samples(user, month).filter(point=point).order_by("-water_class", "-phenomenon_time").first()


def points_in_month(user: Asker, first: dt.date) -> QuerySet[MonitoringPoint]:
    """Annotate the points that `user` may see with `class_then`, `status_then`, `overdue_then` and `sampled_then`."""
    return _then(points_visible_to(user), user, first)


def _then(points: QuerySet[MonitoringPoint], user: Asker, first: dt.date) -> QuerySet[MonitoringPoint]:
    samples = _samples(user, first).filter(point=OuterRef("pk")).values("point")
    _start, end = month_of(first)
    events = events_visible_to(user).filter(point=OuterRef("pk"))
    due = events.filter(at__lt=end, due_on__isnull=False).order_by("-at", "-pk").values("due_on")[:1]
    known = points.annotate(
        class_then=Coalesce(Subquery(samples.annotate(worst=Max("water_class")).values("worst")), 0),
        sampled_then=Subquery(samples.annotate(newest=Max("phenomenon_time")).values("newest")),
        status_then=Coalesce(_last(events.filter(at__lt=end)), _first(events.filter(at__gte=end)), F("status")),
        due_then=Subquery(due),
    )
    late = Q(status_then__in=OPEN, due_then__lt=end.date())
    return known.annotate(overdue_then=Case(When(late, then=Value(True)), default=False, output_field=BooleanField()))


def _samples(user: Asker, first: dt.date) -> QuerySet[Sample]:
    start, end = month_of(first)
    within = samples_visible_to(user).filter(phenomenon_time__gte=start, phenomenon_time__lt=end)
    return within.exclude(water_class=WaterClass.UNRATED).order_by()


def _last(events: QuerySet[RectificationEvent]) -> Subquery:
    return Subquery(events.order_by("-at", "-pk").values("to_status")[:1])


def _first(events: QuerySet[RectificationEvent]) -> Subquery:
    """Before its first step a point was where that step began."""
    return Subquery(events.order_by("at", "pk").values("from_status")[:1])


def reaches_in_month(user: Asker, first: dt.date) -> QuerySet[Reach]:
    """Annotate reaches with the worst class of their points in the month, as `queries.with_class` does for today."""
    samples = _samples(user, first).filter(point__reach=OuterRef("pk")).values("point__reach")
    return reaches_visible_to(user).annotate(
        class_then=Coalesce(Subquery(samples.annotate(worst=Max("water_class")).values("worst")), Value(0)),
        sampled_then=Subquery(samples.annotate(newest=Max("phenomenon_time")).values("newest")),
        strictest_target=queries.strictest_target(),
    )


def months_with_samples(user: Asker) -> list[dict[str, Any]]:
    """Return the months of the time slider, oldest first: all between the first and the last with a rated sample.

    Each with how many points were rated and how many of them inferior V, by a point's worst sample of the month.
    """
    counted = {row["month"].date(): row for row in monthly_classes(samples_visible_to(user), months=1200)}
    if not counted:
        return []
    month, last, found = min(counted), max(counted), []
    while month <= last:
        row = counted.get(month, {"rated": 0, "inferior": 0})
        found.append({"month": f"{month:%Y-%m}", "rated": row["rated"], "inferior": row["inferior"]})
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return found
