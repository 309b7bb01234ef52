"""The CRSs that could be a file's, each with where it would put the file: in words, and as a box on the map."""

from typing import Any

from django.utils.translation import gettext as _
from pyproj import Geod
from shapely import box

from geokit.geometry.geojson import feature
from layers.importing.source import district_bounds

_GEOD = Geod(ellps="WGS84")


def candidates_with_locations(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """The CRSs to choose from, each with where the file would lie."""
    found = preview.get("crs_candidates") or []
    district = district_bounds() if found else None
    return [item | {"place": location_words(item["bbox"], district, in_district=item["in_district"])} for item in found]


def candidate_boxes(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """For each CRS to choose from the box that the file would fill, to be drawn side by side before one is chosen."""
    found = preview.get("crs_candidates") or []
    return [
        feature(
            box(*item["bbox"]), {"kind": "inside" if item["in_district"] else "elsewhere", "label": item["crs"]}, number
        )
        for number, item in enumerate(found, 1)
    ]


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
