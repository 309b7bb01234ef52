"""Change what a point is judged by: target class, table of limits, responsible department. One event, with a reason.

Samples are rated and the kept months assessed anew, each by the target and the table of its time; judgments that were
made (a delisting, a relapse, an escalation) stand.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, Role, User
from accounts.notices import notify
from accounts.permissions import Asker, department_of
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from ledger.actors import account_of
from river_monitoring.assessment.services import refresh_months
from river_monitoring.network.models import River, WaterKind
from river_monitoring.points.models import MonitoringPoint, PointChange, WaterClass
from river_monitoring.points.past import forget_changes
from river_monitoring.points.permissions import may_change_point
from river_monitoring.points.services import lock_point
from river_monitoring.rectification.notifications import followers_of
from river_monitoring.samples.models import Sample
from river_monitoring.samples.rating import rate_sample
from river_monitoring.steps.table import STEP_NOTICE, State


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the point is to be judged by from now on."""

    target_class: int
    water: str
    department: Department


@transaction.atomic
def change_point(actor: Asker, point_id: int, wanted: Wanted, *, reason: str, version: int) -> PointChange:
    """Write the event, change the point, assess it anew, notify who is concerned.

    Raises NotPermitted, StaleEdit, BadInput (no reason, no difference, a pending acceptance).
    """
    point = lock_point(point_id, actor)
    if not may_change_point(actor, point):
        raise NotPermitted(_("“%s”的目标类别、标准表和责任部门只能由本区指定的单位或管理员变更。") % point.name)
    if point.version != version:
        raise StaleEdit(_("“%s”在您打开页面之后已被他人更新。请核对最新状态后重新提交。") % point.name)
    _check(point, wanted, reason)
    event = _write_event(actor, point, wanted, reason.strip())
    changed = _differences(point, wanted)
    _apply(point, wanted)
    audit.record(actor, "change-point", point, event=event.pk, changed=changed)
    _notify(event, actor)
    return event


@transaction.atomic
def follow_register(actor: Asker, river: River) -> list[PointChange]:
    """Let the points of a river or lake take the limits of its kind, after the register was corrected; all or none.

    Raises as `change_point` does, for the first point that cannot follow.
    """
    reason = _("水体登记的类型更正为%(kind)s") % {"kind": river.get_kind_display()}
    points = MonitoringPoint.objects.filter(river=river).exclude(water=river.kind).select_related("department")
    return [
        change_point(
            actor,
            point.pk,
            Wanted(point.target_class, river.kind, point.department),
            reason=reason,
            version=point.version,
        )
        for point in points.order_by("pk")
    ]


def _check(point: MonitoringPoint, wanted: Wanted, reason: str) -> None:
    errors = []
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("请写明理由，例如依据的文件。")))
    if wanted.target_class not in range(WaterClass.I, WaterClass.INFERIOR_V):
        errors.append(FieldError("target_class", "invalid", _("请选择目标类别。")))
    if wanted.water not in WaterKind:
        errors.append(FieldError("water", "invalid", _("请选择适用标准表：河流或湖库。")))
    if point.river and point.water != wanted.water != point.river.kind:
        message = _("“%(river)s”登记的类型是%(kind)s；登记有误的，请先更正水体的登记。")
        named = {"river": point.river.name, "kind": point.river.get_kind_display()}
        errors.append(FieldError("water", "not-as-registered", message % named))
    judged = (point.target_class, point.water)
    if (*judged, point.department_id) == (wanted.target_class, wanted.water, wanted.department.pk):
        errors.append(FieldError("", "unchanged", _("没有改动。")))
    elif judged != (wanted.target_class, wanted.water) and point.status == State.ACCEPTANCE_ASKED:
        message = _("已申请验收：验收有结果之前，目标类别和标准表不能变。")
        errors.append(FieldError("target_class", "acceptance-pending", message))
    if errors:
        raise BadInput(" ".join(error.message for error in errors), code=errors[0].code, errors=errors)


def _write_event(actor: Asker, point: MonitoringPoint, wanted: Wanted, reason: str) -> PointChange:
    return PointChange.objects.create(
        point=point,
        at=timezone.now(),
        actor=account_of(actor),
        office_id=department_of(actor),
        reason=reason,
        target_before=point.target_class,
        target_class=wanted.target_class,
        water_before=point.water,
        water=wanted.water,
        department_before_id=point.department_id,
        department=wanted.department,
    )


def _differences(point: MonitoringPoint, wanted: Wanted) -> dict[str, list[str]]:
    """From what to what, for the audit trail."""
    pairs = {
        "target_class": [str(point.target_class), str(wanted.target_class)],
        "water": [str(point.water), str(wanted.water)],
        "department": [point.department.name, wanted.department.name],
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _apply(point: MonitoringPoint, wanted: Wanted) -> None:
    """The trigger lets the row follow the event that was just written."""
    other_table = point.water != wanted.water
    point.target_class, point.water, point.department = wanted.target_class, wanted.water, wanted.department
    point.version += 1
    point.save(update_fields=["target_class", "water", "department", "version", "updated_at"])
    forget_changes(point)
    if other_table:
        _rate_anew(point)
    refresh_months([point])


def _rate_anew(point: MonitoringPoint) -> None:
    samples = list(point.samples.all())
    for sample in samples:
        sample.point = point
        rate_sample(sample)
    Sample.objects.bulk_update(samples, ["water_class", "limiting", "exceedance", "note"], batch_size=500)


def _notify(event: PointChange, actor: Asker) -> None:
    """Followers, and the officers of the department that answered and of the one that answers now."""
    point = event.point
    departments = {event.department_before_id, event.department_id}
    people = User.objects.filter(
        Q(pk__in=followers_of(point).values("pk")) | Q(role=Role.OFFICER, department__in=departments)
    )
    if account := account_of(actor):
        people = people.exclude(pk=account.pk)
    title = format_lazy(gettext_lazy("{point}：目标类别、标准表或责任部门有变更"), point=point.name)
    notify(people, STEP_NOTICE, title, event.reason, point.get_absolute_url(), key=f"point-change:{event.pk}")
