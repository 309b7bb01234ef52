"""From a printed code, or a place, to those who are told: the deputies elected there, and the station behind them."""

from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Area
from accounts.permissions import Asker, areas_visible_to
from geokit.refusal import BadInput
from stations.models import Deputy, Station
from stations.permissions import deputies_visible_to, stations_visible_to
from voters.codes.models import PlaceCode

MOST_CODE = 30


@dataclass(frozen=True, slots=True)
class Addressee:
    """What a code means. `area` is where it hangs, `deputy` whom it names, `label` the door."""

    code: str
    title: str
    deputy: Deputy | None = None
    station: Station | None = None
    area: Area | None = None
    label: str = ""


def find_addressee(user: Asker, code: str) -> Addressee | None:
    """Return what a printed code leads to; None for one that was never printed, or leads to nobody in office."""
    if not code or len(code) > MOST_CODE or "\0" in code:
        return None
    return _deputy(user, code) or _station(user, code) or _area(user, code) or _door(code)


def _deputy(user: Asker, code: str) -> Addressee | None:
    row = deputies_visible_to(user).filter(page_code=code).select_related("station").first()
    return Addressee(code, row.name, deputy=row, station=row.station) if row else None


def _station(user: Asker, code: str) -> Addressee | None:
    row = stations_visible_to(user).filter(code=code).select_related("area").first()
    return Addressee(code, row.name, station=row, area=row.area) if row else None


def _area(user: Asker, code: str) -> Addressee | None:
    levels = (Area.Level.TOWN, Area.Level.VILLAGE)
    row = areas_visible_to(user).filter(code=code, level__in=levels).select_related("parent").first()
    return Addressee(code, row.name, area=row) if row else None


def _door(code: str) -> Addressee | None:
    row = PlaceCode.objects.filter(code=code).select_related("area__parent").first()
    return Addressee(code, str(row), area=row.area, label=row.label) if row else None


def deputies_of(user: Asker, area: Area | None) -> QuerySet[Deputy]:
    """The deputies in office whom a village elected."""
    if area is None or area.level != Area.Level.VILLAGE:
        return Deputy.objects.none()
    return deputies_visible_to(user).filter(constituency=area).select_related("station", "user")


def can_be_told(deputy: Deputy) -> bool:
    """Tell whether a deputy has an account to read with."""
    return deputy.user is not None and deputy.user.is_active


def station_for(user: Asker, area: Area | None, place: Point | None, deputies: list[Deputy]) -> Station:
    """The station that stands behind: the deputies' own, the one that serves the place, of the town, the central one.

    Raises BadInput where the district has no station at all.
    """
    if deputies:
        return deputies[0].station
    stations = stations_visible_to(user).select_related("area").order_by("code")
    town = area.parent if area is not None and area.level == Area.Level.VILLAGE else area
    place = place or (area.point if area is not None else None)
    found = stations.filter(service_area__geom__covers=place).first() if place is not None else None
    found = found or (stations.filter(area=town).first() if town is not None else None)
    found = found or stations.filter(kind=Station.Kind.CENTRAL).first() or stations.first()
    if found is None:
        raise BadInput(_("本区还没有联络站，请拨打 12345 反映。"), code="no-station")
    return found
