"""A layer's style as layers of MapLibre's style format: the only place where the one becomes the other.

Ids are `<slug>:covered`, `<slug>:fill`, `<slug>:line`, `<slug>:point`, `<slug>:halo`, `<slug>:label` (no slug holds
a colon); lines of
different dashes are layers of their own, since not every client can choose a dash by a feature's value. Features
light up by the feature states `hover` and `selected`.
"""

from collections.abc import Callable
from typing import Any

from layers.styling.style import CATEGORIZED, DASHES, MAX_ZOOM, SINGLE, Style, StyleClass

Expression = Any
StyleLayer = dict[str, Any]

FONT = ["Noto Sans SC Regular"]
"""Served under `/fonts/`; map clients that can draw Chinese with the reader's own fonts do so."""
# The base map's own label colours, so that names of loaded layers look at home in each theme.
INKS = {
    "light": {"label": "#3d4a51", "halo": "#fbfaf5", "select": "#0b6fd1"},
    "dark": {"label": "#d3dce1", "halo": "#131b20", "select": "#8fd0ff"},
    "print": {"label": "#222222", "halo": "#ffffff", "select": "#000000"},
}
DASH_PATTERNS = {"dashed": [4, 2], "dotted": [0.6, 1.8], "dashdot": [5, 2, 0.6, 2]}
ICON_RADIUS = 10  # points, of the shapes in the sprite
POINT_SCALE = ((6, 0.35), (10, 0.65), (14, 1), (18, 1.6))
LINE_SCALE = ((6, 0.45), (10, 0.75), (14, 1), (18, 2))
COVERED = ((0, 0.25), (0.1, 0.4), (1, 0.8))
"""Opacity by the share of a cell that is covered: never too faint to be seen."""
THIN = 0.6
"""Pixels of an edge without a width of its own: an area smaller than a pixel has no other colour on the screen."""
SELECTED, HOVER = 2.4, 1.7
POINTS, LINES, AREAS = "Point", "LineString", "Polygon"
GEOMETRIES = {"MultiPoint": (POINTS,), "MultiLineString": (LINES,), "MultiPolygon": (AREAS,)}


def style_layers(source: str, style: Style, geometry_type: str, theme: str) -> list[StyleLayer]:
    """The layers that draw the source layer `source` of the source `source`, bottom first."""
    drawn = GEOMETRIES.get(geometry_type, (AREAS, LINES, POINTS))
    layers: list[StyleLayer] = []
    if AREAS in drawn or LINES in drawn:
        layers.append(_covered(source, style))
    if AREAS in drawn:
        layers += [_fill(source, style), *_lines(source, style, AREAS)]
    if LINES in drawn:
        layers += _lines(source, style, LINES)
    if POINTS in drawn:
        layers += [_cells(source, style), _halo(source, theme), _points(source, style)]
    if style.labels:
        layers.append(_label(source, style, theme, along=drawn == (LINES,)))
    return [_in_range(layer, style) for layer in layers]


def _in_range(layer: StyleLayer, style: Style) -> StyleLayer:
    low, high = max(style.minzoom, layer.get("minzoom", 0)), style.maxzoom
    return {**layer, **({"minzoom": low} if low else {}), **({"maxzoom": high} if high < MAX_ZOOM else {})}


def _on(source: str, name: str, kind: str, **rest: Any) -> StyleLayer:
    return {"id": f"{source}:{name}", "type": kind, "source": source, "source-layer": source, **rest}


def by_class(style: Style, value: Callable[[StyleClass], Any]) -> Expression:
    """What `value` says of each feature's class; a constant where all classes agree."""
    if style.kind == SINGLE:
        return value(_everything(style))
    classes, other, none = [value(item) for item in style.classes], value(style.other), value(style.no_data)
    if all(item == none for item in [*classes, other]):
        return none
    get = ["get", style.field]
    if style.kind == CATEGORIZED:
        pairs = [part for item, result in zip(style.classes, classes, strict=True) for part in (item.value, result)]
        chosen = ["match", ["to-string", get], *pairs, other] if pairs else other
        return ["case", ["==", ["typeof", get], "null"], none, chosen]
    if not classes:
        return ["case", ["==", ["typeof", get], "number"], other, none]
    steps = [part for bound, result in zip(style.inner, classes[1:], strict=True) for part in (bound, result)]
    chosen = ["step", ["to-number", get], classes[0], *steps] if steps else classes[0]
    return ["case", ["==", ["typeof", get], "number"], chosen, none]


