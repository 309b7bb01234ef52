"""What deputies take up of what citizens reported: in their town, or near where they are."""

from django.contrib import messages
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.areas.filters import towns
from accounts.models import Area, Role
from accounts.permissions import require_role
from geokit.refusal import NotPermitted, StaleEdit
from stations.permissions import deputies_visible_to
from supervision.matters.permissions import suggestions_visible_to
from supervision.public import services
from supervision.public.permissions import unadopted_matters
from ui.forms.refusable import posted_version
from ui.pagination import page_of

PAGE_SIZE = 30


@require_safe
@require_role(Role.DEPUTY)
def unadopted(request: HttpRequest) -> HttpResponse:
    """Citizens' matters that nobody has taken up: of the chosen or her own town, or the nearest first."""
    rows = unadopted_matters(request.user).select_related("finding__area", "department")
    total = rows.count()
    here, town = _here(request), _town(request)
    if here is not None:
        rows = rows.annotate(away=Distance("finding__geom", here)).order_by("away", "pk")
    else:
        rows = rows.order_by("-submitted_at", "-pk")
        rows = rows.filter(finding__area=town) if town else rows
    context = {
        "page": page_of(request, rows, PAGE_SIZE),
        "total": total,
        "here": here,
        "town": town,
        "towns": towns(request),
    }
    return render(request, "supervision/public/unadopted.html", context)


@require_POST
@require_role(Role.DEPUTY)
def adopt(request: HttpRequest, number: str) -> HttpResponse:
    """Become the author of a citizen's matter, or of a part of it."""
    found = get_object_or_404(suggestions_visible_to(request.user), number=number)
    try:
        services.adopt(request.user, found.pk, version=posted_version(request))
    except (NotPermitted, StaleEdit) as refusal:
        messages.error(request, refusal.message)
        return redirect("matters:unadopted")
    messages.success(request, gettext("已认领 %s。办理单位答复后由您评价。") % number)
    return redirect("supervision:suggestion", number)


def _here(request: HttpRequest) -> Point | None:
    try:
        lng, lat = float(request.GET["lng"]), float(request.GET["lat"])
    except (KeyError, ValueError):
        return None
    return Point(lng, lat, srid=4326) if abs(lng) <= 180 and abs(lat) <= 90 else None


def _town(request: HttpRequest) -> Area | None:
    """The chosen town; without a choice that of her station."""
    if "area" in request.GET:
        return towns(request).filter(code=request.GET["area"]).first()
    own = deputies_visible_to(request.user).filter(user=request.user.pk).select_related("station__area").first()
    return own.station.area if own and own.station else None
