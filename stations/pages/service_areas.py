"""Service areas: whether they cover the district, and how to put them right."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import GEOSGeometry
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
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
from stations.service_areas.permissions import may_draw_area_of, may_draw_areas, service_areas_visible_to

# How the map draws each kind of fault (see web/src/map/preview.ts): dashed, dotted or plain, not by colour alone.
LOOKS = {"gap": "missing", "overlap": "changed", "outside": "rejected"}
CHOICES = 4


@require_safe
@require_role(Role.STAFF, Role.GIS)
def check(request: HttpRequest) -> HttpResponse:
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
        return _check_page(request, form, 422)
    layer, file = form.cleaned_data["layer"], form.cleaned_data["file"]
    try:
        wanted = read_layer(request.user, layer) if layer else read_geojson(file.read())
        source = ServiceArea.Source.LAYER if layer else ServiceArea.Source.FILE
        changed = service_areas.replace(request.user, wanted, source=source)
    except Refusal as refusal:
        form.show(refusal)
        return _check_page(request, form, 422)
    messages.success(request, gettext("已更新 %d 个联络站的服务范围。") % len(changed))
    return redirect("stations:areas")


@require_POST
@require_role(Role.STAFF, Role.GIS)
def mend(request: HttpRequest) -> HttpResponse:
    """Give the land of one fault to a station; the fault is named by what the check said of it."""
    if not may_draw_areas(request.user):
        raise Http404
    fault = next((f for f in check_coverage().faults if _key(f) == request.POST.get("fault")), None)
    if fault is None:
        messages.warning(request, gettext("这一处已经不在检查结果里，请看新的结果。"))
        return redirect("stations:areas")
    if fault.kind == "outside":
        service_areas.take_away(request.user, fault.geom)
        messages.success(request, gettext("超出本区的部分已去掉。"))
        return redirect("stations:areas")
    station = get_object_or_404(stations_visible_to(request.user), code=request.POST.get("station", ""))
    service_areas.give(request.user, station, fault.geom, source=ServiceArea.Source.BORDER)
    messages.success(request, gettext("已划给%s。") % station.name)
    return redirect("stations:areas")


@require_POST
@require_role(Role.STAFF, Role.GIS)
def close(request: HttpRequest) -> HttpResponse:
    """Give every small gap to the station beside it, and cut away the little that lies outside."""
    if not may_draw_areas(request.user):
        raise Http404
    small = small_faults(check_coverage())
    service_areas.mend_all(request.user, small)
    messages.success(request, gettext("已处理 %d 处小的空白和超出。") % len(small))
    return redirect("stations:areas")


@require_safe
@require_role(Role.STAFF, Role.GIS)
def faults_geojson(request: HttpRequest) -> HttpResponse:
    """The service areas, and on top of them what is wrong."""
    areas = [
        _feature(area.geom, "served", area.station.name)
        for area in service_areas_visible_to(request.user).select_related("station")
    ]
    faults = [_feature(fault.geom, LOOKS[fault.kind], fault.town) for fault in check_coverage().faults]
    return JsonResponse({"type": "FeatureCollection", "features": [*areas, *faults]})


@require_safe
def station_geojson(request: HttpRequest, code: str) -> HttpResponse:
    """Whom one station serves."""
    area = get_object_or_404(service_areas_visible_to(request.user).select_related("station"), station__code=code)
    return JsonResponse({"type": "FeatureCollection", "features": [_feature(area.geom, "served", area.station.name)]})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF, Role.GIS)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Let a station serve more villages of its town."""
    station = get_object_or_404(stations_visible_to(request.user).select_related("area", "service_area"), code=code)
    if not may_draw_area_of(request.user, station):
        raise Http404
    own = getattr(station, "service_area", None)
    form = AreaForm(request.user, station, posted(request), initial={"version": own.version if own else 0})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            codes = [area.code for area in form.cleaned_data["areas"]]
            try:
                service_areas.give_villages(request.user, station, codes, version=form.cleaned_data["version"])
            except (BadInput, StaleEdit) as refusal:
                form.show(refusal)
                status = 409 if isinstance(refusal, StaleEdit) else 422
            else:
                messages.success(request, gettext("服务范围已更新。"))
                return redirect("stations:area", code=code)
    context = {"station": station, "form": form, "own": own, "served": _served(station)}
    return render(request, "stations/area.html", context, status=status)


def _served(station: Station) -> list[str]:
    """Names of the villages inside a station's area."""
    own = getattr(station, "service_area", None)
    if own is None:
        return []
    return list(
        areas_visible_to(None).filter(level="village", point__coveredby=own.geom).values_list("name", flat=True)
    )


def _check_page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    found = check_coverage()
    stations = list(stations_visible_to(request.user).exclude(kind=Station.Kind.CENTRAL).select_related("area"))
    rows = [{"fault": fault, "key": _key(fault), "choices": _choices(fault, stations)} for fault in found.faults]
    draws = may_draw_areas(request.user)
    mine = [station for station in stations if draws or may_draw_area_of(request.user, station)]
    context = {"found": found, "rows": rows, "form": form, "stations": mine, "draws": draws}
    context["small"] = len(small_faults(found)) if draws else 0
    return render(request, "stations/areas.html", context, status=status)


def _choices(fault: Fault, stations: list[Station]) -> list[Station]:
    """Who may get the land: one of the two that overlap, or one of those next to a gap; nobody what is outside."""
    if fault.kind == "outside":
        return []
    if fault.kind == "overlap":
        return [station for station in stations if station.code in fault.stations]
    middle = fault.geom.centroid
    return sorted(stations, key=lambda station: station.geom.distance(middle))[:CHOICES]


def _key(fault: Fault) -> str:
    """Names a fault across two requests: what it is, between whom, and where."""
    return f"{fault.kind}:{'+'.join(fault.stations)}:{fault.zoom_box}"


def _feature(geom: GEOSGeometry, kind: str, name: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": json.loads(geom.json), "properties": {"kind": kind, "name": name}}
