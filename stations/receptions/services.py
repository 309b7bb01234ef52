"""Writes of reception days: announce, change, cancel, sign in, record, correct. Each one is one event."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.notices import notify
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from stations.duty.models import DutyKind
from stations.duty.services import record_duty, restore_by_source, withdraw_by_source
from stations.receptions.models import Attendance, Reception, ReceptionEvent
from stations.receptions.queries import seats_taken
from stations.register.models import Deputy, Station
from stations.register.permissions import deputy_of, may_run

Status, Verb = Reception.Status, ReceptionEvent.Verb
SIGN_IN_BEFORE = timedelta(hours=1)
SIGN_IN_AFTER = timedelta(days=1)
MAX_DURATION = timedelta(hours=10)


@dataclass(frozen=True)
class ReceptionPlan:
    """What is announced of a reception day."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    deputies: Sequence[Deputy]
    theme: str = ""
    place: str = ""
    online_url: str = ""
    capacity: int = 0
    departments: Sequence[Department] = field(default=())


@transaction.atomic
def announce(actor: Asker, station: Station, plan: ReceptionPlan, now: datetime | None = None) -> Reception:
    """Announce a reception day, some days ahead (`settings.STATIONS`), and notify its deputies.

    Raises NotPermitted, BadInput (each field in `errors`).
    """
    now = now or timezone.now()
    _check_may_run(actor, station)
    check_plan(station, plan, now)
    reception = Reception.objects.create(station=station, **_columns(plan))
    reception.deputies.set(plan.deputies)
    reception.departments.set(plan.departments)
    record_event(reception, Verb.ANNOUNCED, actor, now, deputies=[deputy.pk for deputy in plan.deputies])
    _notify_deputies(reception, "announced", _("您有一次接待选民的安排"))
    return reception


@transaction.atomic
def change(actor: Asker, pk: int, plan: ReceptionPlan, *, version: int, now: datetime | None = None) -> Reception:
    """Change an announced day that has not begun. Raises as :func:`announce`, and StaleEdit."""
    now = now or timezone.now()
    reception = lock_reception(actor, pk, version)
    if reception.status != Status.ANNOUNCED or reception.starts_at <= now:
        raise NotPermitted(gettext("接待已开始、已登记或已取消，不能再更改安排。"), code="wrong-state")
    moved = plan.starts_at != reception.starts_at
    check_plan(reception.station, plan, now, moved=moved)
    taken = seats_taken(reception)
    if plan.capacity < taken:
        message = gettext("已有 %d 人预约，可预约人数不能更少。") % taken
        raise BadInput(message, errors=[FieldError("capacity", "below-booked", message)])
    for name, value in _columns(plan).items():
        setattr(reception, name, value)
    _save_version(reception)
    reception.deputies.set(plan.deputies)
    reception.departments.set(plan.departments)
    record_event(reception, Verb.CHANGED, actor, now, starts_at=plan.starts_at.isoformat(), moved=moved)
    _notify_deputies(reception, f"changed:{reception.version}", _("接待选民的安排有变动"))
    return reception


@transaction.atomic
def cancel(actor: Asker, pk: int, *, version: int, reason: str, now: datetime | None = None) -> Reception:
    """Cancel a day, with a reason, which those who booked read on their private page."""
    reception = lock_reception(actor, pk, version)
    if reception.status != Status.ANNOUNCED:
        raise NotPermitted(gettext("只有已公布、还没有登记的接待可以取消。"), code="wrong-state")
    if reception.attendances.exists():
        raise NotPermitted(gettext("已有代表签到，这次接待已经举行，请登记接待情况。"), code="wrong-state")
    if not reason.strip():
        message = gettext("请写明取消的原因，预约的选民会看到。")
        raise BadInput(message, errors=[FieldError("reason", "required", message)])
    reception.status, reception.cancel_reason = Status.CANCELLED, reason.strip()[:120]
    _save_version(reception)
    record_event(reception, Verb.CANCELLED, actor, now or timezone.now(), reason=reception.cancel_reason)
    _notify_deputies(reception, "cancelled", _("接待选民的安排已取消"))
    return reception


