"""Assessments from what is kept beside the samples: months (`PointMonth`), quarters and years (`PointSpan`).

They are those that `queries.assess_many` makes of the samples.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet

from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.assessment.period import Assessment, PointFacts, assess_means, meets
from river_monitoring.assessment.queries import (
    Scheme,
    assess_many,
    facts_of,
    versions_at,
    x_items_of,
)
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import read_changes
from river_monitoring.points.queries import is_read, rows_about
from river_monitoring.standard.averages import Mean, Span, means_of_months, span_of

KEPT_PERIODS = ("month", "quarter", "year")
NOTHING: tuple[dict[str, Any], int, int, str] = ({}, 0, 0, "")
"""What stands for a row that is not there: no means of no samples, by no rule."""


class MonthMeans(NamedTuple):
    """What a year needs of one of its months."""

    month: Span
    columns: Mapping[str, Mean]
    samples: int
    worst: int
    rule: str
    standard: str


def as_kept_means(columns: Mapping[str, Mean]) -> dict[str, list[Any]]:
    """Means as JSON; numbers as text, so that nothing of them is lost."""
    return {
        code: [
            str(mean.value),
            mean.count,
            mean.non_detects,
            None if mean.detection_limit is None else str(mean.detection_limit),
            mean.readings,
        ]
        for code, mean in columns.items()
    }


def means_kept(row: Mapping[str, Sequence[Any]], codes: Iterable[str] | None = None) -> dict[str, Mean]:
    """The means of a row, or those of `codes` only."""
    wanted = row if codes is None else [code for code in codes if code in row]
    found = {}
    for code in wanted:
        value, count, non_detects, limit, readings = row[code]
        found[code] = Mean(Decimal(value), count, non_detects, None if limit is None else Decimal(limit), readings)
    return found


def kept_rows(points: Iterable[MonitoringPoint], *spans: Span) -> Any:
    """The kept rows of points in spans of one period, as a queryset of `PointMonth` or `PointSpan`."""
    return rows_in(spans).filter(point__in=[point.pk for point in points])


def kept_numbers(points: QuerySet[MonitoringPoint], spans: Sequence[Span]) -> list[dict[int, int]]:
    """For each of some spans of one period the class numbers of points by their keys; of those that have a row."""
    day = "month" if spans[0].period == "month" else "first_day"
    found: dict[date, dict[int, int]] = {span.first_day: {} for span in spans}
    rows = rows_in(spans).filter(point__in=points.order_by())
    for pk, first, number in rows.values_list("point", day, "water_class"):
        found[first][pk] = number
    return [found[span.first_day] for span in spans]


def kept_counts(points: QuerySet[MonitoringPoint], spans: Sequence[Span]) -> list[tuple[date, int, int]]:
    """First day, class number and how many points of that class, of spans of one period; counted by the database."""
    day = "month" if spans[0].period == "month" else "first_day"
    rows = rows_in(spans).filter(point__in=points.order_by())
    return list(rows.values_list(day, "water_class").annotate(Count("pk")))


def rows_in(spans: Sequence[Span]) -> QuerySet[Any]:
    """The kept rows of spans of one period, of all points."""
    days = [span.first_day for span in spans]
    if spans[0].period == "month":
        return PointMonth.objects.filter(month__in=days).order_by()
    return PointSpan.objects.filter(period=spans[0].period, first_day__in=days).order_by()


def assess_kept(points: Iterable[MonitoringPoint], span: Span, scheme: Scheme = "all") -> dict[int, Assessment]:
    """Assess many points in one query and without their samples; every point is in the answer, by its key.

    What was kept by another rule than that of the span, or before means were kept, is assessed from the samples.
    """
    wanted = list(points)
    if span.period not in KEPT_PERIODS:
        return assess_many(wanted, span, scheme=scheme)
    standard, rule = versions_at(span)
    fields = ("point", "means", "samples", "worst_class", "rule")
    rows = {pk: row for pk, *row in kept_rows(wanted, span).values_list(*fields)}
    x_items = x_items_of(wanted, span) if scheme == "9x" else {}
    read_changes(wanted)
    found = {}
    for point in wanted:
        means, samples, worst, made_by = rows.get(point.pk, NOTHING)
        if means is not None and made_by in ("", rule.id):
            facts = replace(facts_of(point, span.last_day), x_items=x_items.get(point.pk))
            columns = means_kept(means)
            found[point.pk] = assess_means(columns, samples, span, facts, standard, rule, worst=worst)
    others = [point for point in wanted if point.pk not in found]
    return found | (assess_many(others, span, scheme=scheme) if others else {})


def means_in(
    points: Sequence[MonitoringPoint], spans: Sequence[Span], codes: Sequence[str]
) -> dict[Span, dict[int, dict[str, Mean]]]:
    """The means of some items of points in spans of one period, by their keys, without the class that they give.

    A point without any mean in a span is left out.
    """
    day = "month" if spans[0].period == "month" else "first_day"
    rows: dict[date, list[tuple[int, Any, str]]] = defaultdict(list)
    for pk, first, means, made_by in kept_rows(points, *spans).values_list("point", day, "means", "rule"):
        rows[first].append((pk, means, made_by))
    return {span: _means_of_rows(points, span, rows[span.first_day], codes) for span in spans}


def _means_of_rows(
    points: Sequence[MonitoringPoint], span: Span, rows: Sequence[tuple[int, Any, str]], codes: Sequence[str]
) -> dict[int, dict[str, Mean]]:
    rule = versions_at(span)[1]
    if all(means is not None and made_by == rule.id for _pk, means, made_by in rows):
        return {pk: means_kept(means, codes) for pk, means, _made_by in rows if means}
    found = {pk: each.means for pk, each in assess_kept(points, span).items() if each.means}
    return {pk: {code: means[code] for code in codes if code in means} for pk, means in found.items()}


class MonthVerdict(NamedTuple):
    """What a kept month says of its point's target, and when its newest sample was taken."""

    month: date
    water_class: int
    is_complete: bool
    target_class: int
    newest_at: datetime

    @property
    def meets_target(self) -> bool | None:
        """As of the assessment that is kept (`Assessment.meets_target`)."""
        return self.meets(self.target_class) if self.target_class else None

    def meets(self, target: int) -> bool | None:
        return meets(self.water_class, self.is_complete, target)


