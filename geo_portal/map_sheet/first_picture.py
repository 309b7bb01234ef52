"""What stands in the map's place until it is there, and where none can be drawn: land, waters and points as SVG.

Entrance and map have one of what the map begins with, the page of a thing has one of where that is. It stands in the
page itself and is made of the tiles that the asker's own map will have, so it shows no row that she may not see and no
class but theirs.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.looking import bounds_shown, codes_shown
from accounts.permissions import Asker
from geo_portal.areas import own_area
from geo_portal.map_sheet.picture import View, tile_of
from geo_portal.map_sheet.subjects import Mark, mark_of
from geo_portal.styles.base_map import STRONG_GRADES
from geo_portal.styles.points import CLUSTERS_BELOW, WORST_LARGER
from geo_portal.tilesets import CATALOGUE
from geokit.geometry.bbox import BBox
from geokit.refusal import Busy
from ogc.pictures.drawing import decoded, parts
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from river_monitoring.standard.evaluation import INFERIOR
from stations.models import Station
from tiles.cache.lookup import content_version, digest
from tiles.grids.address import TileAddress
from tiles.layer.vector import EXTENT, Tileset
from tiles.query.request import PLAIN
from ui import tokens

WIDTH, HEIGHT, MARGIN = 390, 560, 24
"""The part of a phone's map that nothing lies over, pixels; wider screens show the same picture larger."""
WIDE, HIGH = 780, 640
"""How much of the ground is drawn: what a screen of another shape shows around that. Around a thing nothing is."""
KEEP_S = 24 * 3600
GROUND = ("areas", "reaches")
POINTS = ("monitoring_point_clusters", "monitoring_points")
"""Below the zoom at which points stand alone, and from there."""
LEAST_LINE = 3.0
"""Lines that span less than so many pixels are left out: they cannot be seen."""
MARK, PLATE = 6.6, 13.0
"""Radius of a sign and of a plate, pixels."""
ON_PLATE = 0.7
"""A sign on a plate, against one that is alone."""
THING_ZOOM = 13.5
"""How near the map goes to what a page is about (`web/src/map/island.ts`)."""
THING, RING = 28, 19
"""Side of its sign and radius of the ring around it, pixels."""


def first_picture(user: Asker) -> SafeString:
    """Return the SVG of what this asker's map begins with, kept until something on it changes; empty in a rush."""
    try:
        return mark_safe(_kept(user, View.around(_begins_with(user), WIDTH, HEIGHT, MARGIN)))  # noqa: S308 - our own drawing: numbers, and codes that are escaped in addresses
    except Busy:
        return mark_safe("")


def picture_of(user: Asker, thing: MonitoringPoint | Project | Station) -> SafeString:
    """Return the SVG of where a thing is, its sign in a ring in the middle; about a point, other points beside it."""
    mark = mark_of(thing)
    view = View(mark.lng, mark.lat, THING_ZOOM, WIDTH, HEIGHT)
    try:
        return mark_safe(_kept(user, view, mark))  # noqa: S308 - as above
    except Busy:
        return mark_safe("")


def _kept(user: Asker, view: View, mark: Mark | None = None) -> str:
    own = codes_shown(user)
    points = POINTS[view.zoom >= CLUSTERS_BELOW] if mark is None or mark.tileset in POINTS else ""
    names = (*GROUND, points) if points else GROUND
    tilesets = [Tileset(name, (layer,)) for name in names if (layer := CATALOGUE.vector_layer(name, user))]
    versions = (content_version(tileset, user) for tileset in tilesets)
    key = "first-picture:" + digest([str(view), str(mark), *own, *versions])
    kept: str | None = cache.get(key)
    if kept is None:
        kept = _drawn(view, points, user, own, mark)
        cache.set(key, kept, KEEP_S)
    return kept


def _begins_with(user: Asker) -> BBox:
    """What the asker's map shows first: her own area, else the district."""
    own = own_area(user)
    return own["box"] if own and own["box"] else bounds_shown(user)


def _drawn(view: View, points: str, user: Asker, own: Collection[str], mark: Mark | None) -> str:
    ground: list[str] = []
    marks: list[tuple[int, str]] = []
    wide = replace(view, width=WIDE, height=HIGH) if mark is None else view
    for address, at_x, at_y, side in wide.tiles():
        left, top = at_x - (wide.width - view.width) // 2, at_y - (wide.height - view.height) // 2
        scale = side / EXTENT
        window = (-at_x / scale, -at_y / scale, (wide.width - at_x) / scale, (wide.height - at_y) / scale)
        ground.append(_ground(user, address, left, top, side, own, window))
        if points:
            marks += _marks(_features(points, user, address), left, top, side)
    drawn = [one for _class, one in sorted(marks)]
    kind = "first-picture"
    if mark is not None:
        drawn.append(_lit(mark, view))
        kind += ' first-picture--thing" preserveAspectRatio="xMidYMid slice'
    return (
        f'<svg class="{kind}" viewBox="0 0 {view.width} {view.height}" aria-hidden="true" focusable="false">'
        f"<defs>{_signs() if points else ''}</defs>{''.join(ground)}{''.join(drawn)}</svg>"
    )


