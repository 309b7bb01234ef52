"""Keeping a station's facts up to date, and its photo."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import require_role
from geokit.refusal import BadInput, Refusal, StaleEdit
from stations.pages.forms.base import posted
from stations.pages.forms.stations import OpeningFormSet, StationForm
from stations.register.models import OpeningDay, Station
from stations.register.permissions import may_run, stations_visible_to
from stations.register.station_edits import FIELDS, edit_station


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Edit telephone, floor, size, facilities, photo and opening days."""
    station: Station = get_object_or_404(stations_visible_to(request.user), code=code)
    if not may_run(request.user, station):
        raise Http404
    initial = {name: getattr(station, name) for name in (*FIELDS, "version")}
    form = StationForm(posted(request), request.FILES or None, initial=initial)
    days = OpeningFormSet(posted(request), instance=station, prefix="days")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and days.is_valid():
            refusal = _save(request, station, form, days)
            if refusal is None:
                messages.success(request, gettext("联络站资料已更新。"))
                return redirect(station)
            status = 409 if isinstance(refusal, StaleEdit) else 422
    return render(request, "stations/edit.html", {"form": form, "days": days, "station": station}, status=status)


def _save(request: HttpRequest, station: Station, form: StationForm, days: Any) -> Refusal | None:
    facts = {name: form.cleaned_data[name] for name in FIELDS}
    kept = [row for row in days.cleaned_data if row and not row.get("DELETE")]
    rows = [OpeningDay(rhythm=r["rhythm"], day=r["day"], starts=r["starts"], ends=r["ends"]) for r in kept]
    try:
        edit_station(
            request.user,
            station.pk,
            version=form.cleaned_data["version"],
            facts=facts,
            days=rows,
            photo=form.cleaned_data["photo"],
        )
    except (BadInput, StaleEdit) as refusal:
        form.add_error("photo" if isinstance(refusal, BadInput) else None, refusal.message)
        return refusal
    return None


@require_safe
@cache_control(public=True, max_age=3600)
def photo(request: HttpRequest, code: str) -> FileResponse:
    """The station's photo."""
    station: Station = get_object_or_404(stations_visible_to(request.user).exclude(photo=""), code=code)
    try:
        return FileResponse(station.photo.open("rb"))
    except FileNotFoundError as error:
        raise Http404 from error
