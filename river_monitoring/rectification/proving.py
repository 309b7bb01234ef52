"""What the samples since the listing prove: months of independent samples, and why other samples prove nothing.

Counted are samples of a party that has no part in the works: sampling bodies and automatic stations. A month with a
corrected sample that no other party has confirmed does not comply, nor one with a value that waits for somebody to look
at it. A questioned sample never helps: its month complies only when it does so with it and without it; one that was
corrected before it was questioned waits for another party all the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_noop

from river_monitoring.assessment.kept import MonthVerdict
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import (
    Taken,
    assess_taken,
    by_months,
    origins_in,
    read_months,
    read_since,
    span_bounds,
)
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import water_on
from river_monitoring.samples.corrections import unconfirmed_though_questioned
from river_monitoring.samples.counting import Discount, discount_of
from river_monitoring.samples.parties import WorksParties, works_parties
from river_monitoring.standard.averages import Span, span_of
from river_monitoring.standard.evaluation import Water
from river_monitoring.steps.proofs import MonthGap, SampleDay, compliant_months

WORDS: Mapping[Discount, str] = {
    Discount.WORKS: gettext_noop("%(month)s只有整治责任单位自己的水样"),
    Discount.UNKNOWN: gettext_noop("%(month)s的水样采样单位不详"),
    Discount.HISTORIC: gettext_noop("%(month)s只有补录的历史数据"),
    Discount.CORRECTED: gettext_noop("%(month)s有水样更正后未经另一方确认"),
    Discount.HELD: gettext_noop("%(month)s有数值待核对"),
    Discount.QUESTIONED: gettext_noop("%(month)s有存疑的水样待核实"),
}


@dataclass(frozen=True, slots=True)
class ProvenMonths:
    """One day for each month that says something of the works, oldest first, and why other months do not."""

    days: Sequence[SampleDay]
    gaps: Sequence[MonthGap]


def proven_months(point: MonitoringPoint) -> ProvenMonths:
    """What the samples of the present listing prove."""
    return proven_by(point, read_since(point, point.listed_on), works_parties(point))


def proven_by(
    point: MonitoringPoint,
    taken: Iterable[Taken],
    works: WorksParties,
    assessed: Mapping[Span, Assessment] | None = None,
) -> ProvenMonths:
    """The same of samples that were read already; `assessed` are months of all of them, where these were made."""
    days, gaps = [], []
    for month, found in sorted(by_months(taken).items()):
        day, why = _judge(point, month, found, works, (assessed or {}).get(month))
        if day is not None:
            days.append(day)
        if why is not None:
            gaps.append(MonthGap((month.year, month.number), WORDS[why]))
    return ProvenMonths(days, gaps)


def proven_runs(
    months: Mapping[MonitoringPoint, Sequence[MonthVerdict]], works: Mapping[int, WorksParties], most: int | None = None
) -> dict[int, int]:
    """Of many points how many consecutive months comply up to the newest one that says something (`compliant_months`).

    `months` are the kept ones, the newest first. A run is not followed beyond `most` months; so many are read at once.
    """
    found: dict[int, list[SampleDay]] = {point.pk: [] for point in months}
    waiting = dict(months)
    while waiting:
        asked = {point: rows[:most] for point, rows in waiting.items()}
        ended = {
            point
            for point, days in _judge_months(asked, works)
            if not all(_goes_on(found[point.pk], day, most) for day in days)
        }
        waiting = {} if most is None else {point: rows[most:] for point, rows in waiting.items() if rows[most:]}
        waiting = {point: rows for point, rows in waiting.items() if point not in ended}
    return {pk: len(compliant_months(days)) for pk, days in found.items()}


def failing_run(months: Iterable[Assessment], days: Iterable[SampleDay]) -> list[Assessment]:
    """The newest months in a row that are worse than the target of their time, newest first; `months` oldest first.

    A month that complies by samples which prove nothing (of the works' own party, not confirmed, held for review), or
    of which nothing can be said, is passed over: nobody ends the run of his own works. `days` are what is proven.
    """
    proven, run = {(each.day.year, each.day.month) for each in days if each.compliant}, list[Assessment]()
    for found in reversed(list(months)):
        if found.meets_target is False:
            run.append(found)
        elif (found.span.year, found.span.number) in proven:
            break
    return run


def kept_failing_runs(
    months: Mapping[MonitoringPoint, Sequence[MonthVerdict]], works: Mapping[int, WorksParties]
) -> dict[int, list[MonthVerdict]]:
    """The same of many points by their kept months, the newest first; months that fail are not asked for proof."""
    others = {point: [row for row in rows if row.meets_target is not False] for point, rows in months.items()}
    proven = {
        point.pk: {row.month for row, day in zip(others[point], days, strict=True) if day is not None and day.compliant}
        for point, days in _judge_months(others, works)
    }
    found = {}
    for point, rows in months.items():
        ended = max(proven[point.pk], default=date.min)
        found[point.pk] = [row for row in rows if row.meets_target is False and row.month > ended]
    return found


def _goes_on(days: list[SampleDay], day: SampleDay | None, most: int | None) -> bool:
    """Whether a run goes on before a month that the day stands for, which is added to the later ones."""
    if day is not None:
        days.append(day)
    return len(compliant_months(days)) == len(days) and (most is None or len(days) < most)


def _judge_months(
    asked: Mapping[MonitoringPoint, Sequence[MonthVerdict]], works: Mapping[int, WorksParties]
) -> Iterable[tuple[MonitoringPoint, Iterable[SampleDay | None]]]:
    """The days that stand for each point's months: of what is kept, where every sample of it counts; else of these.

    They are made as they are asked for.
    """
    spans = {row.month: span_of(row.month, "month") for rows in asked.values() for row in rows}
    pairs = [(point, spans[row.month]) for point, rows in asked.items() for row in rows]
    origins = origins_in(_by_month(pairs))

    def is_kept(point: MonitoringPoint, month: Span) -> bool:
        counts = all(discount_of(each, works[point.pk]) is None for each in origins[point.pk, month])
        return counts and water_on(point, month.last_day) == point.water

    mixed = [(point, month) for point, month in pairs if not is_kept(point, month)]
    taken, others = read_months(_by_month(mixed)), {(point.pk, month) for point, month in mixed}

    def day_of(point: MonitoringPoint, row: MonthVerdict) -> SampleDay | None:
        month = spans[row.month]
        if (point.pk, month) in others:
            return _judge(point, month, taken[point.pk, month], works[point.pk])[0]
        target = min(row.target_class or point.target_class, point.target_class)
        return SampleDay(timezone.localdate(row.newest_at), row.meets(target))

    for point, rows in asked.items():
        yield point, (day_of(point, row) for row in rows)


def _by_month(pairs: Iterable[tuple[MonitoringPoint, Span]]) -> dict[Span, list[MonitoringPoint]]:
    found: dict[Span, list[MonitoringPoint]] = defaultdict(list)
    for point, month in pairs:
        found[month].append(point)
    return found


def _judge(
    point: MonitoringPoint, month: Span, taken: Sequence[Taken], works: WorksParties, whole: Assessment | None = None
) -> tuple[SampleDay | None, Discount | None]:
    """The day that stands for a month, None when no sample of it counts, and why it does not comply.

    `whole` is the assessment of all its samples, where it was made.
    """
    by_reason = _sorted_out(taken, works)
    for waits in (Discount.CORRECTED, Discount.HELD):
        if found := by_reason.get(waits):
            return SampleDay(_newest(found), None), waits
    counted, doubted = by_reason.get(None, []), by_reason.get(Discount.QUESTIONED, [])
    if not counted and not doubted:
        return None, next(reason for reason in Discount if reason in by_reason)
    complies = _meets(point, counted, month, whole if len(counted) == len(taken) else None)
    if complies and doubted and _waits_for_another(point, month):
        return SampleDay(_newest([*counted, *doubted]), None), Discount.CORRECTED
    if complies and doubted:
        complies = _meets(point, sorted([*counted, *doubted], key=lambda each: each.at), month) or None
    return SampleDay(_newest([*counted, *doubted]), complies), None if complies or not doubted else Discount.QUESTIONED


def _waits_for_another(point: MonitoringPoint, month: Span) -> bool:
    """Whether a correction of the month is not confirmed yet, of a sample that was questioned since."""
    begin, end = span_bounds(month)
    samples = point.samples.filter(phenomenon_time__gte=begin, phenomenon_time__lt=end)
    return unconfirmed_though_questioned(samples).exists()


def _sorted_out(taken: Iterable[Taken], works: WorksParties) -> dict[Discount | None, list[Taken]]:
    found: dict[Discount | None, list[Taken]] = {}
    for each in taken:
        found.setdefault(discount_of(each.origin, works), []).append(each)
    return found


def _meets(point: MonitoringPoint, taken: Sequence[Taken], month: Span, made: Assessment | None = None) -> bool | None:
    """Met are target and table of that month and today's: looser ones do not reach back, stricter must be proven."""
    then = made or assess_taken(point, taken, month)
    today = cast(Water, point.water)
    now = then if then.water == today else assess_taken(point, taken, month, water=today)
    target = min(then.target or point.target_class, point.target_class)
    answers = {found.meets(target) for found in (then, now)}
    return next((answer for answer in (False, None) if answer in answers), True)


def _newest(taken: Iterable[Taken]) -> date:
    return max(each.measured.day for each in taken)
