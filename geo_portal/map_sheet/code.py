"""A place of the map as a code to scan: addresses of our own map and no others."""

import re

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ui.qr import qr_svg

PLACE = re.compile(r"-?\d{1,3}(?:\.\d{1,7})?,-?\d{1,2}(?:\.\d{1,7})?", re.ASCII)
ZOOM = re.compile(r"\d{1,2}(?:\.\d{1,2})?", re.ASCII)
PARTS = {"c": PLACE, "z": ZOOM, "pin": PLACE}


def map_address(request: HttpRequest) -> str:
    """The map's address with the camera and the pin that were asked for; what is no number is left out."""
    asked = {name: request.GET.get(name, "") for name in PARTS}
    kept = [f"{name}={value}" for name, value in asked.items() if PARTS[name].fullmatch(value)]
    return request.build_absolute_uri(reverse("map") + ("?" + "&".join(kept) if kept else ""))


@require_safe
def map_code(request: HttpRequest) -> HttpResponse:
    """Draw the address as a QR code."""
    return HttpResponse(qr_svg(map_address(request)), content_type="image/svg+xml")
