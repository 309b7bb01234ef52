"""The management range along a water: a veil under the water's own line, at close zooms, for those who switch it on."""

from typing import Any

from geo_portal.styles.base_map import by_zoom
from ui import tokens

SOURCE = "management_ranges"
MINZOOM = 12.5


def layers(theme: str) -> list[dict[str, Any]]:
    """Clients show it on demand (`metadata.on-demand`), so it is hidden to begin with."""
    colour = tokens.map_colours(theme)["water-strong"]
    hidden = {
        "source": SOURCE,
        "source-layer": SOURCE,
        "minzoom": MINZOOM,
        "metadata": {"on-demand": True},
        "layout": {"visibility": "none"},
    }
    return [
        {"id": SOURCE, "type": "fill", **hidden, "paint": {"fill-color": colour, "fill-opacity": 0.18}},
        {
            "id": f"{SOURCE}-line",
            "type": "line",
            **hidden,
            "paint": {"line-color": colour, "line-width": by_zoom((12.5, 0.6), (16, 1.6)), "line-dasharray": [3, 2]},
        },
    ]
