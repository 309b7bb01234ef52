"""What lies upstream and downstream of a point along the water, nearest first."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import F, FloatField, Func, QuerySet

from accounts.permissions import Asker
from river_monitoring.network.graph import Link, Network, Place
from river_monitoring.network.models import Reach, ReachLink, WaterKind
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to

SHOWN = 5


class CourseOf(Func):
    """The parts of a reach as one line, in the order in which they were drawn."""

    template = "ST_LineFromMultiPoint(ST_Points(%(expressions)s))"
    output_field = GeometryField(srid=4326)


def with_position(points: QuerySet[MonitoringPoint]) -> QuerySet[Any]:
    """Annotate `position` on the point's reach: 0 at its source end, 1 at its mouth end; NULL without a reach."""
    along = Func(CourseOf("reach__geom"), F("geom"), function="ST_LineLocatePoint", output_field=FloatField())
    return points.annotate(position=along)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A point and its distance along the water in metres."""

    point: MonitoringPoint
    metres: float


@dataclass(frozen=True, slots=True)
class Stream:
    """A point's neighbours, nearest first; `is_known` is False where the point lies on no reach of the network."""

    upstream: tuple[Neighbour, ...] = ()
    downstream: tuple[Neighbour, ...] = ()
    is_known: bool = True

    @property
    def nearest_up(self) -> tuple[Neighbour, ...]:
        return self.upstream[:SHOWN]

    @property
    def nearest_down(self) -> tuple[Neighbour, ...]:
        return self.downstream[:SHOWN]

    @property
    def more_up(self) -> int:
        return max(0, len(self.upstream) - SHOWN)

    @property
    def more_down(self) -> int:
        return max(0, len(self.downstream) - SHOWN)


def load_network(places: list[Place]) -> Network:
    """The whole network as it stands, with `places` on it. A lake's shore has no length: its water is one."""
    reaches = Reach.objects.values_list("pk", "length_m", "river__kind")
    lengths = {pk: 0.0 if kind == WaterKind.LAKE else metres for pk, metres, kind in reaches}
    links = ReachLink.objects.values_list("upstream", "downstream", "leaves_at", "joins_at")
    return Network(lengths, (Link(*link) for link in links), places)


def stream_of(point: MonitoringPoint, user: Asker = None) -> Stream:
    """Upstream and downstream points that `user` may see. Points of the same lake are neither."""
    if point.reach_id is None:
        return Stream(is_known=False)
    visible = with_position(points_visible_to(user)).filter(reach__isnull=False)
    places: dict[int, Place] = {pk: (reach, at) for pk, reach, at in visible.values_list("pk", "reach", "position")}
    if point.pk not in places:
        return Stream(is_known=False)
    network = load_network(list(places.values()))
    here = places.pop(point.pk)
    up, down = network.upstream(here), network.downstream(here)
    found = {pk: place for pk, place in places.items() if (place in up) != (place in down)}
    by_pk = queries.for_lists(points_visible_to(user)).in_bulk(list(found))
    return Stream(_nearest(up, found, by_pk), _nearest(down, found, by_pk))


def _nearest(
    metres: dict[Place, float], places: dict[int, Place], points: dict[int, MonitoringPoint]
) -> tuple[Neighbour, ...]:
    found = (Neighbour(points[pk], metres[place]) for pk, place in places.items() if place in metres and pk in points)
    return tuple(sorted(found, key=lambda neighbour: (neighbour.metres, neighbour.point.code)))
