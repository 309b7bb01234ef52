"""Where layers lie, as far as somebody may see them: measured once per content, many of them in one query."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db import OperationalError
from django.db.models import IntegerField, QuerySet, Value

from accounts.permissions import Asker
from tiles.cache.lookup import content_of, digest
from tiles.engine.time_limit import within_a_tiles_time
from tiles.grids.tile_matrix_sets import Box
from tiles.layer.vector import VectorLayer

KEEP_SECONDS = 3600
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
"""What is said of a layer that is too large to measure within a tile's time."""


def bounds_of(layers: Iterable[VectorLayer], user: Asker, query_key: str = "") -> dict[str, Box]:
    """Return by name west, south, east, north in degrees of what `user` may see of each layer; nothing for a layer of
    which that is nothing. `query_key` names the parameters that narrowed the layers. Raises Busy.
    """
    keys = {_key(layer, user, query_key): layer for layer in layers}
    known: dict[str, list[Box]] = cache.get_many(keys)
    missing = [key for key in keys if key not in known]
    fresh = dict(zip(missing, _measured([keys[key] for key in missing], user), strict=True))
    cache.set_many(fresh, KEEP_SECONDS)
    found = {**known, **fresh}
    return {layer.name: box for key, layer in keys.items() for box in found[key]}


def _key(layer: VectorLayer, user: Asker, query_key: str) -> str:
    """Named by its content: audience, versions and the counters of its tables."""
    return "bounds:" + digest([content_of(layer, user), query_key])


def _measured(layers: Sequence[VectorLayer], user: Asker) -> list[list[Box]]:
    """One box of each layer, or none."""
    boxes = {place: x.known_bounds() for place, x in enumerate(layers) if x.known_bounds and not x.is_part}
    boxes |= _asked({place: _extent(x, user, place) for place, x in enumerate(layers) if place not in boxes})
    return [[_on_globe(box)] if (box := boxes.get(place)) else [] for place in range(len(layers))]


def _extent(layer: VectorLayer, user: Asker, place: int) -> QuerySet[Any]:
    """One row: which of the layers, and where it lies."""
    rows = layer.placed(user).order_by().annotate(layer_at=Value(place, output_field=IntegerField()))
    extent: QuerySet[Any] = rows.values("layer_at").annotate(box=Extent(layer.geometry)).values_list("layer_at", "box")
    return extent


def _asked(extents: Mapping[int, QuerySet[Any]]) -> dict[int, Box | None]:
    """All in one query; where that takes longer than a tile may, each in one of its own. Nothing for one of no rows."""
    if not extents:
        return {}
    first, *others = extents.values()
    try:
        with within_a_tiles_time(first.db):
            return dict(first.union(*others, all=True).order_by() if others else first)
    except OperationalError:
        if not others:
            return dict.fromkeys(extents, WORLD)
    return {place: box for one, rows in extents.items() for place, box in _asked({one: rows}).items()}


def _on_globe(box: Box) -> Box:
    west, south, east, north = box
    return (
        round(max(west, WORLD[0]), 6),
        round(max(south, WORLD[1]), 6),
        round(min(east, WORLD[2]), 6),
        round(min(north, WORLD[3]), 6),
    )
