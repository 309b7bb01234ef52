"""A base map that a deployment brings: Tianditu by its key, an XYZ address, or a PMTiles file.

Publishing a map in China asks for the review number (审图号) of the base map; it goes with the attribution.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

from geo_portal.styles import vector_base

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


def satellite_sources(base: Mapping[str, str]) -> dict[str, Any]:
    """Return the sources of pictures from above, which the reader switches on; {} where the district has none."""
    credit = attribution(base)
    if base.get("satellite"):
        return {"satellite": _raster(base["satellite"], credit)}
    if base.get("kind") != "tianditu" or not is_set(base):
        return {}
    return {
        "satellite": _raster(TIANDITU.format(layer="img_w", key=base["key"]), credit or _("天地图")),
        "satellite-names": _raster(TIANDITU.format(layer="cia_w", key=base["key"]), ""),
    }


def satellite_layers(base: Mapping[str, str]) -> list[dict[str, Any]]:
    """Above the ground and beneath the waters; hidden until somebody switches to them."""
    return [
        {"id": name, "type": "raster", "source": name, "layout": {"visibility": "none"}}
        for name in satellite_sources(base)
    ]


def shifted(base: Mapping[str, str]) -> dict[str, str]:
    """Return the sources whose tiles lie in another datum: the site's map shifts the tiles, never the data."""
    if base.get("datum") != "gcj02" or base.get("kind") == "tianditu":
        return {}
    names = [*(["outside"] if base.get("kind") == "xyz" and is_set(base) else []), *satellite_sources(base)]
    return dict.fromkeys(names, "gcj02")


def sources(base: Mapping[str, str]) -> dict[str, Any]:
    """Return the outside sources by name; {} for our own base map."""
    return _street_sources(base) | satellite_sources(base)


def _street_sources(base: Mapping[str, str]) -> dict[str, Any]:
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


def layers(base: Mapping[str, str], theme: str) -> list[dict[str, Any]]:
    """Return the layers that draw the outside sources, bottom first; a vector base map's names are `names`."""
    if not is_set(base):
        return []
    if base["kind"] == "pmtiles":
        return vector_base.ground(theme)
    return [{"id": name, "type": "raster", "source": name} for name in _street_sources(base)]


def names(base: Mapping[str, str], theme: str) -> list[dict[str, Any]]:
    """Return the names that a vector base map carries, to lie above our waters and beneath our own names."""
    return vector_base.names(theme) if is_set(base) and base["kind"] == "pmtiles" else []
