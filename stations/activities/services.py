"""Writes of activities: announce, change, cancel, sign in by code, correct the list. Each writes one event."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from accounts.permissions import Asker, scope_of
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from stations.activities.models import Activity, ActivityEvent, Presence
from stations.activities.permissions import activities_run_by, may_organise
from stations.duty.services import record_duty, restore_by_source, withdraw_by_source
from stations.register.models import Deputy
from stations.register.permissions import deputies_kept_by, deputy_of

Verb = ActivityEvent.Verb
SIGN_IN_BEFORE = timedelta(hours=1)
MAX_DURATION = timedelta(days=7)
"""The yearly congress sits for days; a deputy signs in to each of its activities once."""
MAX_INVITED = 2_000


@dataclass(frozen=True)
class ActivityPlan:
    """What is announced of an activity. `geom` is its position in EPSG:4326, or None."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    agenda: str = ""
    geom: Point | None = None


@transaction.atomic
def announce(actor: Asker, plan: ActivityPlan, invited: Sequence[Deputy], now: datetime | None = None) -> Activity:
    """Invite deputies to an activity and notify them. A town's staff invite their own deputies only.

    Raises NotPermitted, BadInput (each field in `errors`).
    """
    now = now or timezone.now()
    if not may_organise(actor):
        raise NotPermitted(gettext("代表活动由人大工作人员发起。"))
    _check_plan(plan, now)
    _check_invited(actor, invited)
    activity = Activity.objects.create(created_by=actor, area=scope_of(actor), **_columns(plan))
    activity.invited.set(invited)
    _record_event(activity, Verb.ANNOUNCED, actor, now, starts_at=plan.starts_at.isoformat(), invited=len(invited))
    _notify_invited(activity, "announced", _("您受邀参加：{title}"))
    return activity


@transaction.atomic
def change(actor: Asker, pk: int, plan: ActivityPlan, *, version: int, now: datetime | None = None) -> Activity:
    """Change an activity that has not begun. Raises as :func:`announce`, and StaleEdit."""
    now = now or timezone.now()
    activity = _lock(actor, pk, version)
    if activity.status != Activity.Status.ANNOUNCED or activity.starts_at <= now:
        raise NotPermitted(gettext("活动已开始或已取消，不能再更改。"), code="wrong-state")
    _check_plan(plan, now)
    for name, value in _columns(plan).items():
        setattr(activity, name, value)
    _save_version(activity)
    _record_event(activity, Verb.CHANGED, actor, now, starts_at=plan.starts_at.isoformat())
    _notify_invited(activity, f"changed:{activity.version}", _("活动安排有变动：{title}"))
    return activity


@transaction.atomic
def cancel(actor: Asker, pk: int, *, version: int, reason: str, now: datetime | None = None) -> Activity:
    """Cancel an activity, with a reason, as long as nobody has signed in."""
    activity = _lock(actor, pk, version)
    if activity.status != Activity.Status.ANNOUNCED or activity.presences.exists():
        raise NotPermitted(gettext("活动已取消，或已有代表签到，不能再取消。"), code="wrong-state")
    if not reason.strip():
        message = gettext("请写明取消的原因，受邀代表会看到。")
        raise BadInput(message, errors=[FieldError("reason", "required", message)])
    activity.status, activity.cancel_reason = Activity.Status.CANCELLED, reason.strip()[:120]
    _save_version(activity)
    _record_event(activity, Verb.CANCELLED, actor, now or timezone.now(), reason=activity.cancel_reason)
    _notify_invited(activity, "cancelled", _("活动已取消：{title}"))
    return activity


@transaction.atomic
def sign_in(actor: Asker, code: str, now: datetime | None = None) -> Activity:
    """Sign the deputy `actor` in by the activity code, invited or not. A second time changes nothing.

    Raises BadInput for an unknown code, NotPermitted outside the sign-in time.
    """
    now = now or timezone.now()
    deputy = deputy_of(actor)
    if deputy is None:
        raise NotPermitted(gettext("只有代表本人可以签到。"))
    activity = Activity.objects.select_for_update().filter(code=normalize_code(code)).first()
    if activity is None:
        message = gettext("没有这个活动码。请核对现场公布的活动码。")
        raise BadInput(message, code="unknown-code", errors=[FieldError("code", "unknown-code", message)])
    _check_sign_in_time(activity, now, by_staff=False)
    _record_presence(activity, deputy, Presence.How.CODE, actor, now)
    return activity


@transaction.atomic
def add_presence(actor: Asker, pk: int, deputy: Deputy, now: datetime | None = None) -> Presence:
    """Add a deputy who attended to the list; for those who manage the activity."""
    now = now or timezone.now()
    activity = _lock(actor, pk)
    if not deputies_kept_by(actor).filter(pk=deputy.pk).exists():
        raise NotPermitted(gettext("只能登记本辖区的代表。"))
    _check_sign_in_time(activity, now, by_staff=True)
    return _record_presence(activity, deputy, Presence.How.STAFF, actor, now)


