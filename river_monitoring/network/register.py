"""Writes of waters: enter or change a river, a lake or a reach by its code."""

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Polygon
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.areas.position import nearest_town, town_at
from accounts.models import Area, Role
from accounts.permissions import NOWHERE, Asker, has_role, leads_somewhere, scope_of, serves
from geokit.refusal import NotPermitted, refuse
from ledger import audit
from river_monitoring.network.models import Reach, River
from ui.field_checks import check_fields

MULTI: tuple[tuple[Any, Any], ...] = ((LineString, MultiLineString), (Polygon, MultiPolygon))


def may_keep_waters(user: Asker) -> bool:
    """Tell whether `user` keeps the register of waters: the district's congress staff, and GIS staff."""
    return leads_somewhere(user) or has_role(user, Role.GIS)


def may_keep_river(user: Asker, river: River) -> bool:
    """Tell whether `user` changes a water: one that is new, or whose reaches all lie where she works."""
    scope = scope_of(user)
    if scope is None or not river.pk:
        return scope is None or scope.pk != NOWHERE.pk
    reaches = river.reaches.select_related("area__parent__parent")
    return bool(reaches) and all(serves(user, reach.area) for reach in reaches)


@transaction.atomic
def save_river(actor: Asker, code: str, facts: Mapping[str, Any]) -> River:
    """Enter or change a river or lake; fields that are not given stay. Raises NotPermitted, BadInput."""
    _require_keeper(actor)
    river = River.objects.select_for_update(of=("self",)).filter(code=code).first() or River(code=code)
    if not may_keep_river(actor, river):
        raise NotPermitted(_("“%s”不全在您的辖区内，请由市里更正。") % river.name)
    if river.pk and facts.get("flows_into") == river:
        raise refuse("flows_into", "itself", _("“%s”不能汇入自己。") % river.name)
    if river.pk and facts.get("kind", river.kind) != river.kind and river.points.exists():
        message = _("“%s”已有监测点位，水体类型请在管理页更正，点位会随之重评。")
        raise refuse("kind", "has-points", message % river.name)
    return _save(actor, river, facts, "river")  # type: ignore[return-value]


@transaction.atomic
def save_reach(actor: Asker, code: str, facts: Mapping[str, Any]) -> Reach:
    """Enter or change a reach; without a town it belongs to the one that holds its middle, or the nearest.

    Raises NotPermitted, BadInput.
    """
    _require_keeper(actor)
    reach = Reach.objects.select_for_update(of=("self",)).filter(code=code).first() or Reach(code=code)
    facts = dict(facts)
    if facts.get("geom") is not None and facts.get("area") is None:
        facts["area"] = _town_of(facts["geom"])
    if facts.get("geom") is None and reach.geom is None:
        raise refuse("lng", "place-missing", _("新的河段要有中心线，请上传带线的 GIS 文件。"))
    if facts.get("area") is None and reach.area_id is None:
        raise refuse("area", "required", _("请写明河段所在的镇街。"))
    places = {area for area in (facts.get("area"), reach.area if reach.area_id else None) if area is not None}
    if not all(serves(actor, area) for area in places):
        raise NotPermitted(_("河段“%s”不在您的辖区内。") % (reach.name or code))
    return _save(actor, reach, facts, "reach")  # type: ignore[return-value]


def _town_of(line: Any) -> Area | None:
    middle = line.point_on_surface
    return town_at(middle) or nearest_town(middle)


def _save(actor: Asker, thing: models.Model, facts: Mapping[str, Any], noun: str) -> models.Model:
    is_new = thing.pk is None
    given = {name: _multi(value) for name, value in facts.items()}
    changed = [name for name, value in given.items() if is_new or getattr(thing, name) != value]
    for name in changed:
        setattr(thing, name, given[name])
    check_fields(thing, f"bad-{noun}", validate_unique=False, exclude=["surface_m2", "length_m"])
    if is_new or changed:
        thing.save()
        audit.record(actor, f"{noun}-{'entered' if is_new else 'changed'}", thing, fields=changed)
    return thing


def _multi(value: Any) -> Any:
    return next((multi(value, srid=4326) for single, multi in MULTI if isinstance(value, single)), value)


def _require_keeper(actor: Asker) -> None:
    if not may_keep_waters(actor):
        raise NotPermitted(_("河流和河段由区人大工作人员或 GIS 人员录入。"))
