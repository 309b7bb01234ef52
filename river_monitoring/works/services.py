"""Writes about causes and measures: each is one function, one transaction, one event."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit, refuse
from ledger import audit
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.services import lock_point
from river_monitoring.steps.table import TABLE
from river_monitoring.works import events
from river_monitoring.works.models import CauseKind, Measure, Outfall, PointCause, WorkEvent
from river_monitoring.works.permissions import may_move_deadline, may_work_on
from ui.field_checks import check_fields

Verb = WorkEvent.Verb
MEASURE_FIELDS = (
    "kind",
    "title",
    "contractor",
    "cost_wan",
    "spent_wan",
    "starts_on",
    "due_on",
    "share_done",
    "outfall",
)
PROGRESS_FIELDS = frozenset({"share_done", "spent_wan"})
# Measures belong to a listing that runs; what was accepted is not rewritten.
MEASURES_MOVE_IN = TABLE.in_group("works")


@transaction.atomic
def change_point(
    point_id: int, actor: Asker, *, expected_version: int, changes: Mapping[str, Any], note: str = ""
) -> WorkEvent | None:
    """Change who is responsible, the text on causes, or the deadline of a point; None when nothing differs.

    A new deadline is an accepting body's to give, needs a reason in `note` and lies in the future; the rest is the
    responsible department's. Raises NotPermitted, StaleEdit or BadInput.
    """
    point = lock_point(point_id, actor)
    asked = Asked(expected_version, changes, note)
    found = set_on_point(point, actor, asked, may_move=may_move_deadline(actor, point))
    if not found:
        return None
    point.save(update_fields=[*found, "version", "updated_at"])
    event = events.write(verb_of_point(found), actor, found, note, point=point)
    audit.record(actor, "change-point", point, **entry_of_point(found))
    return event


def entry_of_point(found: events.Changes) -> dict[str, Any]:
    """What the audit trail says of a change of a point: of a moved deadline both days."""
    return {"fields": sorted(found), "changed": {name: pair for name, pair in found.items() if name == "due_on"}}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks to be changed, seen at that version."""

    version: int
    changes: Mapping[str, Any]
    note: str = ""


def set_on_point(point: MonitoringPoint, actor: Asker, asked: Asked, *, may_move: bool) -> events.Changes:
    """Check what is asked and set it on the locked point, unsaved; return what differs. Raises Refusal.

    `may_move`: whether the actor may move this point's deadline.
    """
    if not may_move:
        require_own(point, actor)
    if point.version != asked.version:
        raise StaleEdit(_("“%s”在您打开页面之后已被他人更新。请核对最新状态后重新提交。") % point.name)
    found = events.differences(point, asked.changes)
    if not found:
        return found
    if set(found) != {"due_on"}:
        require_own(point, actor)
    if "due_on" in found:
        _refuse_bad_deadline(point, asked.changes["due_on"], asked.note, may_move=may_move)
    for name in found:
        setattr(point, name, asked.changes[name])
    _refuse_unfit(point, found)
    point.version += 1
    return found


def _refuse_unfit(row: MonitoringPoint | Measure, names: Iterable[str]) -> None:
    """Raise BadInput for values that their fields do not hold: many rows written at once would be cut in silence."""
    others = {field.name for field in row._meta.concrete_fields if field.is_relation or field.name not in names}
    check_fields(row, "bad-value", exclude=others, validate_unique=False, validate_constraints=False)


def verb_of_point(found: events.Changes) -> Verb:
    return Verb.DEADLINE if "due_on" in found else Verb.DETAILS


def _refuse_bad_deadline(point: MonitoringPoint, due_on: date | None, note: str, *, may_move: bool) -> None:
    if not may_move:
        raise NotPermitted(_("整治期限由验收单位调整；责任部门可以在“制定一点一策”时填写。"))
    if point.status not in MEASURES_MOVE_IN:
        raise refuse("due_on", "not-listed", _("“%s”不在整治中，没有可以调整的期限。") % point.name)
    if due_on is None:
        raise refuse("due_on", "required", _("请填写新的整治期限。"))
    if due_on <= timezone.localdate():
        raise refuse("due_on", "not-in-future", _("新的整治期限应晚于今天。"))
    if not note.strip():
        raise refuse("note", "reason-required", _("调整整治期限须写明原因，原因会公开。"))


