"""Reads of projects: the list, one project's page, and the numbers with their denominators."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Count, Prefetch, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from projects.models import Feedback, FeedbackEvent, Project, Rating
from projects.permissions import projects_visible_to
from projects.plan.filters import ProjectFilter
from projects.plan.near import Near, near_of
from projects.plan.services import UNDER_WAY

NOT_CONDITIONS = ("in_bbox", "ordering")


@dataclass(frozen=True)
class Condition:
    """One filter in force, in words, and the address parameters that are left without it."""

    name: str
    label: str
    query_without: str


@dataclass(frozen=True)
class Relaxation:
    """What would be found if one condition were dropped."""

    condition: Condition
    total: int


@dataclass(frozen=True)
class ProjectList:
    """A filtered list with what the reader must know of its size."""

    rows: QuerySet[Project]
    total: int
    in_view: int
    bbox: str
    filterset: ProjectFilter
    near: Near

    @property
    def words(self) -> str:
        """What was searched for, to be marked in what was found."""
        return str(getattr(self.filterset.form, "cleaned_data", {}).get("q") or "")

    @property
    def conditions(self) -> list[Condition]:
        """The filters in force, besides the words and the box, which show themselves."""
        return [condition for condition in self._all_conditions() if condition.name != "q"]

    @property
    def relaxations(self) -> list[Relaxation]:
        """For a list with nothing in it: what each condition alone keeps away, the most first."""
        found = []
        for condition in self._all_conditions():
            if condition.name not in NOT_CONDITIONS:
                params = without(QueryDict(condition.query_without), "in_bbox")
                total = ProjectFilter(
                    params, queryset=self.filterset.queryset, request=self.filterset.request
                ).qs.count()
                found.append(Relaxation(condition, total))
        return sorted((one for one in found if one.total), key=lambda one: -one.total)

    def _all_conditions(self) -> list[Condition]:
        form, data = self.filterset.form, self.filterset.data
        chosen = getattr(form, "cleaned_data", {})
        names = [name for name in form.fields if chosen.get(name) and name != "in_bbox"]
        return [Condition(name, _label(form, name), without(data, name, "page").urlencode()) for name in names]


def list_projects(request: HttpRequest) -> ProjectList:
    """Return the projects that the address of `request` asks for; BadInput for a bad box.

    `total` counts what the filters leave, `in_view` those of them that the map shows.
    """
    visible = projects_visible_to(request.user).select_related("area", "lead")
    everywhere = ProjectFilter(without(request.GET, "in_bbox"), queryset=visible, request=request)
    narrowed = ProjectFilter(request.GET, queryset=visible, request=request)
    bbox = request.GET.get("in_bbox", "")
    total = everywhere.qs.count()
    near = near_of(request.user, request.GET)
    return ProjectList(
        rows=_from(near, narrowed.qs, bool(request.GET.get("ordering"))),
        total=total,
        in_view=narrowed.qs.count() if bbox else total,
        bbox=bbox,
        filterset=narrowed,
        near=near,
    )


def _from(near: Near, rows: QuerySet[Project], is_ordered: bool) -> QuerySet[Project]:
    """Measure from a place, metres on the sphere; the nearest come first unless another order was asked for."""
    if near.point is None:
        return rows
    measured = rows.annotate(away=Distance("geom", near.point))
    return measured if is_ordered else measured.order_by("away", "code")


def get_project(user: Any, code: str) -> Project:
    """Return the project of that code with all that its page shows; 404 when invisible or missing."""
    visible = projects_visible_to(user).select_related("area", "lead")
    related = ("partners", "milestones", "reports", "ratings", "places")
    return get_object_or_404(visible.prefetch_related(*related), code=code)


def shown_feedback(project: Project) -> QuerySet[Feedback]:
    """Return what the public may read of the feedback on one project, newest first, with the replies."""
    replies = FeedbackEvent.objects.filter(verb=FeedbackEvent.Verb.REPLY).select_related("actor__department")
    shown = project.feedback.filter(state=Feedback.State.SHOWN).select_related("deputy")
    return shown.prefetch_related(Prefetch("events", replies, to_attr="replies"))


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
    if name == "q":
        return _("搜索词")
    return str(dict(getattr(form.fields[name], "choices", ())).get(value, value))
