"""Reads of projects: the filtered list, and one project with what its page shows."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.indicators import Scope
from accounts.permissions import Asker, within
from projects.plan.filters import ProjectFilter
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.proximity import Origin, origin_of

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
    origin: Origin

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
        return [
            Condition(name, _condition_label(form, name), without(data, name, "page").urlencode()) for name in names
        ]


def list_projects(request: HttpRequest) -> ProjectList:
    """Return the projects that the address of `request` asks for; BadInput for a bad box.

    `total` counts what the filters leave, `in_view` those of them that the map shows.
    """
    visible = projects_visible_to(request.user).select_related("area", "lead")
    everywhere = ProjectFilter(without(request.GET, "in_bbox"), queryset=visible, request=request)
    narrowed = ProjectFilter(request.GET, queryset=visible, request=request)
    bbox = request.GET.get("in_bbox", "")
    total = everywhere.qs.count()
    origin = origin_of(request.user, request.GET)
    return ProjectList(
        rows=_measured_from(origin, narrowed.qs, bool(request.GET.get("ordering"))),
        total=total,
        in_view=narrowed.qs.count() if bbox else total,
        bbox=bbox,
        filterset=narrowed,
        origin=origin,
    )


def _measured_from(origin: Origin, rows: QuerySet[Project], is_ordered: bool) -> QuerySet[Project]:
    """Measure from a place, metres on the sphere; the nearest come first unless another order was asked for."""
    if origin.point is None:
        return rows
    measured = rows.annotate(away=Distance("geom", origin.point))
    return measured if is_ordered else measured.order_by("away", "code")


def get_project(user: Asker, code: str) -> Project:
    """Return the project of that code with all that its page shows; 404 when invisible or missing."""
    visible = projects_visible_to(user).select_related("area", "lead")
    related = ("partners", "milestones", "reports", "ratings", "places")
    return get_object_or_404(visible.prefetch_related(*related), code=code)


def without(params: QueryDict, *names: str) -> QueryDict:
    """Return the parameters of an address but these."""
    rest = params.copy()
    for name in names:
        rest.pop(name, None)
    return rest


def _condition_label(form: Form, name: str) -> str:
    """Say a chosen filter in words: the choice's own, or those of the thing chosen."""
    value = form.cleaned_data[name]
    if name == "q":
        return _("搜索词")
    return str(dict(getattr(form.fields[name], "choices", ())).get(value, value))


def projects_of(asker: Asker, scope: Scope) -> QuerySet[Project]:
    """Return the projects that `asker` sees, of an area and lead, that are built within the days of `scope`."""
    projects = projects_visible_to(asker).filter(within(scope.area) if scope.area else Q())
    if scope.department:
        projects = projects.filter(lead=scope.department)
    if scope.since:
        projects = projects.filter(ends_on__gte=scope.since)
    if scope.until:
        projects = projects.filter(starts_on__lte=scope.until)
    return projects
