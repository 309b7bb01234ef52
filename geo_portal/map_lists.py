"""What pages and the web build know of drawn layers, generated from their `MapUse`: the legend and the feature list."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import mark_safe

from geo_portal.tilesets import DRAWN
from tiles.layer.map_use import MapUse
from tiles.layer.vector import VectorLayer
from ui.tokens import sign_svg


def legend_entries() -> list[dict[str, Any]]:
    """Return the lines of the legend: tileset, sign (SVG), label, zooms and the name of a scale."""
    entries = [(layer, entry) for layer in DRAWN if layer.map_use for entry in layer.map_use.legend]
    return [
        {
            "tileset": layer.name,
            "sign": mark_safe(sign_svg(entry.sign)),  # noqa: S308 - from the design values, no text of a user's
            "label": entry.label,
            "minzoom": entry.minzoom,
            "maxzoom": entry.maxzoom,
            "scale": entry.scale,
        }
        for layer, entry in sorted(entries, key=lambda pair: pair[1].position)
    ]


def web_features() -> list[dict[str, Any]]:
    """Return the feature list of the web's map as JSON-ready data, bottom first; companions stand in their layer's."""
    uses = [(layer, layer.map_use) for layer in DRAWN if layer.map_use]
    return [_feature(layer, use) for layer, use in uses if not use.companion_of]


def _feature(layer: VectorLayer, use: MapUse) -> dict[str, Any]:
    companions = [other.name for other in DRAWN if other.map_use and other.map_use.companion_of == layer.name]
    described = {
        "source": layer.name,
        "partOf": use.part_of,
        "api": "" if use.part_of or not use.list_path else layer.api,
        "page": use.page,
        "hint": list(use.hint),
        "listPath": use.list_path,
        "shownOn": list(use.shown_on),
        "filteredOn": use.filtered_on,
        "companions": companions,
        "hasPast": layer.past is not None,
        "tileFilters": dict(use.tile_filters),
        "serverFilters": list(use.server_filters),
    }
    return {name: value for name, value in described.items() if value}


def web_path() -> Path:
    """Return where the web build reads the feature list."""
    return Path(settings.BASE_DIR) / "web" / "src" / "map" / "tilesets.json"


def web_text() -> str:
    """Return the file of the feature list."""
    return json.dumps(web_features(), ensure_ascii=False, indent=2) + "\n"
