"""Making a table's ladder, in steps that each commit, so that a killed worker goes on where it was.

A step makes one part (`parts.py`). It holds the table against writers (not against readers) and leaves a ladder that
the triggers keep right from then on, as far as it goes. What looks at all rows, before the first part and after the
last, lets writers in. Tiles are made from it only once all of it is there.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils import timezone

from tiles.cache import watched_tables
from tiles.ladder import kinds, parts, points, shapes, triggers
from tiles.ladder.budget import affordable
from tiles.ladder.models import Ladder
from tiles.ladder.names import TOP, quoted, source_table, table

log = logging.getLogger(__name__)
_FUNCTIONS = Path(__file__).with_name("functions.sql")

FEW_ROWS = 5_000
FEW_VERTICES = 40_000
"""A tile with no more rows and vertices than these is made from the table itself in a few hundredths of a second."""
MOST_CUTS = 1_000_000
"""So many parts tiles may add to a table's shapes at one zoom. A continent covers millions of tiles that are far from
full; where one full tile somewhere would have it cut that fine, zooms are made from the pieces instead."""

Progress = Callable[[Ladder], None]


def build(source: str, columns: Sequence[str] | None = None, progress: Progress = lambda ladder: None) -> Ladder:
    """Make, or go on making, the ladder of a table (``"schema.table"``); a ladder that is there is left alone.

    `columns` are those that tiles may carry as properties, all when not given. `progress` hears of each step.
    Raises LookupError when there is no such table with one whole-number key and one geometry column.
    """
    if any(_is_of_an_older_make(ladder) for ladder in Ladder.objects.filter(source=watched_tables.table_key(source))):
        drop(source)
    with transaction.atomic():
        ladder = _registered(source, columns)
    while ladder.state == Ladder.State.BUILDING:
        if ladder.top is None:
            ladder = _planned(ladder)
        elif ladder.stage == ladder.parts:
            ladder = _looked_over(ladder)
        else:
            ladder = _advanced(ladder)
        progress(ladder)
    return ladder


def _is_of_an_older_make(ladder: Ladder) -> bool:
    """Whether it has no kinds, or was begun when lines and areas were still made one zoom a step."""
    begun = ladder.state == Ladder.State.BUILDING and ladder.stage > 0
    return ladder.is_stale or (begun and not _exists(table(ladder, "parts")))


def _planned(ladder: Ladder) -> Ladder:
    """Decide how far up the copies go and of which parts they are made; no writer waits meanwhile."""
    with transaction.atomic():
        ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
        if ladder.state == Ladder.State.BUILDING and ladder.top is None:
            _plan(ladder)
            ladder.save()
    return ladder


def _looked_over(ladder: Ladder) -> Ladder:
    """Note what the tiles of finished copies hold; no writer waits meanwhile."""
    # Each part changed the same rows of the lowest zooms: thousands of dead versions lie between a tile and its rows.
    tidy = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    _run([f"{tidy} {table(ladder, what)}" for what in triggers.TABLES[ladder.kind]])
    levels = _levels(ladder)
    with transaction.atomic():
        ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
        if ladder.state == Ladder.State.BUILDING:
            _finish(ladder, levels)
            ladder.save()
    return ladder


def _advanced(ladder: Ladder) -> Ladder:
    """Do the next step while writers wait."""
    with transaction.atomic():
        # First the table, then the registry: the order in which a writer takes them.
        _run([f"LOCK TABLE {source_table(ladder)} IN SHARE ROW EXCLUSIVE MODE"])
        ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
        # Another worker may have done the last one meanwhile.
        if ladder.state == Ladder.State.BUILDING and ladder.stage < ladder.parts:
            _step(ladder)
            ladder.save()
    return ladder


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create or renew the schema and the functions that all ladders share; once per migration."""
    with connections[using].cursor() as cursor:
        cursor.execute(_FUNCTIONS.read_text())


def drop(source: str) -> bool:
    """Take a table's ladder away; False when there is none. The table itself may be gone."""
    with transaction.atomic():
        ladder = Ladder.objects.select_for_update().filter(source=watched_tables.table_key(source)).first()
        if ladder is None:
            return False
        _run([*triggers.remove(ladder), *(f"DROP TABLE IF EXISTS {table(ladder, what)}" for what in _ALL_TABLES)])
        ladder.delete()
        watched_tables.mark_changed(ladder.source)
    return True


def sweep() -> list[str]:
    """Drop the ladders of tables that are no more; returns their names."""
    gone = [name for name in Ladder.objects.values_list("source", flat=True) if not _exists(name)]
    for name in gone:
        drop(name)
    return gone


_ALL_TABLES = ("cells", "kinds", "parts", "shapes", "full")


