"""Counts of projects by light, category and year, each with its denominator."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.permissions import Asker
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.services import UNDER_WAY


def numbers(user: Asker, year: int | None = None, area: str = "") -> dict[str, Any]:
    """Count projects by light, category and year. A light's denominator is the projects under way.

    `year` and `area` (code) narrow the first two; the years are always all, for comparison.
    """
    in_area = projects_visible_to(user)
    if area:
        in_area = in_area.filter(area__code=area)
    chosen = in_area.filter(year=year) if year else in_area
    under_way = chosen.filter(status__in=UNDER_WAY)
    return {
        "total": chosen.count(),
        "under_way": under_way.count(),
        "lights": _by_light(under_way),
        "categories": _by_category(chosen),
        "years": _by_year(in_area),
    }


def _by_light(projects: QuerySet[Project]) -> list[dict[str, Any]]:
    counts = dict(projects.order_by().values_list("light").annotate(n=Count("pk")))
    total = sum(counts.values())
    return [
        {"light": light.value, "label": light.label, "count": counts.get(light.value, 0), "of": total}
        for light in Project.Light
        if light != Project.Light.OFF
    ]


def _tally() -> dict[str, Count]:
    """Count all, those under way, and those of them that are finished or behind."""
    under_way = Q(status__in=UNDER_WAY)
    return {
        "total": Count("pk"),
        "under_way": Count("pk", filter=under_way),
        "finished": Count("pk", filter=under_way & Q(progress=100)),
        "behind": Count("pk", filter=under_way & Q(light__in=[Project.Light.YELLOW, Project.Light.RED])),
    }


def _by_category(projects: QuerySet[Project]) -> list[dict[str, Any]]:
    rows = projects.order_by().values("category").annotate(**_tally())
    labelled = [{**row, "label": Project.Category(row["category"]).label} for row in rows]
    return sorted(labelled, key=lambda row: (-row["total"], row["category"]))


def _by_year(projects: QuerySet[Project]) -> list[dict[str, Any]]:
    rows = projects.order_by().values("year").annotate(**_tally()).order_by("-year")
    return [dict(row) for row in rows]
