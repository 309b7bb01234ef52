"""Points of a sheet registered together: checked as `registration` checks one, with the outlines read once.

What is unlikely or wrong with the place is left to it (None): it has the words, and asks about what is far from water.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import QuerySet, Value
from django.db.models.functions import Upper

from accounts.areas.outlines import Outlines
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import Refusal
from ledger import audit
from river_monitoring.network.models import Reach
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.registration import (
    FAR_M,
    NewPoint,
    chosen_village,
    entry_of,
    field_errors,
    may_register_in,
    place_of,
    point_of,
    require_register,
)

MOST_PARTS = 100
"""Nearest reaches that one statement asks for."""


@dataclass(frozen=True, slots=True)
class GivenPoint:
    """A new point as a row says it."""

    point: NewPoint
    confirmed: bool


def register_points(actor: Asker, given: Sequence[GivenPoint]) -> list[MonitoringPoint | None]:
    """Enter many new points in a number of queries that grows by one a hundred rows; None for those left aside."""
    require_register(actor)
    grounds, taken = _Grounds(given), _taken(given)
    answers: list[MonitoringPoint | None] = []
    for one in given:
        code = one.point.code.strip().upper()
        try:
            point = _point(actor, one, grounds) if code not in taken else None
        except Refusal:  # said by the registration of one
            point = None
        answers.append(point)
        if point is not None:
            taken.add(code)
    answers = _with_reaches(answers, given)
    made = [(point, one.point) for point, one in zip(answers, given, strict=True) if point is not None]
    for point, _new in made:
        if point.river is not None:
            point.water = point.river.kind
    MonitoringPoint.objects.bulk_create([point for point, _new in made])
    audit.record_many(actor, "register-point", ((point, entry_of(new)) for point, new in made))
    return answers


def _taken(given: Iterable[GivenPoint]) -> set[str]:
    """The codes that are there already, in capitals."""
    wanted = {one.point.code.strip().upper() for one in given}
    there = MonitoringPoint.objects.annotate(capitals=Upper("code")).filter(capitals__in=wanted)
    return set(there.values_list("capitals", flat=True))


class _Grounds:
    """The outlines of the district and its towns, and the villages that rows name."""

    def __init__(self, given: Iterable[GivenPoint]) -> None:
        self._outlines = Outlines()
        words = {one.point.village for one in given if one.point.village}
        villages = Area.objects.filter(level=Area.Level.VILLAGE).defer("geom", "point")
        self._villages = list(_named(villages, words)) if words else []

    def town(self, one: NewPoint, place: Point) -> Area | None:
        """The town that holds the place; the one that was named, where it has no outline; None outside the district."""
        if not self._outlines.may_hold(place):
            return None
        named = one.area if one.area is not None and one.area.geom is None else None
        return self._outlines.town_at(place) or named

    def village(self, word: str, town: Area) -> Area | None:
        """The village of the town by its code or name. Raises BadInput."""
        if not word:
            return None
        inside = [area for area in self._villages if area.parent_id == town.pk]
        return chosen_village(word, [area for area in inside if word in (area.code, area.name)])


def _named(rows: QuerySet[Area], words: set[str]) -> QuerySet[Area]:
    return rows.filter(code__in=words) | rows.filter(name__in=words)


def _point(actor: Asker, one: GivenPoint, grounds: _Grounds) -> MonitoringPoint | None:
    given = one.point
    place, errors = place_of(given)
    if place is None or errors or field_errors(given, None):
        return None
    town = grounds.town(given, place)
    if town is None or given.department is None or not may_register_in(actor, town, place):
        return None
    return point_of(given, place, town, grounds.village(given.village, town))


def _with_reaches(
    points: Sequence[MonitoringPoint | None], given: Sequence[GivenPoint]
) -> list[MonitoringPoint | None]:
    """The points with the nearest reach of their river; None for one that is far from it and nobody confirmed."""
    asked = [(at, point) for at, point in enumerate(points) if point is not None and point.river is not None]
    kept = list(points)
    for start in range(0, len(asked), MOST_PARTS):
        part = asked[start : start + MOST_PARTS]
        nearest = [_nearest(at, point) for at, point in part]
        for reach in nearest[0].union(*nearest[1:], all=True):
            point = points[reach.at]
            assert point is not None  # noqa: S101 - only those were asked about
            point.reach = reach
            if reach.far.m > FAR_M and not given[reach.at].confirmed:
                kept[reach.at] = None
    return kept


def _nearest(at: int, point: MonitoringPoint) -> QuerySet[Any]:
    reaches = Reach.objects.filter(river=point.river).defer("geom")
    return reaches.annotate(at=Value(at), far=Distance("geom", point.geom)).order_by("far")[:1]