def _everything(style: Style) -> StyleClass:
    return StyleClass(style.symbol.colour)


def all_classes(style: Style) -> list[StyleClass]:
    """Every class that a feature can be in, as the legend lists them."""
    if style.kind == SINGLE:
        return [_everything(style)]
    return [*style.classes, *([style.other] if style.kind == CATEGORIZED else []), style.no_data]


def _highlighted(value: Expression) -> Expression:
    """`value`, more where the feature is pointed at or open."""
    state = ["case", ["boolean", ["feature-state", "selected"], False], SELECTED,
             ["boolean", ["feature-state", "hover"], False], HOVER, 1]  # fmt: skip
    return ["*", value, state]


def _scaled(scale: tuple[tuple[float, float], ...], value: Callable[[float], Expression]) -> Expression:
    return ["interpolate", ["linear"], ["zoom"], *[part for zoom, factor in scale for part in (zoom, value(factor))]]


def _is(family: str) -> Expression:
    return ["==", ["geometry-type"], family]


CELL_COLOUR = "#5d6a72"
LEFT_OUT: Expression = ["has", "left_out"]
OWN_SHAPE: Expression = ["!", LEFT_OUT]
"""At low zooms a tile of many lines or areas leaves out the smallest; squares over their cells stand in for them."""


def _covered(source: str, style: Style) -> StyleLayer:
    """Cells of shapes too small to be drawn, denser where they cover more, in the colour of the value that covers
    most; grey where the tile does not say which that is."""
    colour = by_class(style, lambda item: item.colour)
    if style.kind != SINGLE:
        colour = ["case", ["has", style.field], colour, CELL_COLOUR]
    share = ["coalesce", ["get", "covered_share"], 0]
    dense = [part for at, opacity in COVERED for part in (at, round(opacity * style.opacity, 3))]
    return _on(
        source, "covered", "fill", filter=LEFT_OUT,
        paint={
            "fill-color": colour,
            "fill-opacity": ["interpolate", ["linear"], share, *dense],
            "fill-antialias": False,
        },
    )  # fmt: skip


def _fill(source: str, style: Style) -> StyleLayer:
    opacity = round(style.symbol.fill_opacity * style.opacity, 3)
    lit = min(1, round(opacity + 0.25, 3))
    state = ["boolean", ["feature-state", "selected"], False], ["boolean", ["feature-state", "hover"], False]
    return _on(
        source, "fill", "fill", filter=["all", _is(AREAS), OWN_SHAPE],
        paint={
            "fill-color": by_class(style, lambda item: item.colour),
            "fill-opacity": ["case", ["any", *state], lit, opacity],
            "fill-antialias": False,
        },
    )  # fmt: skip


def _lines(source: str, style: Style, family: str) -> list[StyleLayer]:
    """Lines, or the outlines of areas: one layer for each dash in use."""
    symbol = style.symbol
    areas = family == AREAS
    width = symbol.outline_width if areas else symbol.width
    if not width:
        return [_edge(source, style)] if areas else []
    used = {_dash(style, item) for item in all_classes(style)}
    dashes = [dash for dash in DASHES if dash in used]
    dash_of = by_class(style, lambda item: _dash(style, item))
    layers = []
    for dash in dashes:
        rule: Expression = ["all", _is(family), *([["==", dash_of, dash]] if len(dashes) > 1 else []), OWN_SHAPE]
        colour = by_class(style, lambda item: (symbol.outline or item.colour) if areas else item.colour)
        paint: dict[str, Any] = {
            "line-color": colour,
            "line-width": _scaled(LINE_SCALE, lambda factor: _highlighted(round(width * factor, 3))),
            "line-opacity": style.opacity,
        }
        if dash in DASH_PATTERNS:
            paint["line-dasharray"] = DASH_PATTERNS[dash]
        name = ("outline" if areas else "line") + ("" if dash == "solid" else f"-{dash}")
        cap = "butt" if dash in DASH_PATTERNS else "round"
        layers.append(
            _on(source, name, "line", filter=rule, layout={"line-join": "round", "line-cap": cap}, paint=paint)
        )
    return layers


def _edge(source: str, style: Style) -> StyleLayer:
    """A hair in the fill's own colour, where a style draws no outlines."""
    return _on(
        source, "edge", "line", filter=["all", _is(AREAS), OWN_SHAPE],
        paint={
            "line-color": by_class(style, lambda item: item.colour),
            "line-width": THIN,
            "line-opacity": round(style.symbol.fill_opacity * style.opacity, 3),
        },
    )  # fmt: skip


