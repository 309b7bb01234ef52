"""Writes of reception days: announce, change, cancel, sign in, record, correct. Each one is one event."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import NotPermitted
from ledger.steps.apply import apply
from stations.receptions.models import Attendance, Reception, ReceptionEvent, ReceptionSeries
from stations.receptions.plans import ReceptionPlan, check_free, check_plan
from stations.receptions.table import Verb
from stations.receptions.workflow import RECEPTIONS, check_may_run, notify_deputies, record_event
from stations.register.models import Deputy, Station
from stations.register.permissions import deputy_of


@transaction.atomic
def announce(actor: Asker, station: Station, plan: ReceptionPlan, now: datetime | None = None) -> Reception:
    """Announce a reception day, some days ahead (rule `stations.notice_days`), and notify its deputies.

    A day is known by its station and beginning, so the same form sent twice announces one. Raises NotPermitted,
    BadInput (each field in `errors`).
    """
    now = now or timezone.now()
    check_may_run(actor, station)
    Station.objects.select_for_update().get(pk=station.pk)  # who announces here next waits
    check_free(station.pk, plan.starts_at)
    reception = create_day(actor, station, plan, now)
    notify_deputies(reception, "announced")
    return reception


def create_day(
    actor: Asker, station: Station, plan: ReceptionPlan, now: datetime, series: ReceptionSeries | None = None
) -> Reception:
    """Write a day, of a series or by itself, with its event, for an actor who may; tells nobody. Raises BadInput."""
    check_plan(plan, now)
    reception = Reception.objects.create(station=station, series=series, **plan.columns())
    reception.deputies.set(plan.deputies)
    reception.departments.set(plan.departments)
    of = {"series": series.pk} if series else {}
    deputies = [deputy.pk for deputy in plan.deputies]
    record_event(reception, ReceptionEvent.Verb.ANNOUNCED, actor, now, deputies=deputies, **of)
    return reception


@transaction.atomic
def change(actor: Asker, pk: int, plan: ReceptionPlan, *, version: int, now: datetime | None = None) -> Reception:
    """Change an announced day that has not begun. Raises as :func:`announce`, and StaleEdit."""
    Station.objects.select_for_update(of=("self",)).get(receptions=pk)  # before its day, as who announces does
    return apply(RECEPTIONS, actor, pk, Verb.CHANGE, version, {"plan": plan}, at=now).reception


def cancel(actor: Asker, pk: int, *, version: int, reason: str, now: datetime | None = None) -> Reception:
    """Cancel a day, with a reason, which those who booked read on their private page."""
    return apply(RECEPTIONS, actor, pk, Verb.CANCEL, version, {"reason": reason}, at=now).reception


@transaction.atomic
def sign_in(actor: Asker, pk: int, deputy: Deputy | None = None, now: datetime | None = None) -> Attendance:
    """Sign a deputy in: herself (`deputy` None) around the time of the reception, or anybody by who runs the station.

    A second time changes nothing. A deputy who was not announced may come too. Raises NotPermitted.
    """
    deputy = deputy or deputy_of(actor)
    if deputy is None:
        raise NotPermitted(gettext("只有代表本人可以签到。"))
    apply(RECEPTIONS, actor, pk, Verb.SIGN_IN, given={"deputy": deputy}, at=now)
    return Attendance.objects.get(reception=pk, deputy=deputy)


def record(
    actor: Asker, pk: int, *, version: int, visitors: int, present: Collection[Deputy], summary: str = "",
    now: datetime | None = None,
) -> Reception:  # fmt: skip
    """Record who attended and how many visitors came, once the day has begun. A second time it is a correction.

    Raises NotPermitted, StaleEdit, BadInput: at least one deputy must have attended.
    """
    given = {"visitors": visitors, "present": present, "summary": summary}
    return apply(RECEPTIONS, actor, pk, Verb.RECORD, version, given, at=now).reception


def take_leave(
    actor: Asker, pk: int, *, reason: str, deputy: Deputy | None = None, version: int | None = None,
    now: datetime | None = None,
) -> Reception:  # fmt: skip
    """A deputy cannot come, herself or as the station writes it down; the station and its other deputies are told.

    Raises NotPermitted, StaleEdit, BadInput.
    """
    given = {"reason": reason, "deputy": deputy or deputy_of(actor)}
    return apply(RECEPTIONS, actor, pk, Verb.LEAVE, version, given, at=now).reception


def substitute(
    actor: Asker, pk: int, leave: int, deputy: Deputy | None = None, now: datetime | None = None
) -> Reception:
    """A deputy of the station takes the place of one on leave: herself, or whom the station names. Both are told.

    The one on leave may take her own place again. Raises NotPermitted, BadInput.
    """
    given = {"leave": leave, "deputy": deputy or deputy_of(actor)}
    return apply(RECEPTIONS, actor, pk, Verb.SUBSTITUTE, given=given, at=now).reception
