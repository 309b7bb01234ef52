"""Duty records of deputies: recorded automatically from receptions, activities and other rooms, and corrected by hand.

The kind of a record follows from its source. Rooms that may not import this one are read by
`geo_portal.joints.duty_sources`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger.actors import account_of
from stations.duty.models import DutyEvent, DutyKind, DutyRecord
from stations.duty.permissions import duties_visible_to, may_keep_duty, may_keep_duty_of
from stations.register.models import Deputy
from stations.register.permissions import deputy_of
from ui.field_checks import EARLIEST

Verb = DutyEvent.Verb
TITLE_LENGTH = 120
BY_HAND = "manual:"
"""How the source of a record begins that a person wrote."""


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """A duty to be recorded. `source` identifies the row it is made from, such as `reception:12`."""

    deputy_id: int
    kind: str
    on: date
    source: str
    title: str
    address: str = ""
    """Path of its page."""


def record_duty(deputy: Deputy, kind: str, on: date, *, source: str, title: str, address: str = "") -> bool:
    """Record one duty of `deputy`, once per source; return whether it was new."""
    return record_duties([DutyEntry(deputy.pk, kind, on, source, title, address)]) == 1


@transaction.atomic
def record_duties(entries: Iterable[DutyEntry], now: datetime | None = None) -> int:
    """Record what is not there yet, each once by deputy and source; return how many were new."""
    wanted = {(entry.deputy_id, entry.source): entry for entry in entries}
    records = DutyRecord.objects.filter(source__in={source for _deputy, source in wanted})
    known = set(records.values_list("deputy_id", "source"))
    fresh = [_new_record(entry) for key, entry in wanted.items() if key not in known]
    # Somebody else may record the same thing at the same moment; who comes second writes nothing.
    with transaction.atomic():
        DutyRecord.objects.bulk_create(fresh, ignore_conflicts=True)
    kept = records.filter(events=None, deputy__in={record.deputy_id for record in fresh})
    DutyEvent.objects.bulk_create(_new_event(record, Verb.RECORDED, None, now) for record in kept)
    return len(kept)


def _new_record(entry: DutyEntry) -> DutyRecord:
    return DutyRecord(
        deputy_id=entry.deputy_id,
        kind=entry.kind,
        on=entry.on,
        title=entry.title[:TITLE_LENGTH],
        address=entry.address,
        source=entry.source,
    )


@transaction.atomic
def withdraw_by_source(
    actor: Asker, source: str, deputies: Iterable[int], *, reason: str, now: datetime | None = None
) -> int:
    """Withdraw the records of these deputies made from `source`; return how many."""
    rows = DutyRecord.objects.select_for_update().filter(source=source, deputy__in=deputies, is_withdrawn=False)
    records = list(rows)
    for record in records:
        record.is_withdrawn = True
        _save_change(record, Verb.WITHDRAWN, actor, now, reason)
    return len(records)


@transaction.atomic
def restore_by_source(actor: Asker, source: str, deputies: Iterable[int], *, now: datetime | None = None) -> int:
    """Restore the records of these deputies that :func:`withdraw_by_source` withdrew; return how many."""
    rows = DutyRecord.objects.select_for_update().filter(source=source, deputy__in=deputies, is_withdrawn=True)
    records = list(rows)
    for record in records:
        record.is_withdrawn = False
        _save_change(record, Verb.RESTORED, actor, now)
    return len(records)


@transaction.atomic
def add(actor: Asker, deputy: Deputy, *, kind: str, on: date, title: str, now: datetime | None = None) -> DutyRecord:
    """Add a duty by hand that this site does not record. A deputy's own entry waits until staff confirm it, and that of
    staff who sit themselves until a colleague does. The same entry again is that entry sent again.
    """
    keeps = may_keep_duty_of(actor, deputy) and not _is_own(actor, deputy)
    if not keeps and deputy_of(actor) != deputy:
        raise NotPermitted(gettext("只能为自己补登履职记录。"))
    _check_entry(kind, on, title, now)
    Deputy.objects.select_for_update(of=("self",)).get(pk=deputy.pk)
    same = deputy.duties.filter(source__startswith=BY_HAND, kind=kind, on=on, title=title.strip(), is_withdrawn=False)
    if known := same.filter(is_confirmed=keeps).first():
        return known
    record = DutyRecord.objects.create(
        deputy=deputy, kind=kind, on=on, title=title.strip(), source=f"{BY_HAND}{uuid4()}", is_confirmed=keeps
    )
    _write_event(record, Verb.ADDED, actor, now)
    return record


@transaction.atomic
def correct(
    actor: Asker, pk: int, *, version: int, kind: str, on: date, title: str, reason: str, now: datetime | None = None
) -> DutyRecord:
    """Correct the kind, day or title of a record. A deputy's correction waits until staff confirm it."""
    record = _lock(actor, pk, version)
    _check_entry(kind, on, title, now)
    _check_reason(reason)
    record.kind, record.on, record.title = kind, on, title.strip()
    record.is_confirmed = may_keep_duty(actor) and not _is_own(actor, record.deputy)
    return _save_change(record, Verb.CORRECTED, actor, now, reason)


