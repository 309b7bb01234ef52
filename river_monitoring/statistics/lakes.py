"""Lakes and reservoirs by their trophic level index: each point averaged over time, then the lake over its points."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from river_monitoring.assessment.kept import means_in
from river_monitoring.network.models import WaterKind
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Mean, Span, over_sections
from river_monitoring.standard.rank_trend import RankTrend, rank_trend
from river_monitoring.standard.trophic import TERMS, Trophic, trophic_index
from river_monitoring.statistics.periods import spans_before


@dataclass(frozen=True, slots=True)
class LakeState:
    """One lake in one span. `trophic` is None without chlorophyll a, or when a value allows no logarithm."""

    code: str
    name: str
    span: Span
    points: int
    sampled: int
    means: Mapping[str, Mean]
    trophic: Trophic | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the five were not measured."""
        return tuple(code for code in TERMS if code not in self.means)


@dataclass(frozen=True, slots=True)
class LakeHistory:
    """A lake through several spans, oldest first, whether its index rises, and its points by their codes."""

    states: Sequence[LakeState]
    trend: RankTrend
    points: Sequence[MonitoringPoint] = ()

    @property
    def newest(self) -> LakeState:
        return self.states[-1]


def lake_states(points: QuerySet[MonitoringPoint], span: Span) -> list[LakeState]:
    """The lakes of `points` in a span, by name of code; a point of no named lake stands for a lake of its own."""
    return _states(_lake_points(points), span)


def lake_histories(points: QuerySet[MonitoringPoint], span: Span, count: int) -> list[LakeHistory]:
    """Each lake in `span` and the spans before it, `count` in all."""
    wanted = _lake_points(points)
    by_lake: dict[str, list[LakeState]] = defaultdict(list)
    for each in reversed(spans_before(span, count)):
        for state in _states(wanted, each):
            by_lake[state.code].append(state)
    own: dict[str, list[MonitoringPoint]] = defaultdict(list)
    for point in sorted(wanted, key=lambda point: point.code):
        own[_lake_of(point)[0]].append(point)
    return [LakeHistory(states, _trend(states), own[code]) for code, states in by_lake.items()]


def _lake_points(points: QuerySet[MonitoringPoint]) -> list[MonitoringPoint]:
    return list(points.filter(water=WaterKind.LAKE).select_related("river").order_by("river__code", "code"))


def _states(points: Sequence[MonitoringPoint], span: Span) -> list[LakeState]:
    groups: dict[tuple[str, str], list[Mapping[str, Mean]]] = defaultdict(list)
    means = means_in(points, span)
    for point in points:
        groups[_lake_of(point)].append(means[point.pk])
    return [_state(code, name, span, columns) for (code, name), columns in groups.items()]


def _lake_of(point: MonitoringPoint) -> tuple[str, str]:
    named = point.river if point.river and point.river.kind == WaterKind.LAKE else point
    return named.code, named.name


def _state(code: str, name: str, span: Span, columns: list[Mapping[str, Mean]]) -> LakeState:
    sampled = [each for each in columns if each]
    averaged = over_sections(sampled)
    means = {parameter: averaged[parameter] for parameter in TERMS if parameter in averaged}
    return LakeState(code, name, span, len(columns), len(sampled), means, _index(means))


def _index(means: Mapping[str, Mean]) -> Trophic | None:
    try:
        return trophic_index({parameter: float(mean.value) for parameter, mean in means.items()})
    except ValueError:
        return None


def _trend(states: Sequence[LakeState]) -> RankTrend:
    return rank_trend([state.trophic.index for state in states if state.trophic])
