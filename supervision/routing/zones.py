"""A zone as it is typed or drawn: one corner a line (longitude, latitude in WGS 84), a blank line between parts."""

import re
from math import isfinite

from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.utils.translation import gettext

from accounts.district import examples
from geokit.refusal import BadInput, FieldError

MAX_CORNERS = 2000
MAX_PARTS = 20


def as_text(zone: MultiPolygon | None) -> str:
    """Return the outer corners of a zone, part by part."""
    if zone is None:
        return ""
    rings = [ring[0] for ring in zone.coords]
    parts = ["\n".join(f"{x:.6f}, {y:.6f}" for x, y, *_z in ring[:-1]) for ring in rings]
    return "\n\n".join(parts)


def parse(text: str) -> MultiPolygon | None:
    """Return the zone of what was typed, EPSG:4326; None for nothing. Raises BadInput naming the line."""
    if not text.strip():
        return None
    parts = [part for part in re.split(r"\n\s*\n", text.replace("\r", "").strip()) if part.strip()]
    if len(parts) > MAX_PARTS or text.count("\n") > MAX_CORNERS:
        raise _bad(
            gettext("划定范围最多 %(parts)d 块、%(corners)d 个点。") % {"parts": MAX_PARTS, "corners": MAX_CORNERS}
        )
    whole: GEOSGeometry | None = None
    for part in parts:
        polygon = _polygon(part)
        whole = polygon if whole is None else whole.union(polygon)
    return whole if isinstance(whole, MultiPolygon) else MultiPolygon(whole, srid=4326)


def _polygon(text: str) -> Polygon:
    corners = [_corner(line) for line in text.splitlines() if line.strip()]
    if len(set(corners)) < 3:
        raise _bad(gettext("一块范围至少要三个点。"))
    try:
        polygon = Polygon([*corners, corners[0]], srid=4326)
    except (GEOSException, ValueError) as error:
        raise _bad(gettext("这些点围不成一块范围。")) from error
    if not polygon.valid or polygon.area == 0:
        raise _bad(gettext("范围的边线不能交叉，请按顺序画一圈。"))
    return polygon


def _corner(line: str) -> tuple[float, float]:
    numbers = re.split(r"[,，\s]+", line.strip())
    try:
        lng, lat = (float(number) for number in numbers)
    except ValueError:
        named = {**examples.words(), "line": line.strip()[:40]}
        raise _bad(gettext("“%(line)s”读不懂，请写成 %(lng)s, %(lat)s。") % named) from None
    if not (isfinite(lng) and isfinite(lat) and abs(lng) <= 180 and abs(lat) <= 90):
        raise _bad(gettext("“%s”不是经度和纬度。") % line.strip()[:40])
    return lng, lat


def _bad(message: str) -> BadInput:
    return BadInput(message, code="bad-zone", errors=[FieldError("corners", "bad-zone", message)])
