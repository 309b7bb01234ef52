"""Entering monitoring points: one service for the page, the API and the administration.

What is wrong is refused by field, all at once; what is only unlikely (a section far from its river) is asked about and
counts once somebody has confirmed it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.areas.position import may_be_in_undrawn, nearest_town, town_at
from accounts.district import outline_rows
from accounts.loads.cells import chosen_of
from accounts.models import Area, Department, Role
from accounts.permissions import Asker, has_role, is_staff_of, serves
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ledger.locks import wait_turn
from river_monitoring.network.models import Reach, River, WaterKind
from river_monitoring.points.models import MonitoringPoint, WaterClass

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,29}", re.ASCII)
FAR_M = 300.0
"""A point of a river farther from it than this is asked about."""


@dataclass(frozen=True, slots=True)
class NewPoint:
    """What somebody entered; coordinates are WGS 84 degrees."""

    code: str
    name: str
    kind: str
    department: Department | None
    lng: float | None
    lat: float | None
    river: River | None = None
    area: Area | None = None
    """The town; needed only where its outline is not known, since elsewhere the place says it."""
    water: str = WaterKind.RIVER
    """Counts only without a river; with one the register says it."""
    target_class: int = WaterClass.III
    village: str = ""
    """The village of the town, by its code or name."""
    responsible_name: str = ""
    responsible_phone: str = ""


DESCRIPTIONS = ("village", "responsible_name", "responsible_phone")
"""What a new point need not have; the audit trail names what was given."""


def may_register(user: Asker) -> bool:
    """The congress staff and GIS staff enter points; departments then answer for them."""
    return has_role(user, Role.STAFF, Role.GIS)


def require_register(user: Asker) -> None:
    """Raise NotPermitted for whoever enters no points."""
    if not may_register(user):
        raise NotPermitted(_("点位由人大工作人员或 GIS 人员登记。"))


def may_register_in(user: Asker, town: Area, place: Point) -> bool:
    """GIS staff enter points anywhere, the congress staff where they work."""
    return (has_role(user, Role.GIS) and serves(user, town, place)) or is_staff_of(user, town, place)


@transaction.atomic
def register_point(given: NewPoint, actor: Asker, *, confirmed: bool = False) -> MonitoringPoint:
    """Enter a point, with its town and reach found from its place.

    Raises NotPermitted, or BadInput with an error per field; code `far-from-water` alone can be `confirmed`.
    """
    require_register(actor)
    wait_turn(f"river.point-code.{given.code.strip().upper()[:30]}")
    place, errors = place_of(given)
    if place and (outside := outside_district(place)):
        errors.append(FieldError("lng", "outside-district", outside))
    errors += field_errors(given, _taken(given))
    town = town_for(actor, place, given.area) if place else None
    if place and town is None:
        errors.append(FieldError("area", "required", _("这里还没有录入镇街范围，请选择点位所在的镇街。")))
    if errors or place is None or town is None or given.department is None:
        raise BadInput(" ".join(error.message for error in errors), code="bad-point", errors=errors)
    reach, metres = _nearest_reach(given.river, place)
    if reach is not None and metres > FAR_M and not confirmed:
        names = {"river": given.river, "metres": round(metres, -1)}
        message = _("位置离%(river)s约 %(metres)d 米，请核对河流和坐标；确实无误请确认后再提交。") % names
        raise BadInput(message, code="far-from-water", errors=[FieldError("lng", "far-from-water", message)])
    point = point_of(given, place, town, _village(given.village, town))
    point.reach = reach
    _store(point, given)
    audit.record(actor, "register-point", point, **entry_of(given))
    return point


def _taken(given: NewPoint) -> MonitoringPoint | None:
    """The point that has the code already, in whichever letters."""
    return MonitoringPoint.objects.filter(code__iexact=given.code.strip()).first()


def _store(point: MonitoringPoint, given: NewPoint) -> None:
    """Save a new point; a sheet that is read meanwhile may have brought its code. Raises BadInput."""
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError as error:
        if (taken := _taken(given)) is None:
            raise
        fault = _code_taken(point.code, taken)
        raise BadInput(fault.message, code="bad-point", errors=[fault]) from error


def point_of(given: NewPoint, place: Point, town: Area, village: Area | None) -> MonitoringPoint:
    """Return the point that somebody entered, checked and not stored yet; its reach is found from its place."""
    assert given.department is not None  # noqa: S101 - `field_errors` asks for it
    return MonitoringPoint(
        code=given.code.strip(),
        name=given.name.strip(),
        kind=given.kind,
        water=given.water,
        river=given.river,
        area=town,
        village=village,
        department=given.department,
        responsible_name=given.responsible_name,
        responsible_phone=given.responsible_phone,
        geom=place,
        target_class=given.target_class,
    )


def entry_of(given: NewPoint) -> dict[str, Any]:
    """Return what the audit trail says of a new point."""
    return {"code": given.code.strip(), "fields": [name for name in DESCRIPTIONS if getattr(given, name)]}


def _village(word: str, town: Area) -> Area | None:
    """The village of the town by its code or name. Raises BadInput."""
    if not word:
        return None
    inside = Area.objects.filter(level=Area.Level.VILLAGE, parent=town)
    return chosen_village(word, [*inside.filter(code=word), *inside.filter(name=word)])


def chosen_village(word: str, found: Sequence[Area]) -> Area:
    """Return which of a town's villages of this code or name is meant. Raises BadInput."""
    by_code = next((area for area in found if area.code == word), None)
    village: Area = chosen_of("village", word, by_code, found, _("村社"))
    return village


