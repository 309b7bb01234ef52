"""MapLibre styles made from the design values: they work by themselves in any client of MapLibre's style format.

Glyphs come from this server (`tiles/glyphs`), so no style needs another host; the site's own map draws Chinese with the
reader's fonts and asks for Latin letters only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.district.queries import CHINA
from geo_portal.styles import base_map, external, points, ranges, symbols
from geo_portal.tilesets import BASE, DRAWN, HILLSHADE
from layers.map_style import LoadedLayer

THEMES = {"district": "light", "district-dark": "dark", "district-print": "print"}
MAX_TILE_ZOOM = 14
BASE_TILESETS = [layer.name for layer in BASE]


@dataclass(frozen=True)
class StyleRequest:
    """What a style depends on. `origin` is scheme and host without a slash; `visible` names the asker's tilesets."""

    name: str
    origin: str
    visible: Collection[str]
    district_codes: Sequence[str]
    """Of the districts whose ground is drawn as one's own."""
    title: str = ""
    bounds: tuple[float, float, float, float] = CHINA
    """West, south, east, north of the district in degrees: where the map opens."""
    has_hillshade: bool = True
    base: Mapping[str, str] = field(default_factory=dict)
    """An external base map as `geo_portal/external_base_map.py` gives it; empty for our own."""
    loaded: Sequence[LoadedLayer] = ()
    """Layers that GIS staff loaded, drawn in their own styles beneath the platform's symbols."""

    @property
    def theme(self) -> str:
        return THEMES[self.name]


def _vector_source(origin: str, names: str) -> dict[str, Any]:
    return {
        "type": "vector",
        "tiles": [f"{origin}/tiles/{names}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": 0,
        "maxzoom": MAX_TILE_ZOOM,
    }


def _sources(wanted: StyleRequest) -> dict[str, Any]:
    base_names = ",".join(name for name in BASE_TILESETS if name in wanted.visible)
    sources = {"base": _vector_source(wanted.origin, base_names)}
    for layer in DRAWN:
        if layer.name in wanted.visible:
            sources[layer.name] = _vector_source(wanted.origin, layer.name)
    if wanted.has_hillshade:
        sources["hillshade"] = {
            "type": "raster",
            "tiles": [f"{wanted.origin}/rasters/hillshade/{{z}}/{{x}}/{{y}}@2x.png?v={HILLSHADE.style_digest()}"],
            "tileSize": 512,
            "minzoom": HILLSHADE.minzoom,
            "maxzoom": HILLSHADE.maxzoom,
        }
    # A loaded layer can never take the place of a source of ours.
    return {layer.slug: layer.source for layer in wanted.loaded} | sources | external.sources(wanted.base)


def loaded_part(wanted: StyleRequest) -> dict[str, Any]:
    """Return only what belongs to loaded layers, for a map that has the rest and asks whether they changed."""
    return {
        "metadata": {"loaded": [item.about() for item in wanted.loaded]},
        "sources": {item.slug: item.source for item in wanted.loaded},
        "layers": [layer for item in wanted.loaded for layer in item.layers],
    }


def build_style(wanted: StyleRequest) -> dict[str, Any]:
    """Return the style as JSON-ready data. Raises KeyError for a name that is no style."""
    theme = wanted.theme
    sources = _sources(wanted)
    layers = [
        *base_map.ground(theme),
        *external.layers(wanted.base, theme),
        *base_map.land(theme, wanted.district_codes, own_base=not external.is_set(wanted.base)),
        *(base_map.hillshade(theme) if "hillshade" in sources else []),
        *external.satellite_layers(wanted.base),
        *base_map.borders(theme, wanted.district_codes),
        *ranges.layers(theme),
        *base_map.waters(theme),
        *external.names(wanted.base, theme),
        *base_map.labels(theme),
        *(layer for item in wanted.loaded for layer in item.layers),
        *base_map.names_beside(theme),
        *symbols.layers(theme, DRAWN),
        *base_map.names_on_top(theme),
        # A number on a symbol must stay readable, so names make way for clusters.
        *points.clusters(theme),
    ]
    west, south, east, north = wanted.bounds
    return {
        "version": 8,
        "name": wanted.title or wanted.name,
        "metadata": {
            "theme": theme,
            "bounds": list(wanted.bounds),
            "review_number": wanted.base.get("review_number", ""),
            **({"shifted": shifted} if (shifted := external.shifted(wanted.base)) else {}),
            "loaded": [item.about() for item in wanted.loaded],
        },
        "center": [round((west + east) / 2, 5), round((south + north) / 2, 5)],
        "zoom": 10,
        "sprite": f"{wanted.origin}/styles/sprite",
        "glyphs": f"{wanted.origin}/fonts/{{fontstack}}/{{range}}.pbf",
        "sources": sources,
        "layers": [layer for layer in layers if layer.get("source", "base") in sources],
    }
