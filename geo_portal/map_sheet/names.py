"""The names on a drawn map: what the style writes at each feature, as far as there is room."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogc.pictures.drawing import Decoded, parts
from ogc.pictures.expressions import Feature, worth
from tiles.layer.vector import EXTENT
from ui.deadlines import check

MOST_LETTERS = 24
SIGN_RADIUS = 9
"""Pixels of a sign at size 1."""
GAP = 3
"""Pixels that stay free around a name."""


@dataclass(frozen=True, slots=True)
class Name:
    """Words with their middle and foot on the picture (CSS pixels)."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    halo: str = ""
    bold: bool = False
    always: bool = False
    """Written wherever it is: the number on a cluster."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        if not self.text:
            return self.x - self.size, self.y - self.size, self.x + self.size, self.y + self.size
        wide = sum(self.size if ord(letter) > 255 else self.size * 0.6 for letter in self.text) / 2
        return self.x - wide - GAP, self.y - self.size - GAP, self.x + wide + GAP, self.y + GAP


def names_of(
    tile: Decoded, layers: Iterable[Mapping[str, Any]], zoom: float, left: int, top: int, side: int
) -> list[Name]:
    """Return what the style's layers write in one tile that lies there on the picture."""
    found: list[Name] = []
    for layer in layers:
        if layer["type"] != "symbol":
            continue
        if not layer.get("minzoom", 0) <= zoom < layer.get("maxzoom", 99):
            continue
        for each in tile.get(layer["source-layer"], {"features": []})["features"]:
            check()
            kind = each["geometry"]["type"].removeprefix("Multi")
            feature = Feature({**each["properties"], "id": each.get("id")}, kind, zoom)
            if layer.get("filter") is not None and not worth(layer["filter"], feature):
                continue
            places = [*_places(each["geometry"])]
            found += _signs(layer, feature, places, (left, top, side / EXTENT))
            found += _names(layer, feature, places, (left, top, side / EXTENT))
    return found


def _names(
    layer: Mapping[str, Any], feature: Feature, places: Sequence[tuple[float, float]], at: tuple[float, float, float]
) -> Iterator[Name]:
    layout, paint = layer["layout"], layer.get("paint", {})
    words = worth(layout.get("text-field", ""), feature)
    size = worth(layout.get("text-size", 16), feature)
    if not isinstance(words, str) or not words or not isinstance(size, int | float):
        return
    left, top, scale = at
    for x, y in places:
        if 0 <= x < EXTENT and 0 <= y < EXTENT:
            yield Name(
                words[:MOST_LETTERS],
                left + x * scale + _aside(layout, feature, size),
                top + y * scale + _down(layout, feature, size),
                float(size),
                str(worth(paint.get("text-color", "#000000"), feature)),
                str(worth(paint.get("text-halo-color", ""), feature) or ""),
                "Bold" in str(layout.get("text-font", "")),
                layout.get("text-allow-overlap") is True,
            )


def _aside(layout: Mapping[str, Any], feature: Feature, size: float) -> float:
    offset = worth(layout.get("text-offset", [0, 0]), feature) or [0, 0]
    return size * float(offset[0])


def _signs(
    layer: Mapping[str, Any], feature: Feature, places: Sequence[tuple[float, float]], at: tuple[float, float, float]
) -> Iterator[Name]:
    """What signs take of the room, as names without letters."""
    layout = layer["layout"]
    opacity = worth(layer.get("paint", {}).get("icon-opacity", 1), feature)
    size = worth(layout.get("icon-size", 1), feature)
    if "icon-image" not in layout or not opacity or not isinstance(size, int | float):
        return
    left, top, scale = at
    for x, y in places:
        if 0 <= x < EXTENT and 0 <= y < EXTENT:
            yield Name("", left + x * scale, top + y * scale, SIGN_RADIUS * size, "")


def _down(layout: Mapping[str, Any], feature: Feature, size: float) -> float:
    """How far below its place the foot of a name lies: in its middle, or under a sign."""
    radial = layout.get("text-radial-offset")
    offset = worth(layout.get("text-offset", [0, 0]), feature) or [0, 0]
    anchors = layout.get("text-variable-anchor") or ["center"]
    if radial and anchors[0] == "top":
        return size * (float(radial) + 0.9)
    return size * (0.36 + float(offset[1]))


def _places(geometry: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Each point; the middle of each line. Areas have their names elsewhere."""
    yield from parts(geometry, "Point")
    for line in parts(geometry, "LineString"):
        yield line[len(line) // 2]


def placed(names: Sequence[Name], width: int, height: int) -> list[Name]:
    """Those that have room, the style's last first; a water is named once."""
    kept: list[Name] = []
    boxes: list[tuple[float, float, float, float]] = []
    seen: list[Name] = []
    for name in reversed(names):
        box = name.box
        if not name.text:
            boxes.append(box)
            continue
        if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
            continue
        if not name.always and (any(_meet(box, other) for other in boxes) or any(_repeats(name, one) for one in seen)):
            continue
        kept.append(name)
        boxes.append(box)
        seen.append(name)
    return kept[::-1]


NEAR = 260
"""Pixels within which one name is enough."""


def _repeats(name: Name, other: Name) -> bool:
    return name.text == other.text and abs(name.x - other.x) < NEAR and abs(name.y - other.y) < NEAR


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
