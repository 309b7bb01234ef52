"""A patrol drawn without a map: its track, the waters around it and what was found, as numbers for an SVG."""

from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.contrib.gis.geos import Polygon

from inspections.patrols.models import Patrol
from river_monitoring.models import Reach

WIDTH, HEIGHT, MARGIN = 640, 420, 24
LEAST_DEGREES = 0.004
"""A walk of a few metres still gets some surroundings: about 400 m."""


@dataclass(frozen=True)
class Mark:
    """A numbered place."""

    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Paths and places in units of the drawing."""

    track: str
    waters: list[str]
    marks: list[Mark]
    start: tuple[float, float]
    end: tuple[float, float]
    metres_per_unit: float
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bar_m(self) -> int:
        """A round length for the scale bar, metres."""
        return next((m for m in (2000, 1000, 500, 200, 100, 50) if m / self.metres_per_unit <= WIDTH / 4), 20)

    @property
    def bar(self) -> float:
        return round(self.bar_m / self.metres_per_unit, 1)


class _Frame:
    """How to get from degrees to the drawing."""

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        middle = (west + east) / 2, (south + north) / 2
        self._narrow = cos(radians(middle[1]))
        wide = max((east - west) * self._narrow, LEAST_DEGREES) / (WIDTH - 2 * MARGIN)
        high = max(north - south, LEAST_DEGREES) / (HEIGHT - 2 * MARGIN)
        self.scale = max(wide, high)
        self._middle = middle

    def place(self, x: float, y: float) -> tuple[float, float]:
        left = WIDTH / 2 + (x - self._middle[0]) * self._narrow / self.scale
        top = HEIGHT / 2 - (y - self._middle[1]) / self.scale
        return round(left, 1), round(top, 1)

    def path(self, lines: Any) -> str:
        return "".join("M" + "L".join("{:g},{:g}".format(*self.place(x, y)) for x, y, *_ in line) for line in lines)


def draw(patrol: Patrol) -> Drawing | None:
    """Draw an ended patrol; None when there is no track."""
    if patrol.track is None:
        return None
    west, south, east, north = patrol.track.extent
    frame = _Frame(west, south, east, north)
    room = 0.003
    around = Polygon.from_bbox((west - room, south - room, east + room, north + room))
    around.srid = 4326
    waters = Reach.objects.filter(geom__intersects=around)
    found = patrol.findings.order_by("seen_at", "pk")
    first, last = patrol.track[0][0], patrol.track[-1][-1]
    return Drawing(
        track=frame.path(patrol.track),
        waters=[frame.path(_lines(water.geom.intersection(around))) for water in waters],
        marks=[Mark(n, *frame.place(row.geom.x, row.geom.y)) for n, row in enumerate(found, start=1)],
        start=frame.place(first[0], first[1]),
        end=frame.place(last[0], last[1]),
        metres_per_unit=frame.scale * 111_320,
    )


def _lines(geom: Any) -> list[Any]:
    if geom.empty:
        return []
    return [geom] if geom.geom_type == "LineString" else [part for part in geom if part.geom_type == "LineString"]
