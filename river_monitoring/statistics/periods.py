"""Water quality by the rule's periods: sections rated by their means, groups of them compared with their denominators.

A group (town, river, department) with fewer rated sections than `least_ranked` is shown and not ranked: one pond must
not make a town the worst of the district. Only rivers are averaged over their sections; of towns and departments the
shares are told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Area
from river_monitoring.assessment.coverage import Coverage, coverage_of
from river_monitoring.assessment.kept import assess_kept, kept_counts, kept_rows, means_by_month
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import only, read_samples
from river_monitoring.assessment.queries import span_bounds as span_bounds
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import department_on
from river_monitoring.samples.models import Sample
from river_monitoring.standard.averages import Mean, Period, Span, means, span_of
from river_monitoring.standard.basin import (
    BasinState,
    Change,
    Section,
    Shares,
    change_between,
    shares_of,
    state_by_shares,
    state_of,
)
from river_monitoring.standard.evaluation import Water, WaterClass
from river_monitoring.standard.rank_trend import RankTrend, rank_trend
from river_monitoring.statistics.ranking import MINIMUM, in_places, ranking_basis

By = Literal["town", "river", "department"]
GROUPS: Mapping[By, Callable[[MonitoringPoint, date], tuple[str, str] | None]] = {
    "town": lambda point, day: (point.area.code, point.area.name),
    "river": lambda point, day: (point.river.code, point.river.name) if point.river else None,
    "department": department_on,
}
"""Code and name of the group that a point is counted in, in the month of a day."""


@dataclass(frozen=True, slots=True)
class PointPeriod:
    """One point in one span as it was assessed."""

    point: MonitoringPoint
    assessment: Assessment

    @property
    def section(self) -> Section:
        return Section(self.assessment.means, self.assessment.shown)

    @property
    def number(self) -> int:
        return self.assessment.number

    @property
    def meets_target(self) -> bool | None:
        """Whether the point is at its target or better; None where that cannot be told, or it has no target."""
        return self.assessment.meets_target


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A town, river or department in a span, against the span before and the same span a year before."""

    code: str
    name: str
    points: int
    state: BasinState
    change: Change
    change_from_year: Change
    target_met: int
    """Points that are at their target or better; one that is only "at least" of a class proves nothing."""
    target_judged: int
    """Points of which it can be told whether they meet their target."""
    ranked: bool
    coverage: Coverage
    """Of its points how many were rated, and why the others were not."""
    codes: Sequence[str] = ()
    """Its rated points, the worst first."""
    rank: int | None = None

    @property
    def rated(self) -> int:
        return self.state.shares.rated

    @property
    def shares(self) -> Shares:
        return self.state.shares


@dataclass(frozen=True, slots=True)
class PeriodTable:
    """All groups of one span, with the whole as `total`."""

    span: Span
    by: By
    rows: Sequence[GroupRow]
    total: GroupRow
    basis: Mapping[str, Any]
    """The rule that places were given by, with its version (`ranking.ranking_basis`)."""

    @property
    def least_ranked(self) -> int:
        """Groups with fewer rated points are not ranked."""
        return self.basis[MINIMUM]


def rate_points(points: Iterable[MonitoringPoint], span: Span) -> list[PointPeriod]:
    """Assess every point over `span`; points of which nothing can be said are unrated, not left out."""
    wanted = list(points)
    found = assess_kept(wanted, span)
    return [PointPeriod(point, found[point.pk]) for point in wanted]


@dataclass(frozen=True, slots=True)
class Rated:
    """The same points, in the same order, rated in a span and in the one before; and their classes of a year before."""

    span: Span
    now: Sequence[PointPeriod]
    before: Sequence[PointPeriod]
    year: Sequence[WaterClass]


def rate_span(points: QuerySet[MonitoringPoint], span: Span) -> Rated:
    """Rate points, with their places, for comparison; the answer serves tables by any group."""
    wanted = grouped_points(points, with_places=True)
    now, before = (rate_points(wanted, each) for each in (span, span.before))
    return Rated(span, now, before, classes_of(wanted, span.year_before))


@dataclass(frozen=True, slots=True)
class _Compared:
    """The points of a span, and the classes that the same points had in the one before and in that of a year ago."""

    span: Span
    now: Sequence[PointPeriod]
    before: Sequence[WaterClass]
    year: Sequence[WaterClass]


def period_table(points: QuerySet[MonitoringPoint], span: Span, by: By) -> PeriodTable:
    """Compare the groups of `points` in `span`, best first; groups that cannot be ranked last."""
    wanted = grouped_points(points)
    before, year = (classes_of(wanted, each) for each in (span.before, span.year_before))
    return _table(_Compared(span, rate_points(wanted, span), before, year), by)


def grouped_points(points: QuerySet[MonitoringPoint], *, with_places: bool = False) -> list[MonitoringPoint]:
    """The points with what they are grouped by, in the order of their codes; a table shows no place, a map does.

    A town, river or department is one object for all its points: thousands of copies take longer than the points.
    """
    towns = Prefetch("area", Area.objects.defer("geom", "point"))
    wanted = points if with_places else points.defer("geom")
    return list(wanted.prefetch_related(towns, "river", "department").order_by("code"))


def table_of(rated: Rated, by: By) -> PeriodTable:
    """Compare the groups of points that are rated already."""
    return _table(_Compared(rated.span, rated.now, _classes(rated.before), rated.year), by)


def _classes(items: Iterable[PointPeriod]) -> list[WaterClass]:
    return [item.assessment.water_class for item in items]


