"""The drawing of a topic's places, made on the server: borders of the towns around, and a number for each place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.gis.geos import Point

from accounts.areas.position import borders_in
from ui.charts.frame import MapFrame, ScaleBar, extent_of

WIDTH, HEIGHT = 640, 360
LEAST_M = 800
MARGIN = 28


@dataclass(frozen=True)
class Mark:
    """A place of the drawing with the number that it has in the list."""

    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Clip:
    """What ``papers/_clip.html`` draws."""

    marks: tuple[Mark, ...]
    borders: tuple[str, ...]
    scale: ScaleBar
    width: int = WIDTH
    height: int = HEIGHT


def clip_of(places: Sequence[Point | None]) -> Clip | None:
    """Draw places (EPSG:4326), each numbered as in the list; None where there is none."""
    extent = extent_of(places)
    if extent is None:
        return None
    frame = MapFrame.around(extent, WIDTH, HEIGHT, margin=MARGIN, least_m=LEAST_M)
    marks = tuple(
        Mark(number, *frame.at(place.x, place.y)) for number, place in enumerate(places, start=1) if place is not None
    )
    return Clip(marks, borders_in(frame), frame.scale_bar())
