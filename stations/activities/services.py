"""Writes of activities: announce, change, cancel, sign in by code, correct the list. Each writes one event."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts import rules
from accounts.models import DeputyGroup, User
from accounts.permissions import Asker, scope_of
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger.actors import account_of
from ledger.steps.apply import apply
from stations.activities.models import Activity, ActivityEvent, Presence, SignUp
from stations.activities.permissions import may_organise
from stations.activities.plans import ActivityPlan, check_group, check_invited, check_plan
from stations.activities.table import TABLE, Verb
from stations.activities.workflow import ACTIVITIES, notify_invited, record_event
from stations.register.models import Deputy
from stations.register.permissions import deputy_of


@transaction.atomic
def announce(
    actor: Asker,
    plan: ActivityPlan,
    invited: Sequence[Deputy],
    now: datetime | None = None,
    group: DeputyGroup | None = None,
) -> Activity:
    """Invite deputies to an activity, of a group where one is named. A town's staff invite their own deputies only.

    The same people to the same thing at the same time and place is the same form sent twice. Raises NotPermitted,
    BadInput (each field in `errors`).
    """
    now = now or timezone.now()
    if not may_organise(actor):
        raise NotPermitted(gettext("代表活动由人大工作人员发起。"))
    check_plan(plan, now)
    check_invited(actor, invited)
    check_group(actor, group)
    _check_new(actor, plan, invited, group)
    activity = Activity.objects.create(
        created_by=account_of(actor), area=scope_of(actor), group=group, **plan.columns()
    )
    activity.invited.set(invited)
    record_event(
        activity, ActivityEvent.Verb.ANNOUNCED, actor, now, starts_at=plan.starts_at.isoformat(), invited=len(invited)
    )
    notify_invited(activity, "announced")
    return activity


def _check_new(actor: Asker, plan: ActivityPlan, invited: Sequence[Deputy], group: DeputyGroup | None) -> None:
    """Refuse an activity that is called already; what one person sends twice at once waits. Raises BadInput."""
    account = account_of(actor)
    User.objects.select_for_update(no_key=True).filter(pk=account.pk if account else None).first()
    same = {name: plan.columns()[name] for name in ("kind", "title", "starts_at", "ends_at", "place", "places")}
    known = Activity.objects.filter(area=scope_of(actor), group=group, status__in=TABLE.in_group("takes_place"), **same)
    people = {deputy.pk for deputy in invited}
    if any(people == set(one.invited.values_list("pk", flat=True)) for one in known):
        message = gettext("这项活动已经发起，不用再发。")
        raise BadInput(message, code="taken", errors=[FieldError("title", "taken", message)])


def change(actor: Asker, pk: int, plan: ActivityPlan, *, version: int, now: datetime | None = None) -> Activity:
    """Change an activity that has not begun. Raises as :func:`announce`, and StaleEdit."""
    return apply(ACTIVITIES, actor, pk, Verb.CHANGE, version, {"plan": plan}, at=now).activity


def cancel(actor: Asker, pk: int, *, version: int, reason: str, now: datetime | None = None) -> Activity:
    """Cancel an activity, with a reason, as long as nobody has signed in."""
    return apply(ACTIVITIES, actor, pk, Verb.CANCEL, version, {"reason": reason}, at=now).activity


@transaction.atomic
def sign_in(actor: Asker, code: str, now: datetime | None = None) -> Activity:
    """Sign the deputy `actor` in by the activity code, invited or not. A second time changes nothing.

    Raises BadInput for an unknown code, NotPermitted outside the sign-in time or where the district uses no codes.
    """
    if not rules.value("duty.sign_in_codes"):
        raise NotPermitted(gettext("本区不用活动码签到，到场的代表由工作人员登记。"))
    deputy = deputy_of(actor)
    if deputy is None:
        raise NotPermitted(gettext("只有代表本人可以签到。"))
    activity = Activity.objects.filter(code=normalize_code(code)).first()
    if activity is None:
        message = gettext("没有这个活动码。请核对现场公布的活动码。")
        raise BadInput(message, code="unknown-code", errors=[FieldError("code", "unknown-code", message)])
    apply(ACTIVITIES, actor, activity, Verb.SIGN_IN, given={"deputy": deputy}, at=now)
    return activity


@transaction.atomic
def add_presence(actor: Asker, pk: int, deputy: Deputy, now: datetime | None = None) -> Presence:
    """Add a deputy who attended to the list; for those who manage the activity."""
    apply(ACTIVITIES, actor, pk, Verb.ADD_PRESENCE, given={"deputy": deputy}, at=now)
    return Presence.objects.get(activity=pk, deputy=deputy)


def remove_presence(actor: Asker, pk: int, deputy: Deputy, *, reason: str, now: datetime | None = None) -> None:
    """Remove a deputy who did not attend from the list, with a reason; her duty record is withdrawn too."""
    apply(ACTIVITIES, actor, pk, Verb.REMOVE_PRESENCE, given={"deputy": deputy, "reason": reason}, at=now)


def sign_up(actor: Asker, pk: int, now: datetime | None = None) -> SignUp:
    """An invited deputy takes a place, or waits for one where all are taken. A second time changes nothing.

    Raises NotPermitted (not invited, no sign-up, begun or cancelled).
    """
    deputy = deputy_of(actor)
    apply(ACTIVITIES, actor, pk, Verb.SIGN_UP, given={"deputy": deputy}, at=now)
    return SignUp.objects.get(activity=pk, deputy=deputy)


def take_leave(actor: Asker, pk: int, *, reason: str, now: datetime | None = None) -> SignUp:
    """An invited deputy cannot come; her place goes to who waits longest. Raises NotPermitted, BadInput."""
    deputy = deputy_of(actor)
    apply(ACTIVITIES, actor, pk, Verb.TAKE_LEAVE, given={"deputy": deputy, "reason": reason}, at=now)
    return SignUp.objects.get(activity=pk, deputy=deputy)


def normalize_code(text: str) -> str:
    """Return a typed code as it is stored: upper case, without blanks and hyphens.

    >>> normalize_code(" ab2c-d3ef ")
    'AB2CD3EF'
    """
    return re.sub(r"[\s\-]", "", text).upper()[:12]
