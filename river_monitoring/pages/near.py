"""`/river/near/`: the worst water near somebody, nearest first; by position, or by town where there is no script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.areas.filters import towns
from accounts.models import Role
from accounts.permissions import has_role, require_role
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification import claims_vs_samples
from river_monitoring.rectification.disagreements import differing, in_words
from river_monitoring.rectification.permissions import actor_of
from river_monitoring.rectification.standing import delisting_rule
from river_monitoring.selection.filters import NEAR_DEFAULT_M, NEAR_M, PointFilter
from ui.pagination import page_of

PAGE_SIZE = 20


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """Points near a position (`near=lng,lat`, `within` metres) or in a town (`area`), the worst class first."""
    points = queries.for_lists(points_visible_to(request.user))
    chosen = PointFilter(_asked(request), queryset=points, request=request)
    is_valid = chosen.is_valid()
    has_place = is_valid and chosen.form.cleaned_data.get("near") is not None
    town = chosen.form.cleaned_data.get("area") if is_valid else None
    found = chosen.qs if is_valid else MonitoringPoint.objects.none()
    if not has_place:
        found = found.order_by("-current_class", "due_on", "code")
    page = page_of(request, found, PAGE_SIZE)
    context: dict[str, Any] = {
        "page": page,
        "rows": [(point, claims_vs_samples.limiting_names(point.current_sample), _age_days(point)) for point in page],
        "asked": is_valid and (has_place or town is not None),
        "has_place": has_place,
        **_place(request, has_place),
        "errors": [error for errors in chosen.form.errors.values() for error in errors] if not is_valid else [],
        "town": town,
        "towns": towns(request),
        "within": int(chosen.form.cleaned_data.get("within") or NEAR_DEFAULT_M) if is_valid else NEAR_DEFAULT_M,
        "distances": NEAR_M,
        "old_days": delisting_rule().max_age_days,
        "may_inspect": has_role(request.user, Role.DEPUTY, Role.STAFF),
    }
    return render(request, "river/near.html", context, status=200 if is_valid else 400)


def _asked(request: HttpRequest) -> dict[str, str]:
    """A position goes before a town: the page has a form for each."""
    names = ("near", "within") if request.GET.get("near") else ("area",)
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def _place(request: HttpRequest, has_place: bool) -> dict[str, str]:
    """The position as it was asked for: for the form, and for the map to go there."""
    place = request.GET.get("near", "") if has_place else ""
    lng, _comma, lat = place.partition(",")
    return {"place": place, "here_lng": lng, "here_lat": lat}


def _age_days(point: MonitoringPoint) -> int | None:
    """Days since the sample that the class comes from."""
    if point.current_sample is None:
        return None
    return (timezone.localdate() - timezone.localdate(point.current_sample.phenomenon_time)).days


@require_safe
@require_role(Role.DEPUTY, Role.STAFF, Role.OFFICER)
def disagreements(request: HttpRequest) -> HttpResponse:
    """Points whose claimed state contradicts their samples; an officer sees those of the own department."""
    actor = actor_of(request.user)
    points = points_visible_to(request.user)
    is_officer = actor.role == Role.OFFICER
    if is_officer:
        points = points.filter(department=actor.department)
    chosen = PointFilter(
        {name: request.GET[name] for name in ("area", "department") if request.GET.get(name)},
        queryset=points,
        request=request,
    )
    page = page_of(request, differing(chosen.qs) if chosen.is_valid() else [], PAGE_SIZE)
    context = {
        "page": page,
        "rows": in_words(page),
        "total": points.count(),
        "form": chosen.form,
        "selects": [chosen.form["area"], *([] if is_officer else [chosen.form["department"]])],
    }
    return render(request, "river/disagreements.html", context)
