"""Writes about outfalls: register one, change it, link the points that it harms."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.areas.outlines import town_finder
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal, StaleEdit, only_answer
from ledger import audit
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.works import events
from river_monitoring.works.models import Measure, Outfall, WorkEvent
from river_monitoring.works.outfall_kinds import FIRST_LEVEL
from river_monitoring.works.permissions import may_add_outfalls, may_edit_outfall
from ui.field_checks import fault_of_code

Verb = WorkEvent.Verb
FIELDS = ("name", "subkind", "state", "department", "river", "operator", "requirement", "flows_when_dry")
FARTHEST_DEGREES = 0.03
"""About 3 km: an outfall farther from a point than this is not what spoils it."""


@dataclass(frozen=True, slots=True)
class NewOutfall:
    """An outfall at `place` (EPSG:4326), with the codes of the points that it harms; None where nobody says them."""

    code: str
    place: Point
    values: Mapping[str, Any]
    points: Sequence[str] | None = None


def add_outfall(actor: Asker, new: NewOutfall) -> Outfall:
    """Register an outfall. Raises NotPermitted, or BadInput naming each wrong field."""
    try:
        return only_answer(add_outfalls(actor, [new]))
    except IntegrityError as error:  # registered twice at once, neither saw the other's code
        fault = _code_taken(new.code.strip())
        if not Outfall.objects.filter(code=new.code.strip()).exists():
            raise
        raise BadInput(fault.message, code="bad-outfall", errors=[fault]) from error


@transaction.atomic
def add_outfalls(actor: Asker, given: Sequence[NewOutfall]) -> list[Outfall | Refusal]:
    """Register outfalls with the points that they harm; for each what became of it.

    In a number of queries that does not grow with them.
    """
    taken = set(Outfall.objects.filter(code__in={one.code.strip() for one in given}).values_list("code", flat=True))
    town_of_place, known = town_finder(len(given)), _points_named(actor, given)
    answers: list[Outfall | Refusal] = []
    added: list[tuple[Outfall, list[MonitoringPoint]]] = []
    for one in given:
        try:
            outfall = _new(actor, one, town_of_place(one.place), taken)
            harmed = _harmed(outfall, one.points or (), known)
        except Refusal as refusal:
            answers.append(refusal)
            continue
        taken.add(outfall.code)
        answers.append(outfall)
        added.append((outfall, harmed))
    _store(actor, added)
    return answers


def _new(actor: Asker, one: NewOutfall, town: Area | None, taken: Collection[str]) -> Outfall:
    """The outfall as somebody entered it, not stored yet. Raises NotPermitted, BadInput."""
    outfall = Outfall(code=one.code.strip(), geom=one.place, **_known(one.values))
    if town is not None:
        outfall.area = town
    if not may_add_outfalls(actor) or (town is not None and not may_edit_outfall(actor, outfall)):
        raise NotPermitted(_("只能登记本镇街或本部门监管的排污口。"))
    errors = _wrong(outfall)
    if not outfall.code:
        errors.append(FieldError("code", "required", _("请填写编码。")))
    elif message := fault_of_code(outfall.code, pages=("new",)):
        errors.append(FieldError("code", "invalid", message))
    elif outfall.code in taken:
        errors.append(_code_taken(outfall.code))
    if town is None:
        errors.append(FieldError("place", "outside-district", _("位置不在本区任何镇街内，请在地图上重新选取。")))
    _refuse(errors)
    outfall.kind = FIRST_LEVEL[outfall.subkind]
    return outfall


def _code_taken(code: str) -> FieldError:
    return FieldError("code", "code-taken", _("编码“%s”已被使用，请换一个。") % code)


def _store(actor: Asker, added: Sequence[tuple[Outfall, list[MonitoringPoint]]]) -> None:
    """Write outfalls with their links; linking is a change of its own, of which each link is an event."""
    linked = [(outfall, harmed) for outfall, harmed in added if harmed]
    for outfall, _harmed_points in linked:
        outfall.version += 1
    Outfall.objects.bulk_create([outfall for outfall, _harmed_points in added])
    link = Outfall.points.through
    link._default_manager.bulk_create(
        link(outfall_id=outfall.pk, monitoringpoint_id=point.pk) for outfall, harmed in linked for point in harmed
    )
    events.write_many(actor, [said for outfall, harmed in added for said in _entry(outfall, harmed)])
    audit.record_many(actor, "add-outfall", ((outfall, {}) for outfall, _harmed_points in added))
    said = ((outfall, {"points": sorted(point.code for point in harmed)}) for outfall, harmed in linked)
    audit.record_many(actor, "link-outfall", said)


def _entry(outfall: Outfall, harmed: Iterable[MonitoringPoint]) -> Iterator[events.Said]:
    found = {name: ["", events.text_of(getattr(outfall, name))] for name in ("name", "subkind", "state")}
    yield events.Said(Verb.OUTFALL_ADDED, found, {"outfall": outfall})
    for point in sorted(harmed, key=lambda one: one.code):
        yield events.Said(Verb.OUTFALL_LINKED, {}, {"outfall": outfall, "point": point})


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

    Points that `actor` is not shown, of other districts, stay linked as they are. Raises BadInput for an unknown point,
    one farther than 3 km, or one whose measure still stands for the outfall.
    """
    outfall = _lock(outfall_id, actor, expected_version)
    codes, shown = list(codes), points_visible_to(actor)
    known = {point.code: point for point in shown.filter(code__in=codes)}
    wanted = {point.code: point for point in _harmed(outfall, codes, known)}
    had = {point.code: point for point in shown.filter(outfalls=outfall)}
    added = [wanted[code] for code in sorted(wanted.keys() - had.keys())]
    removed = [had[code] for code in sorted(had.keys() - wanted.keys())]
    if Measure.objects.filter(outfall=outfall, point__in=removed, is_dropped=False).exists():
        message = _("点位的措施还对应这个排污口，不能取消关联。")
        raise BadInput(message, code="in-use", errors=[FieldError("points", "in-use", message)])
    outfall.points.add(*added)
    outfall.points.remove(*removed)
    verbs = ((Verb.OUTFALL_LINKED, added), (Verb.OUTFALL_UNLINKED, removed))
    about = [(verb, {"outfall": outfall, "point": point}) for verb, points in verbs for point in points]
    events.write_many(actor, [events.Said(verb, {}, what) for verb, what in about])
    if added or removed:
        outfall.version += 1
        outfall.save(update_fields=["version", "updated_at"])
        audit.record(actor, "link-outfall", outfall, points=sorted(wanted))
    return len(added) + len(removed)


def _points_named(actor: Asker, given: Iterable[NewOutfall]) -> dict[str, MonitoringPoint]:
    """The points that new outfalls name, by code."""
    codes = {code for one in given for code in one.points or ()}
    return {point.code: point for point in points_visible_to(actor).filter(code__in=codes)} if codes else {}


def _harmed(outfall: Outfall, codes: Iterable[str], found: Mapping[str, MonitoringPoint]) -> list[MonitoringPoint]:
    """The points of these codes, each once. Raises BadInput for one that is unknown or too far."""
    errors, codes = [], list(dict.fromkeys(codes))
    for code in codes:
        if code not in found:
            errors.append(FieldError("points", "unknown-point", _("没有编码为“%s”的点位。") % code))
        elif found[code].geom.distance(outfall.geom) > FARTHEST_DEGREES:
            message = _("点位“%s”离排污口超过 3 公里，请核对编码。") % found[code].name
            errors.append(FieldError("points", "too-far", message))
    _refuse(errors)
    return [found[code] for code in codes]


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