def _lit(mark: Mark, view: View) -> str:
    """What the page is about, in the middle."""
    middle = f'<g transform="translate({view.width // 2} {view.height // 2})">'
    sign, at = mark.address, f'x="-{THING // 2}" y="-{THING // 2}" width="{THING}" height="{THING}"'
    image = f'<image href="{sign}" {at}/>' if sign else ""
    return f'{middle}<circle class="lit" r="{RING}"/>{image}</g>'


def _signs() -> str:
    """The sign of each class once; the marks point at it."""
    return "".join(
        f'<path id="sign-{entry["value"]}" d="{_ring_of(tokens.SHAPES.get(entry["shape"]))}"/>'
        for entry in tokens.WATER_CLASSES
    )


def _ring_of(corners: list[list[float]] | None) -> str:
    """The corners of a shape as a path around its middle; a circle for the class that has none."""
    return _path([(x, y) for x, y in corners or tokens.SHAPES["circle"]], MARK, digits=1) + "Z"


def _features(name: str, user: Asker, address: TileAddress) -> list[dict[str, Any]]:
    tile = decoded(tile_of(name, user, address, PLAIN))
    found: list[dict[str, Any]] = tile.get(name, {"features": []})["features"]
    return found


def _ground(
    user: Asker, address: TileAddress, left: int, top: int, side: int, own: Collection[str], window: BBox
) -> str:
    """Land, waters and borders of one tile, cut at its edges; `window` is what of it is looked at, in its own units."""
    scale = side / EXTENT
    land: list[str] = []
    borders: list[str] = []
    waters: list[str] = []
    strong: list[str] = []
    for feature in _features("areas", user, address):
        said = feature["properties"]
        if said.get("level") not in ("district", "town"):
            continue
        path = "".join(_path(line, scale) + "Z" for line in _lines(feature["geometry"], scale, window))
        if said.get("code") in own:
            land.append(path)
        borders.append(path)
    for feature in _features("reaches", user, address):
        path = "".join(_path(line, scale) for line in _lines(feature["geometry"], scale, window))
        (strong if feature["properties"].get("grade") in STRONG_GRADES else waters).append(path)
    parts = (("land", land), ("town", borders), ("water", waters), ("water-strong", strong))
    drawn = "".join(f'<path class="{name}" d="{"".join(paths)}"/>' for name, paths in parts if paths)
    return f'<svg x="{left}" y="{top}" width="{side}" height="{side}">{drawn}</svg>' if drawn else ""


def _lines(geometry: dict[str, Any], scale: float, window: BBox) -> Iterator[list[tuple[float, float]]]:
    """The lines of a geometry that can be seen at this scale in this window."""
    west, first, east, last = window
    rings = (ring for polygon in parts(geometry, "Polygon") for ring in polygon)
    for line in (*parts(geometry, "LineString"), *rings):
        xs, ys = [x for x, _y in line], [y for _x, y in line]
        is_long = max(max(xs) - min(xs), max(ys) - min(ys)) * scale >= LEAST_LINE
        if is_long and min(xs) <= east and max(xs) >= west and min(ys) <= last and max(ys) >= first:
            yield line


def _path(line: list[tuple[float, float]], scale: float = 1, digits: int = 0) -> str:
    """A path in whole pixels, corners that fall together left out; relative steps are the shorter writing."""
    words, last = [], None
    for x, y in line:
        place = (round(x * scale, digits) + 0, round(y * scale, digits) + 0)
        if place == last:
            continue
        if last is None:
            words.append(f"M{place[0]:g} {place[1]:g}l")
        else:
            words.append(f"{round(place[0] - last[0], digits):g} {round(place[1] - last[1], digits):g} ")
        last = place
    return "".join(words).rstrip()


def _marks(features: list[dict[str, Any]], left: int, top: int, side: int) -> Iterator[tuple[int, str]]:
    """Each point with its class; several at one place are the worst of them on a plate, with their number."""
    for feature in features:
        said = feature["properties"]
        value, count = int(said.get("class") or 0), int(said.get("count", 1))
        for x, y in parts(feature["geometry"], "Point"):
            if not (0 <= x < EXTENT and 0 <= y < EXTENT):
                continue  # the neighbouring tile draws it
            at = f"{left + x * side / EXTENT:.1f} {top + y * side / EXTENT:.1f}"
            yield value, _plate(at, value, count) if count > 1 else _mark(at, value, str(said.get("code", "")))


def _mark(at: str, value: int, code: str) -> str:
    drawn = f'<use href="#sign-{value}" class="sign sign--{value}" transform="translate({at}){_larger(value)}"/>'
    if not code:
        return drawn
    return f'<a href="{reverse("river:point", args=[code])}" tabindex="-1">{drawn}</a>'


def _larger(value: int) -> str:
    return f" scale({WORST_LARGER})" if value == INFERIOR else ""


def _plate(at: str, value: int, count: int) -> str:
    return (
        f'<g transform="translate({at})"><circle class="plate" r="{PLATE}"/>'
        f'<use href="#sign-{value}" class="sign sign--{value}" transform="translate(0 -4.6) scale({ON_PLATE})"/>'
        f'<text y="9.5">{count}</text></g>'
    )
