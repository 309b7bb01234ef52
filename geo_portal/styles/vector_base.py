"""A vector base map from outside in Protomaps' scheme (version 4): quiet ground, roads by rank, bridges, places.

It lies beneath everything the platform draws, so it is paler than its waters and symbols; its names give way to theirs.
Tiles of another scheme show what they have in layers of the same names. Kinds and flags:
docs.protomaps.com/basemaps/layers.
"""

from collections.abc import Sequence
from typing import Any

from geo_portal.styles.base_map import by_zoom
from layers.styling.maplibre import FONT
from ui import tokens

Layer = dict[str, Any]
SOURCE = "outside"
GREEN = (
    "park", "forest", "wood", "nature_reserve", "grass", "grassland", "meadow", "scrub", "orchard", "farmland",
    "wetland", "cemetery", "golf_course", "garden", "protected_area", "national_park", "recreation_ground",
)  # fmt: skip
PAVED = (
    "residential",
    "commercial",
    "industrial",
    "school",
    "university",
    "college",
    "hospital",
    "railway",
    "pedestrian",
)
POIS = (
    "hospital", "clinic", "school", "kindergarten", "university", "college", "library", "townhall", "police",
    "fire_station", "post_office", "marketplace", "park", "museum", "stadium", "station", "bus_station",
    "ferry_terminal", "wastewater_plant", "water_works",
)  # fmt: skip
"""What people find their way by; shops and restaurants would only hide the subject of the map."""
RANKS: tuple[tuple[str, str, tuple[str, ...], float, list], ...] = (
    ("minor", "road", ("minor_road", "other"), 12.5, by_zoom((12.5, 0.4), (14, 1.6), (16, 5), (18, 14))),
    ("major", "road", ("major_road",), 8, by_zoom((8, 0.4), (12, 1.6), (14, 3), (16, 8), (18, 20))),
    ("highway", "highway", ("highway",), 6, by_zoom((6, 0.6), (10, 1.4), (12, 2.4), (14, 4.2), (16, 10), (18, 24))),
)
"""Name, colour, kinds, first zoom and width in pixels of each rank of roads; the least first, the greater lie above."""
_FLAT = {"line-join": "round", "line-cap": "butt"}
_ROUND = {"line-join": "round", "line-cap": "round"}


def _of(kinds: Sequence[str]) -> list:
    return ["in", ["get", "kind"], ["literal", list(kinds)]]


def _is(flag: str) -> list:
    return ["to-boolean", ["get", flag]]


def _drawn(name: str, kind: str, of: str, **rest: Any) -> Layer:
    return {"id": f"outside-{name}", "type": kind, "source": SOURCE, "source-layer": of, **rest}


def _ground(colours: dict[str, Any]) -> list[Layer]:
    areas = ["==", ["geometry-type"], "Polygon"]
    return [
        _drawn("earth", "fill", "earth", paint={"fill-color": colours["land"]}),
        _drawn("cover", "fill", "landcover", maxzoom=8, paint={"fill-color": colours["green"]}),
        _drawn("paved", "fill", "landuse", minzoom=11, filter=_of(PAVED), paint={"fill-color": colours["paved"]}),
        _drawn("green", "fill", "landuse", filter=_of(GREEN), paint={"fill-color": colours["green"]}),
        _drawn("water", "fill", "water", filter=areas, paint={"fill-color": colours["water"], "fill-opacity": 0.6}),
        _drawn("streams", "line", "water", minzoom=9, filter=["==", ["geometry-type"], "LineString"], layout=_ROUND,
               paint={"line-color": colours["water"], "line-opacity": 0.6,
                      "line-width": by_zoom((9, 0.5), (14, 1.4), (17, 3))}),
        _drawn("buildings", "fill", "buildings", minzoom=13.5, filter=["!=", ["get", "kind"], "address"],
               paint={"fill-color": colours["building"], "fill-opacity": by_zoom((13.5, 0), (14.5, 1))}),
    ]  # fmt: skip


