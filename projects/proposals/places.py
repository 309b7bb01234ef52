"""The place of a proposal: a point on the map, or a town and an address for those who have no map."""

from math import isfinite

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from accounts.areas.position import town_at
from accounts.district import name_of_district
from accounts.models import Area
from projects.plan.refusals import field_refusal

SUFFIXES = ("社区居委会", "村村委会", "村委会", "居委会", "社区", "村")


def place_of(lng: float | None, lat: float | None, town: Area | None, address: str) -> tuple[Point, Area]:
    """Return the point (EPSG:4326) and its town. Raises BadInput with an error beside the field.

    Without coordinates the village that the address names stands for the place, else the town.
    """
    if lng is not None and lat is not None:
        return _on_the_map(lng, lat)
    if town is None:
        raise field_refusal("area", "place-missing", _("请在地图上选位置，或选择镇街并写明地址。"))
    point = _village_point(town, address) or town.point
    if point is None:
        raise field_refusal("area", "place-unknown", _("“%s”的位置还没有录入，请填写经纬度。") % town.name)
    return point, town


def _on_the_map(lng: float, lat: float) -> tuple[Point, Area]:
    if not (isfinite(lng) and isfinite(lat) and abs(lng) <= 180 and abs(lat) <= 90):
        raise field_refusal("lng", "not-a-place", _("经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间。"))
    place = Point(lng, lat, srid=4326)
    town = town_at(place)
    if town is None:
        raise field_refusal("lng", "outside-district", _("位置不在%s范围内，请在地图上重新选取。") % name_of_district())
    return place, town


def _village_point(town: Area, address: str) -> Point | None:
    villages = Area.objects.filter(parent=town, level=Area.Level.VILLAGE, point__isnull=False)
    named = [village for village in villages if len(_bare(village.name)) > 1 and _bare(village.name) in address]
    return max(named, key=lambda village: len(village.name)).point if named else None


def _bare(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
