"""The CRSs that could be a file's, each with where it would put the file: in words, and as a box on the map."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from pyproj import CRS, Geod
from pyproj.exceptions import ProjError
from shapely import box

from geokit.crs import systems as crs_tools
from geokit.crs.search import Found
from geokit.crs.systems import Bounds
from geokit.geometry.geojson import feature
from layers.importing.source import district_bounds

_GEOD = Geod(ellps="WGS84")
MOST_TYPED = 8
"""Of the CRSs that fit what is typed; more words narrow them."""
FULL_TURN = 360
SAME_PLACE = 0.05
"""Boxes whose corners differ by no more than this share of what the map has to show share one label."""


def candidates_with_locations(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """The CRSs to choose from, each with where the file would lie."""
    found = preview.get("crs_candidates") or []
    district = district_bounds() if found else None
    return [item | {"place": location_words(item["bbox"], district, in_district=item["in_district"])} for item in found]


def found_with_locations(found: Sequence[Found], bounds: Sequence[float] | None) -> list[dict[str, Any]]:
    """The CRSs that what somebody types may mean, as `candidates_with_locations` has them; no place without `bounds`.

    `bounds` are those of the file in its own coordinates.
    """
    district = district_bounds()
    return [{"crs": item.label, "name": item.name} | _location(item, bounds, district) for item in found[:MOST_TYPED]]


def _location(item: Found, bounds: Sequence[float] | None, district: Bounds | None) -> dict[str, Any]:
    if not bounds:
        return {}
    try:
        where = crs_tools.transform_bounds(CRS.from_epsg(int(item.code)), (bounds[0], bounds[1], bounds[2], bounds[3]))
    except ProjError:
        return {}
    if not all(map(isfinite, where)) or max(map(abs, where)) > FULL_TURN:
        return {"place": _("算不出位置")}
    inside = bool(district and crs_tools.overlaps(where, district))
    return {"bbox": where, "in_district": inside, "place": location_words([*where], district, in_district=inside)}


def candidate_boxes(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """For each CRS to choose from the box that the file would fill, to be drawn side by side before one is chosen.

    Each place has a dot with the names of the CRSs, a line each: a box may be smaller than a pixel, and boxes that
    nearly coincide (one grid on three datums) have one dot.
    """
    found = preview.get("crs_candidates") or []
    boxes = [feature(box(*item["bbox"]), {"kind": _kind(item)}, number) for number, item in enumerate(found, 1)]
    dots = [
        feature(
            box(*same[0]["bbox"]).centroid, {"kind": _kind(same[0]), "label": "\n".join(one["crs"] for one in same)}
        )
        for same in _by_place(found)
    ]
    return [*boxes, *dots]


def _kind(item: dict[str, Any]) -> str:
    return "inside" if item["in_district"] else "elsewhere"


def _by_place(found: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The candidates that put the file at about the same place, together; the first of each is the likeliest."""
    widest = _widest([item["bbox"] for item in found]) if found else 0
    places: list[list[dict[str, Any]]] = []
    for item in found:
        same = next((place for place in places if _near(place[0]["bbox"], item["bbox"], widest)), None)
        if same is None:
            places.append([item])
        else:
            same.append(item)
    return places


def _widest(boxes: list[list[float]]) -> float:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return max(max(easts) - min(wests), max(norths) - min(souths))


def _near(one: list[float], other: list[float], widest: float) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= SAME_PLACE * widest


def is_far_off(preview: dict[str, Any]) -> bool:
    """Whether the rows that were read lie outside the district."""
    warned = any(warning["code"] == "outside-district" for warning in preview.get("warnings") or [])
    return warned and bool(preview.get("bbox"))


def place_far_off(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """A mark that says where the rows lie, for a map on which they themselves are too small to be seen."""
    if not is_far_off(preview):
        return []
    around = preview["bbox"]
    words = location_words(around, district_bounds(), in_district=False)
    return [feature(box(*around).centroid, {"kind": "elsewhere", "label": words}, 0)]


def location_words(box: list[float], district: tuple[float, float, float, float] | None, *, in_district: bool) -> str:
    """`box` and `district` are west, south, east, north in degrees."""
    lng, lat = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    around = _("东经 %(lng).3f°、北纬 %(lat).3f° 一带") % {"lng": lng, "lat": lat}
    if in_district:
        return _("%s，落在本区") % around
    if district is None:
        return around
    centre = (district[0] + district[2]) / 2, (district[1] + district[3]) / 2
    metres = _GEOD.inv(lng, lat, *centre)[2]
    return _("%(around)s，离本区约 %(km)d 公里") % {"around": around, "km": round(metres / 1000)}
