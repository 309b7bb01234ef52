"""Finding one's own station and deputies."""

from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.areas.locator import locator_for
from accounts.models import Area
from accounts.permissions import areas_visible_to
from stations.pages.forms.lookup import LookupForm
from stations.register.lookup import PlaceLookup, find_places, look_up_place


@require_safe
def my_station(request: HttpRequest) -> HttpResponse:
    """Answer by an address or a name (`q`), a chosen village (`village`), or a position (`lng`, `lat`)."""
    form = LookupForm(request.GET)
    found = find_places(request.user, form.cleaned_data["q"]) if form.is_valid() else None
    answer = _answer(request, form, found.only if found else None)
    context = {
        "form": form,
        "found": found if found and answer is None else None,
        "answer": answer,
        "locator": locator_for(answer.place) if answer else None,
        "asked": bool(form.is_valid() and form.cleaned_data["q"]),
    }
    return render(request, "stations/mine.html", context)


def _answer(request: HttpRequest, form: LookupForm, only: Area | None) -> PlaceLookup | None:
    if not form.is_valid():
        return None
    given: dict[str, Any] = form.cleaned_data
    village = _village(request, given["village"]) if given["village"] else only
    if village and village.point:
        chosen = village if village.level == Area.Level.VILLAGE else None
        return look_up_place(request.user, village.point, chosen)
    place: Point | None = form.point()
    return look_up_place(request.user, place) if place else None


def _village(request: HttpRequest, code: str) -> Area | None:
    levels = (Area.Level.VILLAGE, Area.Level.TOWN)
    return areas_visible_to(request.user).filter(code=code, level__in=levels).first()
