"""Draw geometries on a thumbnail at twice its width and height, reduced at the end."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

import shapely
from django.contrib.gis.geos import GEOSGeometry
from PIL import Image, ImageDraw
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from accounts.district.queries import CHINA
from geokit.geometry.bbox import BBox
from layers.styling.marker_shapes import SHAPE_POINTS
from layers.styling.style import StyleClass, Symbol

WIDTH, HEIGHT = 320, 200
OVERSAMPLE = 2
MARGIN = 14
LEAST_DEGREES = 0.002
"""About 200 m: a single point is shown with some ground around it."""
GROUND, LAND, BORDER = "#e9e6dc", "#f6f4ee", "#c9c5b9"

Pixels = list[tuple[float, float]]


@dataclass(frozen=True)
class Frame:
    """How degrees become pixels: one scale for both axes, true at the middle's latitude."""

    west: float
    north: float
    per_degree_x: float
    per_degree_y: float

    @classmethod
    def around(cls, box: BBox | None) -> "Frame":
        west, south, east, north = box or CHINA
        middle_x, middle_y = (west + east) / 2, (south + north) / 2
        squeeze = max(cos(radians(middle_y)), 0.05)
        span_x, span_y = max(east - west, LEAST_DEGREES) * squeeze, max(north - south, LEAST_DEGREES)
        scale = min((WIDTH - 2 * MARGIN) / span_x, (HEIGHT - 2 * MARGIN) / span_y) * OVERSAMPLE
        width, height = WIDTH * OVERSAMPLE, HEIGHT * OVERSAMPLE
        return cls(middle_x - width / 2 / (scale * squeeze), middle_y + height / 2 / scale, scale * squeeze, scale)

    def degrees(self, pixels: float) -> float:
        """So many finished pixels in degrees."""
        return pixels * OVERSAMPLE / self.per_degree_y

    def place(self, coordinates: Iterable[Sequence[float]]) -> Pixels:
        return [
            ((x - self.west) * self.per_degree_x, (self.north - y) * self.per_degree_y) for x, y, *_z in coordinates
        ]


class Picture:
    """A canvas of WIDTH x HEIGHT pixels."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.image = Image.new("RGB", (WIDTH * OVERSAMPLE, HEIGHT * OVERSAMPLE), GROUND)
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def ground(self, outline: GEOSGeometry) -> None:
        """The district beneath everything."""
        for part in _parts(shapely.from_wkb(bytes(outline.wkb))):
            if isinstance(part, Polygon):
                ring = self.frame.place(part.exterior.coords)
                self.draw.polygon(ring, fill=LAND)
                self.draw.line(ring, fill=BORDER, width=OVERSAMPLE)

    def raster(self, png: bytes, box: BBox) -> None:
        """A ready picture of `box` (degrees), laid where the box is."""
        west, south, east, north = box
        (left, top), (right, bottom) = self.frame.place([(west, north), (east, south)])
        size = (max(round(right - left), 1), max(round(bottom - top), 1))
        with Image.open(io.BytesIO(png)) as image:
            fitted = image.convert("RGBA").resize(size, Image.Resampling.BILINEAR)
        self.image.paste(fitted, (round(left), round(top)), fitted)

    def feature(self, wkb: bytes, symbol: Symbol, item: StyleClass) -> None:
        """One feature as its class looks."""
        for part in _parts(shapely.from_wkb(wkb)):
            if isinstance(part, Polygon):
                self._area(part, symbol, item)
            elif isinstance(part, LineString):
                width = max(round(symbol.width * OVERSAMPLE * 0.8), 1)
                self.draw.line(self.frame.place(part.coords), fill=item.colour, width=width, joint="curve")
            elif isinstance(part, Point):
                self._point(part, symbol, item)

    def _area(self, part: Polygon, symbol: Symbol, item: StyleClass) -> None:
        ring = self.frame.place(part.exterior.coords)
        opacity = round(255 * max(symbol.fill_opacity, 0.15))
        if not part.interiors:
            self.draw.polygon(ring, fill=f"{item.colour}{opacity:02x}")
        else:
            self._with_holes(ring, part, item.colour, opacity)
        width = max(round(symbol.outline_width * OVERSAMPLE * 0.8), 1)
        for edge in (part.exterior, *part.interiors):
            self.draw.line(self.frame.place(edge.coords), fill=symbol.outline or item.colour, width=width)

    def _with_holes(self, ring: Pixels, part: Polygon, colour: str, opacity: int) -> None:
        mask = Image.new("L", self.image.size, 0)
        cut = ImageDraw.Draw(mask)
        cut.polygon(ring, fill=opacity)
        for hole in part.interiors:
            cut.polygon(self.frame.place(hole.coords), fill=0)
        self.image.paste(Image.new("RGB", self.image.size, colour), (0, 0), mask)

    def _point(self, part: Point, symbol: Symbol, item: StyleClass) -> None:
        (x, y) = self.frame.place(part.coords)[0]
        radius = max(min(symbol.size, 8) * 0.7, 2) * OVERSAMPLE
        outline = symbol.outline or "#ffffff"
        corners = SHAPE_POINTS.get(item.shape or symbol.shape)
        if corners:
            self.draw.polygon([(x + a * radius, y + b * radius) for a, b in corners], fill=item.colour, outline=outline)
        else:
            self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=item.colour, outline=outline)

    def webp(self) -> bytes:
        out = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(out, "WEBP", quality=82, method=4)
        return out.getvalue()


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts(shape) if not part.is_empty]
