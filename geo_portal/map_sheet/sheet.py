"""The map on paper: A4 or A3 with title, legend, scale, north, source and review number, as PDF or PNG."""

from dataclasses import dataclass
from datetime import date
from math import log2
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts.district import current
from accounts.looking import bounds_shown, record_shown
from accounts.models import Area
from accounts.permissions import Asker
from geo_portal.map_lists import legend_entries
from geo_portal.map_sheet.forms import SheetForm
from geo_portal.map_sheet.picture import LEAST_ZOOM, MOST_ZOOM, Shown, View, svg_of
from geo_portal.tilesets import DRAWN
from river_monitoring.selection.filter_panel import month_in_words
from tiles.query.request import MAX_FILTER, TileRequest
from ui.printing import draw_pages, print_pdf
from ui.tokens import LIGHTS, WATER_CLASSES, page_colours

PAPERS = {"A4": (1123, 794), "A3": (1587, 1123)}
"""Width and height of a sheet that lies on its long side, CSS pixels."""
EDGE, HEAD, FOOT = 38, 62, 100
"""Around the map; above it the title, below it legend, scale and source."""
SCALE_OF_PICTURE = 2.0


@dataclass(frozen=True)
class Sheet:
    """A sheet with what is drawn on it."""

    paper: str
    width: int
    height: int
    title: str
    view: View
    shown: Shown
    month: str


def sheet_of(form: SheetForm, request: HttpRequest) -> Sheet:
    """Return the sheet that a valid form asks for: all that the reader's window shows is on it."""
    given = form.cleaned_data
    width, height = PAPERS[given["paper"]]
    if given["turn"] == "portrait":
        width, height = height, width
    across, down = width - 2 * EDGE, height - 2 * EDGE - HEAD - FOOT
    lng, lat, zoom = _camera(request.user, given, across, down)
    layers = given["layers"] or [layer.name for layer in DRAWN if layer.map_use and layer.map_use.shown_on]
    title = given["title"] or record_shown(request.user).title
    wishes = _wishes(request, given["at"])
    return Sheet(given["paper"], width, height, title, View(lng, lat, zoom, across, down),
                 Shown(frozenset(layers), wishes), given["at"])  # fmt: skip


def _camera(user: Asker, given: dict[str, Any], across: int, down: int) -> tuple[float, float, float]:
    """The middle and the zoom: of the window that was open, or of the whole district."""
    if given["c"]:
        fits = min(across / given["w"], down / given["h"])
        return (*given["c"], min(max(given["z"] + log2(fits), LEAST_ZOOM), MOST_ZOOM))
    whole = View.around(bounds_shown(user), across, down)
    return whole.lng, whole.lat, whole.zoom


def _wishes(request: HttpRequest, month: str) -> dict[str, TileRequest]:
    """How the map asks for the tiles of each tileset: its filter (`f.<tileset>`), and the month where it has one."""
    found = {}
    for layer in DRAWN:
        said = request.GET.get(f"f.{layer.name}", "")[:MAX_FILTER]
        at = month if layer.past else ""
        if said or at:
            found[layer.name] = TileRequest.parse({"filter": said, "at": at})
    return found


def write(sheet: Sheet, user: Asker, site: str, extension: str) -> bytes:
    """Return the sheet as a file: `pdf` or `png`."""
    names = sheet.shown.tilesets
    zoom = sheet.view.zoom
    legend = [
        entry for entry in legend_entries()
        if entry["tileset"] in names and entry["minzoom"] <= zoom and (not entry["maxzoom"] or zoom < entry["maxzoom"])
    ]  # fmt: skip
    record = current()
    context = {
        "sheet": sheet,
        "map": mark_safe(svg_of(sheet.view, sheet.shown, user, site)),  # noqa: S308 - our own drawing
        "legend": legend,
        "classes": WATER_CLASSES if "monitoring_points" in names else [],
        "lights": LIGHTS if "projects" in names else [],
        "scale": sheet.view.scale_bar(),
        "attribution": record.attribution or record.title,
        "review_number": record.review_number,
        "schematic": Area.objects.filter(level=Area.Level.TOWN, is_schematic=True).exists(),
        "month": month_in_words(date.fromisoformat(f"{sheet.month}-01")) if sheet.month else "",
        "colours": page_colours(),
        "now": timezone.localtime(),
        "edge": EDGE,
    }
    pdf = print_pdf(render_to_string("map_sheet/sheet.html", context))
    return pdf if extension == "pdf" else draw_pages(pdf, SCALE_OF_PICTURE)[0]
