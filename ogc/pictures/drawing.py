"""Vector tiles drawn on the server by the map's own style, for clients that know pictures only (WMTS, WMS).

Areas, lines, circles and the signs of the sprite; names are left to clients that draw by themselves. What is drawn are
the tiles that the map has, so a picture costs a tile and shows no row that its asker may not see.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import mapbox_vector_tile
from PIL import Image, ImageColor, ImageDraw

from ogc.pictures.expressions import Feature, worth
from tiles.layer.vector import EXTENT
from ui.deadlines import check

OVERSAMPLE = 2
SMALL = 1_100_000
"""Pixels of a picture that is drawn twice as fine; a larger one is drawn as it is, for memory."""
FINEST = 0.4
"""Least width of a line on the finished picture, pixels."""
Sign = Callable[[str], "Image.Image | None"]
"""Finds a sign of the sprite, drawn for two pixels a point."""
StyleLayer = Mapping[str, Any]
Decoded = Mapping[str, Any]
"""The layers of a vector tile by name, each with its `features` and `extent`."""
Colour = tuple[int, int, int, int]
Pixels = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Size:
    """Of a finished picture in pixels, and the zoom of the style at its scale."""

    width: int
    height: int
    zoom: float


def decoded(tile: bytes) -> Decoded:
    """Return the layers of a vector tile by name, y pointing down; none of an empty one."""
    return mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}) if tile else {}


def draw(tile: Decoded, layers: Iterable[StyleLayer], size: Size, sign: Sign, *, fine: bool = False) -> Image.Image:
    """Return a picture of one tile, which fills it; a `fine` one, for paper, has twice the pixels each way."""
    grain = OVERSAMPLE if fine or size.width * size.height <= SMALL else 1
    canvas = Image.new("RGBA", (size.width * grain, size.height * grain))
    for layer in layers:
        found = tile.get(layer.get("source-layer", ""), {"features": []})
        if found["features"] and layer.get("minzoom", 0) <= size.zoom < layer.get("maxzoom", 99):
            _Painter(canvas, layer, size, found.get("extent", EXTENT), sign).paint(found["features"])
    return canvas if fine or grain == 1 else canvas.resize((size.width, size.height), Image.Resampling.BOX)


def as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
    return out.getvalue()


class _Painter:
    """One style layer on one picture. Each layer has a sheet of its own, so that only layers mix, not features."""

    def __init__(self, canvas: Image.Image, layer: StyleLayer, size: Size, extent: int, sign: Sign) -> None:
        self.canvas, self.size, self.sign = canvas, size, sign
        self.kind = layer["type"]
        self.filter, self.paint_rules = layer.get("filter"), layer.get("paint", {})
        self.layout = layer.get("layout", {})
        self.scale_x, self.scale_y = canvas.width / extent, canvas.height / extent
        self.grain = canvas.width / size.width

    def paint(self, features: list[dict[str, Any]]) -> None:
        make = {"fill": self._fill, "line": self._line, "circle": self._circle, "symbol": self._symbol}.get(self.kind)
        if make is None or (self.kind == "symbol" and "icon-image" not in self.layout):
            return
        sheet = Image.new("RGBA", self.canvas.size)
        pen = ImageDraw.Draw(sheet)
        for each in features:
            check()
            kind = each["geometry"]["type"].removeprefix("Multi")
            feature = Feature({**each["properties"], "id": each.get("id")}, kind, self.size.zoom)
            if self.filter is None or worth(self.filter, feature):
                make(sheet, pen, each["geometry"], feature)
        self.canvas.alpha_composite(sheet)

    def _value(self, name: str, feature: Feature, usual: Any) -> Any:
        found = worth(self.paint_rules.get(name, usual), feature)
        return usual if found is None else found

    def _number(self, name: str, feature: Feature, usual: float) -> float:
        found = self._value(name, feature, usual)
        return float(found) if isinstance(found, int | float) else usual

    def _colour(self, name: str, feature: Feature, opacity: str, usual: str = "#000000") -> Colour:
        try:
            red, green, blue, alpha = ImageColor.getcolor(str(self._value(name, feature, usual)), "RGBA")  # type: ignore[misc]
        except ValueError:
            return (0, 0, 0, 0)
        part = min(max(self._number(opacity, feature, 1), 0), 1)
        return (red, green, blue, round(alpha * part))

    def _fill(self, sheet: Image.Image, pen: ImageDraw.ImageDraw, geometry: Any, feature: Feature) -> None:
        colour = self._colour("fill-color", feature, "fill-opacity")
        for rings in parts(geometry, "Polygon"):
            outer, *holes = [self._places(ring) for ring in rings]
            if len(outer) < 3 or not colour[3]:
                continue
            if holes:
                self._with_holes(sheet, outer, holes, colour)
            else:
                pen.polygon(outer, fill=colour)

    def _with_holes(self, sheet: Image.Image, outer: Pixels, holes: list[Pixels], colour: Colour) -> None:
        """The mask is no larger than the area, or each of many small ones would cost as much as the whole picture."""
        left, top, right, bottom = box = _box(outer, sheet)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        cut = ImageDraw.Draw(mask)
        cut.polygon([(x - left, y - top) for x, y in outer], fill=255)
        for hole in holes:
            if len(hole) > 2:
                cut.polygon([(x - left, y - top) for x, y in hole], fill=0)
        sheet.paste(colour, box, mask)

    def _line(self, _sheet: Image.Image, pen: ImageDraw.ImageDraw, geometry: Any, feature: Feature) -> None:
        width = self._number("line-width", feature, 1)
        colour = self._colour("line-color", feature, "line-opacity")
        if width <= 0 or not colour[3]:
            return
        for line in self._lines(geometry):
            pen.line(line, fill=colour, width=max(round(max(width, FINEST) * self.grain), 1), joint="curve")

    def _lines(self, geometry: Any) -> Iterator[Pixels]:
        for line in parts(geometry, "LineString"):
            yield self._places(line)
        for rings in parts(geometry, "Polygon"):
            for ring in rings:
                yield self._places([*ring, ring[0]])

    def _circle(self, _sheet: Image.Image, pen: ImageDraw.ImageDraw, geometry: Any, feature: Feature) -> None:
        radius = self._number("circle-radius", feature, 5) * self.grain
        colour = self._colour("circle-color", feature, "circle-opacity")
        edge = self._colour("circle-stroke-color", feature, "circle-stroke-opacity")
        width = self._number("circle-stroke-width", feature, 0) * self.grain
        aside, down = (part * self.grain for part in self.paint_rules.get("circle-translate", (0, 0)))
        for x, y in self._points(geometry):
            x, y = x + aside, y + down
            if width and edge[3]:
                whole = radius + width
                pen.ellipse((x - whole, y - whole, x + whole, y + whole), fill=edge)
            if colour[3]:
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def _symbol(self, sheet: Image.Image, pen: ImageDraw.ImageDraw, geometry: Any, feature: Feature) -> None:
        name, size = worth(self.layout["icon-image"], feature), worth(self.layout.get("icon-size", 1), feature)
        scale = size if isinstance(size, int | float) else 1
        found = self.sign(str(name)) if name else None
        opacity = min(max(self._number("icon-opacity", feature, 1), 0), 1)
        if not opacity:
            return
        aside, down = self._offset(feature, scale, found)
        for x, y in self._points(geometry):
            x, y = x + aside, y + down
            if found is None:  # a sign that takes its colour from the feature
                colour = self._colour("icon-color", feature, "icon-opacity")
                radius = 9 * scale * self.grain
                if name and colour[3]:
                    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
            else:
                wide, high = (max(round(side * scale * self.grain / 2), 1) for side in found.size)
                stamp = found.resize((wide, high), Image.Resampling.BILINEAR)
                if opacity < 1:
                    stamp.putalpha(stamp.getchannel("A").point([round(alpha * opacity) for alpha in range(256)]))
                lay(sheet, stamp, round(x - wide / 2), round(y - high / 2))

    def _offset(self, feature: Feature, scale: float, found: Image.Image | None) -> tuple[float, float]:
        """How far from its place the middle of a sign lies, in pixels of the canvas; offsets grow with the sign."""
        offset = worth(self.layout.get("icon-offset", [0, 0]), feature)
        aside, down = offset if isinstance(offset, list) and len(offset) == 2 else (0, 0)
        if self.layout.get("icon-anchor") == "bottom" and found is not None:
            down -= found.height / 4  # signs are drawn for two pixels a point
        return aside * scale * self.grain, down * scale * self.grain

    def _points(self, geometry: Any) -> Iterator[tuple[float, float]]:
        for point in parts(geometry, "Point"):
            yield self._places([point])[0]

    def _places(self, places: Iterable[Any]) -> Pixels:
        return [(x * self.scale_x, y * self.scale_y) for x, y in places]


def _box(places: Pixels, sheet: Image.Image) -> tuple[int, int, int, int]:
    """The whole pixels of a sheet on which something between these places may be."""
    xs, ys = [x for x, _y in places], [y for _x, y in places]
    return (
        max(floor(min(xs)), 0),
        max(floor(min(ys)), 0),
        min(ceil(max(xs)) + 1, sheet.width),
        min(ceil(max(ys)) + 1, sheet.height),
    )


def parts(geometry: Mapping[str, Any], kind: str) -> Iterator[Any]:
    """The parts of a decoded geometry of that kind; none of one of another."""
    if geometry["type"] == kind:
        yield geometry["coordinates"]
    elif geometry["type"] == f"Multi{kind}":
        yield from geometry["coordinates"]


def lay(whole: Image.Image, part: Image.Image, left: int, top: int) -> None:
    """Lay one picture over another, from that corner on; what reaches over the edge is cut."""
    from_x, from_y = max(-left, 0), max(-top, 0)
    if from_x < part.width and from_y < part.height and left < whole.width and top < whole.height:
        whole.alpha_composite(part, (max(left, 0), max(top, 0)), (from_x, from_y))
