"""The one service that every surface asks for the class of a point in a period."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from river_monitoring.assessment.models import PointMonth
from river_monitoring.assessment.period import Assessment, PointFacts, assess_measured
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import read_changes, target_on, water_on
from river_monitoring.samples.counting import Origin, is_held
from river_monitoring.samples.models import Sample
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.assessment_rule import RULES_DIR, AssessmentRule, load_rules, rule_in_force
from river_monitoring.standard.averages import Measured, Span, span_of
from river_monitoring.standard.evaluation import Standard, Water
from river_monitoring.standard.limits import in_force
from river_monitoring.steps.sample_quality import VOID
from ui.days import midnight, midnight_after

OWN_RULES = Path(settings.NORMS_DIR) / "assessment" if settings.NORMS_DIR else None
RULES: Mapping[str, AssessmentRule] = load_rules(RULES_DIR, *([OWN_RULES] if OWN_RULES else []))
"""Every version of the rule by its id; an assessment keeps the id of the one that was in force."""


Scheme = Literal["all", "9x"]
"""Which items count: every one, or the basic nine and those that exceeded class III (9+X)."""

ORIGIN = ("source", "recorded_by", "party", "laboratory", "by_works", "is_historic", "quality", "flagged")
TAKEN = ("point", "phenomenon_time", "readings", "water_class", *ORIGIN)
"""What is read of a sample, in this order."""


class Taken(NamedTuple):
    """One stored sample as an assessment reads it: when it was taken, what was measured, its class by itself.

    `origin` says who measured, for those who ask what a sample proves.
    """

    at: datetime
    measured: Measured
    number: int
    origin: Origin = Origin()


def span_bounds(span: Span) -> tuple[datetime, datetime]:
    """First moment of the span and of the one after it, with zone."""
    return midnight(span.first_day), midnight(span.after.first_day)


def assess(point: MonitoringPoint, span: Span, since: date | None = None) -> Assessment:
    """Assess a point in a day, week, month, quarter or year; `since` leaves out what was taken before that day."""
    return assess_many([point], span, since)[point.pk]


def assess_many(
    points: Iterable[MonitoringPoint],
    span: Span,
    since: date | None = None,
    until: date | None = None,
    scheme: Scheme = "all",
) -> dict[int, Assessment]:
    """Assess many points in one query; every point is in the answer, by its key, also without a sample.

    `until` is the last day that counts, as of a year that runs; `scheme` which items count.
    """
    wanted = list(points)
    begin, end = span_bounds(span)
    end = min(end, midnight_after(until)) if until else end
    samples = Sample.objects.filter(phenomenon_time__gte=begin, phenomenon_time__lt=end)
    if since:
        samples = samples.filter(phenomenon_time__gte=midnight(since))
    taken = read_samples(samples.filter(point__in=[point.pk for point in wanted]))
    x_items = x_items_of(wanted, span) if scheme == "9x" else {}
    read_changes(wanted)
    return {point.pk: assess_taken(point, taken[point.pk], span, x_items.get(point.pk), until) for point in wanted}


def x_items_of(points: Sequence[MonitoringPoint], span: Span) -> dict[int, frozenset[str]]:
    """Of each point the items that were worse than class III in the months before `span` that "9+X" looks back on."""
    if not points:
        return {}
    months = versions_at(span)[1].nine_plus_x.look_back_months
    first = span.first_day - relativedelta(months=months)
    rows = PointMonth.objects.filter(
        point__in=[point.pk for point in points], month__gte=first, month__lt=span.first_day
    )
    kept, params = rows.order_by().values_list("point", "exceedance").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(EXCEEDED.format(rows=kept), params)
        found = {pk: frozenset(codes) for pk, codes in cursor.fetchall()}
    return {point.pk: found.get(point.pk, frozenset()) for point in points}


EXCEEDED = """
SELECT r.point, array_agg(DISTINCT each.code)
FROM ({rows}) r(point, exceedance), jsonb_object_keys(r.exceedance) each(code) GROUP BY 1
"""


def months_since(point: MonitoringPoint, since: date | None = None) -> list[tuple[date, Assessment]]:
    """Every month of a point with samples, oldest first, of what was taken from `since` on, with its newest day."""
    return months_of(point, read_since(point, since))


def read_since(point: MonitoringPoint, since: date | None = None) -> list[Taken]:
    """The samples of a point from a day on, in the order of time."""
    samples = point.samples.filter(phenomenon_time__gte=midnight(since)) if since else point.samples.all()
    return read_samples(samples)[point.pk]


def taken_since(taken: Iterable[Taken], since: date | None) -> list[Taken]:
    """Those of samples that were read already which `read_since` would read from a day on."""
    return [each for each in taken if since is None or each.measured.day >= since]


def months_of(point: MonitoringPoint, taken: Iterable[Taken]) -> list[tuple[date, Assessment]]:
    """The same of samples that were read already, in the order of time."""
    found = by_months(taken)
    return [(found[month][-1].measured.day, assess_taken(point, found[month], month)) for month in sorted(found)]


def assess_taken(
    point: MonitoringPoint,
    taken: Sequence[Taken],
    span: Span,
    x_items: frozenset[str] | None = None,
    until: date | None = None,
    water: Water | None = None,
) -> Assessment:
    """Assess samples that were read already, by the standard and the rule in force when the span began.

    Target and table are those of the last month of the span, or of the month of `until`; with `water` the table is that
    one. With `x_items` by "9+X" (`PointFacts.x_items`).
    """
    measured = [each.measured for each in taken]
    worst = max((each.number for each in taken), default=0)
    facts = replace(facts_of(point, min(span.last_day, until or span.last_day)), x_items=x_items)
    facts = replace(facts, water=water) if water else facts
    return assess_measured(measured, span, facts, *versions_at(span), worst=worst)


def versions_at(span: Span) -> tuple[Standard, AssessmentRule]:
    """The limits and the rule that hold for a span."""
    return in_force(span.first_day, STANDARDS.values()), rule_in_force(span.first_day, RULES.values())


def facts_of(point: MonitoringPoint, on: date) -> PointFacts:
    """What an assessment must know of the point, in the month of a day."""
    return PointFacts(water_on(point, on), target_on(point, on), tuple(point.listed_for))


type InMonths = Mapping[Span, Iterable[MonitoringPoint]]
"""Points, each in one or more months."""


def read_months(asked: InMonths) -> dict[tuple[int, Span], list[Taken]]:
    """The samples of points in months, by the key of their point and the month, in the order of time."""
    taken = read_samples(_within(asked)) if asked else {}
    return {(pk, month): found for pk, each in taken.items() for month, found in by_months(each).items()}


def origins_in(asked: InMonths) -> dict[tuple[int, Span], set[Origin]]:
    """Who measured at points in months, each once, without what was measured; rejected samples count nowhere."""
    found: dict[tuple[int, Span], set[Origin]] = defaultdict(set)
    if not asked:
        return found
    months = {(month.year, month.number): month for month in asked}
    rows = _within(asked).exclude(quality__in=VOID).order_by()
    fields = ("point", "phenomenon_time__year", "phenomenon_time__month", *ORIGIN)
    for pk, year, number, source, recorded_by, party, *facts in rows.values_list(*fields).distinct():
        found[pk, months[year, number]].add(_origin(source, recorded_by, party, facts))
    return found


def _within(asked: InMonths) -> QuerySet[Sample]:
    chosen = Q(pk__in=[])
    for month, points in asked.items():
        begin, end = span_bounds(month)
        chosen |= Q(phenomenon_time__gte=begin, phenomenon_time__lt=end, point__in=[point.pk for point in points])
    return Sample.objects.filter(chosen)


def _origin(source: str, recorded_by: int | None, party: int | None, facts: Sequence[Any]) -> Origin:
    laboratory, by_works, is_historic, quality, flagged = facts
    by_station = source == Sample.Source.AUTOMATIC and recorded_by is None
    return Origin(party, laboratory, by_station, by_works, is_historic, quality, is_held(flagged))


def read_samples(samples: QuerySet[Sample]) -> dict[int, list[Taken]]:
    """Read samples by the key of their point, in the order of time; rejected ones count nowhere."""
    found: dict[int, list[Taken]] = defaultdict(list)
    rows = samples.exclude(quality__in=VOID).order_by("phenomenon_time").values_list(*TAKEN)
    zone = timezone.get_current_timezone()  # asked once: half a million samples are read here at a time
    for pk, at, readings, number, source, recorded_by, party, *facts in rows.iterator(chunk_size=5_000):
        origin = _origin(source, recorded_by, party, facts)
        automatic = source == Sample.Source.AUTOMATIC
        measured = Measured(at.astimezone(zone).date(), readings, automatic, origin.stands_back)
        found[pk].append(Taken(at, measured, number, origin))
    return found


def only(measured: Measured, codes: Sequence[str]) -> Measured:
    """The same without other parameters than `codes`."""
    return measured._replace(readings={code: measured.readings[code] for code in codes if code in measured.readings})


def by_months(taken: Iterable[Taken]) -> dict[Span, list[Taken]]:
    """Sort samples by the month that they were taken in."""
    found: dict[Span, list[Taken]] = defaultdict(list)
    for each in taken:
        found[span_of(each.measured.day, "month")].append(each)
    return found
