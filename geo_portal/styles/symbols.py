"""Layers of the things that are supervised: symbol, ring, overdue mark, numeral, name.

For each tileset `<name>` there is `<name>-halo` (lit by feature-state `hover` and `selected`), `<name>` (the symbol,
which is what one clicks) and `<name>-label`. A map client finds them by these names.
"""

from collections.abc import Callable, Iterable
from typing import Any

from geo_portal.styles.base_map import FONT, by_zoom
from river_monitoring.steps.table import TABLE
from tiles.layer.map_use import MapUse
from tiles.layer.vector import VectorLayer
from ui import tokens

Layer = dict[str, Any]
FONT_BOLD = ["Noto Sans SC Bold"]
SIZES = ((8, 0.34), (9, 0.44), (10, 0.6), (12, 0.9), (14, 1.3), (16, 1.6))
SYMBOL_SIZE = by_zoom(*SIZES)
# Inferior V stands out by its size too, beside its shape and its red.
WORST_LARGER = 1.18
# Water is what the map is first about; the others stand back until one is near.
QUIET_SIZE = by_zoom((8, 0.22), (9, 0.3), (10, 0.42), (12, 0.82), (14, 1), (16, 1.2))


def _state(name: str) -> list:
    return ["boolean", ["feature-state", name], False]


def _on(source: str, name: str, kind: str, **rest: Any) -> Layer:
    return {"id": name, "type": kind, "source": source, "source-layer": source, **rest}


def halo(source: str, theme: str) -> Layer:
    """Light around the symbol that is pointed at or open."""
    colour = tokens.map_colours(theme)["select"]
    lit = ["case", _state("selected"), 1, _state("hover"), 0.75, 0]
    return _on(
        source,
        f"{source}-halo",
        "circle",
        paint={
            "circle-radius": by_zoom((8, 11), (12, 20), (14, 28), (16, 34)),
            "circle-color": colour,
            "circle-opacity": ["*", 0.24, lit],
            "circle-stroke-color": colour,
            "circle-stroke-width": 3.5,
            "circle-stroke-opacity": lit,
        },
    )


def _icon(image: Any, sort_key: Any = None, size: Any = None, **layout: Any) -> dict[str, Any]:
    shape = {
        "icon-image": image,
        "icon-size": size or SYMBOL_SIZE,
        "icon-allow-overlap": True,
        # Names of places make way for symbols; symbols never make way.
        "icon-ignore-placement": False,
        **layout,
    }
    return shape if sort_key is None else {**shape, "symbol-sort-key": sort_key}


# Below this zoom things that are not water make way for it and for one another, instead of lying in heaps.
THINNED_BELOW = 12
THINNED: dict[str, Any] = {"icon-allow-overlap": ["step", ["zoom"], False, THINNED_BELOW, True], "icon-padding": 1}


def _quiet_icon(image: Any, sort_key: Any = None, **layout: Any) -> dict[str, Any]:
    """A symbol that stands back behind the waters'; where there is no room, what has the lowest sort key stays."""
    return _icon(image, sort_key, QUIET_SIZE, **THINNED, **layout)


def name_label(source: str, theme: str, minzoom: float, offset: float = 1.35) -> Layer:
    colours = tokens.map_colours(theme)
    return _on(
        source,
        f"{source}-label",
        "symbol",
        minzoom=minzoom,
        layout={
            "text-field": ["get", "name"],
            "text-font": FONT,
            "text-size": by_zoom((12, 11.5), (16, 14)),
            "text-variable-anchor": ["top", "bottom"],
            "text-radial-offset": offset,
            "text-max-width": 9,
            "text-optional": True,
            # One name to a neighbourhood is enough: many projects are called alike.
            "text-padding": 14,
        },
        paint={
            "text-color": colours["label"],
            "text-halo-color": colours["halo"],
            "text-halo-width": 1.8,
        },
    )


def _class_number() -> list:
    return ["coalesce", ["get", "class"], 0]


def _numeral(theme: str) -> Layer:
    """The Roman numeral on the symbol, at close zoom."""
    rated = [entry for entry in tokens.WATER_CLASSES if entry["value"]]
    numerals = [part for entry in rated for part in (entry["value"], entry["numeral"])]
    inks = [part for entry in rated for part in (entry["value"], entry["ink"])]
    return _on(
        "monitoring_points",
        "monitoring_points-numeral",
        "symbol",
        minzoom=12.8,
        layout={
            # Where not all was measured the water is at least so bad, which the legend explains.
            "text-field": ["concat", ["case", ["to-boolean", ["get", "at_least"]], "≥", ""],
                           ["match", _class_number(), *numerals, ""]],
            "text-font": FONT,
            "text-size": ["interpolate", ["linear"], ["zoom"], 13, ["case", ["==", ["get", "class"], 6], 9, 11.5],
                          16, ["case", ["==", ["get", "class"], 6], 12.5, 16]],
            "text-offset": ["match", _class_number(), 5, ["literal", [0, 0.22]], ["literal", [0, 0]]],
            "text-allow-overlap": True,
            "text-ignore-placement": True,
        },
        paint={"text-color": ["match", _class_number(), *inks, "#22323b"]},
    )  # fmt: skip


