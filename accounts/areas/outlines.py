"""Outlines of the district and its towns, read once for many places: what `position` asks of each."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib.gis.geos import Point

from accounts.areas.position import town_at
from accounts.directory.models import Area
from accounts.district import outline_rows


class Outlines:
    """Outlines as they are now; places are EPSG:4326."""

    @cached_property
    def _district(self) -> list[Any]:
        return [_prepared(area) for area in outline_rows()]

    @cached_property
    def _towns(self) -> list[tuple[Area, Any]]:
        towns = Area.objects.filter(level=Area.Level.TOWN, geom__isnull=False).order_by("code")
        return [(town, _prepared(town)) for town in towns]

    def may_hold(self, place: Point) -> bool:
        """Tell whether the district holds a place; where no outline is known, it may hold every one."""
        return not self._district or any(outline.intersects(place) for outline in self._district)

    def town_at(self, place: Point) -> Area | None:
        """Return the town that holds `place`, the first by code where two share the border; None where none does."""
        return next((town for town, outline in self._towns if outline.intersects(place)), None)


type TownFinder = Callable[[Point], Area | None]


def town_finder(places: int) -> TownFinder:
    """Return what finds the town that holds a place: the database for one place, the outlines read once for many."""
    return town_at if places < 2 else Outlines().town_at


def _prepared(area: Area) -> Any:
    assert area.geom is not None  # noqa: S101 - the queries ask for outlines
    return area.geom.prepared
