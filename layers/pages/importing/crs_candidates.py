"""The CRSs that could be a file's, each with where it would put the file: in words, and as a box on the map."""

from typing import Any

from django.utils.translation import gettext as _
from pyproj import Geod
from shapely import box

from geokit.geometry.geojson import feature
from layers.importing.source import district_bounds

_GEOD = Geod(ellps="WGS84")
SAME_PLACE = 0.05
"""Boxes whose corners differ by no more than this share of what the map has to show share one label."""


def candidates_with_locations(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """The CRSs to choose from, each with where the file would lie."""
    found = preview.get("crs_candidates") or []
    district = district_bounds() if found else None
    return [item | {"place": location_words(item["bbox"], district, in_district=item["in_district"])} for item in found]


def candidate_boxes(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """For each CRS to choose from the box that the file would fill, to be drawn side by side before one is chosen.

    Boxes that nearly coincide (one grid on three datums) have one `label` with the names of all, a line each.
    """
    found = preview.get("crs_candidates") or []
    labels = _labels(found)
    return [
        feature(
            box(*item["bbox"]), {"kind": "inside" if item["in_district"] else "elsewhere", **labels[number]}, number
        )
        for number, item in enumerate(found, 1)
    ]


def _labels(found: list[dict[str, Any]]) -> dict[int, dict[str, str]]:
    """By the number of a candidate, from 1: the names at its place, or nothing where an earlier one has them."""
    boxes = [item["bbox"] for item in found]
    widest = _widest(boxes) if boxes else 0
    labels: dict[int, dict[str, str]] = {}
    for number, item in enumerate(found, 1):
        same = next((one for one, said in labels.items() if said and _near(boxes[one - 1], item["bbox"], widest)), 0)
        labels[number] = {} if same else {"label": item["crs"]}
        if same:
            labels[same]["label"] += f"\n{item['crs']}"
    return labels


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