# Below this zoom points that lie near one another are one symbol with their number.
CLUSTERS_BELOW = 11


def _size_by_class() -> list:
    is_worst = ["==", _class_number(), 6]
    return by_zoom(*((zoom, ["case", is_worst, round(size * WORST_LARGER, 3), size]) for zoom, size in SIZES))


def _worst_image() -> list:
    return ["concat", "water-", ["to-string", _class_number()]]


def clusters(theme: str) -> list[Layer]:
    """The worst class by its shape on a plate, the number of points below it; a point that is alone looks as ever."""
    source = "monitoring_point_clusters"
    colours = tokens.map_colours(theme)
    several = [">", ["get", "count"], 1]
    below = {"maxzoom": CLUSTERS_BELOW}
    return [
        _on(
            source,
            f"{source}-plate",
            "circle",
            filter=several,
            layout={"circle-sort-key": _class_number()},
            paint={
                "circle-radius": ["interpolate", ["linear"], ["get", "count"], 2, 16, 20, 19, 100, 23],
                "circle-color": colours["halo"],
                "circle-opacity": 0.94,
                "circle-stroke-color": colours["outline"],
                "circle-stroke-width": 1.4,
            },
            **below,
        ),
        _on(
            source,
            source,
            "symbol",
            layout=_icon(
                _worst_image(),
                sort_key=_class_number(),
                size=["case", several, 0.62, 0.66],
                **{
                    "icon-offset": ["case", several, ["literal", [0, -9]], ["literal", [0, 0]]],
                    "text-field": ["case", several, ["to-string", ["get", "count"]], ""],
                    "text-font": FONT_BOLD,
                    "text-size": 12,
                    "text-offset": [0, 0.62],
                    "text-allow-overlap": True,
                },
            ),
            paint={"text-color": colours["label"]},
            **below,
        ),
        *_lit_point(theme),
    ]


def _lit_point(theme: str) -> list[Layer]:
    """The one point that is pointed at or open stands out of its cluster."""
    source = "monitoring_points"
    return [
        _on(
            source,
            f"{source}-lit",
            "symbol",
            maxzoom=CLUSTERS_BELOW,
            layout=_icon(_worst_image(), sort_key=_class_number(), **{"icon-ignore-placement": True}),
            paint={"icon-opacity": ["case", ["any", _state("selected"), _state("hover")], 1, 0]},
        )
    ]


def monitoring_points(theme: str) -> list[Layer]:
    """The worst water lies on top; ring: where the rectification stands; mark: overdue."""
    source = "monitoring_points"
    suffix = "-dark" if theme == "dark" else ""
    rings = [part for state in TABLE.states if state.ring for part in (state.name, f"ring-{state.ring}{suffix}")]
    return [
        halo(source, theme),
        _on(
            source,
            f"{source}-ring",
            "symbol",
            minzoom=CLUSTERS_BELOW,
            filter=["in", ["get", "status"], ["literal", rings[::2]]],
            layout=_icon(
                ["match", ["get", "status"], *rings, ""],
                sort_key=_class_number(),
                **{"icon-ignore-placement": True},
            ),
        ),
        _on(
            source,
            source,
            "symbol",
            minzoom=CLUSTERS_BELOW,
            layout=_icon(_worst_image(), sort_key=_class_number(), size=_size_by_class()),
        ),
        _numeral(theme),
        _on(
            source,
            f"{source}-overdue",
            "symbol",
            minzoom=CLUSTERS_BELOW,
            filter=["==", ["to-string", ["get", "overdue"]], "true"],
            layout=_icon("overdue", **{"icon-offset": [15, -15], "icon-ignore-placement": True}),
        ),
        name_label(source, theme, 13.2, 2),
    ]


# Alone on the map, a quiet thing is what the page is about: clients may then draw it at this size.
ALONE = {"size-alone": SYMBOL_SIZE}


def projects(theme: str) -> list[Layer]:
    colour = tokens.map_colours(theme)["project"]
    light = ["coalesce", ["get", "light"], ""]
    lights = [part for entry in tokens.LIGHTS for part in (entry["value"], f"project-{entry['value']}")]
    worst_first = [part for place, name in enumerate(("red", "yellow", "green")) for part in (name, place)]
    return [
        _on(
            "projects",
            "projects-ground",
            "fill",
            minzoom=11,
            filter=["==", ["geometry-type"], "Polygon"],
            paint={"fill-color": colour, "fill-opacity": 0.16},
        ),
        _on(
            "projects",
            "projects-course",
            "line",
            minzoom=11,
            filter=["!=", ["geometry-type"], "Point"],
            layout={"line-join": "round", "line-cap": "round"},
            paint={"line-color": colour, "line-width": by_zoom((11, 1.5), (16, 4))},
        ),
        halo("projects", theme),
        _on(
            "projects",
            "projects",
            "symbol",
            metadata=ALONE,
            layout=_quiet_icon(["match", light, *lights, "project-none"], ["match", light, *worst_first, 9]),
        ),
        name_label("projects", theme, 13.8),
    ]


