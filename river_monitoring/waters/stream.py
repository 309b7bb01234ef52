"""What lies upstream and downstream of a point along the water, nearest first."""

from dataclasses import dataclass
from typing import Any, NamedTuple

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
    """A point's neighbours, nearest first, and how many there are; `is_known` is False where the point lies on no reach
    of the network."""

    upstream: tuple[Neighbour, ...] = ()
    downstream: tuple[Neighbour, ...] = ()
    all_up: int = 0
    all_down: int = 0
    is_known: bool = True

    @property
    def nearest_up(self) -> tuple[Neighbour, ...]:
        return self.upstream[:SHOWN]

    @property
    def nearest_down(self) -> tuple[Neighbour, ...]:
        return self.downstream[:SHOWN]

    @property
    def more_up(self) -> int:
        return max(0, self.all_up - SHOWN)

    @property
    def more_down(self) -> int:
        return max(0, self.all_down - SHOWN)


def load_network(places: list[Place]) -> Network:
    """The whole network as it stands, with `places` on it. A lake's shore has no length: its water is one."""
    reaches = Reach.objects.values_list("pk", "length_m", "river__kind")
    lengths = {pk: 0.0 if kind == WaterKind.LAKE else metres for pk, metres, kind in reaches}
    links = ReachLink.objects.values_list("upstream", "downstream", "leaves_at", "joins_at")
    return Network(lengths, (Link(*link) for link in links), places)


def stream_of(point: MonitoringPoint, user: Asker = None, most: int | None = None) -> Stream:
    """Upstream and downstream points that `user` may see, of either at most the nearest. Points of the same lake are
    neither."""
    if point.reach_id is None:
        return Stream(is_known=False)
    visible = with_position(points_visible_to(user)).filter(reach__isnull=False)
    rows = list(visible.values_list("pk", "code", "reach", "position"))
    places: dict[int, Place] = {pk: (reach, at) for pk, _code, reach, at in rows}
    if point.pk not in places:
        return Stream(is_known=False)
    network = load_network(list(places.values()))
    here = places.pop(point.pk)
    up, down = network.upstream(here), network.downstream(here)
    codes = {pk: code for pk, code, *_place in rows if pk in places and (places[pk] in up) != (places[pk] in down)}
    above, below = _nearest(up, places, codes), _nearest(down, places, codes)
    read = queries.for_lists(points_visible_to(user)).in_bulk([found.pk for found in above[:most] + below[:most]])

    def shown(found: list[_Found]) -> tuple[Neighbour, ...]:
        return tuple(Neighbour(read[each.pk], each.metres) for each in found[:most] if each.pk in read)

    return Stream(shown(above), shown(below), len(above), len(below))


class _Found(NamedTuple):
    """A point that was reached, before it is read; nearest first, then by code."""

    metres: float
    code: str
    pk: int


def _nearest(metres: dict[Place, float], places: dict[int, Place], codes: dict[int, str]) -> list[_Found]:
    return sorted(_Found(metres[places[pk]], code, pk) for pk, code in codes.items() if places[pk] in metres)
