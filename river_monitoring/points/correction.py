"""Corrections of a point: name, kind, place and what describes it; what it is judged by has its own event."""

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.registration import may_register_in, outside_district, town_for, town_of
from river_monitoring.points.services import lock_point
from river_monitoring.steps.table import State

FIELDS = ("name", "kind", "river", "reach", "area", "village", "causes", "responsible_name", "responsible_phone")


@transaction.atomic
def correct_point(
    actor: Asker, point_id: int, facts: Mapping[str, Any], place: GEOSGeometry | None = None
) -> MonitoringPoint:
    """Correct fields of `FIELDS`, and the place (a point in EPSG:4326). Raises NotPermitted, BadInput.

    A point that is moved is of the town that holds its place, as a new one is; a village of another town is left.
    """
    point = lock_point(point_id, actor)
    if not may_register_in(actor, point.area, point.geom):
        raise NotPermitted(_("点位由本镇街的人大工作人员或 GIS 人员登记。"))
    if place is not None and (message := outside_district(place.centroid)):
        raise BadInput(message, code="outside-district", errors=[FieldError("lng", "outside-district", message)])
    is_moved = place is not None and not place.equals_exact(point.geom, 1e-7)
    if place is not None and is_moved:
        town_for(actor, place.centroid, facts.get("area") or point.area)
        facts = {**facts, **town_and_village(point, facts, place.centroid)}
    changed = [name for name in FIELDS if name in facts and getattr(point, name) != facts[name]]
    for name in changed:
        setattr(point, name, facts[name])
    detail = _move(point, place) if place is not None and is_moved else {}
    if detail:
        changed.append("geom")
    if changed:
        point.version += 1
        point.save(update_fields=[*changed, "version", "updated_at"])
        audit.record(actor, "correct-point", point, code=point.code, fields=changed, **detail)
    return point


def town_and_village(point: MonitoringPoint, facts: Mapping[str, Any], place: Point) -> dict[str, Any]:
    """The town of a point that is moved to a place, and its village (of `facts`, else its own) if that lies there."""
    named = facts.get("area") or point.area
    town = town_of(place, named) or named
    village = facts.get("village", point.village)
    return {"area": town, "village": village if village is not None and village.parent_id == town.pk else None}


def refuse_move(point: MonitoringPoint) -> None:
    """Raise BadInput while acceptance is asked: photos are checked against the place."""
    if point.status == State.ACCEPTANCE_ASKED:
        message = _("已申请验收：验收有结果之前，点位的位置不能变，照片按它核对。")
        raise BadInput(message, code="acceptance-pending", errors=[FieldError("lng", "acceptance-pending", message)])


def _move(point: MonitoringPoint, place: GEOSGeometry) -> dict[str, Any]:
    """Move the point; what the audit trail says of it. Raises BadInput."""
    refuse_move(point)
    places, point.geom = [point.geom.centroid, place.centroid], place.centroid  # a point's own
    return {"moved": [[round(each.x, 6), round(each.y, 6)] for each in places]}
