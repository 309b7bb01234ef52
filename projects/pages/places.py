"""The page of a project's places: added on the map or from a file, marked done, taken away."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geokit.refusal import Refusal, StaleEdit
from projects.pages.access import signed_in, updatable, updater
from projects.pages.editing import FORM
from projects.pages.forms.plan import PlaceForm, PlacesFileForm
from projects.plan import places
from projects.plan.editing import is_held_to_its_plan
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.place_limits import MAX_PLACES
from projects.plan.places import NewPlace
from projects.plan.refusals import field_refusal
from ui.forms.refusable import RefusableForm, posted_version, render_form


@require_safe
def places_geojson(request: HttpRequest, code: str) -> JsonResponse:
    """A project's places one by one, for the map beside its page."""
    project = get_object_or_404(projects_visible_to(request.user), code=code)
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(place.geom.geojson),
            "properties": {"kind": "new" if place.done_on else "row", "name": place.name, "number": place.number},
        }
        for place in project.places.all()
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_http_methods(FORM)
@updater
def place_list(request: HttpRequest, project: Project) -> HttpResponse:
    """All places; a POST writes on which day each was finished."""
    if request.method != "POST":
        return _page(request, project)
    return _try(request, project, RefusableForm({}), lambda: _set_done(request, project))


@require_POST
@updater
def place_add(request: HttpRequest, project: Project) -> HttpResponse:
    """Add one place by its coordinates."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _page(request, project, form)
    given = form.cleaned_data
    new = [NewPlace(given["name"], Point(given["lng"], given["lat"], srid=4326))]
    return _try(
        request, project, form, lambda: places.add_places(project.pk, signed_in(request), new, posted_version(request))
    )


@require_POST
@updater
def place_upload(request: HttpRequest, project: Project) -> HttpResponse:
    """Add the places of a file."""
    form = PlacesFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, form)
    given = form.cleaned_data

    def write() -> int:
        new = places.read_uploaded_places(given["file"], given["crs"])
        return places.add_places(project.pk, signed_in(request), new, posted_version(request))

    return _try(request, project, form, write)


@require_POST
@updater
def place_remove(request: HttpRequest, project: Project, pk: int) -> HttpResponse:
    """Take one place away."""
    form = RefusableForm({})
    if not project.places.filter(pk=pk).exists():
        form.show(StaleEdit(_("这个点位已经不在了。")))
        return _page(request, project, form)
    write = partial(places.remove_place, project.pk, signed_in(request), pk, posted_version(request))
    return _try(request, project, form, write)


def _set_done(request: HttpRequest, project: Project) -> int:
    done: dict[int, date | None] = {}
    for place in project.places.all():
        text = request.POST.get(f"done_{place.pk}", "")
        done[place.pk] = _day(text) if text else None
    return places.set_places_done(project.pk, signed_in(request), done, posted_version(request))


def _day(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise field_refusal("", "not-a-day", _("日期写成 2026-03-05 的样子。"))
    return found


def _try(request: HttpRequest, project: Project, form: RefusableForm, write: Callable[[], Any]) -> HttpResponse:
    try:
        write()
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, updatable(request, project.code), form)
    messages.success(request, _("点位已更新。"))
    return redirect("projects:places", project.code)


def _page(request: HttpRequest, project: Project, failed: RefusableForm | None = None) -> HttpResponse:
    context = {
        "project": project,
        "places": project.places.order_by("number"),
        "place_form": failed if isinstance(failed, PlaceForm) else PlaceForm(),
        "file_form": failed if isinstance(failed, PlacesFileForm) else PlacesFileForm(),
        "failed_form": failed,
        "most": MAX_PLACES,
        "may_remove": not is_held_to_its_plan(project, signed_in(request)),
    }
    return render_form(request, "projects/editing/places.html", context, failed or context["place_form"])
