"""Reception days announced together by one rule; a change or a cancellation of one and of those that follow it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from accounts.permissions import Asker
from accounts.workdays.services import calendar
from geokit.refusal import BadInput, FieldError
from ledger.actors import account_of
from ledger.steps.apply import apply
from stations.receptions.models import Reception, ReceptionSeries
from stations.receptions.plans import ReceptionPlan
from stations.receptions.recurrence import MAX_DAYS, PlannedDay, plan_days, rule_in_words
from stations.receptions.services import create_day
from stations.receptions.table import TABLE, Verb
from stations.receptions.workflow import RECEPTIONS, check_may_run
from stations.register.models import Deputy, Station
from stations.register.permissions import in_office

MAX_SPAN = timedelta(days=5 * 366)


@dataclass(frozen=True)
class SeriesPlan:
    """A rule, between which days it holds, and what is announced of each day; `pattern`'s own day says nothing."""

    rule: str
    starts_on: date
    ends_on: date
    on_holiday: str
    pattern: ReceptionPlan

    def on(self, day: date) -> ReceptionPlan:
        """Return what is announced of one day."""
        return _at(self.pattern, day)


def preview(plan: SeriesPlan) -> list[PlannedDay]:
    """Return the days of a series, with what the district's calendar makes of them. Raises BadInput."""
    if not plan.starts_on <= plan.ends_on <= plan.starts_on + MAX_SPAN:
        message = gettext("结束日期要在开始日期之后，不超过五年。")
        raise BadInput(message, errors=[FieldError("ends_on", "bad-span", message)])
    found = plan_days(plan.rule, plan.starts_on, plan.ends_on, plan.on_holiday, calendar())
    message = ""
    if len(found) > MAX_DAYS:
        message = gettext("一次最多安排 %d 次接待，请缩短期限。") % MAX_DAYS
    elif not any(day.on for day in found):
        message = gettext("这段时间里没有符合的日子。")
    if message:
        raise BadInput(message, errors=[FieldError("ends_on", "bad-number", message)])
    return found


def taken_days(station: Station, plans: Sequence[ReceptionPlan]) -> set[datetime]:
    """Return the beginnings of those plans at whose time the station has a reception already."""
    if not plans:
        return set()
    span = {"starts_at__lt": max(plan.ends_at for plan in plans), "ends_at__gt": min(plan.starts_at for plan in plans)}
    rows = Reception.objects.filter(station=station, status__in=TABLE.in_group("takes_place"), **span)
    known = list(rows.values_list("starts_at", "ends_at"))
    return {
        plan.starts_at for plan in plans if any(start < plan.ends_at and end > plan.starts_at for start, end in known)
    }


@transaction.atomic
def announce_series(
    actor: Asker, station: Station, plan: SeriesPlan, now: datetime | None = None
) -> tuple[ReceptionSeries, list[Reception]]:
    """Announce every day of a series and tell its deputies once. Raises NotPermitted, BadInput (naming the day)."""
    now = now or timezone.now()
    check_may_run(actor, station)
    Station.objects.select_for_update().get(pk=station.pk)  # the same form sent twice at once makes one series
    plans = [plan.on(day.on) for day in preview(plan) if day.on is not None]
    if taken := taken_days(station, plans):
        message = gettext("%s那时本站已有接待。") % date_format(timezone.localtime(min(taken)))
        raise BadInput(message, code="taken", errors=[FieldError("starts_on", "taken", message)])
    series = ReceptionSeries.objects.create(
        station=station, rule=plan.rule, starts_on=plan.starts_on, ends_on=plan.ends_on, on_holiday=plan.on_holiday,
        at=now, actor=account_of(actor),
    )  # fmt: skip
    days = [_create(actor, station, one, now, series) for one in plans]
    _tell(days, "announced", _("您有一组接待选民的安排"), plan.rule)
    return series, days


def _create(actor: Asker, station: Station, plan: ReceptionPlan, now: datetime, series: ReceptionSeries) -> Reception:
    try:
        return create_day(actor, station, plan, now, series)
    except BadInput as refusal:
        raise _naming(plan.starts_at, refusal) from refusal


@transaction.atomic
def change_following(
    actor: Asker, pk: int, plan: ReceptionPlan, *, version: int, now: datetime | None = None
) -> list[Reception]:
    """Change a day and those of its series that follow: moved by as many days, at the new hours, the rest alike.

    All or none. Raises as :func:`stations.receptions.services.change`, naming the day.
    """
    Station.objects.select_for_update(of=("self",)).get(receptions=pk)  # before its days, as who announces does
    first = _of_series(pk)
    by = timezone.localtime(plan.starts_at).date() - timezone.localtime(first.starts_at).date()

    def given(day: Reception) -> dict[str, Any]:
        there = plan if day == first else replace(plan, deputies=_who_comes(day, plan))
        return {"plan": _at(there, timezone.localtime(day.starts_at).date() + by)}

    return _take(actor, first, Verb.CHANGE, version, given, now, _("一组接待选民的安排有变动"))


