"""The river as it was in a month: classes from that month's samples, rectification from the events until its end.

A point's class in a month is its worst rated sample of that month, as on the page of numbers
(`queries.monthly_classes`); a point without one is unrated in that month, whatever was found before. Names, places
and targets are those of today.
"""

import datetime as dt
from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from river_monitoring import queries
from river_monitoring.averages import span_of
from river_monitoring.models import MonitoringPoint, Reach, RectificationEvent, Sample, WaterClass
from river_monitoring.permissions import events_visible_to, points_visible_to, reaches_visible_to, samples_visible_to
from river_monitoring.statistics import span_bounds


def month_of(first: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the month's beginning and the next one's, in local time."""
    return span_bounds(span_of(first, "month"))


def _samples(user: Any, first: dt.date) -> QuerySet[Sample]:
    start, end = month_of(first)
    within = samples_visible_to(user).filter(phenomenon_time__gte=start, phenomenon_time__lt=end)
    return within.exclude(water_class=WaterClass.UNRATED).order_by()


def points_in_month(user: Any, first: dt.date) -> QuerySet[MonitoringPoint]:
    """Annotate the points that `user` may see with `class_then`, `status_then` and `sampled_then`."""
    samples = _samples(user, first).filter(point=OuterRef("pk")).values("point")
    _start, end = month_of(first)
    events = events_visible_to(user).filter(point=OuterRef("pk"))
    return points_visible_to(user).annotate(
        class_then=Coalesce(Subquery(samples.annotate(worst=Max("water_class")).values("worst")), 0),
        sampled_then=Subquery(samples.annotate(newest=Max("phenomenon_time")).values("newest")),
        status_then=Coalesce(_last(events.filter(at__lt=end)), _first(events.filter(at__gte=end)), F("status")),
    )


def _last(events: QuerySet[RectificationEvent]) -> Subquery:
    return Subquery(events.order_by("-at", "-pk").values("to_status")[:1])


def _first(events: QuerySet[RectificationEvent]) -> Subquery:
    """Before its first step a point was where that step began."""
    return Subquery(events.order_by("at", "pk").values("from_status")[:1])


def reaches_in_month(user: Any, first: dt.date) -> QuerySet[Reach]:
    """Annotate reaches with the worst class of their points in the month, as `queries.with_class` does for today."""
    samples = _samples(user, first).filter(point__reach=OuterRef("pk")).values("point__reach")
    return reaches_visible_to(user).annotate(
        class_then=Coalesce(Subquery(samples.annotate(worst=Max("water_class")).values("worst")), Value(0)),
        sampled_then=Subquery(samples.annotate(newest=Max("phenomenon_time")).values("newest")),
        strictest_target=queries.strictest_target(),
    )
