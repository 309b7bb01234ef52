"""Layers of the monitoring points and of their clusters: class by shape, colour and numeral, ring, overdue mark."""

from geo_portal.styles.base_map import FONT, by_zoom
from geo_portal.styles.clusters import ClusterLooks, cluster_layers, lit
from geo_portal.styles.parts import SIZES, Layer, halo, icon, name_label, on
from river_monitoring.steps.table import TABLE
from ui import tokens

# Inferior V stands out by its size too, beside its shape and its red.
WORST_LARGER = 1.18


def _class_number() -> list:
    return ["coalesce", ["get", "class"], 0]


def _numeral(theme: str) -> Layer:
    """The Roman numeral on the symbol, at close zoom."""
    rated = [entry for entry in tokens.WATER_CLASSES if entry["value"]]
    numerals = [part for entry in rated for part in (entry["value"], entry["numeral"])]
    inks = [part for entry in rated for part in (entry["value"], entry["ink"])]
    return on(
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
    looks = ClusterLooks(_worst_image(), CLUSTERS_BELOW, alone=((CLUSTERS_BELOW, 0.66),), sort_key=_class_number())
    return [
        *cluster_layers("monitoring_point_clusters", theme, looks),
        lit("monitoring_points", _worst_image(), CLUSTERS_BELOW, **{"symbol-sort-key": _class_number()}),
    ]


def monitoring_points(theme: str) -> list[Layer]:
    """The worst water lies on top; ring: where the rectification stands; mark: overdue."""
    source = "monitoring_points"
    suffix = "-dark" if theme == "dark" else ""
    rings = [part for state in TABLE.states if state.ring for part in (state.name, f"ring-{state.ring}{suffix}")]
    return [
        halo(source, theme),
        on(
            source,
            f"{source}-ring",
            "symbol",
            minzoom=CLUSTERS_BELOW,
            filter=["in", ["get", "status"], ["literal", rings[::2]]],
            layout=icon(
                ["match", ["get", "status"], *rings, ""],
                sort_key=_class_number(),
                **{"icon-ignore-placement": True},
            ),
        ),
        on(
            source,
            source,
            "symbol",
            minzoom=CLUSTERS_BELOW,
            layout=icon(_worst_image(), sort_key=_class_number(), size=_size_by_class()),
        ),
        _numeral(theme),
        on(
            source,
            f"{source}-overdue",
            "symbol",
            minzoom=CLUSTERS_BELOW,
            filter=["==", ["to-string", ["get", "overdue"]], "true"],
            layout=icon("overdue", **{"icon-offset": [15, -15], "icon-ignore-placement": True}),
        ),
        name_label(source, theme, 13.2, 2),
    ]
