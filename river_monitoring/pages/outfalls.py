"""Pages of outfalls: list, one, and for those who supervise them the forms."""

from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import Asker, require_role
from geokit.refusal import NotPermitted, Refusal
from river_monitoring.history.works import entries_of_works
from river_monitoring.points import queries as river
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.works import outfall_services
from river_monitoring.works.filters import OutfallFilter
from river_monitoring.works.forms import ChangedOutfallForm, NewOutfallForm, OutfallForm
from river_monitoring.works.models import Outfall, OutfallKind
from river_monitoring.works.outfall_services import NewOutfall
from river_monitoring.works.permissions import may_add_outfalls, may_edit_outfall, work_events_visible_to
from river_monitoring.works.queries import outfalls_for_lists
from ui.forms.refusable import render_form
from ui.pagination import page_of

PAGE_SIZE = 20
CHANGED = {"HX-Trigger": '{"entity-changed": "outfalls"}'}


@require_safe
def outfall_list(request: HttpRequest) -> HttpResponse:
    """Outfalls of the district by type, narrowed by the filters in the address."""
    outfalls = outfalls_for_lists(request.user)
    chosen = OutfallFilter(request.GET, queryset=outfalls, request=request)
    found = chosen.qs if chosen.is_valid() else outfalls.none()
    context = {
        "page": page_of(request, found.distinct().order_by("code"), PAGE_SIZE),
        "total": outfalls.count(),
        "kinds": _counts(outfalls),
        "form": chosen.form,
        "selects": [chosen.form[name] for name in ("kind", "state", "area", "river")],
        "may_add": may_add_outfalls(request.user),
    }
    return render(request, "river/works/outfall_list.html", context)


def _counts(outfalls: QuerySet[Outfall]) -> list[dict[str, Any]]:
    found = dict(outfalls.order_by().values_list("kind").annotate(n=Count("pk")))
    return [{"kind": kind, "label": label, "count": found.get(kind, 0)} for kind, label in OutfallKind.choices]


@require_http_methods(["GET", "HEAD", "POST"])
def outfall_page(request: HttpRequest, code: str) -> HttpResponse:
    """One outfall: type, whose, requirement, which points it harms, its history."""
    outfall = get_object_or_404(outfalls_for_lists(request.user), code=code)
    form = ChangedOutfallForm(request.POST).offer(request.user) if request.method == "POST" else None
    if form is None:
        return _page(request, outfall, None)
    if not may_edit_outfall(request.user, outfall):
        raise NotPermitted(_("这个排污口由%s监管，您只能查看。") % outfall.department.name)
    if not form.is_valid():
        return _page(request, outfall, form)
    try:
        _save(outfall, request.user, form)
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, outfall, form)
    messages.success(request, _("已更新。"))
    return _to(outfall)


def _to(outfall: Outfall) -> HttpResponse:
    answer = redirect(outfall)
    for name, value in CHANGED.items():
        answer[name] = value
    return answer


@transaction.atomic
def _save(outfall: Outfall, user: Asker, form: ChangedOutfallForm) -> None:
    version = form.cleaned_data["version"]
    changed = outfall_services.change_outfall(outfall.pk, user, expected_version=version, values=form.cleaned_data)
    version += changed is not None
    outfall_services.link_points(outfall.pk, user, form.codes(), expected_version=version)


@require_role(Role.OFFICER, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new_outfall(request: HttpRequest) -> HttpResponse:
    """Register an outfall."""
    if not may_add_outfalls(request.user):
        raise Http404
    start = {"department": request.user.department_id}  # type: ignore[union-attr]
    form = NewOutfallForm(request.POST) if request.method == "POST" else NewOutfallForm(initial=start)
    form.offer(request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        place = Point(given["lng"], given["lat"], srid=4326)
        try:
            return _to(outfall_services.add_outfall(request.user, NewOutfall(given["code"], place, given)))
        except Refusal as refusal:
            form.show(refusal)
    return render_form(request, "river/works/outfall_new.html", {"form": form, "fields": _fields(form)})


def _page(request: HttpRequest, outfall: Outfall, form: ChangedOutfallForm | None) -> HttpResponse:
    points = river.for_lists(points_visible_to(request.user)).filter(outfalls=outfall)
    events = work_events_visible_to(request.user).filter(outfall=outfall)
    may_edit = may_edit_outfall(request.user, outfall)
    form = form or (_form(request.user, outfall, [point.code for point in points]) if may_edit else None)
    context = {
        "outfall": outfall,
        "points": points,
        "measures": outfall.measures.select_related("point"),
        "entries": entries_of_works(events.select_related("department", "outfall", "point", "measure").order_by("-at")),
        "form": form,
        "fields": _fields(form) if form else [],
    }
    if form is None:
        return render(request, "river/works/outfall.html", context)
    return render_form(request, "river/works/outfall.html", context)


def _form(user: Asker, outfall: Outfall, codes: list[str]) -> ChangedOutfallForm:
    names = ("subkind", "name", "state", "operator", "requirement", "flows_when_dry", "version")
    initial = {name: getattr(outfall, name) for name in names}
    initial |= {"department": outfall.department_id, "river": outfall.river_id, "points": ", ".join(codes)}
    return ChangedOutfallForm(initial=initial).offer(user)


def _fields(form: OutfallForm) -> list[Any]:
    return [form[name] for name in form.fields if name not in ("version", "lng", "lat")]