@transaction.atomic
def withdraw(actor: Asker, pk: int, *, version: int, reason: str, now: datetime | None = None) -> DutyRecord:
    """Withdraw a record, with a reason: it is kept but does not count."""
    record = _lock(actor, pk, version)
    _check_reason(reason)
    if record.is_withdrawn:
        raise NotPermitted(gettext("这条记录已经撤销。"), code="wrong-state")
    record.is_withdrawn = True
    return _save_change(record, Verb.WITHDRAWN, actor, now, reason)


@transaction.atomic
def restore(actor: Asker, pk: int, *, version: int, now: datetime | None = None) -> DutyRecord:
    """Restore a withdrawn record; the congress staff only."""
    record = _lock(actor, pk, version)
    _check_may_confirm(actor, record)
    if not record.is_withdrawn:
        raise NotPermitted(gettext("这条记录没有撤销过。"), code="wrong-state")
    record.is_withdrawn = False
    return _save_change(record, Verb.RESTORED, actor, now)


@transaction.atomic
def confirm(actor: Asker, pk: int, *, version: int, now: datetime | None = None) -> DutyRecord:
    """Confirm an entry or correction by a deputy, so that it counts; the congress staff only."""
    record = _lock(actor, pk, version)
    _check_may_confirm(actor, record)
    if record.is_confirmed:
        raise NotPermitted(gettext("这条记录已经确认。"), code="wrong-state")
    record.is_confirmed = True
    return _save_change(record, Verb.CONFIRMED, actor, now)


def _lock(actor: Asker, pk: int, version: int) -> DutyRecord:
    record = DutyRecord.objects.select_for_update().filter(pk=pk).first()
    if record is None or not duties_visible_to(actor).filter(pk=pk).exists():
        raise NotPermitted(gettext("没有这条履职记录，或者它不是您的。"))
    if record.version != version:
        raise StaleEdit(gettext("这条履职记录在您打开页面之后已被修改，请查看后再提交。"))
    return record


def _save_change(record: DutyRecord, verb: str, actor: Asker, now: datetime | None, reason: str = "") -> DutyRecord:
    record.version += 1
    record.save()
    _write_event(record, verb, actor, now, reason)
    return record


def _write_event(record: DutyRecord, verb: str, actor: Asker, now: datetime | None, reason: str = "") -> None:
    _new_event(record, verb, actor, now, reason).save()


def _new_event(record: DutyRecord, verb: str, actor: Asker, now: datetime | None, reason: str = "") -> DutyEvent:
    return DutyEvent(
        record=record,
        verb=verb,
        kind=record.kind,
        on=record.on,
        title=record.title,
        reason=reason.strip(),
        actor=account_of(actor),
        at=now or timezone.now(),
    )


def _check_may_confirm(actor: Asker, record: DutyRecord) -> None:
    if not may_keep_duty(actor):
        raise NotPermitted(gettext("履职记录由人大工作人员确认。"))
    if _is_own(actor, record.deputy):
        raise NotPermitted(gettext("自己的履职记录由另一位人大工作人员确认。"))


def _is_own(actor: Asker, deputy: Deputy) -> bool:
    account = account_of(actor)
    return account is not None and deputy.user_id == account.pk


def _check_entry(kind: str, on: date, title: str, now: datetime | None) -> None:
    errors = []
    if kind not in DutyKind.values:
        errors.append(FieldError("kind", "unknown", gettext("请选择类别。")))
    if on > timezone.localtime(now).date():
        errors.append(FieldError("on", "future", gettext("日期不能晚于今天。")))
    elif on.year < EARLIEST:
        errors.append(FieldError("on", "odd-year", gettext("请核对日期的年份。")))
    if not title.strip():
        errors.append(FieldError("title", "required", gettext("请写明做了什么。")))
    elif len(title.strip()) > TITLE_LENGTH:
        errors.append(FieldError("title", "too-long", gettext("事由不超过 %d 字。") % TITLE_LENGTH))
    if errors:
        raise BadInput(errors[0].message, errors=errors)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        message = gettext("请写明理由，它会留在记录里。")
        raise BadInput(message, errors=[FieldError("reason", "required", message)])
