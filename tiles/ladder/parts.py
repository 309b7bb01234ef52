"""Parts of a large table: the tiles of a quadtree, of which the copies are made one after another.

A step holds the table against writers. Of a hundred million points it would hold it for a quarter of an hour; a part is
so small that an edit waits for a second or two. The tiles cover the whole world, so every place is in exactly one of
them, whatever is written while the copies are being made. A line or area is of the part that the middle of its box is
in, however far it reaches beyond.
"""

from collections.abc import Callable
from math import atan, degrees, pi, sinh

from django.db import connection

from tiles.ladder.models import Ladder
from tiles.ladder.names import WORLD_BITS, quoted, source_table, table

# ruff: noqa: S608 - names of the database's catalogue (quoted) and numbers of ours

PART_ROWS = 250_000
"""About as many points as cells are made of in a second or two."""
PART_SHAPES = 25_000
"""About as many small lines or areas as are cut for all zooms in as long; large ones count as more of them."""
COUNTED_AT = 14
"""The zoom of the temporary table `ladder_tiles`."""
BEYOND = 1e9
"""Degrees; no coordinate is farther out."""
MARGIN = 1e-7
"""Degrees around a tile, for what rounding puts on its other side; which tile a place is in is counted exactly."""

Tile = tuple[int, int]
Leaf = tuple[int, int, int]
"""Zoom, column and row of a tile that is not divided further."""


def create(ladder: Ladder) -> str:
    return f"""
        CREATE TABLE {table(ladder, "parts")} (
            part int NOT NULL, z smallint NOT NULL, tx int NOT NULL, ty int NOT NULL, PRIMARY KEY (part, z, tx, ty))"""


def plan(ladder: Ladder) -> int:
    """Divide the world by the temporary table `ladder_tiles` (rows per tile of zoom 14); return how many parts.

    Rows in another system than WGS 84 are one part: no index tells which of them lie in a tile.
    """
    # Cells of points are summed up from the zoom of their part's tile; shapes are cut for each zoom by themselves.
    points = ladder.kind == Ladder.Kind.CELLS
    most, deepest = (PART_ROWS, ladder.top or 0) if points else (PART_SHAPES, COUNTED_AT)
    leaves = divided(deepest, most, _rows_below) if ladder.srid == 4326 else [(1, (0, 0, 0))]
    found, part, rows = [], 0, 0
    for count, leaf in leaves:
        if rows and rows + count > most:
            part, rows = part + 1, 0
        rows += count
        found.append((part, *leaf))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table(ladder, 'parts')} VALUES (%s, %s, %s, %s)", found)
    return part + 1


def divided(
    deepest: int, most: int, rows_below: Callable[[int, list[Tile]], dict[Tile, int]]
) -> list[tuple[int, Leaf]]:
    """Return tiles that cover the world, with their rows: a tile of more than `most` is its four quarters.

    `rows_below(z, tiles)` counts the rows of each tile of zoom z that lies in one of `tiles` (of zoom z - 1).
    Neighbours follow one another.
    """
    leaves: list[tuple[int, Leaf]] = []
    tiles, zoom = {(0, 0): sum(rows_below(0, []).values())}, 0
    while tiles:
        full = [tile for tile, count in tiles.items() if count > most and zoom < deepest]
        leaves += [(count, (zoom, *tile)) for tile, count in tiles.items() if tile not in full]
        zoom += 1
        known = rows_below(zoom, full) if full else {}
        tiles = {quarter: known.get(quarter, 0) for tile in full for quarter in _quarters(*tile)}
    return sorted(leaves, key=lambda leaf: _path(*leaf[1]))


def _quarters(x: int, y: int) -> list[Tile]:
    return [(2 * x + right, 2 * y + down) for down in (0, 1) for right in (0, 1)]


def _path(zoom: int, x: int, y: int) -> str:
    """The way to a tile from the whole world, a quarter at a time."""
    return "".join(str((x >> bit & 1) + 2 * (y >> bit & 1)) for bit in reversed(range(zoom)))


def _rows_below(zoom: int, tiles: list[Tile]) -> dict[Tile, int]:
    shift = COUNTED_AT - zoom
    within = f"WHERE (tx >> {shift + 1}, ty >> {shift + 1}) IN (SELECT * FROM unnest(%s::int[], %s::int[]))"
    columns = [[tile[axis] for tile in tiles] for axis in (0, 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tx >> {shift}, ty >> {shift}, sum(n)::bigint FROM ladder_tiles"
            f" {within if tiles else ''} GROUP BY 1, 2",
            columns if tiles else None,
        )
        return {(x, y): count for x, y, count in cursor.fetchall()}


def leaves_of(ladder: Ladder, part: int) -> list[Leaf]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT z, tx, ty FROM {table(ladder, 'parts')} WHERE part = %s ORDER BY 1, 2, 3", [part])
        return list(cursor.fetchall())


def deepest(ladder: Ladder) -> int:
    """The highest zoom of a tile among all parts."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(z) FROM {table(ladder, 'parts')}")
        return int(cursor.fetchone()[0])


def rows_near(ladder: Ladder, leaf: Leaf) -> str:
    """Return SQL of the rows that an index finds in a tile, or rounds of the globe beside it."""
    zoom, x, y = leaf
    if zoom == 0:
        return source_table(ladder)
    count = 1 << zoom
    west, east = x / count * 360 - 180 - MARGIN, (x + 1) / count * 360 - 180 + MARGIN
    north = BEYOND if y == 0 else _latitude(y / count) + MARGIN
    south = -BEYOND if y == count - 1 else _latitude((y + 1) / count) - MARGIN
    reach = [(west + turn, east + turn) for turn in (0, -360, 360)] + [(-BEYOND, -540), (540, BEYOND)]
    found = " OR ".join(
        f"{quoted(ladder.geometry)} && ST_MakeEnvelope({first}, {south}, {last}, {north}, 4326)"
        for first, last in reach
    )
    return f"(SELECT * FROM {source_table(ladder)} WHERE {found})"


def _latitude(share: float) -> float:
    """The latitude at a share of the map's height, counted from the north."""
    return degrees(atan(sinh(pi * (1 - 2 * share))))


def is_in(leaf: Leaf) -> str:
    """Return SQL of whether the place (ux, uy) is in a tile."""
    zoom, x, y = leaf
    return f"ux >> {WORLD_BITS - zoom} = {x} AND uy >> {WORLD_BITS - zoom} = {y}"


_HERE = f"c.ux >> ({WORLD_BITS} - p.z) = p.tx AND c.uy >> ({WORLD_BITS} - p.z) = p.ty"
"""SQL of whether the place of `c` is in the tile of `p`, a row of the parts."""


def already_made(ladder: Ladder) -> str:
    """Return SQL of the zooms, as `z`, at which cells around the place (ux, uy) of `c` are there already.

    Within a trigger: `built` and `parts` are the steps done and all steps. Zooms above a part's own tile come last.
    """
    return f"""
        LATERAL (SELECT generate_series(0, {ladder.top}) WHERE built >= parts
                 UNION ALL SELECT generate_series(p.z, {ladder.top}) FROM {table(ladder, "parts")} AS p
                 WHERE built < parts AND p.part < built AND {_HERE}) AS made(z)"""


def is_made(ladder: Ladder) -> str:
    """Return SQL of whether shapes around the place (ux, uy) of `c` are there already; within a trigger, as above."""
    return f"(built >= parts OR EXISTS (SELECT FROM {table(ladder, 'parts')} AS p WHERE p.part < built AND {_HERE}))"
