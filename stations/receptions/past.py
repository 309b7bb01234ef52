"""Past receptions entered afterwards from a town's own records."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, StaleEdit
from stations.receptions import services as receptions
from stations.receptions.models import Reception, ReceptionEvent
from stations.receptions.plans import ReceptionPlan, check_plan
from stations.receptions.table import TABLE
from stations.receptions.workflow import check_may_run, record_event
from stations.register.models import Deputy, Station
from ui.field_checks import check_moment

DIFFERS = "reception-differs"


@transaction.atomic
def record_past(
    actor: Asker, station: Station, plan: ReceptionPlan, *, visitors: int, present: Sequence[Deputy], summary: str = "",
    now: datetime | None = None,
) -> tuple[Reception, bool, bool]:  # fmt: skip
    """Record what came of the reception of `station` that began at `plan.starts_at`, announced here or not.

    Returns it, whether it was not known yet, and whether anything changed. What was announced is recorded, what was
    recorded otherwise is corrected: both as :func:`stations.receptions.services.record` does. Neither moves the end of
    a day nor changes its kind, theme or address: a plan that says them otherwise is refused; what it leaves empty it
    does not say. Raises NotPermitted, BadInput, StaleEdit (code `reception-differs`, an error a field).
    """
    now = now or timezone.now()
    check_may_run(actor, station)
    Station.objects.select_for_update().get(pk=station.pk)  # the same row twice at once is entered once
    days = Reception.objects.filter(station=station, starts_at=plan.starts_at)
    known = days.filter(status__in=TABLE.in_group("takes_place")).first() or days.first()
    if known is not None and known.status in TABLE.in_group("takes_place"):
        _require_as_known(known, plan)
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
    names = ("starts_at", "ends_at", "theme", "place", "online_url")
    kind = plan.kind or Reception.Kind.ROUTINE
    day = Reception.objects.create(station=station, kind=kind, **{name: getattr(plan, name) for name in names})
    day.deputies.set(plan.deputies)
    record_event(day, ReceptionEvent.Verb.ENTERED, actor, now, deputies=[deputy.pk for deputy in plan.deputies])
    return day


def _require_as_known(known: Reception, plan: ReceptionPlan) -> None:
    """Refuse a plan of the same beginning that says something else of the day than what stands."""
    ends = date_format(timezone.localtime(known.ends_at), "DATETIME_FORMAT")
    stands = {
        "ends": (_minute(known.ends_at), _minute(plan.ends_at), ends),
        "kind": (known.kind, plan.kind, known.get_kind_display()),
        "theme": (known.theme, plan.theme, known.theme),
        "online_url": (known.online_url, plan.online_url, known.online_url),
    }
    words = gettext("这次接待已登记为“%s”，报送不更改，请核对。")
    errors = [
        FieldError(name, DIFFERS, words % (shown or gettext("（空）")))
        for name, (there, given, shown) in stands.items()
        if given and given != there
    ]
    if errors:
        raise StaleEdit(" ".join(error.message for error in errors), code=DIFFERS, errors=errors)


def _minute(at: datetime) -> datetime:
    """A sheet says no seconds."""
    return at.replace(second=0, microsecond=0)


def _is_unchanged(known: Reception, visitors: int, present: Sequence[Deputy], summary: str) -> bool:
    there = set(known.attendances.values_list("deputy_id", flat=True))
    return (known.visitors, known.summary, there) == (visitors, summary.strip(), {deputy.pk for deputy in present})
