"""Keeping a station's facts up to date, and its photo."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import require_role
from geokit.refusal import BadInput, StaleEdit
from ledger.filestore.responses import stored_response
from stations.pages.forms.base import posted
from stations.pages.forms.stations import OpeningFormSet, StationForm
from stations.register.models import OpeningDay, Station
from stations.register.permissions import may_run, stations_visible_to
from stations.register.station_edits import FIELDS, edit_station
from ui.forms.refusable import render_form


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
    if request.method == "POST" and form.is_valid() and days.is_valid():
        try:
            _save(request, station, form, days)
        except (BadInput, StaleEdit) as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("联络站资料已更新。"))
            return redirect(station)
    context = {"form": form, "days": days, "station": station}
    return render_form(request, "stations/edit.html", context, form, days)


def _save(request: HttpRequest, station: Station, form: StationForm, days: Any) -> None:
    facts = {name: form.cleaned_data[name] for name in FIELDS}
    kept = [row for row in days.cleaned_data if row and not row.get("DELETE")]
    rows = [OpeningDay(rhythm=r["rhythm"], day=r["day"], starts=r["starts"], ends=r["ends"]) for r in kept]
    version, photo = form.cleaned_data["version"], form.cleaned_data["photo"]
    edit_station(request.user, station.pk, version=version, facts=facts, days=rows, photo=photo)


@require_safe
def photo(request: HttpRequest, code: str) -> HttpResponseBase:
    """The station's photo."""
    station: Station = get_object_or_404(stations_visible_to(request.user).exclude(photo=""), code=code)
    return stored_response(request, station.photo, cache="public, max-age=3600")
