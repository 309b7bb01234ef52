"""Layers of the things that are supervised: symbol, name, light; monitoring points are in `points`.

For each tileset `<name>` there is `<name>-halo` (lit by feature-state `hover` and `selected`), `<name>` (the symbol,
which is what one clicks) and `<name>-label`. A map client finds them by these names.
"""

from collections.abc import Callable, Iterable

from geo_portal.styles.base_map import by_zoom
from geo_portal.styles.clusters import ClusterLooks, cluster_layers, lit
from geo_portal.styles.parts import (
    NAMES,
    QUIET_SIZES,
    SYMBOL_SIZE,
    THINNED_BELOW,
    Layer,
    halo,
    halos,
    name_label,
    on,
    quiet_icon,
)
from geo_portal.styles.points import monitoring_points
from tiles.layer.map_use import MapUse
from tiles.layer.vector import VectorLayer
from ui import tokens

# Alone on the map, a quiet thing is what the page is about: clients may then draw it at this size.
ALONE = {"size-alone": SYMBOL_SIZE}


LIGHT = ["coalesce", ["get", "light"], ""]
LIGHT_IMAGES = [part for entry in tokens.LIGHTS for part in (entry["value"], f"project-{entry['value']}")]
PROJECT_IMAGE = ["match", LIGHT, *LIGHT_IMAGES, "project-none"]


def quiet_clusters(source: str, theme: str, image: object, **looks: object) -> list[Layer]:
    """Clusters of what stands back behind the waters: a smaller plate with a faint edge."""
    small = {"alone": QUIET_SIZES, "size": 0.38, "plate": 11.5, "stroke": ("label-soft", 0.8), "text": 10.5}
    return cluster_layers(source, theme, ClusterLooks(image, THINNED_BELOW, **(small | looks)))  # type: ignore[arg-type]


def project_clusters(theme: str) -> list[Layer]:
    rank = ["coalesce", ["get", "light_rank"], 0]
    image = ["match", rank, 3, "project-red", 2, "project-yellow", 1, "project-green", "project-none"]
    return [
        *quiet_clusters("project_clusters", theme, image, sort_key=rank, aside=(21, 14)),
        lit("projects", PROJECT_IMAGE, THINNED_BELOW),
    ]


def station_clusters(theme: str) -> list[Layer]:
    return [
        *quiet_clusters("station_clusters", theme, "station", aside=(-21, 14)),
        lit("stations", "station", THINNED_BELOW),
    ]


def finding_clusters(theme: str) -> list[Layer]:
    return [
        *quiet_clusters("finding_clusters", theme, "finding", aside=(0, -26), alone_layout=FINDING_BESIDE),
        lit("findings", "finding", THINNED_BELOW, **FINDING_BESIDE),
    ]