@transaction.atomic
def cancel_following(
    actor: Asker, pk: int, *, version: int, reason: str, now: datetime | None = None
) -> list[Reception]:
    """Cancel a day and those of its series that follow, each with the same reason. All or none."""
    return _take(
        actor, _of_series(pk), Verb.CANCEL, version, lambda day: {"reason": reason}, now, _("一组接待选民的安排已取消")
    )


def _who_comes(day: Reception, plan: ReceptionPlan) -> list[Deputy]:
    """The deputies of a plan on a later day: who has leave from it stays away, who takes her place comes."""
    here = set(day.deputies.values_list("pk", flat=True))
    leaves = [leave for leave in day.leaves.select_related("substitute") if leave.deputy_id not in here]
    away = {leave.deputy_id for leave in leaves}
    people = [deputy for deputy in plan.deputies if deputy.pk not in away]
    instead = [leave.substitute for leave in leaves if leave.substitute and leave.substitute_id in here]
    return people + [deputy for deputy in dict.fromkeys(instead) if deputy not in people]


def following(day: Reception) -> QuerySet[Reception]:
    """Return the days of the same series after this one that are still to be held."""
    if day.series_id is None:
        return Reception.objects.none()
    rows = Reception.objects.filter(series=day.series_id, starts_at__gt=day.starts_at)
    return rows.filter(status__in=TABLE.in_group("to_be_held")).order_by("starts_at")


def _of_series(pk: int) -> Reception:
    return Reception.objects.select_related("station").get(pk=pk)


def _take(
    actor: Asker, first: Reception, verb: Verb, version: int, given: Callable[[Reception], dict[str, Any]],
    now: datetime | None, title: Any,
) -> list[Reception]:  # fmt: skip
    later = list(following(first))
    keys = [first.pk, *(day.pk for day in later)]
    before = set(_people([first, *later]))
    done = [apply(RECEPTIONS, actor, first.pk, verb, version, given(first) | _among(keys), at=now).reception]
    for place, day in enumerate(later, start=1):
        try:
            more = given(day) | _among(keys[place:])
            done.append(apply(RECEPTIONS, actor, day.pk, verb, None, more, at=now).reception)
        except BadInput as refusal:
            raise _naming(day.starts_at, refusal) from refusal
    _tell(done, f"{verb}:{done[0].version}", title, "", before)
    return done


def _people(days: Sequence[Reception]) -> QuerySet[User]:
    """The accounts of the deputies in office who receive on these days."""
    return User.objects.filter(deputy__in=Deputy.objects.filter(in_office(), receptions__in=days))


def _among(moving: Sequence[int]) -> dict[str, Any]:
    """What each day is given besides: nobody is told of it alone, and it may begin where those that still move did."""
    return {"is_quiet": True, "moving": moving}


def _at(plan: ReceptionPlan, day: date) -> ReceptionPlan:
    """Return the plan on another day, at its own hours on the clock of the site."""
    starts, length = timezone.localtime(plan.starts_at), plan.ends_at - plan.starts_at
    begins = _moment(day, starts.time())
    return replace(plan, starts_at=begins, ends_at=begins + length)


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _naming(starts_at: datetime, refusal: BadInput) -> BadInput:
    """The refusal of one day of several, with the day in its words."""
    day = date_format(timezone.localtime(starts_at))
    words = f"{day}：{refusal.message}"
    fields = {error.field for error in refusal.errors} or {""}
    return BadInput(
        words, code=refusal.code, errors=[FieldError(field, refusal.code, words) for field in sorted(fields)]
    )


def _tell(days: Sequence[Reception], what: str, title: Any, rule: str, before: set[User] | None = None) -> None:
    """One notice for all days, to who receives on one of them, or did before."""
    people = {*_people(days), *(before or ())}
    with translation.override(settings.LANGUAGE_CODE):  # a notice is in the site's own language
        first, last = (date_format(timezone.localtime(day.starts_at)) for day in (days[0], days[-1]))
        when = gettext("%(first)s到%(last)s，共 %(n)d 次") % {"first": first, "last": last, "n": len(days)}
        body = gettext("，").join(filter(None, [days[0].station.name, rule and rule_in_words(rule), when]))
    url, key = days[0].get_absolute_url(), f"reception:{days[0].pk}:series:{what}"
    notify(people, "station-reception", title, body, url, key=key, to_groups=False)
