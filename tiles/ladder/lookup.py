"""Whether a layer's tiles may be made from generalised copies."""

from typing import Any

from django.db.models import QuerySet

from tiles.cache.watched_tables import table_key
from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import WEB_MERCATOR
from tiles.ladder import build
from tiles.ladder.models import Ladder
from tiles.layer.vector import BUFFER, VectorLayer


def ladder_for_tile(layer: VectorLayer, rows: QuerySet[Any], tile: TileAddress) -> Ladder | None:
    """Return the finished ladder of the table behind `layer`, if it fits the tile's grid and the layer's order."""
    fits = tile.grid == WEB_MERCATOR and layer.buffer == BUFFER and tuple(layer.order_by) == ("pk",)
    return ladder_of(layer, rows) if fits else None


def ladder_of(layer: VectorLayer, rows: QuerySet[Any]) -> Ladder | None:
    """Return the finished ladder of the table behind `layer`; none where people see different rows."""
    if not layer.ladder:
        return None
    column = layer.geometry_field(rows).column
    source = table_key(rows.model._meta.db_table)
    found = Ladder.objects.using(rows.db).filter(source=source, geometry=column, state=Ladder.State.READY).first()
    return None if found is None or found.is_stale else found


def waits_for_ladder(table: str, rows: int) -> bool:
    """Whether the generalised copies of a table of so many rows are still to be made: low zooms may fail until then."""
    if rows <= build.FEW_ROWS:
        return False
    state = Ladder.objects.filter(source=table_key(table)).values_list("state", flat=True).first()
    return state in (None, Ladder.State.BUILDING)
