"""Where something is, for whoever cannot point at it on a map: by the device, by an address, or by the town."""

from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils.translation import gettext

from accounts.models import Area
from accounts.permissions import Asker, areas_visible_to
from geokit.refusal import BadInput, FieldError
from stations.register.lookup import find_places


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """One place that an address may mean."""

    code: str
    name: str
    place: Point


class SeveralPlaces(BadInput):
    """The address fits more than one place; `choices` are they."""

    default_code = "several-places"

    def __init__(self, choices: list[PlaceChoice]) -> None:
        message = gettext("“地点”对应 %d 个地方，请选择其中一个。") % len(choices)
        super().__init__(message, errors=[FieldError("address", self.default_code, message)])
        self.choices = choices


def place_of(
    user: Asker, *, lon: float | None, lat: float | None, address: str, choice: str, town: str
) -> Point | None:
    """Return the place in EPSG:4326: a position goes before a choice, a choice before an address, that before a town.

    None when nothing was said. Raises SeveralPlaces.
    """
    if lon is not None and lat is not None:
        return Point(lon, lat, srid=4326)
    if choice and (area := _area(user, choice)):
        return area.point
    if address.strip() and (found := _by_address(user, address)):
        return found
    area = _area(user, town) if town else None
    return area.point if area else None


def _area(user: Asker, code: str) -> Area | None:
    return areas_visible_to(user).filter(code=code, point__isnull=False).first()


def _by_address(user: Asker, address: str) -> Point | None:
    found = find_places(user, address)
    choices = [PlaceChoice(area.code, _name(area), area.point) for area in found.areas if area.point]
    if len(choices) > 1:
        raise SeveralPlaces(choices)
    if choices:
        return choices[0].place
    return found.stations[0].geom if len(found.stations) == 1 else None


def _name(area: Area) -> str:
    return f"{area.parent.name} {area.name}" if area.level == Area.Level.VILLAGE and area.parent else area.name
