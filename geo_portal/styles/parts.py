"""What symbol layers are put together of: the light around a symbol, the symbol, its name."""

from typing import Any

from geo_portal.styles.base_map import FONT, by_zoom
from ui import tokens

Layer = dict[str, Any]
SIZES = ((8, 0.34), (9, 0.44), (10, 0.6), (12, 0.9), (14, 1.3), (16, 1.6))
SYMBOL_SIZE = by_zoom(*SIZES)
# Water is what the map is first about; the others stand back until one is near.
QUIET_SIZES = ((8, 0.22), (9, 0.3), (10, 0.42), (12, 0.66), (13, 0.8), (14, 1), (16, 1.2))
QUIET_SIZE = by_zoom(*QUIET_SIZES)


def feature_state(name: str) -> list:
    return ["boolean", ["feature-state", name], False]


def on(source: str, name: str, kind: str, **rest: Any) -> Layer:
    return {"id": name, "type": kind, "source": source, "source-layer": source, **rest}


def halo(source: str, theme: str) -> Layer:
    """Light around the symbol that is pointed at or open."""
    colour = tokens.map_colours(theme)["select"]
    lit = ["case", feature_state("selected"), 1, feature_state("hover"), 0.75, 0]
    return on(
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


def halos(source: str, theme: str) -> list[Layer]:
    """For things that may be points, lines or areas: a point has its light around it, others along their line."""
    colour = tokens.map_colours(theme)["select"]
    lit = ["case", feature_state("selected"), 0.75, feature_state("hover"), 0.4, 0]
    return [
        halo(source, theme) | {"filter": ["==", ["geometry-type"], "Point"]},
        on(
            source,
            f"{source}-course-lit",
            "line",
            filter=["!=", ["geometry-type"], "Point"],
            layout={"line-join": "round", "line-cap": "round"},
            paint={"line-color": colour, "line-width": by_zoom((9, 5), (15, 10)), "line-opacity": lit},
        ),
    ]


def icon(image: Any, sort_key: Any = None, size: Any = None, **layout: Any) -> dict[str, Any]:
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


def quiet_icon(image: Any, sort_key: Any = None, **layout: Any) -> dict[str, Any]:
    """A symbol that stands back behind the waters'; where there is no room, what has the lowest sort key stays."""
    return icon(image, sort_key, QUIET_SIZE, **THINNED, **layout)


NAMES = "-label"
"""What the names of layers of names end in."""


def name_label(source: str, theme: str, minzoom: float, offset: float = 1.35) -> Layer:
    colours = tokens.map_colours(theme)
    return on(
        source,
        f"{source}{NAMES}",
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
