"""The base map from our own tiles: pale land, faint relief, thin borders, waters stronger than anything else."""

from collections.abc import Sequence
from typing import Any

from layers.styling.maplibre import FONT
from ui import tokens

Layer = dict[str, Any]
# 河道等级 -> how broad its line is, in pixels at zoom 12.
GRADE_WIDTH = ["match", ["coalesce", ["get", "grade"], ""], "province", 4.4, "city", 3.4, "county", 2.1, 1.3]

STRONG_GRADES = ("province", "city")
"""Grades of rivers that are drawn in the stronger colour."""


def by_zoom(*stops: tuple[float, Any]) -> list:
    """Return a linear interpolation over zoom: ``by_zoom((9, 1), (14, 3))``."""
    return ["interpolate", ["linear"], ["zoom"], *[part for stop in stops for part in stop]]


def ground(theme: str) -> list[Layer]:
    colours = tokens.map_colours(theme)
    return [{"id": "ground", "type": "background", "paint": {"background-color": colours["land-outside"]}}]


def _own(codes: Sequence[str]) -> list:
    """Match the districts of these codes."""
    return ["in", ["get", "code"], ["literal", list(codes)]]


def land(theme: str, codes: Sequence[str], own_base: bool) -> list[Layer]:
    """The district's own ground; on an external base map it would only hide that map."""
    if not own_base:
        return []
    return [
        {
            "id": "land",
            "type": "fill",
            "source": "base",
            "source-layer": "areas",
            "filter": _own(codes),
            "paint": {"fill-color": tokens.map_colours(theme)["land"], "fill-antialias": False},
        }
    ]


RELIEF_GONE = 13
"""From here on heights of 30 arc seconds say nothing."""


def hillshade(theme: str) -> list[Layer]:
    """Faint where one sees the whole district, gone where one sees a street."""
    full = tokens.map_colours(theme)["hillshade-opacity"]
    return [
        {
            "id": "hillshade",
            "type": "raster",
            "source": "hillshade",
            "minzoom": 7,
            "maxzoom": RELIEF_GONE,
            "paint": {
                "raster-opacity": by_zoom((10, full), (RELIEF_GONE, 0)),
                "raster-fade-duration": 150,
                "raster-resampling": "linear",
            },
        }
    ]


def _border(name: str, rule: list, colour: Any, width: list, **paint: Any) -> Layer:
    return {
        "id": name,
        "type": "line",
        "source": "base",
        "source-layer": "areas",
        "filter": rule,
        "layout": {"line-join": "round"},
        "paint": {"line-color": colour, "line-width": width, **paint},
    }


def borders(theme: str, codes: Sequence[str]) -> list[Layer]:
    """Town lines are dashed: their geometry is invented and says so."""
    colours = tokens.map_colours(theme)
    own = _own(codes)
    return [
        _border(
            "village-line", ["==", ["get", "level"], "village"], colours["town-line"], by_zoom((12.5, 0), (14, 0.7)),
            **{"line-dasharray": [1, 3]},
        ),
        _border(
            "town-line", ["==", ["get", "level"], "town"], colours["town-line"], by_zoom((9, 0.5), (14, 1.3)),
            **{"line-dasharray": [4, 3]},
        ),
        _border(
            "neighbour-line",
            ["all", ["==", ["get", "level"], "district"], ["!", own]],
            colours["town-line"],
            by_zoom((8, 0.4), (14, 1.2)),
        ),
        _border("district-casing", own, colours["district-line"], by_zoom((8, 3), (14, 9)), **{"line-opacity": 0.14}),
        _border("district-line", own, colours["district-line"], by_zoom((8, 0.9), (14, 2.2))),
    ]  # fmt: skip


def _scaled(width: list, factor: float) -> list:
    return ["*", width, factor]


