"""Pages of service areas: the coverage check, its repairs, uploads, and one station's area."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import GEOSGeometry
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import areas_visible_to, require_role
from geokit.refusal import BadInput, Refusal, StaleEdit
from stations.pages.forms.base import posted
from stations.pages.forms.service_areas import AreaForm, UploadForm
from stations.register.models import Station
from stations.register.permissions import stations_visible_to
from stations.service_areas import services as service_areas
from stations.service_areas.coverage import Fault, check_coverage, small_faults
from stations.service_areas.files import read_geojson, read_layer
from stations.service_areas.models import ServiceArea
from stations.service_areas.permissions import drawn_by, may_draw_area_of, may_draw_areas, service_areas_visible_to
from ui.forms.refusable import render_form

# How the map draws each kind of fault (see web/src/map/preview.ts): dashed, dotted or plain, not by colour alone.
LOOKS = {"gap": "missing", "overlap": "changed", "outside": "rejected"}
CHOICES = 4


@require_safe
@require_role(Role.STAFF, Role.GIS)
def coverage(request: HttpRequest) -> HttpResponse:
    """The check, as map and table."""
    return _check_page(request, UploadForm(request.user))


@require_POST
@require_role(Role.STAFF, Role.GIS)
def upload(request: HttpRequest) -> HttpResponse:
    """Set service areas from a file or a loaded layer."""
    if not may_draw_areas(request.user):
        raise Http404
    form = UploadForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return _check_page(request, form)
    layer, file = form.cleaned_data["layer"], form.cleaned_data["file"]
    try:
        wanted = read_layer(request.user, layer) if layer else read_geojson(file.read())
        source = ServiceArea.Source.LAYER if layer else ServiceArea.Source.FILE
        changed = service_areas.replace_areas(request.user, wanted, source=source)
    except Refusal as refusal:
        form.show(refusal)
        return _check_page(request, form)
    messages.success(request, gettext("已更新 %d 个联络站的服务范围。") % len(changed))
    return redirect("stations:areas")


@require_POST
@require_role(Role.STAFF, Role.GIS)
def repair(request: HttpRequest) -> HttpResponse:
    """Assign the land of one fault to a station; the fault is identified by its key in the form."""
    if not may_draw_areas(request.user):
        raise Http404
    fault = next((f for f in check_coverage().faults if _fault_key(f) == request.POST.get("fault")), None)
    if fault is None:
        messages.warning(request, gettext("这一处已经不在检查结果里，请看新的结果。"))
        return redirect("stations:areas")
    if fault.kind == "outside":
        service_areas.remove_land(request.user, fault.geom)
        messages.success(request, gettext("超出本区的部分已去掉。"))
        return redirect("stations:areas")
    station = get_object_or_404(stations_visible_to(request.user), code=request.POST.get("station", ""))
    service_areas.assign_land(request.user, station, fault.geom, source=ServiceArea.Source.BORDER)
    messages.success(request, gettext("已划给%s。") % station.name)
    return redirect("stations:areas")


@require_POST
@require_role(Role.STAFF, Role.GIS)
def close_small_gaps(request: HttpRequest) -> HttpResponse:
    """Assign every small gap to the station beside it, and remove small pieces outside the district."""
    if not may_draw_areas(request.user):
        raise Http404
    small = small_faults(check_coverage())
    service_areas.repair_coverage(request.user, small)
    messages.success(request, gettext("已处理 %d 处小的空白和超出。") % len(small))
    return redirect("stations:areas")


@require_safe
@require_role(Role.STAFF, Role.GIS)
def faults_geojson(request: HttpRequest) -> HttpResponse:
    """The service areas and the faults as GeoJSON."""
    areas = [
        _feature(area.geom, "served", area.station.name)
        for area in service_areas_visible_to(request.user).select_related("station")
    ]
    faults = [_feature(fault.geom, LOOKS[fault.kind], fault.town) for fault in check_coverage().faults]
    return JsonResponse({"type": "FeatureCollection", "features": [*areas, *faults]})


@require_safe
def station_geojson(request: HttpRequest, code: str) -> HttpResponse:
    """One station's service area as GeoJSON."""
    area = get_object_or_404(service_areas_visible_to(request.user).select_related("station"), station__code=code)
    return JsonResponse({"type": "FeatureCollection", "features": [_feature(area.geom, "served", area.station.name)]})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF, Role.GIS)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Assign more villages of its town to a station."""
    station = get_object_or_404(stations_visible_to(request.user).select_related("area", "service_area"), code=code)
    if not may_draw_area_of(request.user, station):
        raise Http404
    own = getattr(station, "service_area", None)
    form = AreaForm(request.user, station, posted(request), initial={"version": own.version if own else 0})
    if request.method == "POST" and form.is_valid():
        codes = [area.code for area in form.cleaned_data["areas"]]
        try:
            service_areas.assign_villages(request.user, station, codes, version=form.cleaned_data["version"])
        except (BadInput, StaleEdit) as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("服务范围已更新。"))
            return redirect("stations:area", code=code)
    context = {"station": station, "form": form, "own": own, "served": _served(station)}
    return render_form(request, "stations/area.html", context)


def _served(station: Station) -> list[str]:
    """Names of the villages inside a station's area."""
    own = getattr(station, "service_area", None)
    if own is None:
        return []
    return list(
        areas_visible_to(None).filter(level="village", point__coveredby=own.geom).values_list("name", flat=True)
    )


def _check_page(request: HttpRequest, form: UploadForm) -> HttpResponse:
    found = check_coverage()
    stations = list(stations_visible_to(request.user).exclude(kind=Station.Kind.CENTRAL).select_related("area"))
    rows = [
        {"fault": fault, "key": _fault_key(fault), "choices": _candidate_stations(fault, stations)}
        for fault in found.faults
    ]
    draws = may_draw_areas(request.user)
    mine = drawn_by(request.user, stations)
    context = {"found": found, "rows": rows, "form": form, "stations": mine, "draws": draws}
    context["small"] = len(small_faults(found)) if draws else 0
    return render_form(request, "stations/areas.html", context)


def _candidate_stations(fault: Fault, stations: list[Station]) -> list[Station]:
    """Return the stations that may get the land: the overlapping two or the nearest; none outside."""
    if fault.kind == "outside":
        return []
    if fault.kind == "overlap":
        return [station for station in stations if station.code in fault.stations]
    middle = fault.geom.centroid
    return sorted(stations, key=lambda station: station.geom.distance(middle))[:CHOICES]


def _fault_key(fault: Fault) -> str:
    """Return a key that identifies a fault across requests: kind, stations and box."""
    return f"{fault.kind}:{'+'.join(fault.stations)}:{fault.zoom_box}"


def _feature(geom: GEOSGeometry, kind: str, name: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": json.loads(geom.json), "properties": {"kind": kind, "name": name}}