def _lesser(colours: dict[str, Any]) -> list[Layer]:
    """Ways on foot and rails: thin, dashed where they are dashed on paper too."""
    return [
        _drawn("paths", "line", "roads", minzoom=14, filter=["==", ["get", "kind"], "path"],
               paint={"line-color": colours["road-edge"], "line-width": by_zoom((14, 0.6), (18, 2)),
                      "line-dasharray": [3, 2]}),
        _drawn("rails", "line", "roads", minzoom=9, filter=["==", ["get", "kind"], "rail"],
               paint={"line-color": colours["rail"], "line-width": by_zoom((9, 0.5), (14, 1.4), (18, 3)),
                      "line-dasharray": [6, 3]}),
    ]  # fmt: skip


def _roads(colours: dict[str, Any], *, bridges: bool) -> list[Layer]:
    """Edges first, then the roads themselves; bridges are drawn once more above what they cross, with a firmer edge."""
    end = "-bridge" if bridges else ""
    edge = colours["label-soft"] if bridges else colours["road-edge"]
    around = by_zoom((8, 0.3), (14, 0.8), (18, 1.4))
    edges, fills = [], []
    for name, colour, kinds, least, width in RANKS:
        rule = ["all", _of(kinds), _is("is_bridge") if bridges else ["!", _is("is_bridge")]]
        shared = {
            "minzoom": max(least, 12.5) if bridges else least,
            "filter": rule,
            "layout": _FLAT if bridges else _ROUND,
        }
        paint = {"line-opacity": ["case", _is("is_tunnel"), 0.4, 1]}
        beside = {**paint, "line-color": edge, "line-gap-width": width, "line-width": around}
        within = {**paint, "line-color": colours[colour], "line-width": width}
        edges.append(_drawn(f"{name}-edge{end}", "line", "roads", **shared, paint=beside))
        fills.append(_drawn(f"{name}{end}", "line", "roads", **shared, paint=within))
    return [*edges, *fills]


def ground(theme: str) -> list[Layer]:
    """What lies beneath everything of ours, bottom first."""
    colours = tokens.map_colours(theme)
    return [*_ground(colours), *_lesser(colours), *_roads(colours, bridges=False), *_roads(colours, bridges=True)]


def _name(name: str, of: str, rule: list, size: list, colour: Any, halo: Any, **rest: Any) -> Layer:
    """A name in the tiles' own script; a layer later in the style has the first choice of its place."""
    layout = {"text-field": ["get", "name"], "text-font": FONT, "text-size": size, "text-padding": 4,
              "text-max-width": 8, **rest.pop("layout", {})}  # fmt: skip
    paint = {"text-color": colour, "text-halo-color": halo, "text-halo-width": 1.4}
    rule = ["all", ["has", "name"], rule]
    return _drawn(name, "symbol", of, filter=rule, layout=layout, paint=paint, **rest)


def names(theme: str) -> list[Layer]:
    """Names of roads along them, of villages and quarters, and of what people find their way by."""
    colours = tokens.map_colours(theme)
    soft, halo = colours["label-soft"], colours["halo"]
    along = {"symbol-placement": "line", "symbol-spacing": 360, "text-max-angle": 32}
    due = ["<=", ["coalesce", ["get", "min_zoom"], 0], ["zoom"]]
    ranks = (("minor", ("minor_road", "other"), 15.0), ("major", ("major_road", "highway"), 12.5))
    roads = [
        _name(
            f"{rank}-name", "roads", _of(kinds), by_zoom((least, 10), (17, 13)), soft, halo,
            minzoom=least, layout=along,
        )
        for rank, kinds, least in ranks
    ]  # fmt: skip
    return [
        _name("poi-name", "pois", ["all", _of(POIS), due], by_zoom((14, 10), (17, 12)), soft, halo, minzoom=14.5),
        *roads,
        _name("place-name", "places", _of(("locality", "neighbourhood")), by_zoom((10, 10.5), (15, 13)), soft, halo,
              minzoom=10, layout={"text-letter-spacing": 0.06}),
    ]  # fmt: skip
