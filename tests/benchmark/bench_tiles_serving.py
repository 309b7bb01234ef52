"""How fast tiles are served: finished ones against a bare handler, missing ones against prepared ST_AsMVT."""

import math
import random
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from layers.models import Layer
from tests.benchmark import serving
from tests.benchmark.harness import Context, Row, benchmark, say
from tests.benchmark.load import Seen, run_load
from tests.data.published import make_public

CONNECTIONS = (1, 16, 128)
ZOOMS = (8, 10, 12, 14)
WARM_ZOOM = 8
PRIMERS = {"points": 400, "lines": 60}
"""Tiles of no account that come first: both sides then have their connections, and PostGIS its projections."""
ROUNDS = 3
TURNS = 10
"""Of which each side takes as many, warm and cold."""
TILES = {"points": 10_000, "lines": 150}
"""Distinct tiles of each zoom that are asked for, each once."""
SEED = 20261124


@benchmark("tiles-serving")
def measure(context: Context) -> list[Row]:
    rows = []
    for kind, most in TILES.items():
        layer = context.layer(kind)
        make_public(layer.slug)
        rows += _cold(layer, kind, most // 15 if context.quick else most)
    return [*rows, *_warm(context.layer("points"), 0.5 if context.quick else 3.0)]


class Turn(NamedTuple):
    """What one side did with some tiles."""

    tiles: int
    seconds: float
    median_ms: float
    p95_ms: float

    @property
    def rate(self) -> float:
        return self.tiles / self.seconds


def _cold(layer: Layer, kind: str, most: int) -> list[Row]:
    rows = []
    version = layer.current_version
    table, columns = f'layer_data."{version.table_name}"', [field["column"] for field in version.fields]
    for zoom in ZOOMS:
        found = tiles_with_rows(table, zoom, most + PRIMERS[kind])
        primers, tiles = found[: PRIMERS[kind]], found[PRIMERS[kind] :]
        size = -(-len(tiles) // TURNS)
        parts = [tiles[start : start + size] for start in range(0, len(tiles), size)]
        with (
            serving.prepared(table, columns, primers) as ask,
            serving.site(Path(settings.VAR_DIR) / "tiles") as port,
        ):
            _over_http(layer, port, primers)
            ask(tiles)  # so that neither reads the disk for the other
            ours, reference = [], []
            # In short turns, so that both have the same share of what else the machine does. Who asks for some tiles
            # first brings their rows into the buffers, so they take turns in that too.
            for turn, some in enumerate(parts):
                if turn % 2:
                    reference.append(_prepared(ask, some))
                ours.append(_over_http(layer, port, some))
                if not turn % 2:
                    reference.append(_prepared(ask, some))
        ratios = sorted(one.rate / other.rate for one, other in zip(ours, reference, strict=True))
        name = f"cold {kind} z{zoom}"
        note = f"{len(tiles)} tiles in {len(parts)} turns, ratios {ratios[0]:.2f} to {ratios[-1]:.2f}"
        rows.append(Row(f"{name}, rate", _rate(ours), "tiles/s", _rate(reference), "prepared, 4 connections", note))
        rows += _times(name, ours, reference, "prepared")
    return rows


def _rate(turns: list[Turn]) -> float:
    return sum(turn.tiles for turn in turns) / sum(turn.seconds for turn in turns)


def _over_http(layer: Layer, port: int, tiles: list[serving.Tile]) -> Turn:
    """Ask the site for each tile once, on 16 connections. Only those that came count."""
    seen = run_load(port, [f"/tiles/{layer.slug}/{z}/{x}/{y}.mvt" for z, x, y in tiles], 16, 600, once=True)
    came = sum(number for status, number in seen.statuses.items() if status in ("200", "204"))
    return Turn(came, seen.seconds, seen.median_ms, seen.p95_ms)


def _prepared(ask: serving.Ask, tiles: list[serving.Tile]) -> Turn:
    times, seconds = ask(tiles)
    return Turn(len(times), seconds, statistics.median(times) * 1000, _p95(times) * 1000)


def _warm(layer: Layer, seconds: float) -> list[Row]:
    table = f'layer_data."{layer.current_version.table_name}"'
    z, x, y = tiles_with_rows(table, WARM_ZOOM, 1)[0]
    path = f"/tiles/{layer.slug}/{z}/{x}/{y}.mvt"
    rows = []
    with serving.site(Path(settings.VAR_DIR) / "tiles") as port:
        for _ in range(20):
            answer = serving.get(port, path)
        with serving.bare(answer) as bare_port:
            for connections in CONNECTIONS:
                # In turns, so that both have the same share of what else the machine does.
                both = [
                    tuple(run_load(each, [path], connections, seconds / ROUNDS) for each in (port, bare_port))
                    for _ in range(ROUNDS)
                ]
                rows += _compared(connections, both, len(answer.body))
        seen = run_load(port, [path], 16, seconds, {"If-None-Match": answer.headers["etag"]})
        if set(seen.statuses) != {"304"}:
            raise RuntimeError(f"expected 304, got {seen.statuses}")
        rows.append(Row("304, 16 connections", seen.rate, "requests/s"))
    return rows


def _compared(connections: int, both: list[tuple[Seen, ...]], size: int) -> list[Row]:
    ours, reference = zip(*both, strict=True)
    for seen in (*ours, *reference):
        _all_well(seen)
    busy = max(seen.busy for seen in (*ours, *reference))
    name, note = f"warm, {connections} connections", f"{size / 1000:.1f} kB; generator busy {busy:.0%}"
    rate, bare = (statistics.median(seen.rate for seen in many) for many in (ours, reference))
    row = Row(f"{name}, rate", rate, "requests/s", bare, "bare handler", note)
    return [row, *_times(name, ours, reference, "bare handler")]


def _times(name: str, ours: Sequence[Any], reference: Sequence[Any], reference_name: str) -> list[Row]:
    """Compare the times of single answers: of each the median of all turns."""
    rows = []
    for label in ("median_ms", "p95_ms"):
        mine, theirs = (statistics.median(getattr(turn, label) for turn in side) for side in (ours, reference))
        rows.append(Row(f"{name}, {label[:-3]}", mine, "ms", theirs, reference_name))
    return rows


def _all_well(seen: Seen) -> None:
    if not set(seen.statuses) <= {"200", "204"}:
        say(f"not every answer was a tile: {seen.statuses}")
        raise RuntimeError(f"not every answer was a tile: {seen.statuses}")


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def tiles_with_rows(table: str, zoom: int, most: int) -> list[serving.Tile]:
    """Return up to `most` tiles of a zoom in which rows of the table begin, the same ones at every run."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_GeometryN(ST_Points(geom), 1) AS p FROM"
            f" (SELECT geom FROM {table} WHERE id % 7 = 0 ORDER BY id LIMIT 200000) AS sampled) AS starts"
        )
        places = cursor.fetchall()
    found = sorted({_tile_of(longitude, latitude, zoom) for longitude, latitude in places if abs(latitude) < 84})
    random.Random(SEED).shuffle(found)
    return found[:most]


def _tile_of(longitude: float, latitude: float, zoom: int) -> serving.Tile:
    size = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return zoom, min(int((longitude + 180) / 360 * size), size - 1), min(int(y * size), size - 1)