def classes_of(points: Sequence[MonitoringPoint], span: Span) -> list[WaterClass]:
    """The class of each point in `span`, UNRATED where nothing may be said.

    It is the one that is kept beside the samples.
    """
    kept = dict(kept_rows(points, span).values_list("point", "water_class"))
    return [WaterClass.of(kept.get(point.pk, 0)) for point in points]


def _table(rated: _Compared, by: By) -> PeriodTable:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, item in enumerate(rated.now):
        if key := GROUPS[by](item.point, rated.span.last_day):
            groups[key].append(index)
    basis, is_water = ranking_basis(rated.span.last_day), by == "river"
    least = basis[MINIMUM]
    rows = [_row(key, indexes, rated, is_water, least) for key, indexes in sorted(groups.items())]
    total = _row(("", ""), range(len(rated.now)), rated, False, least)
    return PeriodTable(rated.span, by, _ranked(rows), total, basis)


def _row(key: tuple[str, str], indexes: Iterable[int], rated_points: _Compared, is_water: bool, least: int) -> GroupRow:
    chosen = list(indexes)
    present = [rated_points.now[index] for index in chosen]
    rated = [item for item in present if item.number]
    # The averaging rule is about sections that were rated; an unsampled pond is counted beside them.
    sections = [item.section for item in rated]
    water = common_water(item.assessment for item in rated)
    state = state_of(sections, water) if is_water else state_by_shares(sections)
    shares = shares_of(_classes(present))
    return GroupRow(
        code=key[0],
        name=key[1],
        points=len(chosen),
        state=replace(state, shares=shares),
        change=change_between(shares_of([rated_points.before[index] for index in chosen]), shares),
        change_from_year=change_between(shares_of([rated_points.year[index] for index in chosen]), shares),
        target_met=sum(item.meets_target is True for item in present),
        target_judged=sum(item.meets_target is not None for item in present),
        ranked=len(rated) >= least,
        coverage=coverage_of(item.assessment for item in present),
        codes=[item.point.code for item in sorted(rated, key=lambda item: (-item.number, item.point.code))],
    )


def common_water(found: Iterable[Assessment]) -> Water:
    """Lakes are averaged with the lake's limits; a mixed group counts as rivers."""
    return "lake" if {each.water for each in found} == {"lake"} else "river"


def _ranked(rows: Sequence[GroupRow]) -> list[GroupRow]:
    """Best first among those that can be ranked: the larger share I to III, then the smaller share inferior V."""

    def order(row: GroupRow) -> tuple[Any, ...]:
        return (-row.shares.good, row.shares.inferior)

    by_code = sorted(rows, key=lambda row: row.code)
    return [replace(row, rank=place) for row, place in in_places(by_code, order, lambda row: row.ranked)]


@dataclass(frozen=True, slots=True)
class ParameterTrend:
    """One parameter of one point through time: the mean per span, and whether it rises or falls."""

    spans: Sequence[tuple[Span, Mean]]
    trend: RankTrend


def parameter_trend(point: MonitoringPoint, parameter: str, period: Period, most: int = 36) -> ParameterTrend:
    """Judge the newest `most` spans of a parameter by rank correlation. Fewer than five give no direction."""
    found = [
        (span, columns[parameter]) for span, columns in _means_of(point, parameter, period) if parameter in columns
    ]
    kept = found[-most:]
    return ParameterTrend(kept, rank_trend([float(mean.value) for _, mean in kept]))


def _means_of(point: MonitoringPoint, parameter: str, period: Period) -> Iterable[tuple[Span, Mapping[str, Mean]]]:
    """The means of a point's spans, oldest first: of months as they are kept, else of the samples."""
    kept = means_by_month(point, [parameter]) if period == "month" else None
    if kept is not None:
        return kept.items()
    samples = [only(each.measured, [parameter]) for each in read_samples(point.samples.all())[point.pk]]
    return means(samples, period).items()


def newest_span(points: QuerySet[MonitoringPoint], period: Period) -> Span:
    """The newest span that is over and has samples; the one before today's when there are none."""
    today = timezone.localdate()
    begin, _ = span_bounds(span_of(today, period))
    # The newest of each point lies at the end of an index; to put all samples in order takes longer the more there are.
    samples = Sample.objects.filter(point=OuterRef("pk"), phenomenon_time__lt=begin).order_by("-phenomenon_time")
    of_each = Subquery(samples.values("phenomenon_time")[:1])
    newest = MonitoringPoint.objects.filter(pk__in=points.order_by().values("pk")).aggregate(day=Max(of_each))["day"]
    return span_of(timezone.localdate(newest), period) if newest else span_of(today, period).before


@dataclass(frozen=True, slots=True)
class SpanShares:
    """Class shares of one span."""

    span: Span
    shares: Shares


def shares_through_time(points: QuerySet[MonitoringPoint], span: Span, count: int) -> list[SpanShares]:
    """Class shares of a span and of those before it, oldest first; spans without samples have nothing rated."""
    spans = list(reversed(spans_before(span, count)))
    counted: dict[date, list[WaterClass]] = defaultdict(list)
    for first_day, number, points_of_class in kept_counts(points, spans):
        counted[first_day] += [WaterClass.of(number)] * points_of_class
    return [SpanShares(each, shares_of(counted[each.first_day])) for each in spans]


def share_trend(history: Sequence[SpanShares]) -> RankTrend:
    """Whether the share of class I to III rises or falls over the spans that have rated points."""
    return rank_trend([float(each.shares.good) for each in history if each.shares.rated])


def spans_before(span: Span, count: int) -> list[Span]:
    """The span and those before it, newest first."""
    found = [span]
    while len(found) < count:
        found.append(found[-1].before)
    return found
