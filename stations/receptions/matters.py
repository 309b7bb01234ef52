"""Writes of matters received at receptions: added, forwarded, settled, returned."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.notices import notify
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from stations.receptions.models import Matter, Reception, ReceptionEvent
from stations.receptions.signals import matter_forwarded
from stations.receptions.table import TABLE
from stations.receptions.workflow import record_event
from stations.register.permissions import deputy_of, may_run, station_staff

Verb = ReceptionEvent.Verb
TEXT_LENGTH = 1000


@transaction.atomic
def add_matter(actor: Asker, reception_id: int, *, level: str, text: str, now: datetime | None = None) -> Matter:
    """Add a matter once the reception has begun, by who runs the station or a deputy who receives there.

    The words of the newest matter again are that matter sent again.
    """
    now = now or timezone.now()
    reception = Reception.objects.select_for_update(of=("self",)).select_related("station").get(pk=reception_id)
    _check_may_write(actor, reception)
    if reception.status not in TABLE.in_group("takes_place") or reception.starts_at > now:
        raise NotPermitted(gettext("接待还没有开始，或已取消，不能登记事项。"), code="wrong-state")
    _check_text(level, text)
    last = reception.matters.order_by("number").last()
    if last is not None and (last.level, last.text) == (level, text.strip()):
        return last
    number = last.number + 1 if last is not None else 1
    matter = Matter.objects.create(reception=reception, number=number, level=level, text=text.strip())
    record_event(reception, Verb.MATTER, actor, now, number=matter.number, level=level)
    return matter


@transaction.atomic
def forward(actor: Asker, pk: int, *, version: int, reference: str = "", now: datetime | None = None) -> Matter:
    """Forward a matter. A room that accepts it returns its number; otherwise `reference` is that of a letter."""
    matter = _lock(actor, pk, version)
    if matter.settled_on or matter.reference:
        raise NotPermitted(gettext("这件事项已办结或已转交。"), code="wrong-state")
    answers = [
        answer for _receiver, answer in matter_forwarded.send(sender=Matter, matter=matter, actor=actor) if answer
    ]
    matter.reference = (answers[0] if answers else reference.strip())[:30]
    if not matter.reference:
        message = gettext("请填写转办编号或去向。作为代表建议转入办理的，由接待代表或人大工作人员转交。")
        raise BadInput(message, errors=[FieldError("reference", "required", message)])
    matter.version += 1
    matter.save()
    record_event(
        matter.reception, Verb.FORWARDED, actor, now or timezone.now(), number=matter.number, to=matter.reference
    )
    return matter


@transaction.atomic
def settle(
    actor: Asker, pk: int, *, version: int, answer: str, on: date | None = None, now: datetime | None = None
) -> Matter:
    """Settle a matter with an answer, on a day between the reception and today."""
    now = now or timezone.now()
    matter = _lock(actor, pk, version)
    on = on or timezone.localtime(now).date()
    if matter.settled_on:
        raise NotPermitted(gettext("这件事项已经办结。"), code="wrong-state")
    errors = []
    if not answer.strip():
        errors.append(FieldError("answer", "required", gettext("请写明办理结果。")))
    if not timezone.localtime(matter.reception.starts_at).date() <= on <= timezone.localtime(now).date():
        errors.append(FieldError("on", "impossible", gettext("办结日期应在接待之后、今天之前。")))
    if errors:
        raise BadInput(errors[0].message, errors=errors)
    return _settle(matter, answer.strip()[:TEXT_LENGTH], on, actor, now)


@transaction.atomic
def settle_by_reference(reference: str, answer: str, on: date, now: datetime | None = None) -> int:
    """Settle the open matters forwarded under `reference` with the answer of another room; return how many."""
    rows = Matter.objects.select_for_update(of=("self",)).select_related("reception")
    waiting = list(rows.filter(reference=reference, settled_on=None)) if reference else []
    for matter in waiting:
        _settle(matter, answer[:TEXT_LENGTH], on, None, now or timezone.now())
    return len(waiting)


@transaction.atomic
def return_by_reference(reference: str, reason: str, now: datetime | None = None) -> int:
    """Return the open matters forwarded under `reference` to their stations, and notify the staff; return how many."""
    rows = Matter.objects.select_for_update(of=("self",)).select_related("reception__station")
    refused = list(rows.filter(reference=reference, settled_on=None)) if reference else []
    for matter in refused:
        matter.reference = ""
        matter.version += 1
        matter.save()
        day = matter.reception
        record_event(day, Verb.RETURNED, None, now or timezone.now(), number=matter.number, reference=reference)
        title = format_lazy(_("{station}转办的接待事项没有受理，请另行处理"), station=day.station)
        key = returned_key(matter, matter.version)
        notify(station_staff(day.station), "station-matters", title, reason[:200], day.get_absolute_url(), key=key)
    return len(refused)


def returned_key(matter: Matter, version: int) -> str:
    """Return the key of the notices that a matter came back and is of this version since."""
    return f"matter:{matter.pk}:returned:{version}"


def _settle(matter: Matter, answer: str, on: date, actor: Asker, now: datetime) -> Matter:
    matter.answer, matter.settled_on = answer, on
    matter.version += 1
    matter.save()
    record_event(matter.reception, Verb.SETTLED, actor, now, number=matter.number, on=on.isoformat())
    return matter


def _lock(actor: Asker, pk: int, version: int) -> Matter:
    rows = Matter.objects.select_for_update(of=("self",)).select_related("reception__station")
    matter = rows.get(pk=pk)
    _check_may_write(actor, matter.reception)
    if matter.version != version:
        raise StaleEdit(gettext("这件事项在您打开页面之后已被修改，请查看后再提交。"))
    return matter


def _check_may_write(actor: Asker, reception: Reception) -> None:
    own = deputy_of(actor)
    receives = own is not None and reception.deputies.filter(pk=own.pk).exists()
    if not receives and not may_run(actor, reception.station):
        raise NotPermitted(gettext("接待事项由接待代表和联络站工作人员登记。"))


def _check_text(level: str, text: str) -> None:
    errors = []
    if level not in Matter.Level.values:
        errors.append(FieldError("level", "unknown", gettext("请选择类别。")))
    if not text.strip():
        errors.append(FieldError("text", "required", gettext("请写明事项内容。")))
    elif len(text.strip()) > TEXT_LENGTH:
        errors.append(FieldError("text", "too-long", gettext("内容不超过 %d 字。") % TEXT_LENGTH))
    if errors:
        raise BadInput(errors[0].message, errors=errors)