def verdicts_since(points: Iterable[int], month: date) -> dict[int, list[MonthVerdict]]:
    """The kept months of points, by their keys, from the one that begins on a day, the newest first."""
    found: dict[int, list[MonthVerdict]] = defaultdict(list)
    rows = PointMonth.objects.filter(point__in=list(points), month__gte=month).order_by("point", "-month")
    for pk, *row in rows.values_list("point", *MonthVerdict._fields):
        found[pk].append(MonthVerdict(*row))
    return found


def newest_failing(points: Iterable[int], month: date) -> dict[int, MonthVerdict]:
    """The newest kept month that is worse than its target, by the keys of points, from the one that begins on a day."""
    rows = PointMonth.objects.filter(point__in=list(points), month__gte=month)
    worse = rows.filter(target_class__gt=0, water_class__gt=F("target_class")).order_by("point", "-month")
    found = worse.distinct("point").values_list("point", *MonthVerdict._fields)
    return {pk: MonthVerdict(*row) for pk, *row in found}


def means_by_month(point: MonitoringPoint, codes: Sequence[str]) -> dict[Span, dict[str, Mean]] | None:
    """The means of every month of a point, oldest first; None where a month of before they were kept has none."""
    found = {}
    rows: Iterable[tuple[date, Any]] = PointMonth.objects.filter(point=point).values_list("month", "means")
    if is_read(point, "months"):
        rows = ((row.month, row.means) for row in rows_about(point, "months"))
    for month, means in sorted(rows, key=lambda row: row[0]):
        if means is None:
            return None
        found[span_of(month, "month")] = means_kept(means, codes)
    return found


def months_kept(
    points: Iterable[MonitoringPoint], span: Span, until: date | None = None
) -> dict[int, list[MonthMeans]]:
    """The months of a longer span, up to that of `until`, by point; one of before means were kept has no rule."""
    last = min(until or span.last_day, span.last_day)
    within = PointMonth.objects.filter(month__gte=span.first_day, month__lte=last)
    rows = within.filter(point__in=[point.pk for point in points]).order_by("month")
    found: dict[int, list[MonthMeans]] = defaultdict(list)
    fields = ("point", "month", "means", "samples", "worst_class", "rule", "standard")
    for pk, month, means, samples, worst, rule, standard in rows.values_list(*fields):
        columns = means_kept(means) if means is not None else {}
        named = rule if means is not None else ""
        found[pk].append(MonthMeans(span_of(month, "month"), columns, samples, worst, named, standard))
    return found


