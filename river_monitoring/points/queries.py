"""Reads of river monitoring that more than one page, tile or API answer needs."""

from datetime import date, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Now, TruncDate
from django.db.models.lookups import Exact
from django.utils import timezone

from river_monitoring.network.models import Reach
from river_monitoring.points.models import MonitoringPoint, PointChange, WaterClass
from river_monitoring.steps.table import OPEN, TABLE, State

# Classes as lists show them; what is unrated comes last.
WORST_FIRST = (6, 5, 4, 3, 2, 1, 0)


def overdue_condition(today: date | None = None) -> Q:
    """Points whose works should be finished by now and are not."""
    return _is_late(today or timezone.localdate())


def _is_late(today: Any) -> Q:
    return Q(due_on__lt=today) & (Q(status__in=OPEN) | suspended_by_its_own())


def suspended_by_its_own() -> Q:
    """Match points whose works the department that was responsible then suspended itself: that stops no deadline, a
    body's decision does. Nor does it stop when the point is handed to another department."""
    events: Any = MonitoringPoint._meta.get_field("events").related_model
    return Q(status=State.SUSPENDED) & Q(Exact(suspended_itself(events._default_manager.all()), Value(True)))


def suspended_itself(events: QuerySet[Any]) -> Subquery:
    """Tell of a point whether the last suspension among these events was its responsible department's own."""
    later = PointChange.objects.filter(point=OuterRef("point"), at__gte=OuterRef("at")).order_by("at", "pk")
    answered_for_by = Coalesce(Subquery(later.values("department_before")[:1]), F("point__department"))
    suspended = events.filter(point=OuterRef("pk"), to_status=State.SUSPENDED).order_by("-at", "-pk")
    own = Case(When(department=answered_for_by, then=Value(True)), default=False, output_field=BooleanField())
    return Subquery(suspended.annotate(own=own).values("own")[:1])


def with_overdue(points: QuerySet[MonitoringPoint], today: date | None = None) -> QuerySet[MonitoringPoint]:
    """Annotate `is_overdue`; without a day by the database's own, so that a tile query carries no date of its own."""
    late = _is_late(today or TruncDate(Now()))
    return points.annotate(is_overdue=Case(When(late, then=Value(True)), default=False, output_field=BooleanField()))


def month_text(month: Any) -> Func:
    """A month as tiles carry it, ``2026-03``; NULL stays NULL."""
    return Func(month, Value("YYYY-MM"), function="to_char", output_field=CharField())


def for_lists(points: QuerySet[MonitoringPoint]) -> QuerySet[MonitoringPoint]:
    """Select in one query all that a row or a detail page shows of a point; outlines of areas are no part of it."""
    rows = points.select_related("area", "village", "department", "river", "reach", "current_sample")
    return with_overdue(rows.defer("area__geom", "village__geom"))


ABOUT: dict[str, tuple[str, ...]] = {
    "events": ("department",),
    "work_events": ("department", "measure", "outfall"),
    "measures": ("outfall",),
    "objections": ("actor", "answer__department"),
    "changes": ("office", "department", "department_before"),
    "months": (),
}
"""What topics above keep about a point, by the name that leads there from it, and what is read with each row."""


def read_about(point: MonitoringPoint) -> None:
    """Read at once what several parts of a page ask about one point; only for a point that lives as long as a page."""
    wanted: Any = {name: MonitoringPoint._meta.get_field(name).related_model for name in ABOUT}
    rows = {name: _with(model._default_manager.all(), name) for name, model in wanted.items()}
    prefetch_related_objects([point], *(Prefetch(name, queryset) for name, queryset in rows.items()))


def _with(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    return rows.select_related(*ABOUT[name]) if ABOUT[name] else rows


def rows_about(point: MonitoringPoint, name: str) -> list[Any]:
    """What is kept about a point under a name of `ABOUT`: what `read_about` read, else read now."""
    rows = getattr(point, name).all()
    return list(rows if is_read(point, name) else _with(rows, name))


def is_read(point: MonitoringPoint, name: str) -> bool:
    """Tell whether `read_about` read what is kept about the point under a name."""
    return name in getattr(point, "_prefetched_objects_cache", {})


def in_order(rows: list[Any]) -> list[Any]:
    """Events by their time, and by their key within a moment."""
    return sorted(rows, key=lambda row: (row.at, row.pk))


def is_of_listing(point: MonitoringPoint, at: datetime) -> bool:
    """Whether a moment lies in the present listing of a point; of one that was never listed all do."""
    return point.listed_on is None or timezone.localdate(at) >= point.listed_on


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
