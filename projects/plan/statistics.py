"""Counts of projects by light, category and year, each with its denominator."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.services import UNDER_WAY

UNDER_WAY_NOW = Q(status__in=UNDER_WAY)
FIGURES: Mapping[str, tuple[Any, Q]] = {
    "under-way": (_("实施中和已实施"), UNDER_WAY_NOW),
    "finished": (_("已完成"), UNDER_WAY_NOW & Q(progress=100)),
    "behind": (_("滞后"), UNDER_WAY_NOW & Q(light__in=[Project.Light.YELLOW, Project.Light.RED])),
}
"""What is counted besides all of them: name and condition, the same for a figure and for the list behind it."""


def numbers(user: Asker, year: int | None = None, area: str = "") -> dict[str, Any]:
    """Count projects by light, category and year. A light's denominator is the projects under way.

    `year` and `area` (code) narrow the first two; the years are always all, for comparison.
    """
    in_area = projects_visible_to(user)
    if area:
        in_area = in_area.filter(area__code=area)
    chosen = in_area.filter(year=year) if year else in_area
    under_way = chosen.filter(UNDER_WAY_NOW)
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
    """Count all, and each of `FIGURES`."""
    counted = {code.replace("-", "_"): Count("pk", filter=condition) for code, (_words, condition) in FIGURES.items()}
    return {"total": Count("pk"), **counted}


def _by_category(projects: QuerySet[Project]) -> list[dict[str, Any]]:
    rows = projects.order_by().values("category").annotate(**_tally())
    labelled = [{**row, "label": Project.Category(row["category"]).label} for row in rows]
    return sorted(labelled, key=lambda row: (-row["total"], row["category"]))


def _by_year(projects: QuerySet[Project]) -> list[dict[str, Any]]:
    rows = projects.order_by().values("year").annotate(**_tally()).order_by("-year")
    return [dict(row) for row in rows]
