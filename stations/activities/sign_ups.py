"""Places of an activity: who signed up, who waits, who has leave, and who moves up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.notices import notify
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger.steps.workflow import Step
from stations.activities.models import Activity, SignUp
from stations.activities.table import Verb
from stations.register.models import Deputy
from ui.text.days import day_in_words

REASON_LENGTH = 200

type ActivityStep = Step[Activity, None]


def taken_places(activity: Activity) -> int:
    return activity.sign_ups.filter(state=SignUp.State.TAKEN).count()


def obstacle(step: ActivityStep) -> str:
    """Return why an invited deputy cannot answer; who was not invited may not."""
    deputy = step.given.get("deputy")
    if step.given and (deputy is None or not step.thing.invited.filter(pk=deputy.pk).exists()):
        raise NotPermitted(gettext("只有受邀的代表本人可以报名或请假。"))
    if step.verb == Verb.SIGN_UP and step.thing.places is None:
        return gettext("这次活动不用报名。")
    return ""


def sign_up(step: ActivityStep) -> Mapping[str, Any]:
    """Take a place, or the end of the waiting list; nothing where she has one or waits already."""
    activity, deputy = step.thing, step.given["deputy"]
    known = activity.sign_ups.filter(deputy=deputy).first()
    if known is not None and known.state != SignUp.State.LEAVE:
        return {}
    is_free = taken_places(activity) < (activity.places or 0)
    state = SignUp.State.TAKEN if is_free else SignUp.State.WAITING
    _answer(activity, deputy, state, "", step.at)
    return {"deputy": deputy.pk, "state": state.value}


def take_leave(step: ActivityStep) -> Mapping[str, Any]:
    """The reason is in the row alone: events hold no personal data."""
    deputy, reason = step.given["deputy"], step.given["reason"].strip()[:REASON_LENGTH]
    _answer(step.thing, deputy, SignUp.State.LEAVE, reason, step.at)
    return {"deputy": deputy.pk}


def _answer(activity: Activity, deputy: Deputy, state: str, reason: str, at: datetime) -> None:
    given = {"state": state, "reason": reason, "at": at}
    SignUp.objects.update_or_create(activity=activity, deputy=deputy, defaults=given)


def fill_places(activity: Activity) -> list[Deputy]:
    """Give free places to who waits longest, to all where nobody has to sign up any more; return to whom.

    The caller holds the lock on the activity.
    """
    free = max(0, activity.places - taken_places(activity)) if activity.places is not None else None
    waiting = activity.sign_ups.filter(state=SignUp.State.WAITING).select_related("deputy__user")
    moved = list(waiting.order_by("at", "pk")[:free])
    activity.sign_ups.filter(pk__in=[row.pk for row in moved]).update(state=SignUp.State.TAKEN)
    return [row.deputy for row in moved]


def tell_place(activity: Activity, deputy: Deputy, at: datetime) -> None:
    """Tell who waited that she has a place."""
    if deputy.user is None:
        return
    title = format_lazy(_("您的候补已转为报名：{title}"), title=activity.title)
    starts = day_in_words(timezone.localtime(activity.starts_at), "DATETIME_FORMAT")
    key = f"activity:{activity.pk}:place:{at:%Y%m%d%H%M%S}"
    notify([deputy.user], "station-activity", title, starts, activity.get_absolute_url(), key=key, to_groups=False)


def check_places(activity: Activity, places: int | None) -> None:
    """Refuse fewer places than are taken. Raises BadInput."""
    taken = taken_places(activity)
    if places is not None and places < taken:
        message = gettext("已有 %d 人报名，名额不能更少。") % taken
        raise BadInput(message, errors=[FieldError("places", "below-taken", message)])
