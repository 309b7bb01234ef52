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
class Lake:
    """A lake with its points by their codes; a point of no named lake stands for a lake of its own."""

    code: str
    name: str
    points: Sequence[MonitoringPoint]


@dataclass(frozen=True, slots=True)
class LakeHistory:
    """A lake through several spans, oldest first, whether its index rises, and its points by their codes."""

    states: Sequence[LakeState]
    trend: RankTrend
    points: Sequence[MonitoringPoint] = ()

    @property
    def newest(self) -> LakeState:
        return self.states[-1]


def lakes_of(points: QuerySet[MonitoringPoint]) -> list[Lake]:
    """The lakes among the waters of `points`, by their codes; single points last."""
    rows = points.filter(water=WaterKind.LAKE).select_related("river").defer("geom")
    found: dict[tuple[str, str], list[MonitoringPoint]] = defaultdict(list)
    for point in rows.order_by("river__code", "code"):
        found[_lake_of(point)].append(point)
    return [Lake(code, name, sorted(own, key=lambda point: point.code)) for (code, name), own in found.items()]


def lake_states(points: QuerySet[MonitoringPoint], span: Span) -> list[LakeState]:
    """The lakes of `points` in a span."""
    return [history.newest for history in lake_histories(lakes_of(points), span, 1)]


def lake_histories(lakes: Sequence[Lake], span: Span, count: int) -> list[LakeHistory]:
    """Each lake in `span` and the spans before it, `count` in all."""
    spans = list(reversed(spans_before(span, count)))
    means = means_in([point for lake in lakes for point in lake.points], spans, list(TERMS))
    found = []
    for lake in lakes:
        states = [_state(lake, each, [means[each].get(point.pk) for point in lake.points]) for each in spans]
        found.append(LakeHistory(states, _trend(states), lake.points))
    return found


def _lake_of(point: MonitoringPoint) -> tuple[str, str]:
    named = point.river if point.river and point.river.kind == WaterKind.LAKE else point
    return named.code, named.name


def _state(lake: Lake, span: Span, columns: Sequence[Mapping[str, Mean] | None]) -> LakeState:
    sampled = [each for each in columns if each is not None]
    averaged = over_sections(sampled)
    means = {parameter: averaged[parameter] for parameter in TERMS if parameter in averaged}
    return LakeState(lake.code, lake.name, span, len(columns), len(sampled), means, _index(means))


def _index(means: Mapping[str, Mean]) -> Trophic | None:
    try:
        return trophic_index({parameter: float(mean.value) for parameter, mean in means.items()})
    except ValueError:
        return None


def _trend(states: Sequence[LakeState]) -> RankTrend:
    return rank_trend([state.trophic.index for state in states if state.trophic])