def _run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _fetch(statement: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _exists(source: str) -> bool:
    name = quoted(*watched_tables.table_key(source).split(".", 1))
    return bool(_fetch("SELECT to_regclass(%s) IS NOT NULL", [name])[0][0])


def _registered(source: str, columns: Sequence[str] | None) -> Ladder:
    name = watched_tables.table_key(source)
    ladder = Ladder.objects.filter(source=name).first()
    if ladder is not None:
        return ladder
    if not _exists(name):
        raise LookupError(f"there is no table {name}")
    relation = quoted(*name.split(".", 1))
    keys = _fetch(
        "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]"
        " WHERE indrelid = %s::regclass AND indisprimary AND indnkeyatts = 1"
        " AND atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)",
        [relation],
    )
    geometries = _fetch(
        "SELECT attname, postgis_typmod_srid(atttypmod), postgis_typmod_type(atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND atttypid = 'geometry'::regtype AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attname = 'geom' DESC, attnum",
        [relation],
    )
    if not keys or not geometries:
        raise LookupError(f"table {name} has no single whole-number key or no geometry")
    geometry, srid, type_name = geometries[0]
    kind = Ladder.Kind.CELLS if "point" in type_name.lower() else Ladder.Kind.SHAPES
    if columns is None:
        columns = [row[0] for row in _fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attname <> ALL(%s)", [relation, [keys[0][0], geometry]])]  # fmt: skip
    chosen = {"key": keys[0][0], "geometry": geometry, "srid": srid, "kind": kind, "columns": list(columns)}
    return Ladder.objects.get_or_create(source=name, defaults=chosen)[0]


def _step(ladder: Ladder) -> None:
    """Do the next step of a ladder that is locked; leave its fields as they are after it, unsaved."""
    started = timezone.now()
    if ladder.stage == 0:
        _run(triggers.install(ladder))
    if ladder.kind == Ladder.Kind.CELLS:
        _make_cells(ladder)
    else:
        _make_shapes(ladder)
    ladder.stage += 1
    log.info("ladder of %s: step %s of %s in %s", ladder.source, ladder.stage, ladder.steps, timezone.now() - started)


def _spare(ladder: Ladder) -> None:
    """No tile of the table is ever too full."""
    ladder.state, ladder.finished = Ladder.State.SPARED, timezone.now()


def _is_worth_it(ladder: Ladder) -> bool:
    if ladder.srid <= 0:
        return False
    column = quoted(ladder.geometry)
    loads = "count(*), 0" if ladder.kind == Ladder.Kind.CELLS else f"count(*), coalesce(sum(ST_NPoints({column})), 0)"
    ladder.rows, vertices = _fetch(f"SELECT {loads} FROM {source_table(ladder)} WHERE {column} IS NOT NULL")[0]  # noqa: S608
    return ladder.rows > FEW_ROWS or vertices > FEW_VERTICES


def _plan(ladder: Ladder) -> None:
    kind = points if ladder.kind == Ladder.Kind.CELLS else shapes
    if _is_worth_it(ladder):
        _find_top(ladder, kind.measure(ladder))
    if ladder.top in (None, -1):
        _spare(ladder)
        return
    if kind is shapes:
        ladder.kinds = kinds.chosen(ladder)
        _count_tiles(shapes.weigh(ladder))
        ladder.top = max(zoom for zoom, cuts in _fetch(shapes.cuts(ladder.top)) if not zoom or cuts <= MOST_CUTS)
    _run([kind.create(ladder), parts.create(ladder)])
    ladder.parts = parts.plan(ladder)


def _make_cells(ladder: Ladder) -> None:
    """Make the cells of the next part, at the zooms from its tiles' own; with the last one all the zooms above."""
    top = ladder.top or 0
    for leaf in parts.leaves_of(ladder, ladder.stage):
        coarser = (points.fill_coarser(ladder, zoom, leaf) for zoom in reversed(range(leaf[0], top)))
        _run([points.fill_finest(ladder, top, leaf), *coarser])
    if ladder.stage + 1 == ladder.parts:
        _run([points.fill_above(ladder, zoom) for zoom in reversed(range(parts.deepest(ladder)))])


def _make_shapes(ladder: Ladder) -> None:
    """Make the full detail and all zooms of the shapes of the next part."""
    _run([*shapes.gather(ladder, parts.leaves_of(ladder, ladder.stage)), shapes.fill_full(ladder, "ladder_rows")])
    for zoom in range((ladder.top or 0) + 1):
        here = shapes.count_left_out(ladder, "ladder_rows", str(zoom), 1)
        _run([shapes.fill_level(ladder, "ladder_rows", str(zoom)), *here])


def _count_tiles(figures: str) -> None:
    """Put figures per tile of zoom 14 into the temporary table `ladder_tiles`."""
    _run(["DROP TABLE IF EXISTS ladder_tiles", f"CREATE TEMPORARY TABLE ladder_tiles ON COMMIT DROP AS {figures}"])


def _find_top(ladder: Ladder, measure: str) -> None:
    """Set `top` to the last zoom with a tile that is too full for the table itself; -1 for none.

    Lowest zooms are always generalised along with it, so that what is left out only ever grows smaller."""
    _count_tiles(measure)
    most = _fetch(
        "SELECT z, max(n), max(load) FROM ("
        " SELECT z, sum(n) AS n, sum(load) AS load FROM ladder_tiles, generate_series(0, %s) AS z"
        " GROUP BY z, tx >> (14 - z), ty >> (14 - z)) AS tiles GROUP BY z",
        [TOP],
    )
    full = [zoom for zoom, rows, load in most if rows > FEW_ROWS or load > FEW_VERTICES]
    ladder.top = max(full, default=-1)


def _levels(ladder: Ladder) -> list[dict[str, Any]]:
    """What a tile of each zoom holds at most, and which properties it can afford."""
    figures = points.most_alone(ladder) if ladder.kind == Ladder.Kind.CELLS else shapes.most_shown(ladder)
    known = {zoom: (most, carrying) for zoom, most, carrying in _fetch(figures)}
    levels = []
    for zoom in range((ladder.top or 0) + 1):
        most, carrying = known.get(zoom, (0, 0))
        kept = [] if carrying is None else affordable(ladder.source, ladder.columns, carrying)
        levels.append({"zoom": zoom, "most": most, "properties": kept})
    return levels


def _finish(ladder: Ladder, levels: list[dict[str, Any]]) -> None:
    """From now on tiles are made from it."""
    ladder.levels, ladder.state, ladder.finished = levels, Ladder.State.READY, timezone.now()
    watched_tables.mark_changed(ladder.source)
