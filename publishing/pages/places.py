"""A place in a form of this room: by its name, or by longitude and latitude."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from accounts.areas.position import town_in_district
from accounts.permissions import Asker
from geokit.refusal import refuse
from supervision.public.geocoding import SeveralPlaces, place_of

MOST_NAMED = 5


def place_given(user: Asker, given: dict[str, Any]) -> Point | None:
    """Return the place of `lng`, `lat` and `address`; None where nothing was said. Raises BadInput."""
    lng, lat, address = given.get("lng"), given.get("lat"), (given.get("address") or "").strip()
    if (lng is None) != (lat is None):
        raise refuse("lng", "half-a-place", _("经度和纬度要一起写。"))
    try:
        place = place_of(user, lon=lng, lat=lat, address=address, choice="", town="")
    except SeveralPlaces as several:
        names = _("、").join(one.name for one in several.choices[:MOST_NAMED])
        words = _("“%(name)s”可能是：%(choices)s。请连镇街的名字一起写，或者写经纬度。")
        raise refuse("address", several.code, words % {"name": address[:30], "choices": names}) from None
    if place is None and address:
        raise refuse("address", "unknown-place", _("没有查到“%s”，请写镇、村的名字，或者写经纬度。") % address[:30])
    if place is not None:
        town_in_district(place, "address" if lng is None else "lng")
    return place