def projects(theme: str) -> list[Layer]:
    colour = tokens.map_colours(theme)["project"]
    worst_first = [part for place, name in enumerate(("red", "yellow", "green")) for part in (name, place)]
    return [
        on(
            "projects",
            "projects-ground",
            "fill",
            minzoom=11,
            filter=["==", ["geometry-type"], "Polygon"],
            paint={"fill-color": colour, "fill-opacity": 0.16},
        ),
        on(
            "projects",
            "projects-course",
            "line",
            minzoom=11,
            filter=["!=", ["geometry-type"], "Point"],
            layout={"line-join": "round", "line-cap": "round"},
            paint={"line-color": colour, "line-width": by_zoom((11, 1.5), (16, 4))},
        ),
        *halos("projects", theme),
        on(
            "projects",
            "projects",
            "symbol",
            minzoom=THINNED_BELOW,
            metadata=ALONE,
            layout=quiet_icon(PROJECT_IMAGE, ["match", LIGHT, *worst_first, 9]),
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
        on(source, source, "symbol", layout=quiet_icon(image, visibility="none"), **on_demand),
    ]


PLACES_FROM = 12


def project_places(theme: str) -> list[Layer]:
    """The single places of projects, near: course, ground and a small dot with its number."""
    source, colours = "project_places", tokens.map_colours(theme)
    colour, halo_colour = colours["project"], colours["halo"]
    ground = ["==", ["geometry-type"], "Polygon"]
    course = ["!=", ["geometry-type"], "Point"]
    return [
        on(
            source,
            f"{source}-ground",
            "fill",
            minzoom=PLACES_FROM,
            filter=ground,
            paint={"fill-color": colour, "fill-opacity": 0.16},
        ),
        on(
            source,
            f"{source}-course",
            "line",
            minzoom=PLACES_FROM,
            filter=course,
            paint={"line-color": colour, "line-width": by_zoom((11, 1.5), (16, 4))},
        ),
        *halos(source, theme),
        on(
            source,
            source,
            "circle",
            minzoom=PLACES_FROM,
            filter=["==", ["geometry-type"], "Point"],
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
        on(
            "stations",
            "stations",
            "symbol",
            minzoom=THINNED_BELOW,
            metadata=ALONE,
            layout=quiet_icon("station", **{"icon-anchor": "bottom"}),
        ),
        name_label("stations", theme, 13.2, 0.3),
    ]


FINDING_BESIDE = {"icon-offset": [-16, -14]}
PAPER_BESIDE = {"icon-offset": [16, -14]}


def findings(theme: str) -> list[Layer]:
    return [
        halo("findings", theme),
        # Beside its place: most findings are about a point, whose symbol must stay visible.
        on("findings", "findings", "symbol", minzoom=THINNED_BELOW, layout=quiet_icon("finding", **FINDING_BESIDE)),
    ]


def papers(theme: str) -> list[Layer]:
    """Where motions and suggestions are about: a sheet, beside the line or the area that was drawn."""
    colour = tokens.map_colours(theme)["outline"]
    return [
        on(
            "papers",
            "papers-ground",
            "fill",
            minzoom=11,
            filter=["==", ["geometry-type"], "Polygon"],
            paint={"fill-color": colour, "fill-opacity": 0.12},
        ),
        on(
            "papers",
            "papers-course",
            "line",
            minzoom=11,
            filter=["!=", ["geometry-type"], "Point"],
            layout={"line-join": "round", "line-cap": "round"},
            paint={"line-color": colour, "line-width": by_zoom((11, 1.2), (16, 3)), "line-dasharray": [2, 1.5]},
        ),
        *halos("papers", theme),
        on("papers", "papers", "symbol", minzoom=9, layout=quiet_icon("paper", **PAPER_BESIDE)),
        name_label("papers", theme, 13.5),
    ]


def plain(source: str, use: MapUse, theme: str) -> list[Layer]:
    """A layer that needs no more than its icon, lit when pointed at, and its name at close zooms."""
    return [
        halo(source, theme),
        on(source, source, "symbol", minzoom=use.minzoom, metadata=ALONE, layout=quiet_icon(use.icon)),
        name_label(source, theme, use.label_from),
    ]


DRAWN_BY: dict[str, Callable[[str], list[Layer]]] = {
    "stations": stations,
    "station_clusters": station_clusters,
    "project_places": project_places,
    "projects": projects,
    "project_clusters": project_clusters,
    "outfalls": outfalls,
    "monitoring_points": monitoring_points,
    "findings": findings,
    "finding_clusters": finding_clusters,
    "papers": papers,
}
"""The layers that are drawn with more than an icon. Others have one (`MapUse.icon`), or are drawn elsewhere in the
style: management ranges beneath the waters, clusters above the names."""


def _layers_of(layer: VectorLayer, theme: str) -> list[Layer]:
    if layer.name in DRAWN_BY:
        return DRAWN_BY[layer.name](theme)
    return plain(layer.name, layer.map_use, theme) if layer.map_use and layer.map_use.icon else []


def layers(theme: str, drawn: Iterable[VectorLayer]) -> list[Layer]:
    """All symbol layers but the clusters, bottom first; the caller leaves out those without a source in the style.

    Map clients place what lies on top first: names are beneath the symbols of every kind and make way for them.
    """
    parts = [part for layer in drawn for part in _layers_of(layer, theme)]
    return sorted(parts, key=lambda part: not part["id"].endswith(NAMES))