def outfalls(theme: str) -> list[Layer]:
    """Shown on demand: a small drop, hollow where the mouth is closed."""
    source = "outfalls"
    on_demand = {"minzoom": 11, "metadata": {"on-demand": True}}
    closed = ["in", ["get", "state"], ["literal", ["merged", "closed"]]]
    image = ["case", closed, "outfall-closed", "outfall"]
    return [
        halo(source, theme) | {"layout": {"visibility": "none"}},
        _on(source, source, "symbol", layout=_quiet_icon(image, visibility="none"), **on_demand),
    ]


PLACES_FROM = 12


def project_places(theme: str) -> list[Layer]:
    """The single places of projects, near: course, ground and a small dot with its number."""
    source, colours = "project_places", tokens.map_colours(theme)
    colour, halo_colour = colours["project"], colours["halo"]
    ground = ["==", ["geometry-type"], "Polygon"]
    course = ["!=", ["geometry-type"], "Point"]
    return [
        _on(
            source,
            f"{source}-ground",
            "fill",
            minzoom=PLACES_FROM,
            filter=ground,
            paint={"fill-color": colour, "fill-opacity": 0.16},
        ),
        _on(
            source,
            f"{source}-course",
            "line",
            minzoom=PLACES_FROM,
            filter=course,
            paint={"line-color": colour, "line-width": by_zoom((11, 1.5), (16, 4))},
        ),
        halo(source, theme),
        _on(
            source,
            source,
            "circle",
            minzoom=PLACES_FROM,
            paint={
                "circle-radius": by_zoom((12, 4), (16, 9)),
                "circle-color": ["case", ["has", "done_on"], colour, halo_colour],
                "circle-stroke-color": colour,
                "circle-stroke-width": 2,
            },
        ),
        name_label(source, theme, 14, 0.9),
    ]


def stations(theme: str) -> list[Layer]:
    return [
        halo("stations", theme),
        _on(
            "stations",
            "stations",
            "symbol",
            metadata=ALONE,
            layout=_quiet_icon("station", **{"icon-anchor": "bottom"}),
        ),
        name_label("stations", theme, 13.2, 0.3),
    ]


FINDING_BESIDE = {"icon-offset": [-16, -14]}
PAPER_BESIDE = {"icon-offset": [16, -14]}


def findings(theme: str) -> list[Layer]:
    return [
        halo("findings", theme),
        # Beside its place: most findings are about a point, whose symbol must stay visible.
        _on("findings", "findings", "symbol", minzoom=9, layout=_quiet_icon("finding", **FINDING_BESIDE)),
    ]


def papers(theme: str) -> list[Layer]:
    """Where motions and suggestions are about: a sheet, beside the line or the area that was drawn."""
    colour = tokens.map_colours(theme)["outline"]
    return [
        _on(
            "papers",
            "papers-ground",
            "fill",
            minzoom=11,
            filter=["==", ["geometry-type"], "Polygon"],
            paint={"fill-color": colour, "fill-opacity": 0.12},
        ),
        _on(
            "papers",
            "papers-course",
            "line",
            minzoom=11,
            filter=["!=", ["geometry-type"], "Point"],
            layout={"line-join": "round", "line-cap": "round"},
            paint={"line-color": colour, "line-width": by_zoom((11, 1.2), (16, 3)), "line-dasharray": [2, 1.5]},
        ),
        halo("papers", theme),
        _on("papers", "papers", "symbol", minzoom=9, layout=_quiet_icon("paper", **PAPER_BESIDE)),
        name_label("papers", theme, 13.5),
    ]


def plain(source: str, use: MapUse, theme: str) -> list[Layer]:
    """A layer that needs no more than its icon, lit when pointed at, and its name at close zooms."""
    return [
        halo(source, theme),
        _on(source, source, "symbol", minzoom=use.minzoom, metadata=ALONE, layout=_quiet_icon(use.icon)),
        name_label(source, theme, use.label_from),
    ]


DRAWN_BY: dict[str, Callable[[str], list[Layer]]] = {
    "stations": stations,
    "project_places": project_places,
    "projects": projects,
    "outfalls": outfalls,
    "monitoring_points": monitoring_points,
    "findings": findings,
    "papers": papers,
}
"""The layers that are drawn with more than an icon. Others have one (`MapUse.icon`), or are drawn elsewhere in the
style: management ranges beneath the waters, clusters above the names."""


def _layers_of(layer: VectorLayer, theme: str) -> list[Layer]:
    if layer.name in DRAWN_BY:
        return DRAWN_BY[layer.name](theme)
    return plain(layer.name, layer.map_use, theme) if layer.map_use and layer.map_use.icon else []


def layers(theme: str, drawn: Iterable[VectorLayer]) -> list[Layer]:
    """All symbol layers but the clusters, bottom first; the caller leaves out those without a source in the style."""
    return [part for layer in drawn for part in _layers_of(layer, theme)]
