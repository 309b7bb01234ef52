"""Counts of the whole district, each with its denominator, and why what is not rated is not."""

from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q, QuerySet

from accounts.permissions import Asker
from river_monitoring.assessment.coverage import Coverage, coverage_in_words, reasons_in_words
from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.points.queries import class_counts, class_counts_by_area, overdue_condition
from river_monitoring.standard.evaluation import GOOD
from river_monitoring.statistics.coverage import COUNTS, WHOLE, coverage_now, coverage_of_counted, now_in_words, now_of
from river_monitoring.steps.table import OPEN

MONTHS_SHOWN = 12


def monthly_classes(points: QuerySet[MonitoringPoint], months: int = MONTHS_SHOWN) -> list[dict[str, Any]]:
    """Per month, newest first: points sampled, rated (`least` of them at least), of class I to III, inferior, unrated.

    A point counts once in a month, by its assessment of that month.
    """
    kept = PointMonth.objects.filter(point__in=points.order_by())
    newest = list(kept.order_by("-month").values_list("month", flat=True)[:1])
    recent = kept.filter(month__gte=newest[0] - relativedelta(months=months - 1)) if newest else kept
    found = _monthly(recent)
    return found if len(found) == months else _monthly(kept)[:months]


def _monthly(kept: QuerySet[PointMonth]) -> list[dict[str, Any]]:
    counted = (
        kept.order_by("-month")
        .values("month")
        .annotate(
            sampled=Count("pk"),
            **COUNTS,
            good=Count("pk", filter=Q(water_class__in=GOOD)),
            inferior=Count("pk", filter=Q(water_class=WaterClass.INFERIOR_V)),
            too_little=Count("pk", filter=Q(water_class=0)),
        )
    )
    return [dict(row) for row in counted]


def monthly_rows(points: QuerySet[MonitoringPoint]) -> list[dict[str, Any]]:
    """The months of `monthly_classes`, each with how many points there are and why the unrated ones are not rated."""
    rows = monthly_classes(points)
    coverage = coverage_of_counted(points, {row["month"]: (row["rated"], row["least"]) for row in rows})
    return [{**row, "unrated": reasons_in_words(coverage[row["month"]])} for row in rows]


def towns_now(points: QuerySet[MonitoringPoint], coverage: Mapping[str, Coverage]) -> list[dict[str, Any]]:
    """The present classes of each town's points, with `rated` and why the others are not rated (`unrated`);
    `coverage` is that of now."""
    rows = class_counts_by_area(points)
    for row in rows:
        found = coverage[row["area__code"]]
        row |= {"rated": found.rated, "unrated": reasons_in_words(found)}
    return rows


def state_now(points: QuerySet[MonitoringPoint], coverage: Mapping[str, Coverage]) -> dict[str, Any]:
    """What "now" is, how many points are rated in it, and why the others are not: two sentences."""
    return {"now": now_in_words(now_of(points)), "rated": coverage_in_words(coverage[WHOLE])}


def district_numbers(user: Asker) -> dict[str, Any]:
    """Count what `user` may see, each number with its denominator."""
    points = points_visible_to(user)
    classes, coverage = class_counts(points), coverage_now(points)
    at_work = points.order_by().aggregate(
        overdue=Count("pk", filter=overdue_condition()), open=Count("pk", filter=Q(status__in=OPEN))
    )
    return {
        "total": sum(row["count"] for row in classes),
        "rated": sum(row["count"] for row in classes if row["class"]),
        "good": sum(row["count"] for row in classes if row["class"] in GOOD),
        "inferior": next(row["count"] for row in classes if row["class"] == WaterClass.INFERIOR_V),
        **at_work,
        "classes": classes,
        "towns": towns_now(points, coverage),
        "months": monthly_rows(points),
        "state": state_now(points, coverage),
    }
