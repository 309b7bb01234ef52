"""Writes of waters: enter or change rivers, lakes and reaches by their codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Polygon
from django.db import transaction
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.areas.outlines import TownFinder, town_finder
from accounts.areas.position import nearest_town
from accounts.areas.together import Given
from accounts.models import Role
from accounts.permissions import NOWHERE, Asker, has_role, leads_somewhere, scope_of, serves
from geokit.refusal import NotPermitted, Refusal, refuse
from ledger import audit
from ledger.written import Written, store_written
from river_monitoring.network.models import Reach, River
from ui.field_checks import check_own_fields, fault_of_code, set_facts

MULTI: tuple[tuple[Any, Any], ...] = ((LineString, MultiLineString), (Polygon, MultiPolygon))


def may_keep_waters(user: Asker) -> bool:
    """Tell whether `user` keeps the register of waters: the district's congress staff, and GIS staff."""
    return leads_somewhere(user) or has_role(user, Role.GIS)


def may_keep_river(user: Asker, river: River) -> bool:
    """Tell whether `user` changes a water: one that is new, or whose reaches all lie where she works."""
    scope = scope_of(user)
    if scope is None or not river.pk:
        return scope is None or scope.pk != NOWHERE.pk
    reaches = list(river.reaches.all())
    return bool(reaches) and all(serves(user, reach.area) for reach in reaches)


def _reaches_with_towns() -> QuerySet[Reach]:
    return Reach.objects.select_related("area__parent__parent").defer("geom", "area__geom")


@transaction.atomic
def save_rivers(actor: Asker, given: Sequence[Given]) -> list[River | Refusal]:
    """Enter or change rivers and lakes by their codes; fields that are not given stay.

    For each what became of it, in a number of queries that does not grow with them. Raises NotPermitted.
    """
    require_keeper(actor)
    locked = River.objects.select_for_update(of=("self",)).select_related("flows_into").defer("flows_into__surface")
    known = {river.code: river for river in locked.filter(code__in={one.code for one in given})}
    if scope_of(actor) is not None:
        prefetch_related_objects(list(known.values()), Prefetch("reaches", _reaches_with_towns()))
    judged = _rivers_with_points(known, given)

    def check(river: River, facts: Mapping[str, Any]) -> None:
        if not may_keep_river(actor, river):
            raise NotPermitted(_("“%s”不全在您的辖区内，请由市里更正。") % river.name)
        if river.pk and facts.get("flows_into") == river:
            raise refuse("flows_into", "itself", _("“%s”不能汇入自己。") % river.name)
        if river.pk in judged:
            message = _("“%s”已有监测点位，水体类型请在管理页更正，点位会随之重评。")
            raise refuse("kind", "has-points", message % river.name)

    return _save(actor, River, [(known.get(one.code) or River(code=one.code), one.facts) for one in given], check)


def _rivers_with_points(known: Mapping[str, River], given: Iterable[Given]) -> set[int]:
    """The keys of the rivers that would change their kind and have points, which are judged by it."""
    there = [(known[one.code], one.facts) for one in given if one.code in known]
    moved = [river.pk for river, facts in there if facts.get("kind", river.kind) != river.kind]
    if not moved:
        return set()
    return set(River.objects.filter(pk__in=moved, points__isnull=False).values_list("pk", flat=True))


@transaction.atomic
def save_reaches(actor: Asker, given: Sequence[Given]) -> list[Reach | Refusal]:
    """Enter or change reaches; without a town one belongs to that which holds its middle, or the nearest.

    For each what became of it, in a number of queries that does not grow with them. Raises NotPermitted.
    """
    require_keeper(actor)
    locked = Reach.objects.select_for_update(of=("self",)).select_related("river", "area").defer("river__surface")
    known = {reach.code: reach for reach in locked.filter(code__in={one.code for one in given})}
    town_at = town_finder(len(given))

    def check(reach: Reach, facts: Mapping[str, Any]) -> None:
        if facts.get("geom") is None and reach.geom is None:
            raise refuse("lng", "place-missing", _("新的河段要有中心线，请上传带线的 GIS 文件。"))
        if facts.get("area") is None and reach.area_id is None:
            raise refuse("area", "required", _("请写明河段所在的镇街。"))
        places = {area for area in (facts.get("area"), reach.area if reach.area_id else None) if area is not None}
        if not all(serves(actor, area) for area in places):
            raise NotPermitted(_("河段“%s”不在您的辖区内。") % (reach.name or reach.code))

    rows = [(known.get(one.code) or Reach(code=one.code), _with_town(one.facts, town_at)) for one in given]
    return _save(actor, Reach, rows, check)


def _with_town(facts: Mapping[str, Any], town_at: TownFinder) -> Mapping[str, Any]:
    """The facts with the town that holds the middle of a new line, where they name none."""
    if facts.get("geom") is None or facts.get("area") is not None:
        return facts
    middle = facts["geom"].point_on_surface
    return {**facts, "area": town_at(middle) or nearest_town(middle)}


def _save[W: (River, Reach)](
    actor: Asker,
    model: type[W],
    rows: Iterable[tuple[W, Mapping[str, Any]]],
    check: Callable[[W, Mapping[str, Any]], None],
) -> list[W | Refusal]:
    noun = model._meta.model_name
    answers: list[W | Refusal] = []
    written: Written[W] = []
    for row, facts in rows:
        try:
            _refuse_bad_code(row)
            check(row, facts)
            changed = set_facts(row, {name: _multi(value) for name, value in facts.items()}, row.pk is None)
            check_own_fields(row, f"bad-{noun}")
        except Refusal as refusal:
            answers.append(refusal)
            continue
        answers.append(row)
        if changed:
            written.append((row, changed))
    for verb, kept in zip(("entered", "changed"), store_written(model, written), strict=True):
        audit.record_many(actor, f"{noun}-{verb}", ((row, {"fields": fields}) for row, fields in kept))
    return answers


def _refuse_bad_code(row: River | Reach) -> None:
    """Raise BadInput for a new row whose code cannot stand in its address."""
    if not row.pk and (message := fault_of_code(row.code)):
        raise refuse("code", "invalid", message)


def _multi(value: Any) -> Any:
    return next((multi(value, srid=4326) for single, multi in MULTI if isinstance(value, single)), value)


def require_keeper(actor: Asker) -> None:
    """Raise NotPermitted for whoever keeps no register of waters."""
    if not may_keep_waters(actor):
        raise NotPermitted(_("河流和河段由区人大工作人员或 GIS 人员录入。"))