@transaction.atomic
def remove_presence(actor: Asker, pk: int, deputy: Deputy, *, reason: str, now: datetime | None = None) -> None:
    """Remove a deputy who did not attend from the list, with a reason; her duty record is withdrawn too."""
    activity = _lock(actor, pk)
    if not reason.strip():
        message = gettext("请写明撤销签到的理由。")
        raise BadInput(message, errors=[FieldError("reason", "required", message)])
    removed, _each = Presence.objects.filter(activity=activity, deputy=deputy).delete()
    if not removed:
        raise NotPermitted(gettext("这位代表不在签到名单里。"), code="wrong-state")
    now = now or timezone.now()
    _record_event(activity, Verb.STRUCK, actor, now, deputy=deputy.pk, reason=reason.strip()[:200])
    withdraw_by_source(actor, duty_source(activity), [deputy.pk], reason=reason.strip()[:200], now=now)


def duty_source(activity: Activity) -> str:
    """Return the `source` by which duty records refer to the activity."""
    return f"activity:{activity.pk}"


def normalize_code(text: str) -> str:
    """Return a typed code as it is stored: upper case, without blanks and hyphens.

    >>> normalize_code(" ab2c-d3ef ")
    'AB2CD3EF'
    """
    return re.sub(r"[\s\-]", "", text).upper()[:12]


def _record_presence(activity: Activity, deputy: Deputy, how: str, actor: Asker, now: datetime) -> Presence:
    presence, new = Presence.objects.get_or_create(
        activity=activity, deputy=deputy, defaults={"how": how, "at": now}
    )  # fmt: skip
    if new:
        _record_event(activity, Verb.SIGNED_IN, actor, now, deputy=deputy.pk, how=how)
        restore_by_source(actor, duty_source(activity), [deputy.pk], now=now)
        on = timezone.localtime(activity.starts_at).date()
        address = activity.get_absolute_url()
        record_duty(
            deputy, activity.kind, on, source=duty_source(activity), title=activity.title, address=address
        )  # fmt: skip
    return presence


def _lock(actor: Asker, pk: int, version: int | None = None) -> Activity:
    activity = Activity.objects.select_for_update().filter(pk=pk).first()
    if activity is None or not activities_run_by(actor).filter(pk=pk).exists():
        raise NotPermitted(gettext("活动由发起它的人大工作人员办理。"))
    if version is not None and activity.version != version:
        raise StaleEdit(gettext("这次活动在您打开页面之后已被修改，请查看后再提交。"))
    return activity


def _check_sign_in_time(activity: Activity, now: datetime, *, by_staff: bool) -> None:
    if activity.status != Activity.Status.ANNOUNCED:
        raise NotPermitted(gettext("这次活动已取消。"), code="wrong-state")
    if now < activity.starts_at - SIGN_IN_BEFORE:
        raise NotPermitted(gettext("活动开始前一小时起可以签到。"), code="not-now")
    if not by_staff and now > activity.ends_at:
        raise NotPermitted(gettext("活动已结束，请联系工作人员登记。"), code="not-now")


def _check_plan(plan: ActivityPlan, now: datetime) -> None:
    errors = []
    if plan.kind not in Activity.Kind.values:
        errors.append(FieldError("kind", "unknown", gettext("请选择类别。")))
    for name, text, most in (("title", plan.title, 80), ("place", plan.place, 120)):
        if not text.strip():
            errors.append(FieldError(name, "required", gettext("请填写这一项。")))
        elif len(text.strip()) > most:
            errors.append(FieldError(name, "too-long", gettext("不超过 %d 字。") % most))
    if plan.starts_at <= now:
        errors.append(FieldError("starts_at", "past", gettext("开始时间要晚于现在。")))
    if plan.ends_at <= plan.starts_at:
        errors.append(FieldError("ends_at", "before-start", gettext("结束要晚于开始。")))
    elif plan.ends_at - plan.starts_at > MAX_DURATION:
        errors.append(FieldError("ends_at", "too-long", gettext("一次活动不超过 7 天。")))
    if errors:
        raise BadInput(errors[0].message, errors=errors)


def _check_invited(actor: Asker, invited: Sequence[Deputy]) -> None:
    message = ""
    if not invited:
        message = gettext("请选择受邀的代表。")
    elif len(invited) > MAX_INVITED or any(not deputy.is_active for deputy in invited):
        message = gettext("有的代表已不在任，或人数过多。")
    elif deputies_kept_by(actor).filter(pk__in=[deputy.pk for deputy in invited]).count() != len(set(invited)):
        message = gettext("只能邀请本辖区的代表。")
    if message:
        raise BadInput(message, errors=[FieldError("stations", "bad-invitation", message)])


def _columns(plan: ActivityPlan) -> dict[str, Any]:
    given = {name: getattr(plan, name) for name in ActivityPlan.__dataclass_fields__}
    return {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}


def _save_version(activity: Activity) -> None:
    activity.version += 1
    activity.save()


def _record_event(activity: Activity, verb: str, actor: Asker, at: datetime, **detail: Any) -> None:
    ActivityEvent.objects.create(activity=activity, verb=verb, at=at, actor=actor, detail=detail)


def _notify_invited(activity: Activity, step: str, title: Any) -> None:
    users = User.objects.filter(deputy__activities=activity, deputy__is_active=True)
    starts = date_format(timezone.localtime(activity.starts_at), "DATETIME_FORMAT")
    body = format_lazy(_("{starts}，{place}。"), starts=starts, place=activity.place)
    url = reverse("stations:activity", args=[activity.pk])
    key = f"activity:{activity.pk}:{step}"
    notify(users, "station-activity", format_lazy(title, title=activity.title), body, url, key=key)
