"""Cold tiles per zoom, ours from the generalised copies against the plain query of other tile servers.

Both run in the same process, on the same table, the same tiles and the same connections (`tiles/engine/pool.py`:
prepared from zoom 6 on, read in binary below). The plain query is what martin sends: ST_AsMVT over
ST_AsMVTGeom(ST_Transform(...)) with all columns of the table. A tile is asked for once by each before the clock runs,
so neither pays for reading the disk or for planning; then they take turns.
"""

import statistics
import time
from collections.abc import Callable, Sequence

import mapbox_vector_tile
from django.db import connection
from isal import igzip

from layers.storage.tables import SCHEMA
from layers.vector_layers import vector_layer
from tests.benchmark.filled import filled_tiles
from tests.benchmark.harness import Context, Row, benchmark, reader, say
from tiles.engine.mvt import Statement, statement
from tiles.engine.pool import POOL
from tiles.grids.address import TileAddress
from tiles.ladder.build import build, drop
from tiles.ladder.names import table
from tiles.layer.vector import VectorLayer
from tiles.query.tile_parameters import SqlTemplate, TileParameter

ZOOMS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14)
SAMPLE = 24
"""Tiles per zoom, of those that hold something."""
ROUNDS = 5
SLOW_MS = 100
"""A tile that takes this long is timed once; noise is small beside it."""
MOST_BYTES = 500_000
LIMIT_MS = 120_000


@benchmark("tiles-low")
def measure(context: Context) -> Sequence[Row]:
    rows = []
    for kind in ("points", "lines"):
        layer = context.layer(kind)
        version = layer.current_version
        source = f"{SCHEMA}.{version.table_name}"
        rows += _built(kind, source, [field["column"] for field in version.fields])
        rows += _tiles(kind, vector_layer(layer, reader()), source, version.rows)
    return rows


def _built(kind: str, source: str, columns: list[str]) -> list[Row]:
    drop(source)
    started = time.perf_counter()
    ladder = build(source, columns, lambda step: say(f"   step {step.stage} of {step.steps}"))
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [source])
        own = cursor.fetchone()[0]
        names = [table(ladder, what) for what in ("cells", "shapes", "full")]
        cursor.execute("SELECT sum(pg_total_relation_size(to_regclass(name))) FROM unnest(%s) AS name", [names])
        copies = int(cursor.fetchone()[0] or 0)
    return [
        Row(f"{kind}: making the copies", seconds, "s", note=f"zooms 0 to {ladder.top}"),
        Row(f"{kind}: size of the copies", copies / 1e6, "MB", own / 1e6, "the table"),
    ]


def _tiles(kind: str, layer: VectorLayer, source: str, total: int) -> list[Row]:
    rows = []
    for zoom in ZOOMS:
        tiles = filled_tiles(source, zoom, SAMPLE)
        compiled = statement(layer, reader(), tiles[0])
        assert compiled is not None

        query = _martin(source, layer, zoom)

        def ours(tile: TileAddress, compiled: Statement = compiled) -> bytes:
            return POOL.read_tile(compiled.at(tile), compiled.frame, tile, LIMIT_MS)

        def plain(tile: TileAddress, compiled: Statement = compiled, query: SqlTemplate = query) -> bytes:
            return POOL.read_tile(query, compiled.frame, tile, LIMIT_MS)

        (mine, sizes), (other, other_sizes) = _race(ours, plain, tiles)
        for name, value, reference in (
            ("median", statistics.median(mine), statistics.median(other)),
            ("95 %", _high(mine), _high(other)),
        ):
            times = reference / value
            rows.append(
                Row(f"{kind} z{zoom} {name}", value, "ms", reference, "plain query", f"{times:.1f} times faster")
            )
        largest = f"limit {MOST_BYTES // 1000} KB" if max(sizes) <= MOST_BYTES else "TOO LARGE"
        rows.append(
            Row(f"{kind} z{zoom} largest", max(sizes) / 1000, "KB", max(other_sizes) / 1000, "plain query", largest)
        )
    rows.append(_count_at_zero(kind, layer, total))
    return rows


def _count_at_zero(kind: str, layer: VectorLayer, total: int) -> Row:
    world = TileAddress(0, 0, 0)
    compiled = statement(layer, reader(), world)
    assert compiled is not None
    (decoded,) = mapbox_vector_tile.decode(POOL.read_tile(compiled.at(world), compiled.frame, world, LIMIT_MS)).values()
    names = ("point_count", "feature_count")
    counted = sum(next(f["properties"][n] for n in names if n in f["properties"]) for f in decoded["features"])
    return Row(f"{kind} z0 sum of counts", counted, "rows", total, "rows of the table")


def _martin(source: str, layer: VectorLayer, zoom: int) -> SqlTemplate:
    columns = "".join(f', "{name}"' for name in ("source_row", *layer.fields))
    sql = (
        f"SELECT ST_AsMVT(tile, %s, 4096, 'g', 'id') FROM (SELECT ST_AsMVTGeom("
        f" ST_Transform(ST_CurveToLine(geom), 3857), ST_TileEnvelope({zoom}, %s, %s), 4096, 64, true) AS g, id{columns}"
        f" FROM {source} WHERE geom && ST_Transform(ST_TileEnvelope({zoom}, %s, %s, margin => 0.015625), 4326)) AS tile"
    )
    return SqlTemplate(sql, (layer.name, *(TileParameter.X, TileParameter.Y) * 2))


Make = Callable[[TileAddress], bytes]
Times = tuple[list[float], list[int]]
"""Milliseconds and compressed bytes of each tile."""


def _race(one: Make, other: Make, tiles: list[TileAddress]) -> tuple[Times, Times]:
    """Time both by turns on each tile, so that other work on the machine falls on both alike; best of the rounds."""
    results: tuple[Times, Times] = ([], []), ([], [])
    for tile in tiles:
        warm = [make(tile) for make in (one, other)]
        best = [float("inf"), float("inf")]
        for _ in range(ROUNDS):
            for place, make in enumerate((one, other)):
                started = time.perf_counter()
                make(tile)
                best[place] = min(best[place], (time.perf_counter() - started) * 1000)
            if max(best) > SLOW_MS:
                break
        for (times, sizes), milliseconds, content in zip(results, best, warm, strict=True):
            times.append(milliseconds)
            sizes.append(len(igzip.compress(content, 1)))
    return results


def _high(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]