@transaction.atomic
def set_causes(point_id: int, actor: Asker, kinds: Iterable[str], *, expected_version: int, note: str = "") -> bool:
    """Set the types of cause of a point; False when nothing changes."""
    point = _lock_own_point(point_id, actor)
    if point.version != expected_version:
        raise StaleEdit(_("“%s”在您打开页面之后已被他人更新。请核对最新状态后重新提交。") % point.name)
    wanted = list(dict.fromkeys(kinds))
    if unknown := [kind for kind in wanted if kind not in CauseKind]:
        raise refuse("kinds", "unknown-cause", _("没有“%s”这种成因。") % unknown[0])
    had = list(point.typed_causes.values_list("kind", flat=True))
    if set(had) == set(wanted):
        return False
    point.typed_causes.exclude(kind__in=wanted).delete()
    PointCause.objects.bulk_create(PointCause(point=point, kind=kind) for kind in wanted if kind not in had)
    point.version += 1
    point.save(update_fields=["version", "updated_at"])
    events.write(Verb.CAUSES, actor, {"kinds": [",".join(had), ",".join(wanted)]}, note, point=point)
    audit.record(actor, "set-causes", point, kinds=wanted)
    return True


@transaction.atomic
def add_measure(point_id: int, actor: Asker, values: Mapping[str, Any], note: str = "") -> Measure:
    """Add a measure to a point that is being rectified. Raises NotPermitted or BadInput."""
    point = _lock_own_point(point_id, actor)
    _refuse_outside_works(point)
    measure = Measure(point=point, **{name: value for name, value in values.items() if name in MEASURE_FIELDS})
    _refuse_bad_measure(measure, None, note)
    measure.save()
    found = {name: ["", events.text_of(values[name])] for name in MEASURE_FIELDS if events.text_of(values.get(name))}
    events.write(Verb.MEASURE_ADDED, actor, _keyed(found, values), note, point=point, measure=measure)
    audit.record(actor, "add-measure", point, measure=measure.pk)
    return measure


@transaction.atomic
def change_measure(
    measure_id: int, actor: Asker, *, expected_version: int, changes: Mapping[str, Any], note: str = ""
) -> WorkEvent | None:
    """Report progress of a measure or change what it is; None when nothing differs, as when the same is sent again.

    Raises NotPermitted, StaleEdit, or BadInput: a share outside 0-100, less done than before or more spent than
    planned without a word why, negative money, an end before the beginning.
    """
    measure = _lock_measure(measure_id, actor)
    if not events.differences(measure, changes):
        return None
    refuse_unfit_measure(measure, measure.point, expected_version)
    found = set_on_measure(measure, Asked(expected_version, changes, note))
    measure.save()
    event = events.write(verb_of_measure(found), actor, found, note, point=measure.point, measure=measure)
    audit.record(actor, "change-measure", measure.point, **entry_of_measure(found, measure))
    return event


def entry_of_measure(found: events.Changes, measure: Measure) -> dict[str, Any]:
    """What the audit trail says of a change of a measure."""
    return {"fields": sorted(found), "measure": measure.pk}


def set_on_measure(measure: Measure, asked: Asked) -> events.Changes:
    """Check what is asked and set it on the locked measure, unsaved; return what differs. Raises BadInput."""
    before = copy(measure)
    found = events.differences(measure, asked.changes)
    if not found:
        return found
    for name in found:
        setattr(measure, name, asked.changes[name])
    _refuse_bad_measure(measure, before, asked.note)
    _refuse_unfit(measure, found)
    measure.version += 1
    return _keyed(found, asked.changes, before)


def verb_of_measure(found: events.Changes) -> Verb:
    return Verb.MEASURE_PROGRESS if set(found) <= PROGRESS_FIELDS else Verb.MEASURE_CHANGED


@transaction.atomic
def drop_measure(measure_id: int, actor: Asker, *, expected_version: int, note: str) -> WorkEvent:
    """Give a measure up, with the reason; it stays in the history."""
    measure = _lock_measure(measure_id, actor)
    refuse_unfit_measure(measure, measure.point, expected_version)
    if not note.strip():
        raise refuse("note", "reason-required", _("取消措施须写明原因，原因会公开。"))
    measure.is_dropped = True
    measure.version += 1
    measure.save(update_fields=["is_dropped", "version", "updated_at"])
    event = events.write(Verb.MEASURE_DROPPED, actor, {}, note, point=measure.point, measure=measure)
    audit.record(actor, "drop-measure", measure.point, measure=measure.pk)
    return event


