"""Saying values: checked against indicator, place, period and what was said before; a correction says why.

Each row is taken or refused by itself. Computed indicators that rest on what was written are computed anew at once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Area
from accounts.permissions import Asker, knows_inside
from geokit.refusal import BadInput, NotPermitted, Refusal, refuse
from ledger.actors import account_of
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.indicators.permissions import may_report_values
from reporting.observations.computed import compute_anew, store, wait_for
from reporting.observations.features import keep
from reporting.observations.models import Observation, ObservedFeature, Way
from reporting.observations.places import Place, about, column_of
from reporting.observations.queries import areas_of

MOST_ROWS = 5_000
LEAP = 1_000
"""A value so many times the last one, or as little of it, is asked about: a unit was probably mistaken."""
LARGEST = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it is handed in; `confirmed` answers the question about a value that leaps."""

    indicator: Indicator
    place: Place
    period: date
    value: Decimal | None
    plan: Decimal | None = None
    whole: int | None = None
    reason: str = ""
    confirmed: bool = False
    at: datetime | None = None
    """When it was handed in, for what is loaded from an archive; now for everything else."""
    is_archived: bool = False
    """Whether it comes from the archive of another instance: then its way says so, and closed periods are open."""

    @property
    def cell(self) -> tuple[int, int, date]:
        return (self.indicator.pk, self.place.pk, self.period)

    @property
    def said(self) -> tuple[Decimal | None, Decimal | None, int | None]:
        return (self.value, self.plan, self.whole)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: the refusal, or the row with whether it is new, changed or the same."""

    observation: Observation | None = None
    what: str = ""
    refusal: Refusal | None = None


class Last(NamedTuple):
    """The newest value of an indicator and place that is no zero, against which a leap shows."""

    period: date
    value: Decimal | None


NOTHING = Last(date.min, None)


def record_value(actor: Asker, given: Given, way: Way, *, at: datetime | None = None) -> Observation:
    """Say one value. Raises NotPermitted or BadInput with the field that is wrong."""
    [outcome] = record_values(actor, [given], way, at=at)
    if outcome.refusal is not None or outcome.observation is None:
        raise outcome.refusal or BadInput(_("没有收下。"))
    return outcome.observation


@transaction.atomic
def record_values(actor: Asker, given: Sequence[Given], way: Way, *, at: datetime | None = None) -> list[Outcome]:
    """Say many values, each taken or refused by itself; what happened to each, in their order."""
    if len(given) > MOST_ROWS:
        raise BadInput(_("一次最多 %d 个数。") % MOST_ROWS, code="too-many-rows")
    now = at or timezone.now()
    today = timezone.localdate(now)
    wait_for({row.indicator.pk for row in given})
    given, unkept = _with_kept_features(actor, given, today)
    known = _known(given)
    last, ours = _last(given), our_districts(given)
    outcomes: list[Outcome] = []
    written: list[Observation] = []
    seen: set[tuple[int, int, date]] = set()
    for row in given:
        found = known.get(row.cell)
        try:
            if id(row.place) in unkept:
                raise unkept[id(row.place)]
            _check(actor, row, found, last.get(row.cell[:2], NOTHING).value, seen, today, ours)
        except Refusal as refusal:
            outcomes.append(Outcome(refusal=refusal))
            continue
        seen.add(row.cell)
        _follow(last, row)
        outcomes.append(_outcome(actor, row, found, way, now))
        if outcomes[-1].what != "same" and outcomes[-1].observation is not None:
            written.append(outcomes[-1].observation)
    store(written)
    _note_archives(written, now)
    compute_anew(written, now)
    return outcomes


def _note_archives(written: Iterable[Observation], now: datetime) -> None:
    """Note of each indicator when the first value of its archive came."""
    keys = {row.indicator_id for row in written if row.way == Way.ARCHIVE}
    if keys:
        Indicator.objects.filter(pk__in=keys, archived_at=None).update(archived_at=now)


def _with_kept_features(actor: Asker, given: Sequence[Given], today: date) -> tuple[list[Given], dict[int, Refusal]]:
    """Store the features that are observed for the first time, of rows that are not refused for place or period.

    With the rows come the refusals of features that could not be stored, by the identity of the place.
    """
    kept: dict[int, Place] = {}
    refused: dict[int, Refusal] = {}
    counted: dict[int, int] = {}
    for row in given:
        place = row.place
        if isinstance(place, Area) or not place._state.adding or id(place) in kept or id(place) in refused:
            continue
        if not may_report_values(actor, row.indicator) or _is_out_of_place(actor, row, today):
            continue
        try:
            kept[id(place)] = keep(place, counted)
        except Refusal as refusal:
            refused[id(place)] = refusal
    return [replace(row, place=kept.get(id(row.place), row.place)) for row in given], refused


def _is_out_of_place(actor: Asker, row: Given, today: date) -> bool:
    try:
        check_place(actor, row, ())  # a feature, no district
        _check_period(row, today)
    except Refusal:
        return True
    return False


def _known(given: Iterable[Given]) -> dict[tuple[int, int, date], Observation]:
    """What stands in the cells now, locked until the transaction ends."""
    rows = list(given)
    found = Observation.objects.select_for_update(of=("self",)).filter(
        about({row.place for row in rows if not row.place._state.adding}),
        indicator__in={row.indicator.pk for row in rows},
        period__in={row.period for row in rows},
    )
    return {(row.indicator_id, row.place_id, row.period): row for row in found}


def _last(given: Iterable[Given]) -> dict[tuple[int, int], Last]:
    """What was said last of each indicator and place."""
    rows = Observation.objects.filter(
        about({row.place for row in given if not row.place._state.adding}),
        indicator__in={row.indicator.pk for row in given},
        value__isnull=False,
    ).exclude(value=0)
    place = ("indicator_id", "area_id", "feature_id")
    newest = rows.order_by(*place, "-period").distinct(*place).values_list(*place, "period", "value")
    return {
        (indicator, area if area is not None else feature): Last(period, value)
        for indicator, area, feature, period, value in newest
    }


def _follow(last: dict[tuple[int, int], Last], row: Given) -> None:
    """The rows that come after this one in the same sheet are held against it, as if it was stored already."""
    if row.value and row.period >= last.get(row.cell[:2], NOTHING).period:
        last[row.cell[:2]] = Last(row.period, row.value)


def _check(
    actor: Asker, row: Given, found: Observation | None, last: Decimal | None, seen: set[Any], today: date,
    ours: Collection[int],
) -> None:  # fmt: skip
    indicator = row.indicator
    if not may_report_values(actor, indicator):
        raise NotPermitted(_("“%s”由报送单位或区人大工作人员报送。") % indicator.title)
    if indicator.way != Indicator.Way.GIVEN:
        raise refuse("indicator", "computed", _("“%s”是自动计算的，不能填报。") % indicator.title)
    if row.cell in seen:
        raise refuse("period", "key-duplicate", _("同一指标、地方和期间写了两次。"))
    check_place(actor, row, ours)
    _check_period(row, today)
    for number in (row.value, row.plan):
        if number is not None and (not number.is_finite() or abs(number) > LARGEST):
            raise refuse("value", "not-a-number", _("数值超出范围。"))
    _check_change(row, found, last)


def our_districts(given: Iterable[Given]) -> frozenset[int]:
    """The keys of the districts that have values here; nothing is read where no row is about a district."""
    if not any(isinstance(row.place, Area) and row.place.level == Area.Level.DISTRICT for row in given):
        return frozenset()
    return frozenset(areas_of(Area.Level.DISTRICT).values_list("pk", flat=True))


def check_place(actor: Asker, row: Given, ours: Collection[int]) -> None:
    """Refuse a place of another kind than the indicator's, or outside of what `actor` looks after.

    `ours` are the `our_districts` of the rows.
    """
    place, indicator = row.place, row.indicator
    fits = place.level == indicator.level if isinstance(place, Area) else _is_of(indicator, place)
    if not fits:
        names = {"area": place.name, "level": indicator.get_level_display()}
        raise refuse("area", "wrong-level", _("“%(area)s”不是%(level)s，这个指标按%(level)s报送。") % names)
    where = place if isinstance(place, Area) else place.area
    if not knows_inside(actor, where):
        raise refuse("area", "elsewhere", _("“%s”不在您的辖区内。") % place.name)
    is_district = isinstance(place, Area) and place.level == Area.Level.DISTRICT
    if is_district and place.pk not in ours:
        raise refuse("area", "elsewhere", _("“%s”不是本区。") % place.name)


def _is_of(indicator: Indicator, feature: ObservedFeature) -> bool:
    """Tell whether an indicator has values of this point, or of this feature of its layer."""
    return not indicator.is_of_areas and feature.layer_id == indicator.layer_id


def _check_period(row: Given, today: date) -> None:
    kind, closed = row.indicator.period_kind, row.indicator.closed_before
    if row.period != periods.start_of(kind, row.period):
        raise refuse("period", "bad-period", _("期间不是从这一天开始的。"))
    if row.period > today:
        raise refuse("period", "future", _("%s还没有开始。") % periods.name_of(kind, row.period))
    if closed is not None and not row.is_archived and periods.end_of(kind, row.period) < closed:
        raise refuse("period", "closed", _("%s已经封账，不能再改。") % periods.name_of(kind, row.period))


def _check_change(row: Given, found: Observation | None, last: Decimal | None) -> None:
    if found is None or (found.value, found.plan, found.whole) != row.said:
        _check_whole(row)
    if found is not None and (found.value, found.plan, found.whole) != row.said and not row.reason.strip():
        names = {"value": _number(found.value), "day": date_format(timezone.localtime(found.said_at))}
        message = _("这里已有 %(value)s（%(day)s 报送）。更正请写理由。") % names
        raise refuse("reason", "reason-missing", message)
    against = found.value if found is not None and found.value else last
    if row.value and against and not row.confirmed:
        ratio = abs(row.value / against)
        if ratio >= LEAP or ratio <= Decimal(1) / LEAP:
            names = {"value": _number(row.value), "last": _number(against)}
            message = _("%(value)s 与上一次的 %(last)s 相差一千倍以上，单位对吗？确实如此请在“确认”写“是”。") % names
            raise refuse("value", "leap", message)


def _check_whole(row: Given) -> None:
    """Refuse a value without a denominator where this decides whether it is shown, or how much it counts in a total."""
    decides = row.indicator.minimum or row.indicator.total == Indicator.Total.WEIGHTED
    if decides and row.value is not None and row.whole is None and not row.is_archived:
        message = _("“%s”要写分母：分母太小的数不显示，合计按分母加权。") % row.indicator.title
        raise refuse("whole", "whole-missing", message)


def _number(value: Decimal | None) -> str:
    return _("空") if value is None else f"{value.normalize():f}"


def _outcome(actor: Asker, row: Given, found: Observation | None, way: Way, now: datetime) -> Outcome:
    if found is not None and (found.value, found.plan, found.whole) == row.said:
        return Outcome(found, "same")
    observation = found or Observation(indicator=row.indicator, period=row.period, **column_of(row.place))
    observation.value, observation.plan, observation.whole = row.said
    observation.way, observation.said_by = Way.ARCHIVE if row.is_archived else way, account_of(actor)
    observation.said_at = row.at or now
    observation.reason = row.reason.strip()[:200]
    return Outcome(observation, "stored" if found is None else "changed")