def town_for(actor: Asker, place: Point, named: Area | None) -> Area | None:
    """The town of a point at that place, for whoever may register there. Raises NotPermitted."""
    town = town_of(place, named)
    if town and not may_register_in(actor, town, place):
        raise NotPermitted(_("这个位置在%(town)s，您只能登记本镇街的点位。") % {"town": town.name})
    return town


def town_of(place: Point, named: Area | None) -> Area | None:
    """The town that holds the place; the one that was named, where no known outline holds it; else the nearest."""
    return town_at(place) or (named if named and named.geom is None else None) or nearest_town(place)


def place_of(given: NewPoint) -> tuple[Point | None, list[FieldError]]:
    """Return where a point is, or what is wrong with its coordinates."""
    if given.lng is None or given.lat is None:
        return None, [FieldError("lng", "required", _("请填写经度和纬度，或在地图上选取位置。"))]
    if not (isfinite(given.lng) and isfinite(given.lat)):
        return None, [FieldError("lng", "invalid", _("经度和纬度应是数字。"))]
    if abs(given.lng) <= 90 < abs(given.lat) <= 180:
        message = _("经度 %(lng)s、纬度 %(lat)s 像是写反了，请对调。") % {"lng": given.lng, "lat": given.lat}
        return None, [FieldError("lng", "swapped", message)]
    if abs(given.lng) > 180 or abs(given.lat) > 90:
        return None, [FieldError("lng", "invalid", _("经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间。"))]
    return Point(given.lng, given.lat, srid=4326), []


def outside_district(place: Point) -> str:
    """Return a message when a place (EPSG:4326) is outside the district, with the distance; empty when it is inside."""
    found = outline_rows().annotate(far=Distance("geom", place)).order_by("far").first()
    if found is None or found.far.m == 0 or may_be_in_undrawn(place):
        return ""
    names = {"district": found.name, "km": max(found.far.km, 0.1), "lng": place.x, "lat": place.y}
    pattern = _(
        "位置（经度 %(lng).5f，纬度 %(lat).5f）在%(district)s以外约 %(km).1f 千米，请核对坐标（WGS 84，先经度后纬度）。"
    )
    return pattern % names


def field_errors(given: NewPoint, taken: MonitoringPoint | None) -> list[FieldError]:
    """Return what is wrong with the fields; `taken` is the point that has the code already."""
    errors = []
    code = given.code.strip()
    if message := fault_of_code(code):
        errors.append(FieldError("code", "invalid", message))
    elif taken:
        errors.append(_code_taken(code, taken))
    if not given.name.strip():
        errors.append(FieldError("name", "required", _("请填写名称。")))
    if given.kind not in MonitoringPoint.Kind:
        errors.append(FieldError("kind", "invalid", _("请选择点位类型。")))
    elif given.kind != MonitoringPoint.Kind.SMALL and given.river is None:
        errors.append(FieldError("river", "required", _("断面须写明所在河流；小微水体可以不写。")))
    if given.water not in WaterKind:
        errors.append(FieldError("water", "invalid", _("请选择适用标准表：河流或湖库。")))
    if not WaterClass.I <= given.target_class <= WaterClass.V:
        errors.append(FieldError("target_class", "invalid", _("请选择目标类别。")))
    if given.department is None:
        errors.append(FieldError("department", "required", _("请选择责任部门。")))
    return errors


def fault_of_code(code: str) -> str:
    """What is wrong with the code of a new point, in words; empty where nothing is."""
    return "" if CODE.fullmatch(code) else _("编码由 2 到 30 个字母、数字、点、横线组成，例如 W-101。")


def _code_taken(code: str, taken: MonitoringPoint) -> FieldError:
    names = {"code": code, "name": taken.name}
    message = _("编码“%(code)s”已被“%(name)s”使用，请换一个编码，或到那个点位的页面。") % names
    return FieldError("code", "code-taken", message)


def _nearest_reach(river: River | None, place: Point) -> tuple[Reach | None, float]:
    """The reach of `river` that is nearest to `place`, and its distance in metres."""
    if river is None:
        return None, 0.0
    found = Reach.objects.filter(river=river).annotate(far=Distance("geom", place)).order_by("far").first()
    return (found, found.far.m) if found else (None, 0.0)
