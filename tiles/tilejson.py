"""TileJSON 3.0.0: what a map client must know to ask for a tileset."""

from typing import Any

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import BooleanField, Field, FloatField, IntegerField
from django.db.models.fields import DecimalField

from tiles.cache import content_version, digest
from tiles.layer import Tileset, VectorLayer

_NUMBERS = (IntegerField, FloatField, DecimalField)


def _type_name(field: Field | None) -> str:
    if isinstance(field, BooleanField):
        return "Boolean"
    return "Number" if isinstance(field, _NUMBERS) else "String"


def field_types(layer: VectorLayer, user: Any) -> dict[str, str]:
    """Return ``{property: "Number"|"String"|"Boolean"}`` as the tile carries them."""
    annotations = layer.annotations()
    query = layer.visible_to(user).annotate(**annotations).query
    types = {name: _type_name(query.annotations[f"p_{name}"].output_field) for name in layer.fields}
    return {"id": "Number", **types}


def bounds_of(layer: VectorLayer, user: Any) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of what `user` may see in degrees, or None when that is nothing."""
    extent = layer.queryset(user).aggregate(box=Extent(layer.geometry))["box"]
    return tuple(round(value, 6) for value in extent) if extent else None


def _union(boxes: list[tuple[float, float, float, float]]) -> list[float]:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return [min(wests), min(souths), max(easts), max(norths)]


def _vector_layer(layer: VectorLayer, user: Any) -> dict[str, Any]:
    return {
        "id": layer.name,
        "description": str(layer.title),
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "fields": field_types(layer, user),
        "geometry_type": layer.geometry_type,
    }


def tilejson(tileset: Tileset, user: Any, tile_url: str) -> dict[str, Any]:
    """Return the TileJSON of `tileset` for `user`; bounds are real, computed once per content."""
    key = "tilejson:" + digest([tileset.name, tileset.audience(user), content_version(tileset, user)])
    boxes = cache.get(key)
    if boxes is None:
        boxes = [box for layer in tileset.layers if (box := bounds_of(layer, user))]
        cache.set(key, boxes, 3600)
    body: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": tileset.name,
        "description": "、".join(str(layer.title) for layer in tileset.layers),
        "scheme": "xyz",
        "tiles": [tile_url],
        "minzoom": tileset.minzoom,
        "maxzoom": tileset.maxzoom,
        "attribution": " | ".join(dict.fromkeys(x.attribution for x in tileset.layers if x.attribution)),
        "vector_layers": [_vector_layer(layer, user) for layer in tileset.layers],
    }
    if boxes:
        west, south, east, north = body["bounds"] = _union(boxes)
        body["center"] = [round((west + east) / 2, 6), round((south + north) / 2, 6), tileset.minzoom or 10]
    return body
