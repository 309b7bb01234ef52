"""Reads of projects: the list, one project's page, and the numbers with their denominators."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from projects.filters import ProjectFilter
from projects.models import Project, Rating
from projects.permissions import projects_visible_to
from projects.services import UNDER_WAY


@dataclass(frozen=True)
class Condition:
    """One filter in force, in words, and the address parameters that are left without it."""

    label: str
    query_without: str


@dataclass(frozen=True)
class ProjectList:
    """A filtered list with what the reader must know of its size."""

    rows: QuerySet[Project]
    total: int
    in_view: int
    bbox: str
    filterset: ProjectFilter

    @property
    def conditions(self) -> list[Condition]:
        """The filters in force, besides the words and the box, which show themselves."""
        form = self.filterset.form
        chosen = getattr(form, "cleaned_data", {})
        names = [name for name in form.fields if chosen.get(name) and name not in ("q", "in_bbox")]
        return [Condition(_label(form, name), without(self.filterset.data, name, "page").urlencode()) for name in names]


def list_projects(request: HttpRequest) -> ProjectList:
    """Return the projects that the address of `request` asks for; BadInput for a bad box.

    `total` counts what the filters leave, `in_view` those of them that the map shows.
    """
    visible = projects_visible_to(request.user).select_related("area", "lead")
    everywhere = ProjectFilter(without(request.GET, "in_bbox"), queryset=visible, request=request)
    narrowed = ProjectFilter(request.GET, queryset=visible, request=request)
    bbox = request.GET.get("in_bbox", "")
    total = everywhere.qs.count()
    return ProjectList(
        rows=narrowed.qs,
        total=total,
        in_view=narrowed.qs.count() if bbox else total,
        bbox=bbox,
        filterset=narrowed,
    )


def get_project(user: Any, code: str) -> Project:
    """Return the project of that code with all that its page shows; 404 when invisible or missing."""
    visible = projects_visible_to(user).select_related("area", "lead")
    return get_object_or_404(visible.prefetch_related("partners", "milestones", "reports", "ratings"), code=code)


@dataclass(frozen=True)
class Bar:
    """One answer of a rating: how many of all gave it."""

    label: str
    count: int
    total: int

    @property
    def percent(self) -> int | None:
        """Share of all answers, rounded; None when nobody was asked."""
        return round(100 * self.count / self.total) if self.total else None


def rating_bars(rating: Rating) -> list[Bar]:
    """Return the four answers of a rating, each with the number of all answers as its denominator."""
    answers = [
        (_("满意"), rating.satisfied),
        (_("基本满意"), rating.fairly_satisfied),
        (_("不满意"), rating.dissatisfied),
        (_("弃权"), rating.abstained),
    ]
    total = sum(count for _label, count in answers)
    return [Bar(label, count, total) for label, count in answers]


def numbers(user: Any, year: int | None = None, area: str = "") -> dict[str, Any]:
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


def without(params: QueryDict, *names: str) -> QueryDict:
    """Return the parameters of an address but these."""
    rest = params.copy()
    for name in names:
        rest.pop(name, None)
    return rest


def _label(form: Form, name: str) -> str:
    """Say a chosen filter in words: the choice's own, or those of the thing chosen."""
    value = form.cleaned_data[name]
    return str(dict(getattr(form.fields[name], "choices", ())).get(value, value))
