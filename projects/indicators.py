"""Figures of livelihood projects: those whose light is red or yellow, as they stand today."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.indicators import Case, Indicator, Scope, Source
from accounts.permissions import Asker
from projects.plan.models import Project
from projects.plan.queries import projects_of
from projects.plan.statistics import numbers
from projects.ratings.indicators import SOURCE as RATINGS

COLUMNS = ("pk", "area__code", "area__name", "lead__code", "lead__short_name", "light")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCase(Case):
    """One project with its light of today, which is of no day before; its department is the lead."""

    light: str


def project_cases(asker: Asker, scope: Scope, today: date) -> list[ProjectCase]:
    """Read the projects of an area and lead that are built within the days of `scope`."""
    return [_case(row) for row in projects_of(asker, scope).order_by("pk").values_list(*COLUMNS)]


def _case(row: tuple) -> ProjectCase:
    pk, area_code, area_name, code, short_name, light = row
    return ProjectCase(pk=pk, area=(area_code, area_name), department=(code, short_name), light=light)


def project_list(scope: Scope) -> str:
    """The list of the same projects; it does not know days."""
    if scope.since or scope.until:
        return ""
    asked = {"area": scope.area, "lead": scope.department}
    return f"{reverse('projects:list')}?{urlencode({name: one.code for name, one in asked.items() if one})}"


def section(asker: Asker) -> str:
    """The projects of the whole district."""
    return render_to_string("projects/_numbers.html", {"numbers": numbers(asker)})


SOURCES = (
    Source(
        code="projects",
        cases=project_cases,
        indicators=(
            Indicator(
                code="red-projects",
                title=_("亮红灯的项目"),
                numerator=_("亮红灯的项目"),
                denominator=_("在办项目"),
                in_part=lambda case: case.light == Project.Light.RED,
                in_whole=lambda case: case.light != Project.Light.OFF,
                unit=_("个"),
                part_list="figure=under-way&light=red",
                whole_list="figure=under-way",
            ),
            Indicator(
                code="yellow-projects",
                title=_("亮黄灯的项目"),
                numerator=_("亮黄灯的项目"),
                denominator=_("在办项目"),
                in_part=lambda case: case.light == Project.Light.YELLOW,
                in_whole=lambda case: case.light != Project.Light.OFF,
                unit=_("个"),
                part_list="figure=under-way&light=yellow",
                whole_list="figure=under-way",
            ),
        ),
        note=_("项目按镇街、牵头单位和工期筛选。"),
        address=project_list,
        tileset="projects",
        section=section,
    ),
    RATINGS,
)
