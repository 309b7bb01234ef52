"""考核: which sections meet their target in a month and in the year so far, the year's cumulative means, and the CWQI.

A point is judged in the month by its assessment, and in the year so far by that of the cumulative means (累计均值: the
mean of the monthly values from January on). Points of which it cannot be told whether they meet their target are named
with their reasons beside the denominator. The index of a group is that of its sections' means; no class is made of it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import Model, QuerySet

from river_monitoring.assessment.alike import Alike, count_month, count_to_date
from river_monitoring.assessment.coverage import Coverage, Unrated, count_alike
from river_monitoring.assessment.judgement import Judgement, judge_month, judge_to_date
from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.assessment.queries import Scheme, versions_at
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.assessment_rule import AssessmentRule
from river_monitoring.standard.averages import Span
from river_monitoring.standard.city_index import CityIndex, change_percent
from river_monitoring.standard.evaluation import Standard
from river_monitoring.statistics.fingerprint_cache import (
    NO_DAYS,
    cached_by,
    fingerprint_of,
    inputs_of,
    versions_fingerprint,
)
from river_monitoring.statistics.group_index import OfWaters, Sums, index_of, sums_of, together
from river_monitoring.statistics.period_table import GROUPED
from river_monitoring.statistics.periods import By
from river_monitoring.statistics.ranking import MINIMUM, in_places, ranking_basis


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
    """One point in the month and in the year so far."""

    point: MonitoringPoint
    month: Judgement
    to_date: Judgement


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
    points: int
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


class Tally(NamedTuple):
    """How many points meet their target, or do not, or of which it cannot be told: the reason and its items."""

    met: bool
    reason: Any
    items: Sequence[str]
    points: int


@dataclass(frozen=True, slots=True)
class _Span:
    """The points of each group in one of the three spans, counted, and the sums of each group's means."""

    counts: Mapping[int | None, Sequence[Tally]]
    sums: Mapping[int | None, OfWaters]
    standard: Standard
    rule: AssessmentRule

    def judged(self, groups: Iterable[int | None]) -> Judged:
        found = [each for group in groups for each in self.counts.get(group, ())]
        lacking = ((Unrated(each.reason, tuple(each.items)) if each.reason else None, each.points) for each in found)
        return Judged(sum(each.points for each in found if each.met), count_alike(lacking))

    def index(self, groups: Iterable[int | None], only: frozenset[str] | None = None) -> CityIndex | None:
        of_waters = together(self.sums[group] for group in groups if group in self.sums)
        return index_of(of_waters, self.standard, self.rule, only)


def appraise(points: QuerySet[MonitoringPoint], month: Span, by: By, scheme: Scheme = "all") -> Appraisal:
    """Judge `points` in a month and in its year so far, by town, river or department."""
    spans = _spans(points, month, by, scheme)
    groups = list(spans[0].counts)
    named = GROUPED[by]._default_manager.filter(pk__in=[group for group in groups if group])
    names = sorted(named.values_list("code", "name", "pk"))
    rows = [_row((code, name), spans, [group]) for code, name, group in names]
    basis, total = ranking_basis(month.last_day), _row(("", ""), spans, groups)
    return Appraisal(month, by, scheme, _ranked(rows, total, basis[MINIMUM]), total, basis)


def appraised_points(points: Iterable[MonitoringPoint], month: Span, scheme: Scheme = "all") -> list[AppraisedPoint]:
    """Judge each of some points, in their order."""
    wanted = list(points)
    of_month, to_date = judge_month(wanted, month, scheme), judge_to_date(wanted, month, scheme)
    return [AppraisedPoint(point, of_month[point.pk], to_date[point.pk]) for point in wanted]


def _spans(points: QuerySet[MonitoringPoint], month: Span, by: By, scheme: Scheme) -> tuple[_Span, _Span, _Span]:
    on = month.last_day

    def to_date(last: Span) -> _Span:
        return _span(Span(last.year, 1, "year"), (points, last, by, on, scheme), PointSpan, count_to_date)

    of_month = _span(month, (points, month, by, on, scheme), PointMonth, count_month)
    return of_month, to_date(month), to_date(month.year_before)


type _Asked = tuple[QuerySet[MonitoringPoint], Span, By, date, Scheme]


def _span(of: Span, asked: _Asked, table: type[Model], count: Callable[..., Iterable[Alike]]) -> _Span:
    """Count what was asked of a span whose versions are those of `of`; what is kept from before is not counted anew."""
    standard, rule = versions_at(of)

    def counted() -> Any:
        return as_plain(list(count(*asked)), table, standard, rule)

    counts, sums = cached_by(lambda: _fingerprint(of, asked, table), counted)
    return _Span(by_group(counts), sums_kept(sums), standard, rule)


def _fingerprint(of: Span, asked: _Asked, table: type[Model]) -> str | None:
    points, month, by, on, scheme = asked
    since, last = of.first_day, month.first_day
    if scheme == "9x":
        since -= relativedelta(months=versions_at(of)[1].nine_plus_x.look_back_months)
    spans = NO_DAYS if table is PointMonth else (of.first_day, last)
    found = inputs_of(points, month, by, on, (since, last), spans)
    if found is None:
        return None
    return fingerprint_of(table.__name__, str(month), by, scheme, versions_fingerprint(of), found)


def as_plain(found: Sequence[Alike], table: type[Model], standard: Standard, rule: AssessmentRule) -> Any:
    """The points as counts, and the sums of their means, as values that can be kept (`by_group`, `sums_kept`)."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for each in found:
        lacks, met = each.judgement.unjudged, each.judgement.meets_target is True
        counts[each.group, met, lacks.reason if lacks else "", lacks.items if lacks else ()] += each.size
    sums = [
        (group, water, of_water.sections, [(code, *item) for code, item in of_water.items.items()])
        for group, of_waters in sums_of(table, found, standard, rule).items()
        for water, of_water in of_waters.items()
    ]
    return [(*key, count) for key, count in counts.items()], sums


def by_group(counts: Iterable[tuple[Any, ...]]) -> dict[int | None, list[Tally]]:
    """The counts of each group."""
    found: dict[int | None, list[Tally]] = defaultdict(list)
    for group, *tally in counts:
        found[group].append(Tally(*tally))
    return found


def sums_kept(sums: Iterable[tuple[Any, ...]]) -> dict[int | None, OfWaters]:
    """The sums of each group's means."""
    found: dict[int | None, OfWaters] = defaultdict(dict)
    for group, water, sections, items in sums:
        found[group][water] = Sums(sections, {code: (count, total) for code, count, total in items})
    return found


def _row(key: tuple[str, str], spans: tuple[_Span, _Span, _Span], groups: Sequence[int | None]) -> AppraisalRow:
    month, to_date, before = spans
    index_to_date, index_before = to_date.index(groups), before.index(groups)
    judged = month.judged(groups)
    return AppraisalRow(
        code=key[0],
        name=key[1],
        month=judged,
        to_date=to_date.judged(groups),
        year_before=before.judged(groups),
        index_month=month.index(groups),
        index_to_date=index_to_date,
        index_year_before=index_before,
        change=_change(before, to_date, groups, index_before, index_to_date),
        points=judged.coverage.points,
    )


def _change(
    before: _Span,
    after: _Span,
    groups: Sequence[int | None],
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
