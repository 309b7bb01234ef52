"""考核: which sections meet their target in a month and in the year so far, the year's cumulative means, and the CWQI.

A point is judged in the month by its assessment, and in the year so far by that of the cumulative means (累计均值: the
mean of the monthly values from January on). Points of which it cannot be told whether they meet their target are named
with their reasons beside the denominator. The index of a group is that of its sections' means; no class is made of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from river_monitoring.assessment.coverage import Coverage, count_unrated, unrated_of
from river_monitoring.assessment.kept import assess_kept, assess_to_date
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import RULES, Scheme
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.averages import Span
from river_monitoring.standard.city_index import CityIndex, change_percent, city_index
from river_monitoring.statistics.periods import GROUPS, By
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
    """One point: in the month, in the year so far, and in the same part of the year before."""

    point: MonitoringPoint
    month: Assessment
    to_date: Assessment
    year_before: Assessment


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


def appraise(points: QuerySet[MonitoringPoint], month: Span, by: By, scheme: Scheme = "all") -> Appraisal:
    """Judge `points` in a month and in its year so far, by town, river or department."""
    items = _appraised(points, month, scheme)
    groups: dict[tuple[str, str], list[AppraisedPoint]] = defaultdict(list)
    for item in items:
        if key := GROUPS[by](item.point, month.last_day):
            groups[key].append(item)
    basis, total = ranking_basis(month.last_day), _row(("", ""), items)
    rows = [_row(key, found) for key, found in sorted(groups.items())]
    return Appraisal(month, by, scheme, _ranked(rows, total, basis[MINIMUM]), total, basis)


def _appraised(points: QuerySet[MonitoringPoint], month: Span, scheme: Scheme) -> list[AppraisedPoint]:
    wanted = list(points.select_related("area", "river", "department").defer("area__geom").order_by("code"))
    now = assess_kept(wanted, month, scheme)
    to_date = assess_to_date(wanted, month, scheme)
    before = assess_to_date(wanted, month.year_before, scheme)
    return [AppraisedPoint(point, now[point.pk], to_date[point.pk], before[point.pk]) for point in wanted]


def _row(key: tuple[str, str], items: Sequence[AppraisedPoint]) -> AppraisalRow:
    month, to_date, before = ([getattr(item, name) for item in items] for name in ("month", "to_date", "year_before"))
    index_to_date, index_before = _index(items, to_date), _index(items, before)
    return AppraisalRow(
        code=key[0],
        name=key[1],
        month=_judged(month),
        to_date=_judged(to_date),
        year_before=_judged(before),
        index_month=_index(items, month),
        index_to_date=index_to_date,
        index_year_before=index_before,
        change=_change(items, before, to_date, index_before, index_to_date),
        points=items,
    )


def _judged(found: Sequence[Assessment]) -> Judged:
    meets = [each.meets_target for each in found]
    return Judged(meets.count(True), count_unrated(unrated_of(each, by_target=True) for each in found))


def _index(
    items: Sequence[AppraisedPoint], found: Iterable[Assessment], only: frozenset[str] | None = None
) -> CityIndex | None:
    sections = [(each.water, each) for each in found if each.means]
    if not sections:
        return None
    first = sections[0][1]
    standard, rule = STANDARDS[first.evaluation.standard], RULES[first.rule]
    return city_index(((water, each.means) for water, each in sections), standard, rule, only)


def _change(
    items: Sequence[AppraisedPoint],
    before: Sequence[Assessment],
    after: Sequence[Assessment],
    index_before: CityIndex | None,
    index_after: CityIndex | None,
) -> Decimal | None:
    if index_before is None or index_after is None:
        return None
    if index_before.items == index_after.items:
        return change_percent(index_before, index_after)
    shared = index_before.items & index_after.items
    then, now = _index(items, before, shared), _index(items, after, shared)
    return change_percent(then, now) if then and now else None


def _ranked(rows: Sequence[AppraisalRow], total: AppraisalRow, least: int) -> list[AppraisalRow]:
    """By the index of the year so far; only groups of enough judged points, whose index has the whole's items."""

    def is_ranked(row: AppraisalRow) -> bool:
        index, whole = row.index_to_date, total.index_to_date
        return row.to_date.of >= least and index is not None and whole is not None and index.items == whole.items

    def order(row: AppraisalRow) -> Decimal:
        return row.index_to_date.value if row.index_to_date else Decimal("Infinity")

    return [replace(row, rank=place) for row, place in in_places(rows, order, is_ranked)]
