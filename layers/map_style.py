"""Loaded layers as MapLibre sources and style layers, of those that the asker may see."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

from accounts.permissions import Asker
from layers.permissions import columns_visible_to, layers_visible_to
from layers.rasters.raster_layers import raster_layer
from layers.storage.models import Layer
from layers.styling.maplibre import StyleLayer, style_layers
from layers.styling.style import style_of
from tiles.raster.render import SIZE

MAX_TILE_ZOOM = 14


@dataclass(frozen=True)
class LoadedLayer:
    """One layer as a map needs it. `digest` changes with its rows, its style and its columns."""

    slug: str
    title: str
    digest: str
    source: dict[str, Any]
    layers: list[StyleLayer]

    def about(self) -> dict[str, str]:
        return {"id": self.slug, "title": self.title, "digest": self.digest}


def loaded_layers(user: Asker, origin: str, theme: str) -> list[LoadedLayer]:
    """Every loaded layer that `user` may see, rasters first (below) and by title; `origin` is scheme and host."""
    layers = list(layers_visible_to(user))
    rasters = [_raster(layer, origin) for layer in layers if layer.kind == Layer.Kind.RASTER]
    return rasters + [_loaded(layer, user, origin, theme) for layer in layers if layer.kind == Layer.Kind.VECTOR]


def _raster(layer: Layer, origin: str) -> LoadedLayer:
    """A raster's digest is in its tiles' address too, so that another style is another picture at once."""
    served = raster_layer(layer)
    digest = served.fingerprint()[:16]
    source = {
        "type": "raster",
        "tiles": [f"{origin}/rasters/{layer.slug}/{{z}}/{{x}}/{{y}}.png?v={digest}"],
        "tileSize": SIZE,
        "minzoom": served.minzoom,
        "maxzoom": served.maxzoom,
        "bounds": [round(value, 6) for value in served.bounds],
    }
    if layer.source:
        source["attribution"] = escape(layer.source)  # read as HTML
    drawn = {"id": layer.slug, "type": "raster", "source": layer.slug, "paint": {"raster-opacity": served.opacity}}
    content = f"{digest} {served.opacity}"
    return LoadedLayer(layer.slug, layer.title, hashlib.sha256(content.encode()).hexdigest()[:16], source, [drawn])


def _loaded(layer: Layer, user: Asker, origin: str, theme: str) -> LoadedLayer:
    version = layer.current_version
    columns = columns_visible_to(user, layer)
    drawn = style_layers(layer.slug, style_of(layer, columns.values()), layer.geometry_type, theme)
    source: dict[str, Any] = {
        "type": "vector",
        "tiles": [f"{origin}/tiles/{layer.slug}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": int(layer.style.get("minzoom", 0)),
        "maxzoom": MAX_TILE_ZOOM,
    }
    if version and version.bbox:
        source["bounds"] = [round(value, 6) for value in version.bbox]
    if layer.source:
        source["attribution"] = escape(layer.source)  # read as HTML
    content = json.dumps([version and version.state, drawn, sorted(column.column for column in columns.values())])
    return LoadedLayer(layer.slug, layer.title, hashlib.sha256(content.encode()).hexdigest()[:16], source, drawn)
