"""Reads of river monitoring that more than one page, tile or API answer needs."""

from datetime import date, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now, TruncDate
from django.utils import timezone

from river_monitoring.network.models import Reach
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.steps.table import OPEN, TABLE

# Classes as lists show them; what is unrated comes last.
WORST_FIRST = (6, 5, 4, 3, 2, 1, 0)


def overdue_condition(today: date | None = None) -> Q:
    """Points whose works should be finished by now and are not."""
    return Q(status__in=OPEN, due_on__lt=today or timezone.localdate())


def with_overdue(points: QuerySet[MonitoringPoint]) -> QuerySet[MonitoringPoint]:
    """Annotate `is_overdue` by the database's own day, so that a tile query carries no date of its own."""
    late = Q(status__in=OPEN, due_on__lt=TruncDate(Now()))
    return points.annotate(is_overdue=Case(When(late, then=Value(True)), default=False, output_field=BooleanField()))


def month_text(month: Any) -> Func:
    """A month as tiles carry it, ``2026-03``; NULL stays NULL."""
    return Func(month, Value("YYYY-MM"), function="to_char", output_field=CharField())


def for_lists(points: QuerySet[MonitoringPoint]) -> QuerySet[MonitoringPoint]:
    """Select in one query all that a row or a detail page shows of a point; outlines of areas are no part of it."""
    rows = points.select_related("area", "village", "department", "river", "reach", "current_sample")
    return with_overdue(rows.defer("area__geom", "village__geom"))


def _points_of_reach() -> QuerySet[MonitoringPoint, Any]:
    return MonitoringPoint.objects.filter(reach=OuterRef("pk")).order_by().values("reach")


def strictest_target() -> Coalesce:
    """The strictest target among the points of a reach; 0 when it has none."""
    return Coalesce(Subquery(_points_of_reach().annotate(best=Min("target_class")).values("best")), 0)


def with_class(reaches: QuerySet[Reach]) -> QuerySet[Reach]:
    """Annotate reaches with the worst class of their points (0 when none is rated) and the strictest target."""
    points = _points_of_reach()
    return reaches.annotate(
        worst_class=Coalesce(Subquery(points.annotate(worst=Max("current_class")).values("worst")), 0),
        strictest_target=strictest_target(),
        class_updated=Subquery(points.annotate(newest=Max("updated_at")).values("newest")),
    )


def class_counts(points: QuerySet[MonitoringPoint], field: str = "current_class") -> list[dict[str, Any]]:
    """Count points per class, worst first, unrated last; every class is there, even at zero.

    `field` is `class_shown` for points that `past.shown` has annotated.
    """
    found = dict(points.order_by().values_list(field).annotate(count=Count("pk")))
    return [
        {"class": number, "label": WaterClass(number).label, "count": found.get(number, 0)} for number in WORST_FIRST
    ]


def class_counts_by_area(points: QuerySet[MonitoringPoint]) -> list[dict[str, Any]]:
    """Count points per town and class, with the number of overdue points and the denominator beside them."""
    per_class = {f"class_{number}": Count("pk", filter=Q(current_class=number)) for number in range(7)}
    rows = (
        points.order_by("area__code")
        .values("area__code", "area__name")
        .annotate(**per_class, total=Count("pk"), overdue=Count("pk", filter=overdue_condition()))
    )
    found: list[dict[str, Any]] = [dict(row) for row in rows]
    for row in found:
        row["counts"] = [(number, row[f"class_{number}"]) for number in WORST_FIRST]
    return found


def status_counts(points: QuerySet[MonitoringPoint], field: str = "status") -> list[dict[str, Any]]:
    """Count points per state of rectification, in the order of the work; `field` as for `class_counts`."""
    found = dict(points.order_by().values_list(field).annotate(count=Count("pk")))
    return [{"status": value, "label": label, "count": found.get(value, 0)} for value, label in TABLE.choices()]


def newest_sample_time(points: QuerySet[MonitoringPoint]) -> datetime | None:
    """When the newest of the points' current samples was taken."""
    return points.order_by().aggregate(newest=Max("current_sample__phenomenon_time"))["newest"]


def overdue_points(points: QuerySet[MonitoringPoint]) -> QuerySet[MonitoringPoint]:
    """Points past their deadline, the longest overdue first."""
    return for_lists(points).filter(overdue_condition()).order_by("due_on", "code")
