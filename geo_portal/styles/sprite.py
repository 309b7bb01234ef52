"""The map's symbols, drawn here from the design values: one picture and its index, at one or two pixels a point.

Each water class has a shape as well as a colour; the ring around a symbol tells where the rectification stands.
Everything is drawn four times too large and reduced, which is what makes edges smooth.
"""

import io
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from geo_portal.styles import distance_fields
from ui import tokens

OVERSAMPLE = 4
OUTLINE = "#22323b"
PAPER = "#ffffff"
MARK = 26  # points; a class symbol with its white casing
RING = 40
PIN = 30
FLAG = 18
COLUMNS = 6
RING_THEMES = {"": "light", "-dark": "dark"}
CELL = 44  # room for the largest symbol, with a gap that keeps neighbours out of the interpolation

Painter = Callable[["Pen"], None]


class Pen:
    """A square canvas with its origin in the middle and points as its unit."""

    def __init__(self, size: int, ratio: int) -> None:
        self.scale = ratio * OVERSAMPLE
        self.size = size
        side = size * self.scale
        self.image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.image)

    def _to_pixels(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        half = self.size / 2
        return [((x + half) * self.scale, (y + half) * self.scale) for x, y in points]

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, outline: str, width: float) -> None:
        """Fill a polygon and run a line of `width` points along its border, corners round."""
        ring = self._to_pixels(points)
        self.draw.polygon(ring, fill=fill)
        if not width:
            return
        line = round(width * self.scale)
        self.draw.line([*ring, ring[0], ring[1]], fill=outline, width=line, joint="curve")

    def disc(self, radius: float, fill: str, x: float = 0, y: float = 0) -> None:
        box = self._to_pixels([(x - radius, y - radius), (x + radius, y + radius)])
        self.draw.ellipse([*box[0], *box[1]], fill=fill)

    def arc(self, radius: float, width: float, colour: str, start: float, end: float) -> None:
        """Draw part of a circle; angles in turns, clockwise from the top."""
        outer = radius + width / 2
        box = self._to_pixels([(-outer, -outer), (outer, outer)])
        self.draw.arc(
            [*box[0], *box[1]], start * 360 - 90, end * 360 - 90, fill=colour, width=round(width * self.scale)
        )

    def line(self, points: list[tuple[float, float]], colour: str, width: float) -> None:
        self.draw.line(self._to_pixels(points), fill=colour, width=round(width * self.scale), joint="curve")

    def finished(self, ratio: int) -> Image.Image:
        side = self.size * ratio
        return self.image.resize((side, side), Image.Resampling.LANCZOS)


def _scaled(shape: str, radius: float) -> list[tuple[float, float]]:
    return [(x * radius, y * radius) for x, y in tokens.SHAPES[shape]]


def _dashes(pen: Pen, radius: float, width: float, colour: str, count: int = 8) -> None:
    for index in range(count):
        pen.arc(radius, width, colour, index / count, (index + 0.58) / count)


def _water_class(entry: dict) -> Painter:
    def paint(pen: Pen) -> None:
        if entry["shape"] == "ring":
            pen.disc(9.6, PAPER)
            _dashes(pen, 8, 2.4, "#5d6a72")
            return
        pen.polygon(_scaled(entry["shape"], 9.6), PAPER, PAPER, 5)
        pen.polygon(_scaled(entry["shape"], 9.6), entry["fill"], OUTLINE, 1.5)

    return paint


def _ring(entry: dict, ink: str, casing: str) -> Painter:
    """The part of a circle that is done, in `ink` on a `casing` that sets it off from the map; both #rrggbb."""

    def paint(pen: Pen) -> None:
        pen.arc(15.5, 5, f"{casing}d8", 0, 1)
        if entry.get("dashed"):
            _dashes(pen, 15.5, 2.6, ink, 10)
        else:
            pen.arc(15.5, 1, f"{ink}70", 0, 1)
            pen.arc(15.5, 2.8, ink, 0, entry["arc"])
        if entry.get("double"):
            pen.arc(18.8, 1.2, ink, 0, 1)

    return paint


def _overdue(pen: Pen) -> None:
    """An exclamation mark on a dark flag: overdue is a mark, not a colour."""
    pen.disc(8.6, PAPER)
    pen.disc(7.2, OUTLINE)
    pen.line([(0, -4), (0, 0.8)], PAPER, 2.2)
    pen.disc(1.3, PAPER, 0, 3.8)


