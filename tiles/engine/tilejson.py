"""TileJSON 3.0.0: what a map client must know to ask for a tileset."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Field, FloatField, IntegerField
from django.db.models.fields import DecimalField

from accounts.permissions import Asker
from tiles.engine.bounds import bounds_of
from tiles.grids.tile_matrix_sets import WEB_MERCATOR, Box
from tiles.ladder import omissions
from tiles.layer.vector import MAX_ZOOM, Tileset, VectorLayer
from tiles.query.request import PLAIN, TileRequest

_NUMBERS = (IntegerField, FloatField, DecimalField)


def _type_name(field: "Field[Any, Any]") -> str:
    if isinstance(field, BooleanField):
        return "Boolean"
    return "Number" if isinstance(field, _NUMBERS) else "String"


def field_types(layer: VectorLayer, user: Asker) -> dict[str, str]:
    """Return ``{property: "Number"|"String"|"Boolean"}`` as the tile carries them."""
    annotations = layer.annotations()
    query = layer.visible_to(user).annotate(**annotations).query
    types = {name: _type_name(query.annotations[f"p_{name}"].output_field) for name in layer.fields}
    counts = dict.fromkeys(layer.cluster.properties, "Number") if layer.cluster else {}
    return {"id": "Number", **types, **counts}


def _union(boxes: Iterable[Box]) -> list[float]:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return [min(wests), min(souths), max(easts), max(norths)]


def _vector_layer(layer: VectorLayer, user: Asker) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": layer.name,
        "description": str(layer.description or layer.title),
        "title": str(layer.title),
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "fields": {**field_types(layer, user), **omissions.extra_fields(layer, user)},
        "geometry_type": layer.geometry_type,
        "schematic": layer.schematic,
    }
    if layer.queryable:
        body["queryables"] = sorted(layer.queryable)
    if layer.described:
        body["field_descriptions"] = {
            name: str(text) for name, text in layer.described.items() if name in layer.carried()
        }
    if generalised := omissions.omissions(layer, user):
        body["generalised"] = generalised
    return body


def _grid(tile_request: TileRequest) -> dict[str, Any]:
    """Say in which grid the tiles are; TileJSON itself knows Web Mercator only."""
    if tile_request.grid == WEB_MERCATOR:
        return {}
    return {"crs": tile_request.grid.crs, "tile_matrix_set": tile_request.grid.matrix_set(MAX_ZOOM)}


def tilejson(tileset: Tileset, user: Asker, tile_url: str, tile_request: TileRequest = PLAIN) -> dict[str, Any]:
    """Return the TileJSON of `tileset` for `user`; `tile_url` has the placeholders z, x, y, and perhaps a query."""
    minzoom = max(tileset.minzoom, tile_request.grid.first_level)
    body: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": tileset.name,
        "description": "、".join(str(layer.title) for layer in tileset.layers),
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": ["".join([tile_url, "&" if "?" in tile_url else "?", key]) if (key := tile_request.key) else tile_url],
        "minzoom": minzoom,
        "maxzoom": tileset.maxzoom,
        "attribution": " | ".join(dict.fromkeys(x.attribution for x in tileset.layers if x.attribution)),
        "vector_layers": [_vector_layer(layer, user) for layer in tileset.layers],
        **_grid(tile_request),
    }
    if boxes := bounds_of(tileset.layers, user, tile_request.key):
        west, south, east, north = body["bounds"] = _union(boxes.values())
        body["center"] = [round((west + east) / 2, 6), round((south + north) / 2, 6), minzoom or 10]
    return body