def _lock_own_point(point_id: int, actor: Asker) -> MonitoringPoint:
    """Return the point, locked, for somebody who may work on it. Raises BadInput or NotPermitted."""
    point = lock_point(point_id, actor)
    require_own(point, actor)
    return point


def require_own(point: MonitoringPoint, actor: Asker) -> None:
    """Raise NotPermitted for who may not work on the point."""
    if not may_work_on(actor, point):
        names = {"point": point.name, "department": point.department.name}
        raise NotPermitted(_("“%(point)s”由%(department)s负责，您只能查看。") % names)


def _lock_measure(measure_id: int, actor: Asker) -> Measure:
    """Return the measure with its point, both locked, for somebody who may work on it. Raises as the point's lock."""
    known = Measure.objects.filter(pk=measure_id).values_list("point", flat=True).first()
    if known is None:
        raise BadInput(_("没有编号为 %s 的治理措施。") % measure_id, code="unknown-measure")
    point = _lock_own_point(known, actor)
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    measure.point = point
    return measure


def refuse_unfit_measure(measure: Measure, point: MonitoringPoint, expected_version: int) -> None:
    """Raise StaleEdit or BadInput for a locked measure that was changed meanwhile, given up, or is not at work."""
    if measure.version != expected_version:
        raise StaleEdit(_("措施“%s”在您打开页面之后已被他人更新。请核对后重新提交。") % measure.title)
    if measure.is_dropped:
        raise BadInput(_("措施“%s”已取消，不能再更新。") % measure.title, code="dropped-measure")
    _refuse_outside_works(point)


def _refuse_outside_works(point: MonitoringPoint) -> None:
    if point.status not in MEASURES_MOVE_IN:
        names = {"point": point.name, "now": point.get_status_display()}
        raise BadInput(_("“%(point)s”现在是“%(now)s”，不能登记或变更措施。") % names, code="wrong-state")


def _refuse_bad_measure(measure: Measure, before: Measure | None, note: str) -> None:
    errors = [*_bad_values(measure, before), *_needs_a_word(measure, before, note)]
    if errors:
        raise BadInput(" ".join(error.message for error in errors), code="bad-measure", errors=errors)


def _bad_values(measure: Measure, before: Measure | None) -> list[FieldError]:
    found = []
    if not measure.title.strip():
        found.append(FieldError("title", "required", _("请写明措施内容。")))
    if measure.kind not in Measure.Kind:
        found.append(FieldError("kind", "unknown-kind", _("请选择措施类型。")))
    if not 0 <= measure.share_done <= 100:
        found.append(FieldError("share_done", "out-of-range", _("完成比例应在 0 到 100 之间。")))
    if measure.cost_wan is not None and measure.cost_wan < 0:
        found.append(FieldError("cost_wan", "negative", _("计划投资不能是负数。")))
    if measure.spent_wan < 0:
        found.append(FieldError("spent_wan", "negative", _("已完成投资不能是负数。")))
    if measure.starts_on and measure.due_on and measure.due_on < measure.starts_on:
        found.append(FieldError("due_on", "before-start", _("完工期限早于开工日期，请核对。")))
    is_new = before is None or before.outfall_id != measure.outfall_id
    if (
        measure.outfall_id
        and is_new
        and not Outfall.objects.filter(pk=measure.outfall_id, points=measure.point_id).exists()
    ):
        found.append(FieldError("outfall", "not-linked", _("这个排污口没有与本点位关联，请先关联。")))
    return found


def _needs_a_word(measure: Measure, before: Measure | None, note: str) -> list[FieldError]:
    if note.strip():
        return []
    if before and measure.share_done < before.share_done:
        return [FieldError("note", "reason-required", _("完成比例比上次低，请在说明里写明原因。"))]
    over = measure.cost_wan is not None and measure.spent_wan > measure.cost_wan >= 0
    was_over = before and before.cost_wan is not None and before.spent_wan > before.cost_wan
    if over and not was_over:
        return [FieldError("note", "reason-required", _("已完成投资超过计划投资，请在说明里写明原因。"))]
    return []


def _keyed(found: events.Changes, values: Mapping[str, Any], before: Measure | None = None) -> events.Changes:
    """An outfall is identified by its code, which outlives its name."""
    if "outfall" in found:
        old = before.outfall.code if before and before.outfall else ""
        found["outfall"] = [old, values["outfall"].code if values["outfall"] else ""]
    return found
