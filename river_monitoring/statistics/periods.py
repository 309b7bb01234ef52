"""Water quality by the rule's periods: points rated by their means, in groups, and their classes through time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Area
from river_monitoring.assessment.kept import assess_kept, kept_counts, kept_rows, means_by_month
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import only, read_samples
from river_monitoring.assessment.queries import span_bounds as span_bounds
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import department_on
from river_monitoring.samples.models import Sample
from river_monitoring.standard.averages import Mean, Period, Span, means, span_of
from river_monitoring.standard.basin import (
    Section,
    Shares,
    shares_of,
)
from river_monitoring.standard.evaluation import Water, WaterClass
from river_monitoring.standard.rank_trend import RankTrend, rank_trend

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


def grouped_points(points: QuerySet[MonitoringPoint], *, with_places: bool = False) -> list[MonitoringPoint]:
    """The points with what they are grouped by, in the order of their codes; a table shows no place, a map does.

    A town, river or department is one object for all its points: thousands of copies take longer than the points.
    """
    towns = Prefetch("area", Area.objects.defer("geom", "point"))
    wanted = points if with_places else points.defer("geom")
    return list(wanted.prefetch_related(towns, "river", "department").order_by("code"))


def classes_of(points: Sequence[MonitoringPoint], span: Span) -> list[WaterClass]:
    """The class of each point in `span`, UNRATED where nothing may be said.

    It is the one that is kept beside the samples.
    """
    kept = dict(kept_rows(points, span).values_list("point", "water_class"))
    return [WaterClass.of(kept.get(point.pk, 0)) for point in points]


def common_water(waters: Iterable[Water]) -> Water:
    """Lakes are averaged with the lake's limits; a mixed group counts as rivers."""
    return "lake" if set(waters) == {"lake"} else "river"


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
