"""How the table of steps applies to a reception day: who is who, what stands in the way, what is written."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal, StaleEdit, refuse
from ledger.actors import Actor, account_of
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from stations.receptions import leaves
from stations.receptions.attendance import attending, record_attendance_duty, set_attendances, update_duty
from stations.receptions.models import Attendance, Reception, ReceptionEvent
from stations.receptions.plans import ReceptionPlan, check_free, check_plan
from stations.receptions.queries import seats_taken
from stations.receptions.refusals import not_permitted
from stations.receptions.table import TABLE, Party, Verb
from stations.register.models import Deputy, Station
from stations.register.permissions import deputy_of, in_office, may_run
from ui.text.days import day_in_words

SIGN_IN_BEFORE = timedelta(hours=1)
SIGN_IN_AFTER = timedelta(days=1)
WRONG_MOMENT = {
    Verb.CHANGE: _("接待已开始、已登记或已取消，不能再更改安排。"),
    Verb.CANCEL: _("只有已公布、还没有登记的接待可以取消。"),
    Verb.SIGN_IN: _("这次接待已取消。"),
    Verb.RECORD: _("接待还没有开始，或已取消，不能登记。"),
    Verb.LEAVE: _("接待已开始、已登记或已取消，不能再请假。"),
    Verb.SUBSTITUTE: _("接待已开始、已登记或已取消，不能再顶替。"),
}
NOT_ON_RECORD = _("这次接待已登记，您不在到场代表里；请联系联络站工作人员更正。")
TITLES = {
    "announced": _("您有一次接待选民的安排"),
    "changed": _("接待选民的安排有变动"),
    "cancelled": _("接待选民的安排已取消"),
}

type ReceptionStep = Step[Reception, None]


class ReceptionWorkflow(Workflow[Reception, ReceptionEvent, None]):
    """Who runs the station changes, cancels and records; deputies sign in."""

    table, model, state_field, related = TABLE, Reception, "status", ("station",)

    def facts(self, thing: Reception) -> None:
        return None

    def parties(self, actor: Actor, thing: Reception, facts: None) -> Collection[str]:
        account = account_of(actor)
        runs, own = may_run(account, thing.station), deputy_of(account)
        return {party for party, holds in ((Party.STAFF, runs), (Party.DEPUTY, own)) if holds}

    def obstacle(self, step: ReceptionStep) -> str:
        if step.verb == Verb.SIGN_IN:
            return _sign_in_obstacle(step)
        if step.verb in leaves.OBSTACLES and step.given:
            leaves.OBSTACLES[Verb(step.verb)](step)
        begun = step.thing.starts_at <= step.at
        if begun != (step.verb == Verb.RECORD) and step.verb != Verb.CANCEL:
            raise self.wrong_moment(step)
        if step.verb == Verb.RECORD and step.given:
            _check_own_presence(step)
        if step.verb in (Verb.CHANGE, Verb.CANCEL) and step.thing.attendances.exists():
            raise NotPermitted(gettext("已有代表签到，这次接待已经举行，请登记接待情况。"), code="wrong-state")
        return ""

    def change(self, step: ReceptionStep) -> Mapping[str, Any]:
        return CHANGES[Verb(step.verb)](step)

    def write_event(self, step: ReceptionStep, fields: Mapping[str, Any]) -> ReceptionEvent:
        if step.verb == Verb.SIGN_IN and not fields:  # signed in already: nothing to record
            return step.thing.events.latest("pk")
        return record_event(step.thing, step.line.event, step.actor, step.at, **fields)

    def tell(self, step: ReceptionStep, event: ReceptionEvent) -> None:
        if step.verb in leaves.OBSTACLES:
            leaves.tell(step, event)
        elif not step.given.get("is_quiet"):
            notify_deputies(step.thing, step.line.notice, event.detail.get("removed", ()))

    def audit_entry(self, step: ReceptionStep, event: ReceptionEvent) -> None:
        return None

    def stranger(self, attempt: Attempt[Reception, None], lines: Sequence[Line]) -> Refusal:
        if attempt.verb == Verb.SIGN_IN and attempt.given.get("deputy") is None:
            return NotPermitted(gettext("只有代表本人可以签到。"))
        return not_permitted()

    def stale(self, attempt: Attempt[Reception, None]) -> Refusal:
        return StaleEdit(gettext("这次接待在您打开页面之后已被修改，请查看后再提交。"))

    def wrong_moment(self, attempt: Attempt[Reception, None]) -> Refusal:
        return NotPermitted(str(WRONG_MOMENT[Verb(attempt.verb)]), code="wrong-state")

    def lacking(self, errors: Sequence[FieldError]) -> Refusal:
        return BadInput(errors[0].message, errors=errors)


def _sign_in_obstacle(step: ReceptionStep) -> str:
    """Return why a deputy cannot sign in now; one who does not run the station signs in only herself."""
    by_self = _signs_in_herself(step)
    if not by_self and Party.STAFF not in step.mine:
        raise not_permitted()
    if step.at < step.thing.starts_at - SIGN_IN_BEFORE:
        return gettext("接待开始前一小时起可以签到。")
    if by_self and step.at > step.thing.ends_at + SIGN_IN_AFTER:
        return gettext("已过签到时间，请联系联络站工作人员登记。")
    if by_self and step.thing.held and step.given["deputy"].pk not in attending(step.thing):
        return str(NOT_ON_RECORD)
    return ""


def _check_own_presence(step: ReceptionStep) -> None:
    """Once it is recorded who was there, no deputy puts herself on the list by a correction either."""
    own = deputy_of(account_of(step.actor)) if step.thing.held else None
    if own is not None and own in step.given["present"] and own.pk not in attending(step.thing):
        raise refuse("present", "own", str(NOT_ON_RECORD))


def _signs_in_herself(step: ReceptionStep) -> bool:
    return step.given["deputy"] == deputy_of(account_of(step.actor))


def _change(step: ReceptionStep) -> Mapping[str, Any]:
    reception, plan = step.thing, step.given["plan"]
    moved = plan.starts_at != reception.starts_at
    check_plan(plan, step.at, moved=moved)
    if moved:
        check_free(reception.station_id, plan.starts_at, step.given.get("moving", (reception.pk,)))
    _check_capacity(reception, plan)
    for name, value in plan.columns().items():
        setattr(reception, name, value)
    before = set(reception.deputies.values_list("pk", flat=True))
    reception.deputies.set(plan.deputies)
    # Who is announced again after her leave comes herself.
    back = reception.leaves.filter(substitute=None, deputy__in=plan.deputies)
    back.update(substitute=F("deputy"), substituted_at=step.at)
    reception.departments.set(plan.departments)
    gone = sorted(before - {deputy.pk for deputy in plan.deputies})
    return {"starts_at": plan.starts_at.isoformat(), "moved": moved} | ({"removed": gone} if gone else {})


def _check_capacity(reception: Reception, plan: ReceptionPlan) -> None:
    taken = seats_taken(reception)
    if plan.capacity < taken:
        message = gettext("已有 %d 人预约，可预约人数不能更少。") % taken
        raise BadInput(message, errors=[FieldError("capacity", "below-booked", message)])


def _cancel(step: ReceptionStep) -> Mapping[str, Any]:
    step.thing.cancel_reason = step.given["reason"].strip()[:120]
    return {"reason": step.thing.cancel_reason}


def _sign_in(step: ReceptionStep) -> Mapping[str, Any]:
    deputy = step.given["deputy"]
    how = Attendance.How.SELF if _signs_in_herself(step) else Attendance.How.STAFF
    _row, is_new = Attendance.objects.get_or_create(
        reception=step.thing, deputy=deputy, defaults={"how": how, "at": step.at}
    )
    if not is_new:
        return {}
    record_attendance_duty(step.thing, deputy)
    return {"deputy": deputy.pk, "how": how}


def _record(step: ReceptionStep) -> Mapping[str, Any]:
    reception, people = step.thing, list(step.given["present"])
    there = attending(reception)
    before = {"visitors": reception.visitors, "deputies": sorted(there)}
    gone = set_attendances(reception, people, step.at)
    reception.visitors, reception.summary = step.given["visitors"], step.given["summary"].strip()
    update_duty(reception, people, before=there, gone=gone, actor=account_of(step.actor), now=step.at)
    after = {"visitors": reception.visitors, "deputies": sorted(deputy.pk for deputy in people)}
    is_correction = step.line.event == ReceptionEvent.Verb.CORRECTED
    return after | ({"before": before} if is_correction else {})


CHANGES = {
    Verb.CHANGE: _change,
    Verb.CANCEL: _cancel,
    Verb.SIGN_IN: _sign_in,
    Verb.RECORD: _record,
    Verb.LEAVE: leaves.take_leave,
    Verb.SUBSTITUTE: leaves.substitute,
}
RECEPTIONS = ReceptionWorkflow()


def check_may_run(actor: Asker, station: Station) -> None:
    """Refuse who does not run `station`. Raises NotPermitted."""
    if not may_run(actor, station):
        raise not_permitted()


def record_event(reception: Reception, verb: str, actor: Actor, at: datetime, **detail: Any) -> ReceptionEvent:
    """Write the event of a step; the actor of a public step is None."""
    return ReceptionEvent.objects.create(reception=reception, verb=verb, at=at, actor=account_of(actor), detail=detail)


def notify_deputies(reception: Reception, notice: str, removed: Collection[int] = ()) -> None:
    """Tell the deputies of a reception in office, and who was one until now, that it was announced, changed or
    cancelled."""
    of_it = Deputy.objects.filter(Q(receptions=reception) | Q(pk__in=removed), in_office())
    users = User.objects.filter(deputy__in=of_it)
    starts = day_in_words(timezone.localtime(reception.starts_at), "DATETIME_FORMAT")
    body = format_lazy(_("{station}，{starts}。"), station=reception.station.name, starts=starts)
    url = reverse("stations:reception", args=[reception.pk])
    step = f"changed:{reception.version}" if notice == "changed" else notice
    notify(
        users, "station-reception", TITLES[notice], body, url, key=f"reception:{reception.pk}:{step}", to_groups=False
    )
