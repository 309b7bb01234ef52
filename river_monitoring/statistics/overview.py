"""Counts of the whole district, each with its denominator."""

from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import TruncMonth

from accounts.permissions import Asker
from river_monitoring.points.models import WaterClass
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.points.queries import class_counts, class_counts_by_area, overdue_condition
from river_monitoring.samples.models import Sample
from river_monitoring.samples.permissions import samples_visible_to
from river_monitoring.steps.table import OPEN

MONTHS_SHOWN = 12


def monthly_classes(samples: QuerySet[Sample], months: int = MONTHS_SHOWN) -> list[dict[str, Any]]:
    """Per month, newest first: how many points were rated, how many were class I to III, how many inferior V.

    A point that was sampled twice in a month counts once, by its worst sample.
    """
    rated = samples.exclude(water_class=WaterClass.UNRATED).order_by()
    worst = (
        rated.annotate(month=TruncMonth("phenomenon_time"))
        .values_list("month", "point")
        .annotate(worst=Max("water_class"))
    )
    found: dict[datetime, dict[str, Any]] = {}
    for month, _, number in worst:
        row = found.setdefault(month, {"month": month, "rated": 0, "good": 0, "inferior": 0})
        row["rated"] += 1
        row["good"] += number <= WaterClass.III
        row["inferior"] += number == WaterClass.INFERIOR_V
    return [found[month] for month in sorted(found, reverse=True)[:months]]


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
        "months": monthly_classes(samples_visible_to(user)),
    }