@transaction.atomic
def sign_in(actor: Asker, pk: int, deputy: Deputy | None = None, now: datetime | None = None) -> Attendance:
    """Sign a deputy in: herself (`deputy` None) around the time of the reception, or anybody by who runs the station.

    A second time changes nothing. A deputy who was not announced may come too. Raises NotPermitted.
    """
    now = now or timezone.now()
    reception = Reception.objects.select_for_update(of=("self",)).select_related("station").get(pk=pk)
    own = deputy_of(actor)
    by_self = deputy is None or deputy == own
    deputy = deputy or own
    if deputy is None:
        raise NotPermitted(gettext("只有代表本人可以签到。"))
    if not by_self:
        _check_may_run(actor, reception.station)
    _check_sign_in_time(reception, now, by_self=by_self)
    how = Attendance.How.SELF if by_self else Attendance.How.STAFF
    attendance, new = Attendance.objects.get_or_create(
        reception=reception, deputy=deputy, defaults={"how": how, "at": now}
    )
    if new:
        record_event(reception, Verb.SIGNED_IN, actor, now, deputy=deputy.pk, how=how)
        _record_duty(reception, deputy)
    return attendance


@transaction.atomic
def record(
    actor: Asker, pk: int, *, version: int, visitors: int, present: Collection[Deputy], summary: str = "",
    now: datetime | None = None,
) -> Reception:  # fmt: skip
    """Record who attended and how many visitors came, once the day has begun. A second time it is a correction.

    Raises NotPermitted, StaleEdit, BadInput: at least one deputy must have attended.
    """
    now = now or timezone.now()
    reception = lock_reception(actor, pk, version)
    if reception.status == Status.CANCELLED or reception.starts_at > now:
        raise NotPermitted(gettext("接待还没有开始，或已取消，不能登记。"), code="wrong-state")
    people = list(present)
    if not people:
        message = gettext("请勾选到场的代表；没有代表到场的，请取消这次接待。")
        raise BadInput(message, errors=[FieldError("present", "required", message)])
    verb = Verb.CORRECTED if reception.held else Verb.RECORDED
    there = _attending(reception)
    before = {"visitors": reception.visitors, "deputies": sorted(there)}
    gone = _set_attendances(reception, people, now)
    reception.status, reception.visitors, reception.summary = Status.RECORDED, visitors, summary.strip()
    _save_version(reception)
    after = {"visitors": visitors, "deputies": sorted(deputy.pk for deputy in people)}
    record_event(reception, verb, actor, now, **after, **({"before": before} if verb == Verb.CORRECTED else {}))
    _update_duty(reception, people, before=there, gone=gone, actor=actor, now=now)
    return reception


def check_plan(station: Station, plan: ReceptionPlan, now: datetime, *, moved: bool = True, past: bool = False) -> None:
    """Validate a plan. Raises BadInput with the errors of all fields.

    With `past`, deputies who have left office since are allowed.
    """
    errors = [
        *_time_errors(plan, now, moved=moved),
        *_people_errors(plan, past=past),
        *_place_errors(plan),
    ]
    if errors:
        raise BadInput(errors[0].message, errors=errors)


def record_event(reception: Reception, verb: str, actor: Asker, at: datetime, **detail: Any) -> ReceptionEvent:
    """Write the event of a step; the actor of a public step is None."""
    person = actor if getattr(actor, "is_authenticated", False) else None
    return ReceptionEvent.objects.create(reception=reception, verb=verb, at=at, actor=person, detail=detail)


def lock_reception(actor: Asker, pk: int, version: int) -> Reception:
    """Return a locked reception for an actor who runs its station. Raises NotPermitted, StaleEdit."""
    reception = Reception.objects.select_for_update(of=("self",)).select_related("station").get(pk=pk)
    _check_may_run(actor, reception.station)
    if reception.version != version:
        raise StaleEdit(gettext("这次接待在您打开页面之后已被修改，请查看后再提交。"))
    return reception


def _check_may_run(actor: Asker, station: Station) -> None:
    if not may_run(actor, station):
        raise NotPermitted(gettext("接待由联络站所在镇街的工作人员、本站代表和人大工作人员办理。"))


def _columns(plan: ReceptionPlan) -> dict[str, Any]:
    names = ("kind", "starts_at", "ends_at", "theme", "place", "online_url", "capacity")
    return {name: getattr(plan, name) for name in names}


def _save_version(reception: Reception) -> None:
    reception.version += 1
    reception.save()