def _project(light: dict | None) -> Painter:
    """A house with the project's light in it; the light has a shape of its own."""
    house = [(-9.5, -3), (0, -11), (9.5, -3), (9.5, 10), (-9.5, 10)]

    def paint(pen: Pen) -> None:
        pen.polygon(house, PAPER, PAPER, 4.5)
        pen.polygon(house, PAPER, str(tokens.map_colours("light")["project"]), 2.2)
        if light is None:
            pen.arc(4, 1.8, "#5d6a72", 0, 1)
            return
        points = [(x, y + 2) for x, y in _scaled(light["shape"], 5.4)]
        pen.polygon(points, light["fill"], OUTLINE, 0.8)

    return paint


def _star(radius: float, y: float) -> list[tuple[float, float]]:
    """A five-pointed star, its tip up."""
    turns = [index / 10 * 2 * math.pi for index in range(10)]
    return [
        (math.sin(turn) * size, y - math.cos(turn) * size)
        for index, turn in enumerate(turns)
        for size in (radius if index % 2 == 0 else radius * 0.42,)
    ]


def _station(pen: Pen) -> None:
    colour = str(tokens.map_colours("light")["station"])
    drop = [(-8.2, 0.5), (8.2, 0.5), (0, 13)]
    pen.disc(11, PAPER, 0, -3)
    pen.polygon(drop, PAPER, PAPER, 4)
    pen.disc(9.4, colour, 0, -3)
    pen.polygon(drop, colour, colour, 0)
    pen.polygon(_star(6, -3), PAPER, PAPER, 0)


def _finding(pen: Pen) -> None:
    """A speech bubble: something that somebody saw here."""
    bubble = [(-10, -9.5), (10, -9.5), (10, 5), (1.5, 5), (-4, 11), (-4, 5), (-10, 5)]
    pen.polygon(bubble, PAPER, PAPER, 4)
    pen.polygon(bubble, OUTLINE, OUTLINE, 1)
    for x in (-5, 0, 5):
        pen.disc(1.5, PAPER, x, -2.2)


def _paper(pen: Pen) -> None:
    """A sheet with two lines: what deputies have written."""
    sheet = [(-7.5, -10), (4, -10), (8, -6), (8, 10), (-7.5, 10)]
    pen.polygon(sheet, PAPER, PAPER, 4.5)
    pen.polygon(sheet, PAPER, OUTLINE, 2)
    for y in (-2.5, 2.5):
        pen.line([(-4, y), (4.5, y)], OUTLINE, 1.8)


def _news(pen: Pen) -> None:
    """A framed text: what the congress's site has said about this place."""
    frame = [(-9, -8.5), (9, -8.5), (9, 8.5), (-9, 8.5)]
    pen.polygon(frame, PAPER, PAPER, 4.5)
    pen.polygon(frame, PAPER, OUTLINE, 2)
    for y, right in ((-3.5, 5), (0.5, 5), (4.5, 1)):
        pen.line([(-5, y), (right, y)], OUTLINE, 1.6)


def _outfall(closed: bool) -> Painter:
    """The mouth of a pipe with what comes out of it; a closed one has a bar instead."""

    def paint(pen: Pen) -> None:
        pen.polygon([(-10, -9), (4, -9), (4, 1), (-10, 1)], PAPER, PAPER, 5)
        pen.disc(7, PAPER, 6, 5)
        pen.polygon([(-10, -8), (3, -8), (3, 0), (-10, 0)], PAPER if closed else OUTLINE, OUTLINE, 2)
        if closed:
            pen.line([(7.5, -10), (7.5, 3)], OUTLINE, 2.6)
            return
        pen.polygon([(7, -2), (11, 5), (3, 5)], OUTLINE, OUTLINE, 0)
        pen.disc(4.1, OUTLINE, 7, 5.6)

    return paint


def _plain_sign(name: str) -> Painter:
    """A sign of the tokens that is a shape and a colour."""

    def paint(pen: Pen) -> None:
        pen.polygon(tokens.sign_points(name), PAPER, PAPER, 5)
        pen.polygon(tokens.sign_points(name), tokens.SIGNS[name]["fill"], OUTLINE, 1.5)

    return paint


