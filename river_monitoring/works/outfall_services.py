"""Writes about outfalls: register one, change it, link the points that it harms."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.areas.position import town_at
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.works import events
from river_monitoring.works.models import Measure, Outfall, WorkEvent
from river_monitoring.works.outfall_kinds import FIRST_LEVEL
from river_monitoring.works.permissions import may_add_outfalls, may_edit_outfall

Verb = WorkEvent.Verb
FIELDS = ("name", "subkind", "state", "department", "river", "operator", "requirement", "flows_when_dry")
FARTHEST_DEGREES = 0.03
"""About 3 km: an outfall farther from a point than this is not what spoils it."""


@transaction.atomic
def add_outfall(actor: Asker, code: str, place: Point, values: Mapping[str, Any]) -> Outfall:
    """Register an outfall at `place` (EPSG:4326). Raises NotPermitted, or BadInput naming each wrong field."""
    outfall = Outfall(code=code.strip(), geom=place, **_known(values))
    town = town_at(place)
    if town is not None:
        outfall.area = town
    if not may_add_outfalls(actor) or (town is not None and not may_edit_outfall(actor, outfall)):
        raise NotPermitted(_("只能登记本镇街或本部门监管的排污口。"))
    errors = _wrong(outfall)
    if not outfall.code:
        errors.append(FieldError("code", "required", _("请填写编码。")))
    elif Outfall.objects.filter(code=outfall.code).exists():
        errors.append(FieldError("code", "code-taken", _("编码“%s”已被使用，请换一个。") % outfall.code))
    if town is None:
        errors.append(FieldError("place", "outside-district", _("位置不在本区任何镇街内，请在地图上重新选取。")))
    _refuse(errors)
    outfall.kind = FIRST_LEVEL[outfall.subkind]
    outfall.save()
    found = {name: ["", events.text_of(getattr(outfall, name))] for name in ("name", "subkind", "state")}
    events.write(Verb.OUTFALL_ADDED, actor, found, outfall=outfall)
    audit.record(actor, "add-outfall", outfall)
    return outfall


@transaction.atomic
def change_outfall(
    outfall_id: int, actor: Asker, *, expected_version: int, values: Mapping[str, Any], note: str = ""
) -> WorkEvent | None:
    """Change the fields of an outfall; None when nothing differs. Raises NotPermitted, StaleEdit or BadInput."""
    outfall = _lock(outfall_id, actor, expected_version)
    found = events.differences(outfall, _known(values))
    if not found:
        return None
    for name in found:
        setattr(outfall, name, values[name])
    _refuse(_wrong(outfall))
    if not may_edit_outfall(actor, outfall):
        raise NotPermitted(_("只有人大工作人员可以把排污口交给别的部门监管。"))
    outfall.kind = FIRST_LEVEL[outfall.subkind]
    outfall.version += 1
    outfall.save()
    event = events.write(Verb.OUTFALL_CHANGED, actor, found, note, outfall=outfall)
    audit.record(actor, "change-outfall", outfall, fields=sorted(found))
    return event


@transaction.atomic
def link_points(outfall_id: int, actor: Asker, codes: Iterable[str], *, expected_version: int) -> int:
    """Link the points that an outfall harms; return how many links changed, one event each.

    Raises BadInput for an unknown point, one farther than 3 km, or one whose measure still stands for the outfall.
    """
    outfall = _lock(outfall_id, actor, expected_version)
    wanted = {point.code: point for point in _points(outfall, actor, list(codes))}
    had = {point.code: point for point in outfall.points.all()}
    added = [wanted[code] for code in sorted(wanted.keys() - had.keys())]
    removed = [had[code] for code in sorted(had.keys() - wanted.keys())]
    if Measure.objects.filter(outfall=outfall, point__in=removed, is_dropped=False).exists():
        message = _("点位的措施还对应这个排污口，不能取消关联。")
        raise BadInput(message, code="in-use", errors=[FieldError("points", "in-use", message)])
    outfall.points.set(wanted.values())
    for verb, points in ((Verb.OUTFALL_LINKED, added), (Verb.OUTFALL_UNLINKED, removed)):
        for point in points:
            events.write(verb, actor, {}, outfall=outfall, point=point)
    if added or removed:
        outfall.version += 1
        outfall.save(update_fields=["version", "updated_at"])
        audit.record(actor, "link-outfall", outfall, points=sorted(wanted))
    return len(added) + len(removed)


def _points(outfall: Outfall, actor: Asker, codes: list[str]) -> list[MonitoringPoint]:
    found = {point.code: point for point in points_visible_to(actor).filter(code__in=codes)}
    errors = []
    for code in codes:
        if code not in found:
            errors.append(FieldError("points", "unknown-point", _("没有编码为“%s”的点位。") % code))
        elif found[code].geom.distance(outfall.geom) > FARTHEST_DEGREES:
            message = _("点位“%s”离排污口超过 3 公里，请核对编码。") % found[code].name
            errors.append(FieldError("points", "too-far", message))
    _refuse(errors)
    return list(found.values())


def _lock(outfall_id: int, actor: Asker, expected_version: int) -> Outfall:
    outfall = Outfall.objects.select_for_update().filter(pk=outfall_id).first()
    if outfall is None:
        raise BadInput(_("没有编号为 %s 的排污口。") % outfall_id, code="unknown-outfall")
    if not may_edit_outfall(actor, outfall):
        raise NotPermitted(_("这个排污口由%s监管，您只能查看。") % outfall.department.name)
    if outfall.version != expected_version:
        raise StaleEdit(_("“%s”在您打开页面之后已被他人更新。请核对最新状态后重新提交。") % outfall.name)
    return outfall


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in FIELDS}


def _wrong(outfall: Outfall) -> list[FieldError]:
    errors = []
    if not outfall.name.strip():
        errors.append(FieldError("name", "required", _("请填写名称。")))
    if outfall.subkind not in FIRST_LEVEL:
        errors.append(FieldError("subkind", "unknown-kind", _("请按 HJ 1312-2023 选择类型。")))
    if outfall.state not in Outfall.State:
        errors.append(FieldError("state", "unknown-state", _("请选择处置状态。")))
    if outfall.state in (Outfall.State.CLOSED, Outfall.State.MERGED) and outfall.flows_when_dry:
        errors.append(
            FieldError("flows_when_dry", "still-flows", _("已取缔或合并的排污口晴天不应再有水流出，请核对。"))
        )
    return errors


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise BadInput(" ".join(error.message for error in errors), code="bad-outfall", errors=errors)
