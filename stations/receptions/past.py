"""Past receptions entered afterwards from a town's own records."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError
from stations.receptions import services as receptions
from stations.receptions.models import Reception, ReceptionEvent
from stations.receptions.plans import ReceptionPlan, check_plan
from stations.receptions.table import TABLE
from stations.receptions.workflow import check_may_run, record_event
from stations.register.models import Deputy, Station
from ui.field_checks import check_moment


@transaction.atomic
def record_past(
    actor: Asker, station: Station, plan: ReceptionPlan, *, visitors: int, present: Sequence[Deputy], summary: str = "",
    now: datetime | None = None,
) -> tuple[Reception, bool, bool]:  # fmt: skip
    """Record what came of the reception of `station` that began at `plan.starts_at`, announced here or not.

    Returns it, whether it was not known yet, and whether anything changed. What was announced is recorded, what was
    recorded otherwise is corrected: both as :func:`stations.receptions.services.record` does. Raises NotPermitted,
    BadInput.
    """
    now = now or timezone.now()
    check_may_run(actor, station)
    Station.objects.select_for_update().get(pk=station.pk)  # the same row twice at once is entered once
    days = Reception.objects.filter(station=station, starts_at=plan.starts_at)
    known = days.filter(status__in=TABLE.in_group("takes_place")).first() or days.first()
    if known is None:
        day = _create_past(actor, station, plan, now)
    elif known.held and _is_unchanged(known, visitors, present, summary):
        return known, False, False
    else:
        day = known
    recorded = receptions.record(
        actor, day.pk, version=day.version, visitors=visitors, present=present, summary=summary, now=now
    )
    return recorded, known is None, True


def _create_past(actor: Asker, station: Station, plan: ReceptionPlan, now: datetime) -> Reception:
    if plan.ends_at > now:
        message = gettext("只能补登已经结束的接待；以后的接待请先公布。")
        raise BadInput(message, code="not-over", errors=[FieldError("date", "not-over", message)])
    check_moment("date", plan.starts_at)
    check_plan(plan, now, moved=False, past=True)
    names = ("kind", "starts_at", "ends_at", "theme", "place", "online_url")
    day = Reception.objects.create(station=station, **{name: getattr(plan, name) for name in names})
    day.deputies.set(plan.deputies)
    record_event(day, ReceptionEvent.Verb.ENTERED, actor, now, deputies=[deputy.pk for deputy in plan.deputies])
    return day


def _is_unchanged(known: Reception, visitors: int, present: Sequence[Deputy], summary: str) -> bool:
    there = set(known.attendances.values_list("deputy_id", flat=True))
    return (known.visitors, known.summary, there) == (visitors, summary.strip(), {deputy.pk for deputy in present})
