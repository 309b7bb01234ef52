"""How the table of steps applies to an activity: who is who, what stands in the way, what is written."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal, StaleEdit
from ledger.actors import Actor, account_of
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from stations.activities import sign_ups
from stations.activities.models import Activity, ActivityEvent, Presence
from stations.activities.permissions import activities_run_by
from stations.activities.plans import check_plan
from stations.activities.table import TABLE, Party, Verb
from stations.duty.services import record_duty, restore_by_source, withdraw_by_source
from stations.register.models import Deputy
from stations.register.permissions import deputies_kept_by, deputy_of, in_office
from ui.text.days import day_in_words

SIGN_IN_BEFORE = timedelta(hours=1)
TITLES = {
    "announced": _("您受邀参加：{title}"),
    "changed": _("活动安排有变动：{title}"),
    "cancelled": _("活动已取消：{title}"),
}
WRONG_MOMENT = {
    Verb.CHANGE: _("活动已开始或已取消，或已有代表签到，不能再更改。"),
    Verb.CANCEL: _("活动已取消，或已有代表签到，不能再取消。"),
    Verb.SIGN_IN: _("这次活动已取消。"),
    Verb.ADD_PRESENCE: _("这次活动已取消。"),
    Verb.REMOVE_PRESENCE: _("这位代表不在签到名单里。"),
    Verb.SIGN_UP: _("活动已开始或已取消，不能再报名。"),
    Verb.TAKE_LEAVE: _("活动已开始或已取消，不能再请假。"),
}

type ActivityStep = Step[Activity, None]


class ActivityWorkflow(Workflow[Activity, ActivityEvent, None]):
    """The congress staff of its area manage an activity; any deputy signs in with the code."""

    table, model, state_field = TABLE, Activity, "status"

    def facts(self, thing: Activity) -> None:
        return None

    def parties(self, actor: Actor, thing: Activity, facts: None) -> Collection[str]:
        account = account_of(actor)
        runs = activities_run_by(account).filter(pk=thing.pk).exists()
        return {party for party, holds in ((Party.ORGANISER, runs), (Party.DEPUTY, deputy_of(account))) if holds}

    def obstacle(self, step: ActivityStep) -> str:
        if step.verb == Verb.CHANGE and step.thing.starts_at <= step.at:
            raise self.wrong_moment(step)
        if step.verb in (Verb.CHANGE, Verb.CANCEL) and step.thing.presences.exists():
            raise self.wrong_moment(step)
        if step.verb in (Verb.SIGN_UP, Verb.TAKE_LEAVE):
            if step.thing.starts_at <= step.at:
                raise self.wrong_moment(step)
            return sign_ups.obstacle(step)
        if step.verb in (Verb.SIGN_IN, Verb.ADD_PRESENCE):
            return _presence_obstacle(step)
        return ""

    def change(self, step: ActivityStep) -> Mapping[str, Any]:
        return CHANGES[Verb(step.verb)](step)

    def write_event(self, step: ActivityStep, fields: Mapping[str, Any]) -> ActivityEvent:
        if step.line.event in REPEATABLE and not fields:  # signed in already, signed up already: nothing to record
            return step.thing.events.latest("pk")
        event = record_event(step.thing, step.line.event, step.actor, step.at, **fields)
        if step.verb in (Verb.TAKE_LEAVE, Verb.CHANGE):
            self._fill_places(step)
        return event

    def _fill_places(self, step: ActivityStep) -> None:
        """Give free places to who waits longest, an event each, and tell them."""
        for deputy in sign_ups.fill_places(step.thing):
            record_event(step.thing, ActivityEvent.Verb.GOT_PLACE, step.actor, step.at, deputy=deputy.pk)
            sign_ups.tell_place(step.thing, deputy, step.at)

    def tell(self, step: ActivityStep, event: ActivityEvent) -> None:
        notify_invited(step.thing, step.line.notice)

    def audit_entry(self, step: ActivityStep, event: ActivityEvent) -> None:
        return None

    def unknown(self, key: object) -> Refusal:
        return _not_permitted()

    def stranger(self, attempt: Attempt[Activity, None], lines: Sequence[Line]) -> Refusal:
        if attempt.verb == Verb.SIGN_IN:
            return NotPermitted(gettext("只有代表本人可以签到。"))
        if attempt.verb in (Verb.SIGN_UP, Verb.TAKE_LEAVE):
            return NotPermitted(gettext("只有受邀的代表本人可以报名或请假。"))
        return _not_permitted()

    def stale(self, attempt: Attempt[Activity, None]) -> Refusal:
        return StaleEdit(gettext("这次活动在您打开页面之后已被修改，请查看后再提交。"))

    def wrong_moment(self, attempt: Attempt[Activity, None]) -> Refusal:
        return NotPermitted(str(WRONG_MOMENT[Verb(attempt.verb)]), code="wrong-state")

    def lacking(self, errors: Sequence[FieldError]) -> Refusal:
        return BadInput(errors[0].message, errors=errors)


def _not_permitted() -> NotPermitted:
    return NotPermitted(gettext("活动由发起它的人大工作人员办理。"))


def _presence_obstacle(step: ActivityStep) -> str:
    """Return why nobody can sign in or be added to the list now."""
    by_staff = step.verb == Verb.ADD_PRESENCE
    if by_staff and not deputies_kept_by(account_of(step.actor)).filter(pk=step.given["deputy"].pk).exists():
        raise NotPermitted(gettext("只能登记本辖区的代表。"))
    if by_staff and step.given["deputy"] == deputy_of(account_of(step.actor)):
        raise NotPermitted(gettext("自己到场的，由另一位人大工作人员登记。"))
    if step.at < step.thing.starts_at - SIGN_IN_BEFORE:
        return gettext("活动开始前一小时起可以签到。")
    if not by_staff and step.at > step.thing.ends_at:
        return gettext("活动已结束，请联系工作人员登记。")
    if not by_staff and _is_struck(step):
        return gettext("工作人员已撤销您的签到，请联系工作人员登记。")
    return ""


def _is_struck(step: ActivityStep) -> bool:
    """Whether staff took her off the list last: the code, which may be used from afar, does not put her back."""
    verbs = (ActivityEvent.Verb.SIGNED_IN, ActivityEvent.Verb.STRUCK)
    last = step.thing.events.filter(verb__in=verbs, detail__deputy=step.given["deputy"].pk).order_by("pk").last()
    return last is not None and last.verb == ActivityEvent.Verb.STRUCK


def _change(step: ActivityStep) -> Mapping[str, Any]:
    plan = step.given["plan"]
    check_plan(plan, step.at)
    sign_ups.check_places(step.thing, plan.places)
    for name, value in plan.columns().items():
        setattr(step.thing, name, value)
    return {"starts_at": plan.starts_at.isoformat()}


def _cancel(step: ActivityStep) -> Mapping[str, Any]:
    step.thing.cancel_reason = step.given["reason"].strip()[:120]
    return {"reason": step.thing.cancel_reason}


def _add_presence(step: ActivityStep) -> Mapping[str, Any]:
    activity, deputy = step.thing, step.given["deputy"]
    how = Presence.How.CODE if step.verb == Verb.SIGN_IN else Presence.How.STAFF
    _row, is_new = Presence.objects.get_or_create(
        activity=activity, deputy=deputy, defaults={"how": how, "at": step.at}
    )
    if not is_new:
        return {}
    source = duty_source(activity)
    restore_by_source(account_of(step.actor), source, [deputy.pk], now=step.at)
    on = timezone.localtime(activity.starts_at).date()
    address = activity.get_absolute_url()
    record_duty(deputy, activity.kind, on, source=source, title=activity.title, address=address)
    return {"deputy": deputy.pk, "how": how}


def _remove_presence(step: ActivityStep) -> Mapping[str, Any]:
    deputy, reason = step.given["deputy"], step.given["reason"].strip()[:200]
    removed, _each = Presence.objects.filter(activity=step.thing, deputy=deputy).delete()
    if not removed:
        raise ACTIVITIES.wrong_moment(step)
    withdraw_by_source(account_of(step.actor), duty_source(step.thing), [deputy.pk], reason=reason, now=step.at)
    return {"deputy": deputy.pk, "reason": reason}


CHANGES = {
    Verb.CHANGE: _change,
    Verb.CANCEL: _cancel,
    Verb.SIGN_IN: _add_presence,
    Verb.ADD_PRESENCE: _add_presence,
    Verb.REMOVE_PRESENCE: _remove_presence,
    Verb.SIGN_UP: sign_ups.sign_up,
    Verb.TAKE_LEAVE: sign_ups.take_leave,
}
REPEATABLE = (ActivityEvent.Verb.SIGNED_IN, ActivityEvent.Verb.SIGNED_UP)
ACTIVITIES = ActivityWorkflow()


def duty_source(activity: Activity) -> str:
    """Return the `source` by which duty records refer to the activity."""
    return f"activity:{activity.pk}"


def record_event(activity: Activity, verb: str, actor: Actor, at: datetime, **detail: Any) -> ActivityEvent:
    """Write the event of a step."""
    return ActivityEvent.objects.create(activity=activity, verb=verb, at=at, actor=account_of(actor), detail=detail)


def notify_invited(activity: Activity, notice: str) -> None:
    """Tell the invited deputies in office that the activity was announced, changed or cancelled (`notice`)."""
    users = User.objects.filter(deputy__in=Deputy.objects.filter(in_office(), activities=activity))
    starts = day_in_words(timezone.localtime(activity.starts_at), "DATETIME_FORMAT")
    body = format_lazy(_("{starts}，{place}。"), starts=starts, place=activity.place)
    url = reverse("stations:activity", args=[activity.pk])
    step = f"changed:{activity.version}" if notice == "changed" else notice
    title = format_lazy(TITLES[notice], title=activity.title)
    notify(users, "station-activity", title, body, url, key=f"activity:{activity.pk}:{step}", to_groups=False)
