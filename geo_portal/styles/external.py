"""A base map that a deployment brings: Tianditu by its key, an XYZ address, or a PMTiles file.

Publishing a map in China asks for the review number (审图号) of the base map; it goes with the attribution.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

KINDS = ("tianditu", "xyz", "pmtiles")
TIANDITU = "https://t0.tianditu.gov.cn/DataServer?T={layer}&x={{x}}&y={{y}}&l={{z}}&tk={key}"


def is_set(base: Mapping[str, str]) -> bool:
    """Tell whether a base map from outside replaces our own ground."""
    kind = base.get("kind")
    return kind in KINDS and bool(base.get("key") if kind == "tianditu" else base.get("url"))


def attribution(base: Mapping[str, str]) -> str:
    """Return the attribution with the review number behind it: text, where map clients read HTML."""
    number = base.get("review_number", "")
    parts = [base.get("attribution", ""), _("审图号：%(review_number)s") % {"review_number": number} if number else ""]
    return str(escape(" ".join(part for part in parts if part)))


def _raster(url: str, credit: str) -> dict[str, Any]:
    return {"type": "raster", "tiles": [url], "tileSize": 256, "maxzoom": 18, "attribution": credit}


def sources(base: Mapping[str, str]) -> dict[str, Any]:
    """Return the outside sources by name; {} for our own base map."""
    if not is_set(base):
        return {}
    credit = attribution(base)
    if base["kind"] == "xyz":
        return {"outside": _raster(base["url"], credit)}
    if base["kind"] == "pmtiles":
        return {"outside": {"type": "vector", "url": f"pmtiles://{base['url']}", "attribution": credit}}
    return {
        "outside": _raster(TIANDITU.format(layer="vec_w", key=base["key"]), credit or _("天地图")),
        "outside-names": _raster(TIANDITU.format(layer="cva_w", key=base["key"]), ""),
    }


def _pmtiles_layers() -> list[dict[str, Any]]:
    """Draw the layers that vector base maps of the Protomaps scheme carry; others show their water at least."""
    on = {"source": "outside"}
    roads = ["interpolate", ["linear"], ["zoom"], 8, 0.4, 14, 2.4]
    return [
        {"id": "outside-earth", "type": "fill", **on, "source-layer": "earth", "paint": {"fill-color": "#f2efe6"}},
        {"id": "outside-green", "type": "fill", **on, "source-layer": "landcover", "paint": {"fill-color": "#e7ebdc"}},
        {
            "id": "outside-water",
            "type": "fill",
            **on,
            "source-layer": "water",
            "filter": ["==", ["geometry-type"], "Polygon"],
            "paint": {"fill-color": "#a9cfdf"},
        },
        {
            "id": "outside-roads",
            "type": "line",
            **on,
            "source-layer": "roads",
            "paint": {"line-color": "#ffffff", "line-width": roads},
        },
        {
            "id": "outside-buildings",
            "type": "fill",
            **on,
            "source-layer": "buildings",
            "minzoom": 13,
            "paint": {"fill-color": "#e2ded3"},
        },
    ]


def layers(base: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the layers that draw the outside sources, bottom first."""
    if not is_set(base):
        return []
    if base["kind"] == "pmtiles":
        return _pmtiles_layers()
    return [{"id": name, "type": "raster", "source": name} for name in sources(base)]
