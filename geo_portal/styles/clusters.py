"""How clusters look: the sign of the worst on a plate, the number below it; a thing that is alone looks as ever."""

from dataclasses import dataclass, field
from typing import Any

from geo_portal.styles.base_map import by_zoom
from geo_portal.styles.parts import Layer, feature_state, icon, on
from ui import tokens

FONT_BOLD = ["Noto Sans SC Bold"]
SEVERAL = [">", ["get", "count"], 1]


@dataclass(frozen=True, slots=True)
class ClusterLooks:
    """What differs between kinds: the sign, the zoom where single things begin, the size and place of the sign."""

    image: Any
    below: float
    alone: tuple[tuple[float, float], ...]
    """Zoom and size of the sign of a thing that is alone."""
    sort_key: Any = 0
    """What has the greatest lies on top."""
    size: float = 0.62
    """Size of the sign on a plate."""
    plate: float = 16
    """Radius of the plate of two, pixels."""
    stroke: tuple[str, float] = ("outline", 1.4)
    """Colour (a name of the map's colours) and width of the plate's edge."""
    text: float = 12
    """Size of the number."""
    aside: tuple[int, int] = (0, 0)
    """How far the plate stands from its place, pixels right and down: kinds at one place stand beside one another."""
    alone_layout: dict[str, Any] = field(default_factory=dict)
    """Layout of the sign where nothing lies together (beside its place, on its foot)."""


def cluster_layers(source: str, theme: str, looks: ClusterLooks) -> list[Layer]:
    """The layers of one kind, bottom first; one points at `source`."""
    colours = tokens.map_colours(theme)
    return [
        on(
            source,
            f"{source}-plate",
            "circle",
            filter=SEVERAL,
            maxzoom=looks.below,
            layout={"circle-sort-key": looks.sort_key},
            paint={
                "circle-radius": ["interpolate", ["linear"], ["get", "count"],
                                  2, looks.plate, 20, looks.plate + 3, 100, looks.plate + 7],
                "circle-color": colours["halo"],
                "circle-opacity": 0.94,
                "circle-stroke-color": colours[looks.stroke[0]],
                "circle-stroke-width": looks.stroke[1],
                "circle-translate": [*looks.aside],
            },
        ),
        on(
            source,
            source,
            "symbol",
            maxzoom=looks.below,
            layout=icon(
                looks.image,
                sort_key=looks.sort_key,
                size=by_zoom(*((zoom, ["case", SEVERAL, looks.size, alone]) for zoom, alone in looks.alone)),
                **_offset(looks),
                **{
                    "text-field": ["case", SEVERAL, ["to-string", ["get", "count"]], ""],
                    "text-font": FONT_BOLD,
                    "text-size": looks.text,
                    "text-offset": [round(part / looks.text, 2) for part in (looks.aside[0], looks.aside[1] + 7.4)],
                    "text-allow-overlap": True,
                },
            ),
            paint={"text-color": colours["label"]},
        ),
    ]  # fmt: skip


def _offset(looks: ClusterLooks) -> dict[str, Any]:
    """On a plate the sign stands above the number. An offset grows with the size of its sign."""
    aside, down = looks.aside
    up = ["literal", [round(aside / looks.size), round((down - 5.6) / looks.size)]]
    beside = ["literal", looks.alone_layout.get("icon-offset", [0, 0])]
    return {"icon-offset": ["case", SEVERAL, up, beside]}


def lit(source: str, image: Any, below: float, **layout: Any) -> Layer:
    """The one thing that is pointed at or open stands out of its cluster."""
    return on(
        source,
        f"{source}-lit",
        "symbol",
        maxzoom=below,
        layout=icon(image, **{"icon-ignore-placement": True, **layout}),
        paint={"icon-opacity": ["case", ["any", feature_state("selected"), feature_state("hover")], 1, 0]},
    )