def _symbols() -> dict[str, tuple[int, Painter]]:
    """Name -> (side in points, how to draw it)."""
    found: dict[str, tuple[int, Painter]] = {
        f"water-{entry['value']}": (MARK, _water_class(entry)) for entry in tokens.WATER_CLASSES
    }
    for suffix, theme in RING_THEMES.items():
        colours = tokens.map_colours(theme)
        ink, casing = str(colours["outline"]), str(colours["halo"])
        found |= {f"ring-{entry['name']}{suffix}": (RING, _ring(entry, ink, casing)) for entry in tokens.RINGS}
    found |= {f"project-{light['value']}": (PIN, _project(light)) for light in tokens.LIGHTS}
    found |= {name: (PIN, _plain_sign(name)) for name, sign in tokens.SIGNS.items() if "shape" in sign}
    return found | {
        "project-none": (PIN, _project(None)),
        "station": (PIN, _station),
        "finding": (PIN, _finding),
        "paper": (PIN, _paper),
        "news": (PIN, _news),
        "outfall": (PIN, _outfall(closed=False)),
        "outfall-closed": (PIN, _outfall(closed=True)),
        "overdue": (FLAG, _overdue),
    }


def sprite_index(ratio: int) -> dict[str, dict[str, int | bool]]:
    """Return where each symbol lies in the picture, in pixels, as MapLibre reads it."""
    drawn: list[tuple[str, int, dict[str, bool]]] = [(name, size, {}) for name, (size, _painter) in _symbols().items()]
    fields = [(f"shape-{name}", distance_fields.SIDE, {"sdf": True}) for name in distance_fields.names()]
    return {
        name: {
            "x": number % COLUMNS * CELL * ratio,
            "y": number // COLUMNS * CELL * ratio,
            "width": size * ratio,
            "height": size * ratio,
            "pixelRatio": ratio,
            **more,
        }
        for number, (name, size, more) in enumerate([*drawn, *fields])
    }


@cache
def sprite_png(ratio: int) -> bytes:
    """Draw all symbols on one picture; `ratio` 1 or 2 pixels a point."""
    symbols = _symbols()
    places = sprite_index(ratio)
    rows = math.ceil(len(places) / COLUMNS)
    sheet = Image.new("RGBA", (COLUMNS * CELL * ratio, rows * CELL * ratio), (0, 0, 0, 0))
    for name, (size, paint) in symbols.items():
        pen = Pen(size, ratio)
        paint(pen)
        sheet.paste(pen.finished(ratio), (places[name]["x"], places[name]["y"]))
    fields = Image.new("L", sheet.size, 0)
    for name in distance_fields.names():
        place = places[f"shape-{name}"]
        fields.paste(distance_fields.field(name, ratio).getchannel("A"), (place["x"], place["y"]))
    return _packed(sheet, fields)


def _commonest(pixels: NDArray[Any], drawn: NDArray[Any], colours: int) -> NDArray[Any]:
    """Return for each number of a colour in `drawn` the RGBA that most of its pixels have: areas of one colour keep
    exactly that of the tokens, where a mean would shift it by a step."""
    packed = pixels.astype(np.uint32) @ np.array([1 << 24, 1 << 16, 1 << 8, 1], dtype=np.uint32)
    pairs, counts = np.unique((drawn.astype(np.uint64) << np.uint64(32)) | packed, return_counts=True)
    palette = np.zeros((colours, 4), dtype=np.uint8)
    for pair in pairs[np.argsort(counts, kind="stable")]:
        palette[int(pair >> np.uint64(32))] = [int(pair) >> shift & 255 for shift in (24, 16, 8, 0)]
    return palette


FIELD_SHADES = 96
"""Steps of a distance field that are kept: each is a twelfth of a point."""


def _packed(symbols: Image.Image, fields: Image.Image) -> bytes:
    """One picture of 256 colours, a quarter of the bytes of one of all: some for the symbols, the rest shades of black
    for the distance fields."""
    colours = 256 - FIELD_SHADES
    drawn = symbols.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = np.zeros((256, 4), dtype=np.uint8)
    palette[:colours] = _commonest(np.asarray(symbols), np.asarray(drawn), colours)
    palette[colours:, 3] = np.round(np.linspace(0, 255, FIELD_SHADES))
    shade = np.round(np.asarray(fields) / 255 * (FIELD_SHADES - 1)).astype(np.uint8)
    picture = Image.fromarray(np.where(shade > 0, colours + shade, np.asarray(drawn)).astype(np.uint8), "P")
    picture.putpalette(palette[:, :3].tobytes(), "RGB")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True, transparency=palette[:, 3].tobytes())
    return out.getvalue()