def waters(theme: str) -> list[Layer]:
    colours = tokens.map_colours(theme)
    reach = {"source": "base", "source-layer": "reaches", "layout": {"line-cap": "round", "line-join": "round"}}
    width = by_zoom(
        (8, _scaled(GRADE_WIDTH, 0.3)),
        (10, _scaled(GRADE_WIDTH, 0.55)),
        (12, GRADE_WIDTH),
        (15, _scaled(GRADE_WIDTH, 3)),
        (18, _scaled(GRADE_WIDTH, 9)),
    )
    strong = ["match", ["coalesce", ["get", "grade"], ""], [*STRONG_GRADES], True, False]
    colour = ["case", strong, colours["water-strong"], colours["water"]]
    bank = by_zoom((11, 0.6), (15, 1.4), (18, 2.2))
    return [
        {
            "id": "reaches-bank",
            "type": "line",
            **reach,
            "minzoom": 11,
            "paint": {
                "line-color": colours["water-label"],
                "line-opacity": by_zoom((11, 0), (12.5, 0.45)),
                "line-gap-width": width,
                "line-width": bank,
            },
        },
        {
            "id": "reaches",
            "type": "line",
            **reach,
            "paint": {"line-color": colour, "line-width": width},
        },
        {
            "id": "reaches-selected",
            "type": "line",
            **reach,
            "paint": {
                "line-color": colours["select"],
                "line-width": by_zoom((9, 4), (15, 9)),
                "line-opacity": ["case", ["boolean", ["feature-state", "selected"], False], 0.75,
                                 ["boolean", ["feature-state", "hover"], False], 0.4, 0],
            },
        },
    ]  # fmt: skip


def _label(name: str, rule: list, size: list, colour: Any, halo: Any, **rest: Any) -> Layer:
    layout = {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": size,
        "text-max-width": 8,
        "text-padding": 6,
        **rest.pop("layout", {}),
    }
    return {
        "id": name,
        "type": "symbol",
        "source": "base",
        "source-layer": "places",
        "filter": rule,
        "layout": layout,
        "paint": {"text-color": colour, "text-halo-color": halo, "text-halo-width": 1.8, "text-halo-blur": 0.4},
        **rest,
    }


def _level(name: str) -> list:
    return ["==", ["get", "level"], name]


def labels(theme: str) -> list[Layer]:
    """Names of waters along their lines and of places at their points, with a halo of the land's colour."""
    colours = tokens.map_colours(theme)
    halo = colours["halo"]
    return [
        _label("village-label", _level("village"), by_zoom((12.5, 11), (16, 14)), colours["label-soft"], halo,
               minzoom=12.6, layout={"text-padding": 10, "text-variable-anchor": ["center", "bottom", "top"],
                                     "text-radial-offset": 1.2}),
        _label("reach-label", ["has", "name"], by_zoom((10, 11), (15, 15)), colours["water-label"], halo,
               **{"source-layer": "reaches"}, minzoom=10.4,
               layout={"symbol-placement": "line", "symbol-spacing": 420, "text-letter-spacing": 0.18,
                       "text-max-angle": 38, "text-field": ["coalesce", ["get", "river"], ["get", "name"]]}),
    ]  # fmt: skip


def _towns(theme: str, name: str, **rest: Any) -> Layer:
    colours = tokens.map_colours(theme)
    anchors = ["center", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right"]
    return _label(name, _level("town"), by_zoom((9.5, 11.5), (13, 15)), colours["label"], colours["halo"],
                  layout={"text-letter-spacing": 0.04, "text-radial-offset": 1.5, "text-variable-anchor": anchors,
                          "text-padding": 2}, **rest)  # fmt: skip


NEAR = 11.6
"""From here on there is room for the names of towns beside the symbols."""


def names_beside(theme: str) -> list[Layer]:
    """Names of towns where one is near enough to see what lies there: they make way for the symbols."""
    return [_towns(theme, "town-label-near", minzoom=NEAR, maxzoom=15.5)]


def names_on_top(theme: str) -> list[Layer]:
    """Further out the names of towns lie over the symbols: they are how one finds one's way."""
    colours = tokens.map_colours(theme)
    return [
        _towns(theme, "town-label", minzoom=9.4, maxzoom=NEAR),
        _label("district-label", _level("district"), by_zoom((7, 13), (9.4, 17)), colours["label"], colours["halo"],
               maxzoom=9.4, layout={"text-letter-spacing": 0.2}),
    ]  # fmt: skip
