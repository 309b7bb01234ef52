"""Writes of the register: stations, entered or changed by their code. Each is audited; deputies: `together`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Area, Role
from accounts.permissions import Asker, has_role, serves
from geokit.refusal import NotPermitted, refuse
from ledger import audit
from stations.register.models import OpeningDay, Station
from stations.register.opening_hours import format_opening_days
from stations.register.permissions import may_run
from ui.field_checks import set_facts


@transaction.atomic
def upsert_station(
    actor: Asker, code: str, facts: Mapping[str, Any], *, place: Point | None, days: Sequence[OpeningDay] | None
) -> tuple[Station, bool, list[str]]:
    """Create or update the station of `code`; return it, whether it is new, and the changed fields.

    `place` is in EPSG:4326 and inside the station's town; None keeps where it is. `days` None keeps the opening days.
    Raises NotPermitted, BadInput.
    """
    station = Station.objects.select_for_update(of=("self",)).filter(code=code).first()
    is_new = station is None
    station = station or Station(code=code, is_schematic=False)
    _check_may_enter(actor, station, facts["area"], is_new=is_new)
    if is_new and place is None:
        raise refuse("lng", "required", gettext("新的联络站要写经度和纬度。"))
    _check_inside(place, facts["area"])
    changed = set_facts(station, facts, is_new)
    if place is not None and (is_new or not place.equals_exact(station.geom, 1e-7)):
        station.geom = place
        changed.append("geom")
    if is_new:
        station.opening = gettext("另行公布")
        station.save()
    _replace_days(station, days, changed)
    if changed:
        station.version += 0 if is_new else 1
        station.save()
        audit.record(actor, "station-entered" if is_new else "station-edited", station, changed=changed)
    return station, is_new, changed


def _check_may_enter(actor: Asker, station: Station, area: Area, *, is_new: bool) -> None:
    """The congress staff of a town create its stations, who runs one changes it, both move it to another town."""
    if has_role(actor, Role.STAFF):
        stays = not is_new and station.area_id == area.pk
        right = (is_new or may_run(actor, station)) and (stays or serves(actor, area))
    else:
        right = not is_new and station.area_id == area.pk and may_run(actor, station)
    if not right:
        raise NotPermitted(gettext("联络站由所在镇街维护，新设由人大工作人员登记。"))


def _check_inside(place: Point | None, town: Area) -> None:
    if place is not None and town.geom is not None and not town.geom.covers(place):
        words = gettext("位置 %(lng).5f, %(lat).5f 不在%(town)s内。")
        raise refuse("lng", "outside", words % {"lng": place.x, "lat": place.y, "town": town.name})


def _replace_days(station: Station, days: Sequence[OpeningDay] | None, changed: list[str]) -> None:
    if days is None or format_opening_days(station.opening_days.all()) == format_opening_days(_in_reading_order(days)):
        return
    station.opening_days.all().delete()
    for day in days:
        day.station = station
    OpeningDay.objects.bulk_create(days)
    station.opening = format_opening_days(_in_reading_order(days))
    changed.append("opening")


def _in_reading_order(days: Sequence[OpeningDay]) -> list[OpeningDay]:
    """In the order in which they are read back: weekly days first."""
    weekly_first = sorted(days, key=lambda day: (day.day, day.starts))
    return sorted(weekly_first, key=lambda day: day.rhythm, reverse=True)