def _time_errors(plan: ReceptionPlan, now: datetime, *, moved: bool) -> list[FieldError]:
    errors = []
    if plan.ends_at <= plan.starts_at:
        errors.append(FieldError("ends_at", "before-start", gettext("结束要晚于开始。")))
    elif plan.ends_at - plan.starts_at > MAX_DURATION:
        errors.append(FieldError("ends_at", "too-long", gettext("一次接待不超过 10 小时。")))
    notice = settings.STATIONS["notice_days"]
    earliest = timezone.localtime(now).date() + timedelta(days=notice)
    if moved and timezone.localtime(plan.starts_at).date() < earliest:
        words = gettext("接待至少提前 %(days)d 天公布，最早可定在 %(day)s。")
        errors.append(FieldError("starts_at", "short-notice", words % {"days": notice, "day": date_format(earliest)}))
    return errors


def _people_errors(plan: ReceptionPlan, *, past: bool) -> list[FieldError]:
    if not plan.deputies:
        return [FieldError("deputies", "required", gettext("请至少安排一位接待代表。"))]
    if not past and any(not deputy.is_active for deputy in plan.deputies):
        return [FieldError("deputies", "not-in-office", gettext("有的代表已不在任。"))]
    return []


def _place_errors(plan: ReceptionPlan) -> list[FieldError]:
    errors = []
    if plan.kind == Reception.Kind.THEMED and not plan.theme.strip():
        errors.append(FieldError("theme", "required", gettext("主题接待要写明主题。")))
    if plan.kind == Reception.Kind.ONLINE and not plan.online_url:
        errors.append(FieldError("online_url", "required", gettext("网上接待要写明网址。")))
    if plan.online_url and not plan.online_url.startswith("https://"):
        errors.append(FieldError("online_url", "not-https", gettext("网址要以 https:// 开头。")))
    return errors


def _check_sign_in_time(reception: Reception, now: datetime, *, by_self: bool) -> None:
    if reception.status == Status.CANCELLED:
        raise NotPermitted(gettext("这次接待已取消。"), code="wrong-state")
    if now < reception.starts_at - SIGN_IN_BEFORE:
        raise NotPermitted(gettext("接待开始前一小时起可以签到。"), code="not-now")
    if by_self and now > reception.ends_at + SIGN_IN_AFTER:
        raise NotPermitted(gettext("已过签到时间，请联系联络站工作人员登记。"), code="not-now")


def _attending(reception: Reception) -> set[int]:
    return set(reception.attendances.values_list("deputy_id", flat=True))


def _set_attendances(reception: Reception, people: Sequence[Deputy], now: datetime) -> set[int]:
    """Replace the attendance list; who signed in herself keeps her own time.

    Returns the deputies who were removed.
    """
    gone = _attending(reception) - {deputy.pk for deputy in people}
    reception.attendances.filter(deputy__in=gone).delete()
    there = _attending(reception)
    Attendance.objects.bulk_create(
        Attendance(reception=reception, deputy=deputy, how=Attendance.How.STAFF, at=now)
        for deputy in people
        if deputy.pk not in there
    )
    return gone


def _update_duty(
    reception: Reception, people: Sequence[Deputy], *, before: set[int], gone: set[int], actor: Asker, now: datetime
) -> None:
    """Correct the duty records with the attendance; what a deputy withdrew herself stays withdrawn."""
    source = f"reception:{reception.pk}"
    withdraw_by_source(actor, source, gone, reason=gettext("接待登记更正：当天没有到场"), now=now)
    restore_by_source(actor, source, {deputy.pk for deputy in people} - before, now=now)
    for deputy in people:
        _record_duty(reception, deputy)


def _record_duty(reception: Reception, deputy: Deputy) -> None:
    with translation.override(settings.LANGUAGE_CODE):  # a record is kept in the site's own language
        title = reception.theme or f"{reception.station.name}{reception.get_kind_display()}"
    record_duty(
        deputy,
        DutyKind.RECEPTION,
        timezone.localtime(reception.starts_at).date(),
        source=f"reception:{reception.pk}",
        title=title,
        address=reverse("stations:reception", args=[reception.pk]),
    )


def _notify_deputies(reception: Reception, step: str, title: Any) -> None:
    users = [deputy.user for deputy in reception.deputies.select_related("user") if deputy.user]
    starts = date_format(timezone.localtime(reception.starts_at), "DATETIME_FORMAT")
    body = format_lazy(_("{station}，{starts}。"), station=reception.station.name, starts=starts)
    url = reverse("stations:reception", args=[reception.pk])
    notify(users, "station-reception", title, body, url, key=f"reception:{reception.pk}:{step}")
