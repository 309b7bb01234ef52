"""Writes of the register: stations, entered or changed by their codes. Each is audited; deputies: `together`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Area, Role
from accounts.permissions import Asker, has_role, serves
from geokit.refusal import NotPermitted, Refusal, refuse
from ledger import audit
from ledger.written import update_written
from stations.register.models import OpeningDay, Station
from stations.register.opening_hours import format_opening_days, parse_opening_days
from stations.register.permissions import stations_run_by
from ui.field_checks import fault_of_code, set_facts

PAGES = (
    "activities", "areas", "bookings", "deputies", "duty", "groups", "matters", "mine", "receptions", "sheets",
    "statistics",
)  # fmt: skip
"""Pages and folders beside those of the stations, whose names would hide a station."""
EXAMPLE_DAYS = "每月15日 08:30-11:00；每周三 14:00-16:00"


@dataclass(frozen=True, slots=True)
class GivenStation:
    """A station as a row says it; `facts` are fields, its town among them, those that are not given stay."""

    code: str
    facts: Mapping[str, Any]
    place: Point | None
    """EPSG:4326, inside the station's town; None keeps where it is."""
    opening: str = ""
    """What the row says of its opening days; nothing, or what the station says already, keeps them."""


@dataclass(frozen=True, slots=True)
class WrittenStation:
    """What became of a station, with the fields that the row changed, and the opening days that it has from then on."""

    station: Station
    is_new: bool
    changed: list[str]
    days: Sequence[OpeningDay] | None
    """None keeps those that are there."""


@transaction.atomic
def upsert_stations(actor: Asker, given: Sequence[GivenStation]) -> list[WrittenStation | Refusal]:
    """Enter or change stations by their codes, for each what became of it.

    In a number of queries that does not grow with them.
    """
    codes = {one.code for one in given}
    locked = Station.objects.select_for_update(of=("self",)).select_related("area").filter(code__in=codes)
    known = {station.code: station for station in locked.prefetch_related("opening_days").defer("area__geom")}
    run = set(stations_run_by(actor).filter(code__in=codes).values_list("pk", flat=True)) if known else set()
    answers: list[WrittenStation | Refusal] = []
    for one in given:
        station = known.get(one.code) or Station(code=one.code, is_schematic=False)
        try:
            _check_may_enter(actor, station, one.facts["area"], run)
            answers.append(_changed(station, one))
        except Refusal as refusal:
            answers.append(refusal)
    _store(actor, [answer for answer in answers if isinstance(answer, WrittenStation)])
    return answers


def _changed(station: Station, one: GivenStation) -> WrittenStation:
    """The station with what a row changes of it, not stored yet. Raises BadInput."""
    is_new, place = station.pk is None, one.place
    if is_new and (message := fault_of_code(one.code, PAGES)):
        raise refuse("code", "impossible", message)
    if is_new and place is None:
        raise refuse("lng", "required", gettext("新的联络站要写经度和纬度。"))
    _check_inside(place, one.facts["area"])
    days = _other_days(station, one.opening)
    changed = set_facts(station, one.facts, is_new)
    if place is not None and (is_new or not place.equals_exact(station.geom, 1e-7)):
        station.geom = place
        changed.append("geom")
    if is_new:
        station.opening = gettext("另行公布")
    if days is not None:
        station.opening = format_opening_days(days)
        changed.append("opening")
    if changed and not is_new:
        station.version += 1
    return WrittenStation(station, is_new, changed, days)


def _store(actor: Asker, written: Sequence[WrittenStation]) -> None:
    new = [one for one in written if one.is_new]
    old = [one for one in written if one.changed and not one.is_new]
    Station.objects.bulk_create([one.station for one in new])
    update_written(Station, [(one.station, [*one.changed, "version"]) for one in old])
    moved = [one for one in written if one.days is not None]
    OpeningDay.objects.filter(station__in=[one.station.pk for one in moved if not one.is_new]).delete()
    OpeningDay.objects.bulk_create(_of_station(one.station, day) for one in moved for day in one.days or ())
    for verb, rows in (("station-entered", new), ("station-edited", old)):
        audit.record_many(actor, verb, ((one.station, {"changed": one.changed}) for one in rows))


def _of_station(station: Station, day: OpeningDay) -> OpeningDay:
    day.station = station
    return day


def _check_may_enter(actor: Asker, station: Station, area: Area, run: Collection[int]) -> None:
    """The congress staff of a town create its stations, who runs one (`run`) changes it, both move it to another
    town.
    """
    is_new, stays = station.pk is None, station.area_id == area.pk
    if has_role(actor, Role.STAFF):
        right = (is_new or station.pk in run) and ((stays and not is_new) or serves(actor, area))
    else:
        right = station.pk in run and stays
    if not right:
        raise NotPermitted(gettext("联络站由所在镇街维护，新设由人大工作人员登记。"))


def _check_inside(place: Point | None, town: Area) -> None:
    if place is not None and town.geom is not None and not town.geom.covers(place):
        words = gettext("位置 %(lng).5f, %(lat).5f 不在%(town)s内。")
        raise refuse("lng", "outside", words % {"lng": place.x, "lat": place.y, "town": town.name})


def _other_days(station: Station, opening: str) -> Sequence[OpeningDay] | None:
    """The opening days that a cell says, in the order in which they are read back; None where they are as they were.

    A sentence of another kind is left as it is when it is the station's own. Raises BadInput for one that is not.
    """
    if not opening or opening == station.opening:
        return None
    days = parse_opening_days(opening)
    if days is None:
        words = gettext("接待时间“%(text)s”读不懂，请写成：%(example)s")
        raise refuse("opening", "unreadable", words % {"text": opening[:60], "example": EXAMPLE_DAYS})
    days = _in_reading_order(days)
    there = format_opening_days(station.opening_days.all()) if station.pk else ""
    return None if there == format_opening_days(days) else days


def _in_reading_order(days: Sequence[OpeningDay]) -> list[OpeningDay]:
    """In the order in which they are read back: weekly days first."""
    weekly_first = sorted(days, key=lambda day: (day.day, day.starts))
    return sorted(weekly_first, key=lambda day: day.rhythm, reverse=True)