def _dash(style: Style, item: StyleClass) -> str:
    return item.dash or style.symbol.dash


def _shape(style: Style, item: StyleClass) -> str:
    return item.shape or style.symbol.shape


def _halo(source: str, theme: str) -> StyleLayer:
    lit = ["case", ["boolean", ["feature-state", "selected"], False], 0.9,
           ["boolean", ["feature-state", "hover"], False], 0.55, 0]  # fmt: skip
    colour = INKS[theme]["select"]
    return _on(
        source, "halo", "circle", filter=_is(POINTS),
        paint={
            "circle-radius": _scaled(POINT_SCALE, lambda factor: round(14 * factor, 2)),
            "circle-color": colour,
            "circle-opacity": ["*", 0.25, lit],
            "circle-stroke-color": colour,
            "circle-stroke-width": 2.5,
            "circle-stroke-opacity": lit,
        },
    )  # fmt: skip


# At low zooms a tile joins points of a large layer into cells that say how many they are and have no values.
ONE_POINT = ["all", _is(POINTS), ["==", ["coalesce", ["get", "point_count"], 1], 1], OWN_SHAPE]
CELL = ["all", _is(POINTS), [">", ["coalesce", ["get", "point_count"], 1], 1]]


def _cells(source: str, style: Style) -> StyleLayer:
    """Cells of points in grey, larger where they are many: they belong to no class."""
    radius = ["min", 14, ["+", 1.5, ["*", 1.6, ["log10", ["coalesce", ["get", "point_count"], 1]]]]]
    return _on(
        source, "cells", "circle", filter=CELL,
        paint={
            "circle-color": style.symbol.colour if style.kind == SINGLE else CELL_COLOUR,
            "circle-radius": radius,
            "circle-opacity": round(0.7 * style.opacity, 3),
        },
    )  # fmt: skip


def _points(source: str, style: Style) -> StyleLayer:
    """Circles where all are round; else the sprite's shapes, which take their class's colour."""
    symbol = style.symbol
    colour = by_class(style, lambda item: item.colour)
    outline = symbol.outline or "#ffffff"
    if {_shape(style, item) for item in all_classes(style)} == {"circle"}:
        return _on(
            source, "point", "circle", filter=ONE_POINT,
            paint={
                "circle-color": colour,
                "circle-radius": _scaled(POINT_SCALE, lambda factor: round(symbol.size * factor, 3)),
                "circle-opacity": style.opacity,
                "circle-stroke-color": outline,
                "circle-stroke-width": symbol.outline_width,
                "circle-stroke-opacity": style.opacity,
            },
        )  # fmt: skip
    size = symbol.size * 1.25 / ICON_RADIUS  # a square or a triangle of a circle's radius looks smaller
    return _on(
        source, "point", "symbol", filter=ONE_POINT,
        layout={
            "icon-image": by_class(style, lambda item: f"shape-{_shape(style, item)}"),
            "icon-size": _scaled(POINT_SCALE, lambda factor: round(size * factor, 3)),
            "icon-allow-overlap": True,
            "icon-ignore-placement": True,
        },
        paint={
            "icon-color": colour,
            "icon-opacity": style.opacity,
            "icon-halo-color": outline,
            "icon-halo-width": symbol.outline_width,
        },
    )  # fmt: skip


def _label(source: str, style: Style, theme: str, along: bool) -> StyleLayer:
    labels = style.labels
    if labels is None:
        raise ValueError("a style without labels has no label layer")
    place: dict[str, Any] = (
        {"symbol-placement": "line", "symbol-spacing": 350, "text-max-angle": 38}
        if along
        else {
            "text-variable-anchor": ["top", "bottom", "right", "left"],
            "text-radial-offset": 0.9,
            "text-max-width": 9,
        }
    )
    return _on(
        source, "label", "symbol", minzoom=labels.minzoom, filter=OWN_SHAPE,
        layout={
            "text-field": ["to-string", ["get", labels.field]],
            "text-font": FONT,
            "text-size": labels.size,
            "text-optional": True,
            **place,
        },
        paint={
            "text-color": INKS[theme]["label"],
            "text-halo-color": INKS[theme]["halo"],
            "text-halo-width": labels.halo,
            "text-opacity": style.opacity,
        },
    )  # fmt: skip
