"""The outlines of the district and its towns, read once for many places: what `position` asks of each."""

from typing import Any

from django.contrib.gis.geos import Point

from accounts.directory.models import Area
from accounts.district import outline_rows


class Outlines:
    """Outlines as they are now; places are EPSG:4326."""

    def __init__(self) -> None:
        self._district = [_prepared(area) for area in outline_rows()]
        towns = Area.objects.filter(level=Area.Level.TOWN, geom__isnull=False).order_by("code")
        self._towns = [(town, _prepared(town)) for town in towns]

    def may_hold(self, place: Point) -> bool:
        """Tell whether the district holds a place; where no outline is known, it may hold every one."""
        return not self._district or any(outline.intersects(place) for outline in self._district)

    def town_at(self, place: Point) -> Area | None:
        """Return the town that holds `place`, the first by code where two share the border; None where none does."""
        return next((town for town, outline in self._towns if outline.intersects(place)), None)


def _prepared(area: Area) -> Any:
    assert area.geom is not None  # noqa: S101 - the queries ask for outlines
    return area.geom.prepared
