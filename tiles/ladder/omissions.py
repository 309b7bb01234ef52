"""What generalised tiles omit, for the TileJSON of a layer."""

from typing import Any

from django.core.cache import cache
from django.db import connections
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from tiles.cache.lookup import current_changes
from tiles.grids.tile_matrix_sets import WEB_MERCATOR
from tiles.ladder.lookup import ladder_of
from tiles.ladder.models import Ladder
from tiles.ladder.names import CELL_BITS, DETAIL, MARKER_BITS, SMALLEST, table
from tiles.ladder.read import COUNT_OF_POINTS, COUNT_OF_SHAPES, LEFT_OUT, SHARE
from tiles.layer.vector import VectorLayer

# ruff: noqa: S608 - names of our own tables

KEEP_SECONDS = 3600


def omissions(layer: VectorLayer, user: Asker) -> dict[str, Any] | None:
    """Describe at which zooms `layer` is generalised, how, and how many rows each omits; None when at none.

    The figures are those of now: they are counted anew after every change of the table.
    """
    ladder = _generalised(layer, user)
    if ladder is None:
        return None
    is_points = ladder.kind == Ladder.Kind.CELLS
    levels = [_described(ladder, level) for level in ladder.levels]
    result: dict[str, Any] = {
        "zooms": [0, ladder.top],
        "method": "cells" if is_points else "simplified",
        "count_property": COUNT_OF_POINTS if is_points else COUNT_OF_SHAPES,
        "left_out_property": COUNT_OF_POINTS if is_points else LEFT_OUT,
        "levels": levels,
        "note": _note_on_points() if is_points else _note_on_shapes(),
    }
    if not layer.is_part:  # the figures are of the whole table
        counted = _counts(ladder)
        for level in levels:
            level["shown"], level["left_out"] = counted.get(level["zoom"], (0, 0))
        result["rows"] = sum(counted.get(0, (0, 0)))
    return result


def extra_fields(layer: VectorLayer, user: Asker) -> dict[str, str]:
    """Return the properties that generalised tiles have besides the layer's own, with their TileJSON types."""
    ladder = _generalised(layer, user)
    if ladder is None:
        return {}
    names = (COUNT_OF_POINTS,) if ladder.kind == Ladder.Kind.CELLS else (COUNT_OF_SHAPES, LEFT_OUT, SHARE)
    return dict.fromkeys(names, "Number")


def _generalised(layer: VectorLayer, user: Asker) -> Ladder | None:
    ladder = ladder_of(layer, layer.queryset(user))
    return None if ladder is None or ladder.top is None or ladder.top < 0 else ladder


def _note_on_points() -> str:
    return _(
        "低级别瓦片把点聚合到边长为瓦片 1/%(cells)d 的格网："
        "point_count 为格内点数，位置为其平均；只有一个点的格就是该点本身。"
    ) % {"cells": 1 << CELL_BITS}


def _note_on_shapes() -> str:
    return _(
        "低级别瓦片简化到瓦片边长的 1/%(detail)d，长宽都不足 1/%(smallest)d 的要素省略，"
        "画成边长为瓦片 1/%(cells)d 的方格，left_out 为省略数，covered_share 为覆盖比例，"
        "其他属性取面积最大的值；其余要素 feature_count 为 1。"
    ) % {"detail": DETAIL, "smallest": SMALLEST, "cells": 1 << MARKER_BITS}


def _described(ladder: Ladder, level: dict[str, Any]) -> dict[str, Any]:
    side_m = WEB_MERCATOR.side(level["zoom"])
    resolution = round(side_m / _parts(ladder), 2)
    return {"zoom": level["zoom"], "resolution_m": resolution, "properties": level["properties"]}


def _counts(ladder: Ladder) -> dict[int, tuple[int, int]]:
    """Count the rows per zoom, once per content of the table."""
    if connections["default"].in_atomic_block:
        return _counted(ladder)
    key = f"ladder:{ladder.pk}:{current_changes().last.get(ladder.source, 0)}"
    counted: dict[int, tuple[int, int]] | None = cache.get(key)
    if counted is None:
        counted = _counted(ladder)
        cache.set(key, counted, KEEP_SECONDS)
    return counted


def _parts(ladder: Ladder) -> int:
    return 1 << CELL_BITS if ladder.kind == Ladder.Kind.CELLS else DETAIL


def _counted(ladder: Ladder) -> dict[int, tuple[int, int]]:
    """Return per zoom the rows shown as themselves, and those that are but counted."""
    cells = table(ladder, "cells")
    if ladder.kind == Ladder.Kind.CELLS:
        sql = (
            "SELECT z, count(*) FILTER (WHERE n = 1), coalesce(sum(n) FILTER (WHERE n > 1), 0)::bigint"
            f" FROM {cells} WHERE n > 0 GROUP BY z"
        )
    else:
        sql = (
            f"SELECT z, (SELECT count(DISTINCT id) FROM {table(ladder, 'shapes')} AS s WHERE s.z = zooms.z),"
            f" (SELECT coalesce(sum(n), 0)::bigint FROM {cells} AS c WHERE c.z = zooms.z)"
            f" FROM generate_series(0, {ladder.top}) AS zooms(z)"
        )
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return {zoom: (shown, left_out) for zoom, shown, left_out in cursor.fetchall()}
