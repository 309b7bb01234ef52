"""Leave (请假) from a reception day and who takes the place: what stands in the way, what is written, who is told."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from geokit.refusal import FieldError, NotPermitted, refuse
from ledger.actors import account_of
from ledger.steps.workflow import Step
from stations.receptions.models import Reception, ReceptionEvent, ReceptionLeave
from stations.receptions.refusals import not_permitted
from stations.receptions.table import Party, Verb
from stations.register.models import Deputy
from stations.register.permissions import deputy_of, in_office, station_staff
from ui.text.days import day_in_words

REASON_LENGTH = 200

type ReceptionStep = Step[Reception, None]


def open_leave(reception: Reception, pk: int) -> ReceptionLeave:
    """Return a leave of this day for which nobody comes yet. Raises BadInput."""
    found = reception.leaves.filter(pk=pk, substitute=None).select_related("deputy").first()
    if found is None:
        message = gettext("这次请假已经有人顶替，或不属于这次接待。")
        raise refuse("deputy", "no-open-leave", message)
    return found


def _check_leave(step: ReceptionStep) -> None:
    """A deputy who was announced takes leave for herself; the station writes down anybody's who was."""
    deputy = step.given.get("deputy")
    if deputy is None or (deputy != deputy_of(account_of(step.actor)) and Party.STAFF not in step.mine):
        raise not_permitted()
    if not step.thing.deputies.filter(pk=deputy.pk).exists():
        message = gettext("这位代表不在这次接待的安排里。")
        raise NotPermitted(message, code="not-announced", errors=[FieldError("deputy", "not-announced", message)])
    if step.thing.attendances.filter(deputy=deputy).exists():
        raise NotPermitted(gettext("这位代表已经签到，不能再请假。"), code="wrong-state")


def _check_substitute(step: ReceptionStep) -> None:
    """A deputy of the same station in office, who is not announced for the day already."""
    deputy, station = step.given.get("deputy"), step.thing.station_id
    if deputy is None or not Deputy.objects.filter(in_office(), pk=deputy.pk, station=station).exists():
        raise NotPermitted(gettext("只能由本站在任的代表顶替。"))
    if step.thing.deputies.filter(pk=deputy.pk).exists():
        message = gettext("这位代表已在这次接待的安排里。")
        raise refuse("deputy", "announced", message)


OBSTACLES = {Verb.LEAVE: _check_leave, Verb.SUBSTITUTE: _check_substitute}


def take_leave(step: ReceptionStep) -> Mapping[str, Any]:
    """The reason is in the row alone: events hold no personal data."""
    deputy, reason = step.given["deputy"], step.given["reason"].strip()[:REASON_LENGTH]
    step.thing.deputies.remove(deputy)
    leave = ReceptionLeave.objects.create(reception=step.thing, deputy=deputy, reason=reason, at=step.at)
    return {"deputy": deputy.pk, "leave": leave.pk}


def substitute(step: ReceptionStep) -> Mapping[str, Any]:
    leave, deputy = open_leave(step.thing, step.given["leave"]), step.given["deputy"]
    leave.substitute, leave.substituted_at = deputy, step.at
    leave.save(update_fields=["substitute", "substituted_at"])
    step.thing.deputies.add(deputy)
    return {"deputy": leave.deputy_id, "substitute": deputy.pk, "leave": leave.pk}


def tell(step: ReceptionStep, event: ReceptionEvent) -> None:
    """Tell the station and, of a leave, its deputies; of a substitution, both."""
    day, leave = step.thing, ReceptionLeave.objects.select_related("deputy", "substitute").get(pk=event.detail["leave"])
    names = {"name": leave.deputy.name, "other": leave.substitute.name if leave.substitute else ""}
    title = TITLES[_kind(leave)]
    concerned = User.objects.filter(deputy__in=[leave.deputy_id, leave.substitute_id or leave.deputy_id])
    free = _others(day, leave) if leave.substitute is None else ()
    starts = day_in_words(timezone.localtime(day.starts_at), "DATETIME_FORMAT")
    body = format_lazy(_("{station}，{starts}。"), station=day.station.name, starts=starts)
    key = f"reception:{day.pk}:{_kind(leave)}:{leave.pk}"
    for told, to_groups in ((station_staff(day.station), True), ({*concerned, *free}, False)):
        others = [user for user in told if user != account_of(step.actor)]
        words, page = format_lazy(title, **names), day.get_absolute_url()
        notify(others, "station-reception", words, body, page, key=key, to_groups=to_groups)


TITLES = {
    "leave": _("{name}代表请假，请安排或顶替"),
    "substitute": _("{other}代表顶替{name}代表接待选民"),
    "back": _("{name}代表能来接待，不用顶替"),
}


def _kind(leave: ReceptionLeave) -> str:
    if leave.substitute_id is None:
        return "leave"
    return "back" if leave.substitute_id == leave.deputy_id else "substitute"


def _others(day: Reception, leave: ReceptionLeave) -> Iterable[User]:
    """The deputies of the station who could come: those who are announced already need not be asked."""
    free = Deputy.objects.filter(in_office(), station=day.station_id).exclude(pk=leave.deputy_id)
    return User.objects.filter(deputy__in=free.exclude(receptions=day))