def over_months(months: Sequence[MonthMeans], span: Span, facts: PointFacts) -> Assessment | None:
    """Assess a span from its months, where the rule makes it a mean of months; None where only the samples can say."""
    standard, rule = versions_at(span)
    if rule.periods[span.period].of != "months":
        return None
    if any((each.rule, each.standard) != (rule.id, standard.id) for each in months):
        return None
    columns = means_of_months({each.month: each.columns for each in months}, span.period, rule).get(span, {})
    worst = max((each.worst for each in months), default=0)
    return assess_means(columns, sum(each.samples for each in months), span, facts, standard, rule, worst=worst)


def assess_longer(points: Iterable[MonitoringPoint], span: Span) -> dict[int, Assessment]:
    """Assess a quarter or year anew: from its months where the rule makes it of them, else from the samples."""
    if versions_at(span)[1].periods[span.period].of == "months":
        return assess_year(points, span, span.last_day)
    return assess_many(points, span)


def assess_year(
    points: Iterable[MonitoringPoint], year: Span, until: date, scheme: Scheme = "all"
) -> dict[int, Assessment]:
    """Assess a year up to the end of the month of `until` from its months; from samples where only these can say."""
    wanted = list(points)
    read_changes(wanted)
    months = months_kept(wanted, year, until)
    x_items = x_items_of(wanted, year) if scheme == "9x" else {}
    found: dict[int, Assessment] = {}
    for point in wanted:
        facts = replace(facts_of(point, min(year.last_day, until)), x_items=x_items.get(point.pk))
        if (made := over_months(months[point.pk], year, facts)) is not None:
            found[point.pk] = made
    others = [point for point in wanted if point.pk not in found]
    return found | (assess_many(others, year, until=until, scheme=scheme) if others else {})


def assess_to_date(points: Iterable[MonitoringPoint], month: Span, scheme: Scheme = "all") -> dict[int, Assessment]:
    """Assess the year of a month up to its end: the same as `assess_year`, from the one row that is kept of it."""
    wanted = list(points)
    read_changes(wanted)
    year = Span(month.year, 1, "year")
    standard, rule = versions_at(year)
    fields = ("point", "means", "samples", "worst_class", "rule")
    rows = {pk: row for pk, *row in newest_to_date([point.pk for point in wanted], month).values_list(*fields)}
    x_items = x_items_of(wanted, year) if scheme == "9x" else {}
    found: dict[int, Assessment] = {}
    for point in wanted:
        means, samples, worst, made_by = rows.get(point.pk, NOTHING)
        if made_by == rule.id:
            facts = replace(facts_of(point, month.last_day), x_items=x_items.get(point.pk))
            found[point.pk] = assess_means(means_kept(means), samples, year, facts, standard, rule, worst=worst)
    others = [point for point in wanted if point.pk not in found]
    return found | (assess_year(others, year, month.last_day, scheme) if others else {})


def newest_to_date(points: QuerySet[Any] | Sequence[int], month: Span) -> QuerySet[PointSpan]:
    """Of each point, by their keys, the row of the newest month with samples, from January to that month."""
    rows = PointSpan.objects.filter(
        period=PointSpan.Period.TO_DATE,
        first_day__range=(month.first_day.replace(month=1), month.first_day),
        point__in=points,
    )
    return rows.order_by("point", "-first_day").distinct("point")


def assess_months_to_date(points: Iterable[MonitoringPoint], since: Span) -> dict[Span, dict[int, Assessment]]:
    """Assess a year up to each of its months with samples from `since` on; a point of which only the samples can say
    is left out."""
    wanted = list(points)
    read_changes(wanted)
    year = Span(since.year, 1, "year")
    months = months_kept(wanted, year)
    found: dict[Span, dict[int, Assessment]] = defaultdict(dict)
    for point in wanted:
        kept = months[point.pk]
        for place, last in enumerate(kept, start=1):
            if last.month.first_day < since.first_day:
                continue
            facts = facts_of(point, last.month.last_day)
            if (made := over_months(kept[:place], year, facts)) is not None:
                found[last.month][point.pk] = made
    return found
