"""A water as its page shows it: its course with what lies along it, its town sections, its state in a period."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Count, Max, Q, QuerySet, Sum

from accounts.looking import looked_at
from accounts.permissions import Asker
from river_monitoring.network.models import Reach, ReachLink, River
from river_monitoring.network.permissions import reaches_visible_to, rivers_visible_to
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.standard.averages import Span
from river_monitoring.standard.basin import BasinState, state_of
from river_monitoring.statistics.periods import PointPeriod, common_water, rate_points
from river_monitoring.waters.stream import with_position


@dataclass(frozen=True, slots=True)
class Stop:
    """Something along the course, at so many metres from the source."""

    kind: Literal["point", "joins", "leaves"]
    metres: float
    point: MonitoringPoint | None = None
    river: River | None = None


@dataclass(frozen=True, slots=True)
class TownSection:
    """One reach (a town's part of the water) with its state; None where none of its points was rated."""

    reach: Reach
    begins_m: float
    points: int
    rated: int
    state: BasinState | None


def for_pages(rivers: QuerySet[River]) -> QuerySet[Any]:
    """Annotate waters with their length (m) and how many reaches they have."""
    return rivers.annotate(length=Sum("reaches__length_m"), reach_count=Count("reaches"))


def with_worst(rivers: QuerySet[River], user: Asker) -> QuerySet[River]:
    """Annotate waters with how many points they have that `user` is shown, and the worst present class among them."""
    seen = None if looked_at(user) is None else Q(points__in=points_visible_to(user))
    return rivers.annotate(
        point_count=Count("points", distinct=True, filter=seen),
        worst_class=Max("points__current_class", default=0, filter=seen),
    )


def reaches_of(river: River, user: Asker) -> list[Reach]:
    """The reaches from the source on."""
    return list(reaches_visible_to(user).filter(river=river).select_related("area").order_by("order", "pk"))


def points_of(river: River, user: Asker) -> QuerySet[MonitoringPoint]:
    """The points of a water, with their position on their reach."""
    return with_position(queries.for_lists(points_visible_to(user)).filter(river=river))


def course(river: River, reaches: Iterable[Reach], points: Iterable[MonitoringPoint], user: Asker) -> list[Stop]:
    """Points, tributaries and branches in the order of the flow; points on no reach come last, at no distance."""
    starts = _starts(reaches)
    lengths = {reach.pk: reach.length_m for reach in reaches}

    def metres(reach: int, share: float | None) -> float:
        return starts[reach] + (share or 0) * lengths[reach]

    placed = [point for point in points if point.reach_id in starts]
    stops = [Stop("point", metres(point.reach_id, point.position), point=point) for point in placed]  # type: ignore[arg-type, attr-defined]
    links = ReachLink.objects.select_related("upstream__river", "downstream__river")
    visible = set(rivers_visible_to(user).values_list("pk", flat=True))
    for link in links.filter(downstream__in=starts).exclude(upstream__river=river):
        if link.upstream.river_id in visible:
            stops.append(Stop("joins", metres(link.downstream_id, link.joins_at), river=link.upstream.river))
    for link in links.filter(upstream__in=starts).exclude(downstream__river=river):
        if link.downstream.river_id in visible:
            stops.append(Stop("leaves", metres(link.upstream_id, link.leaves_at), river=link.downstream.river))
    return sorted(stops, key=lambda stop: stop.metres)


def _starts(reaches: Iterable[Reach]) -> dict[int, float]:
    """How far from the source each reach begins, in metres."""
    found, so_far = {}, 0.0
    for reach in reaches:
        found[reach.pk] = so_far
        so_far += reach.length_m
    return found


def town_sections(reaches: list[Reach], points: list[MonitoringPoint], span: Span) -> list[TownSection]:
    """Every reach with its state in `span`, from the points on it: fewer than five are averaged, more are shares."""
    rated: dict[int, list[PointPeriod]] = defaultdict(list)
    for item in rate_points([point for point in points if point.reach_id], span):
        rated[item.point.reach_id or 0].append(item)
    starts = _starts(reaches)
    return [_section(reach, starts[reach.pk], rated[reach.pk]) for reach in reaches]


def _section(reach: Reach, begins_m: float, items: list[PointPeriod]) -> TownSection:
    counted = [item for item in items if item.number]
    water = common_water(item.assessment.water for item in counted)
    state = state_of([item.section for item in counted], water) if counted else None
    return TownSection(reach, begins_m, len(items), len(counted), state)
