"""A stretch of the earth as a drawing: longitude and latitude to units of an SVG, true to scale in its middle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, cos, radians
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.utils.translation import gettext as _

from geokit.geometry.bbox import BBox
from ui.plain_values import kept_in_cache

M_PER_DEGREE = 111_320.0
"""Metres of a degree of latitude; one of longitude is shorter by cos(latitude)."""
BAR_LENGTHS_M = (20, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000)
LEAST_SPAN_DEGREES = 1e-6


def extent_of(geometries: Iterable[GEOSGeometry | None]) -> BBox | None:
    """Return what encloses all geometries (EPSG:4326); None when there are none."""
    boxes = [geometry.extent for geometry in geometries if geometry is not None and not geometry.empty]
    if not boxes:
        return None
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


@kept_in_cache
@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A round length and how wide it is drawn."""

    metres: int
    width: float

    @property
    def words(self) -> str:
        """``300 米``, ``2 千米``."""
        if self.metres < 1000:
            return _("%(number)d 米") % {"number": self.metres}
        return _("%(number)d 千米") % {"number": self.metres // 1000}


@kept_in_cache
@dataclass(frozen=True)
class MapFrame:
    """`west`, `north`: degrees at the drawing's corner 0, 0. `per_x`, `per_y`: units of the drawing for one degree."""

    west: float
    north: float
    per_x: float
    per_y: float
    width: int
    height: int

    @classmethod
    def around(
        cls, extent: BBox, width: int, height: int, *, margin: float = 0, least_m: float = 0, room: float = 1
    ) -> MapFrame:
        """Centre `extent` in a drawing of `width` x `height`, `margin` left free on each side.

        `room`: how many times wider than the extent itself; `least_m`: metres that the width shows at the least.
        """
        west, south, east, north = extent
        middle_x, middle_y = (west + east) / 2, (south + north) / 2
        squeeze = cos(radians(middle_y))
        across, up = (
            max(east - west, LEAST_SPAN_DEGREES) * squeeze * room,
            max(north - south, LEAST_SPAN_DEGREES) * room,
        )
        least = least_m / M_PER_DEGREE
        degrees_per_unit = max(across, least) / (width - 2 * margin), up / (height - 2 * margin)
        per_y = 1 / max(degrees_per_unit)
        per_x = per_y * squeeze
        return cls(middle_x - width / 2 / per_x, middle_y + height / 2 / per_y, per_x, per_y, width, height)

    @classmethod
    def as_wide(cls, extent: BBox, width: int, *, margin: float = 0, tallest: int | None = None) -> MapFrame:
        """Fill the width with `extent`; the height follows from it, up to `tallest`, where the sides stay free."""
        west, south, east, north = extent
        across = max(east - west, LEAST_SPAN_DEGREES) * cos(radians((south + north) / 2))
        up = max(north - south, LEAST_SPAN_DEGREES)
        per_y = (width - 2 * margin) / across
        if tallest is not None:
            per_y = min(per_y, (tallest - 2 * margin) / up)
        return cls.around(extent, width, ceil(up * per_y + 2 * margin), margin=margin)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place is in the drawing, to a tenth of a unit."""
        return round((lon - self.west) * self.per_x, 1), round((self.north - lat) * self.per_y, 1)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a place of the drawing lies within it."""
        return 0 <= x <= self.width and 0 <= y <= self.height

    @cached_property
    def box(self) -> Polygon:
        """The ground that the drawing shows (EPSG:4326)."""
        south, east = self.north - self.height / self.per_y, self.west + self.width / self.per_x
        box = Polygon.from_bbox((self.west, south, east, self.north))
        box.srid = 4326
        return box

    def meets(self, geometry: GEOSGeometry | None) -> bool:
        """Tell whether what encloses a geometry (EPSG:4326) touches the ground that the drawing shows."""
        if geometry is None or geometry.empty:
            return False
        west, south, east, north = geometry.extent
        left, bottom, right, top = self.box.extent
        return bool(west <= right and left <= east and south <= top and bottom <= north)

    @property
    def metres_per_unit(self) -> float:
        return M_PER_DEGREE / self.per_y

    def path(self, geometry: GEOSGeometry | None, *, detail: float = 0.4, clip: bool = True) -> str:
        """Return the lines and areas of a geometry as an SVG path; empty for none.

        Corners closer than `detail` units are left out (0 keeps all); `clip` leaves out what lies outside the drawing.
        """
        if geometry is None or geometry.empty:
            return ""
        drawn: Any = geometry.intersection(self.box) if clip else geometry
        if detail:
            drawn = drawn.simplify(detail / self.per_y, preserve_topology=True)
        return "".join(self._line(corners, closed) for corners, closed in _lines(drawn))

    def _line(self, corners: Sequence[tuple[float, ...]], closed: bool) -> str:
        points = (self.at(corner[0], corner[1]) for corner in corners)
        return "M" + "L".join(f"{x:g},{y:g}" for x, y in points) + ("Z" if closed else "")

    def scale_bar(self, share: float = 0.25) -> ScaleBar:
        """Return the longest round length that takes at most `share` of the width."""
        fitting = [metres for metres in BAR_LENGTHS_M if metres / self.metres_per_unit <= self.width * share]
        metres = fitting[-1] if fitting else BAR_LENGTHS_M[0]
        return ScaleBar(metres, round(metres / self.metres_per_unit, 1))


def _lines(geometry: Any) -> Iterator[tuple[Sequence[tuple[float, ...]], bool]]:
    """The lines that a geometry of any kind is drawn with, and whether each is closed; points have none."""
    if geometry.empty or geometry.geom_type in ("Point", "MultiPoint"):
        return
    if geometry.geom_type == "Polygon":
        yield from ((ring.coords, True) for ring in geometry)
    elif geometry.geom_type in ("LineString", "LinearRing"):
        yield geometry.coords, False
    else:
        for part in geometry:
            yield from _lines(part)
