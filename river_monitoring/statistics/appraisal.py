"""考核: which sections meet their target in a month and in the year so far, the year's cumulative means, and the CWQI.

A point is judged in the month by its assessment, and in the year so far by that of the cumulative means (累计均值: the
mean of the monthly values from January on). Points of which it cannot be told whether they meet their target are named
with their reasons beside the denominator. The index of a group is that of its sections' means; no class is made of it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from river_monitoring.assessment.coverage import Coverage, count_unrated
from river_monitoring.assessment.judgement import Judgement, judge_month, judge_to_date
from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.assessment.queries import Scheme, versions_at
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.assessment_rule import AssessmentRule
from river_monitoring.standard.averages import Span
from river_monitoring.standard.city_index import CityIndex, change_percent
from river_monitoring.standard.evaluation import Standard
from river_monitoring.statistics.group_index import OfWaters, index_of, sums_of, together
from river_monitoring.statistics.periods import GROUPS, By, grouped_points
from river_monitoring.statistics.ranking import MINIMUM, in_places, ranking_basis

SHOWN = ("code", "name", "kind", "water", "river", "area", "department", "target_class", "listed_for")
"""What tables show of a point, and what it is judged and grouped by: thousands are read."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How many of some points meet their target; `coverage` counts those that can be judged and why others cannot."""

    met: int
    coverage: Coverage

    @property
    def of(self) -> int:
        return self.coverage.rated

    @property
    def percent(self) -> Decimal | None:
        """0 to 100; None of nothing."""
        return Decimal(100) * self.met / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class AppraisedPoint:
    """One point: in the month, in the year so far, and in the same part of the year before."""

    point: MonitoringPoint
    month: Judgement
    to_date: Judgement
    year_before: Judgement


@dataclass(frozen=True, slots=True)
class AppraisalRow:
    """A town, river or department. `rank` is by the index of the year so far, the lowest first.

    `change` is that of the index against the same part of the year before, percent, over the items that both have.
    """

    code: str
    name: str
    month: Judged
    to_date: Judged
    year_before: Judged
    index_month: CityIndex | None
    index_to_date: CityIndex | None
    index_year_before: CityIndex | None
    change: Decimal | None
    points: Sequence[AppraisedPoint]
    rank: int | None = None

    @property
    def step(self) -> Decimal | None:
        """Change of the share that meets the target, year so far against the year before, in percentage points."""
        now, then = self.to_date.percent, self.year_before.percent
        return None if now is None or then is None else now - then


@dataclass(frozen=True, slots=True)
class Appraisal:
    """All groups in a month, with the whole as `total`; groups with fewer judged points than `least` have no rank."""

    month: Span
    by: By
    scheme: Scheme
    rows: Sequence[AppraisalRow]
    total: AppraisalRow
    basis: Mapping[str, Any]
    """The rule that places were given by, with its version (`ranking.ranking_basis`)."""

    @property
    def least(self) -> int:
        return self.basis[MINIMUM]


@dataclass(frozen=True, slots=True)
class _Span:
    """The judgements of all points in one of the three spans, by their keys, and the sums of each group's means."""

    judged: Mapping[int, Judgement]
    sums: Mapping[int, OfWaters]
    standard: Standard
    rule: AssessmentRule

    def index(self, groups: Sequence[int], only: frozenset[str] | None = None) -> CityIndex | None:
        of_waters = together(self.sums[group] for group in groups if group in self.sums)
        return index_of(of_waters, self.standard, self.rule, only)


def appraise(points: QuerySet[MonitoringPoint], month: Span, by: By, scheme: Scheme = "all") -> Appraisal:
    """Judge `points` in a month and in its year so far, by town, river or department."""
    wanted = grouped_points(points.only(*SHOWN))
    keys = [GROUPS[by](point, month.last_day) for point in wanted]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    group_of = {point.pk: numbers[key] for point, key in zip(wanted, keys, strict=True)}
    spans = _spans(wanted, group_of, month, scheme)
    items = [AppraisedPoint(point, *(span.judged[point.pk] for span in spans)) for point in wanted]
    groups: dict[tuple[str, str], list[AppraisedPoint]] = defaultdict(list)
    for key, item in zip(keys, items, strict=True):
        if key:
            groups[key].append(item)
    basis, total = ranking_basis(month.last_day), _row(("", ""), items, spans, list(numbers.values()))
    rows = [_row(key, found, spans, [numbers[key]]) for key, found in sorted(groups.items())]
    return Appraisal(month, by, scheme, _ranked(rows, total, basis[MINIMUM]), total, basis)


def _spans(
    points: Sequence[MonitoringPoint], group_of: Mapping[int, int], month: Span, scheme: Scheme
) -> tuple[_Span, _Span, _Span]:
    def span(table: type[Model], judged: Mapping[int, Judgement], of: Span) -> _Span:
        standard, rule = versions_at(of)
        found = ((group_of[pk], each) for pk, each in judged.items())
        return _Span(judged, sums_of(table, found, standard, rule), standard, rule)

    year = Span(month.year, 1, "year")
    return (
        span(PointMonth, judge_month(points, month, scheme), month),
        span(PointSpan, judge_to_date(points, month, scheme), year),
        span(PointSpan, judge_to_date(points, month.year_before, scheme), year.before),
    )


def _row(
    key: tuple[str, str], items: Sequence[AppraisedPoint], spans: tuple[_Span, _Span, _Span], groups: Sequence[int]
) -> AppraisalRow:
    month, to_date, before = spans
    index_to_date, index_before = to_date.index(groups), before.index(groups)
    return AppraisalRow(
        code=key[0],
        name=key[1],
        month=_judged([item.month for item in items]),
        to_date=_judged([item.to_date for item in items]),
        year_before=_judged([item.year_before for item in items]),
        index_month=month.index(groups),
        index_to_date=index_to_date,
        index_year_before=index_before,
        change=_change(before, to_date, groups, index_before, index_to_date),
        points=items,
    )


def _judged(found: Sequence[Judgement]) -> Judged:
    return Judged(sum(each.meets_target is True for each in found), count_unrated(each.unjudged for each in found))


def _change(
    before: _Span,
    after: _Span,
    groups: Sequence[int],
    index_before: CityIndex | None,
    index_after: CityIndex | None,
) -> Decimal | None:
    if index_before is None or index_after is None:
        return None
    if index_before.items == index_after.items:
        return change_percent(index_before, index_after)
    shared = index_before.items & index_after.items
    then, now = before.index(groups, shared), after.index(groups, shared)
    return change_percent(then, now) if then and now else None


def _ranked(rows: Sequence[AppraisalRow], total: AppraisalRow, least: int) -> list[AppraisalRow]:
    """By the index of the year so far; only groups of enough judged points, whose index has the whole's items."""

    def is_ranked(row: AppraisalRow) -> bool:
        index, whole = row.index_to_date, total.index_to_date
        return row.to_date.of >= least and index is not None and whole is not None and index.items == whole.items

    def order(row: AppraisalRow) -> Decimal:
        return row.index_to_date.value if row.index_to_date else Decimal("Infinity")

    return [replace(row, rank=place) for row, place in in_places(rows, order, is_ranked)]
