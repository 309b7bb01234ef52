"""Counts of the whole district, each with its denominator."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.permissions import Asker
from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.points.queries import class_counts, class_counts_by_area, overdue_condition
from river_monitoring.steps.table import OPEN

MONTHS_SHOWN = 12


def monthly_classes(points: QuerySet[MonitoringPoint], months: int = MONTHS_SHOWN) -> list[dict[str, Any]]:
    """Per month, newest first: points sampled, rated, of class I to III, inferior V, and with too little data.

    A point counts once in a month, by its assessment of that month.
    """
    kept = PointMonth.objects.filter(point__in=points.order_by()).order_by("-month").values("month")
    counted = kept.annotate(
        sampled=Count("pk"),
        rated=Count("pk", filter=Q(water_class__gt=0)),
        good=Count("pk", filter=Q(water_class__in=(1, 2, 3))),
        inferior=Count("pk", filter=Q(water_class=WaterClass.INFERIOR_V)),
        too_little=Count("pk", filter=Q(water_class=0)),
    )
    return [dict(row) for row in counted[:months]]


def district_numbers(user: Asker) -> dict[str, Any]:
    """Count what `user` may see, each number with its denominator."""
    points = points_visible_to(user)
    classes = class_counts(points)
    return {
        "total": sum(row["count"] for row in classes),
        "rated": sum(row["count"] for row in classes if row["class"]),
        "good": sum(row["count"] for row in classes if row["class"] in (1, 2, 3)),
        "inferior": next(row["count"] for row in classes if row["class"] == WaterClass.INFERIOR_V),
        "overdue": points.filter(overdue_condition()).count(),
        "open": points.filter(status__in=OPEN).count(),
        "classes": classes,
        "towns": class_counts_by_area(points),
        "months": monthly_classes(points),
    }
