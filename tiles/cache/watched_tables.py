"""Watched tables: every committed change of them is logged with its location, however it was made.

Triggers do it (`watched_tables.sql`), so pages, API, imports and plain SQL all count. `change_log.py` reads the log.
"""

from collections.abc import Iterable
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection, connections

CHANGES = "tiles_tablechange"
LEASE_S = 0.004
"""Seconds for which a process may assume that nothing is new without asking again."""
COMMIT_DELAY_S = 0.005
"""Seconds that a commit of a watched table waits once it is announced: more than LEASE_S."""
READERS_LOCK = 7426003
"""Advisory lock that every process with a lease holds (see `change_log.py`)."""
TIMELINE_BITS = 40
"""A number's bits above these are the database's timeline when it was given."""
KEPT_CHANGES = 10_000
"""For so many versions back the locations of changes are kept; beyond, only that a table changed."""
_SQL = Path(__file__).with_name("watched_tables.sql")
_SIDES = {"insert": "NEW TABLE AS new_rows", "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows"}
_SIDES["delete"] = "OLD TABLE AS old_rows"
# Up to 128 boxes stay as they are (equal ones become one); more are merged per cell of an 8 by 8 grid.
_BOXES_OF = """, whole AS (
    SELECT count(*) <= 128 AS few, min(w) AS w, min(s) AS s, max(e) - min(w) AS width, max(n) - min(s) AS height
    FROM boxes
), cells AS (
    SELECT row_number() OVER () AS cell, min(b.w) AS w, min(b.s) AS s, max(b.e) AS e, max(b.n) AS n
    FROM boxes AS b, whole AS t
    GROUP BY CASE WHEN few THEN b.w ELSE least(7, floor(8 * ((b.w + b.e) / 2 - t.w) / nullif(width, 0))) END,
             CASE WHEN few THEN b.s ELSE least(7, floor(8 * ((b.s + b.n) / 2 - t.s) / nullif(height, 0))) END,
             CASE WHEN few THEN b.e END, CASE WHEN few THEN b.n END
)
SELECT coalesce(array_agg(v ORDER BY cell, corner), '{}')
FROM cells, unnest(ARRAY[w, s, e, n]) WITH ORDINALITY AS corners(v, corner)"""


def table_key(table: str) -> str:
    """Return the engine's name of a table: Django's `db_table`, plain or `"schema"."table"`, without quotes."""
    return table.replace('"', "")


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create or renew the trigger functions; once per migration."""
    sql = _SQL.read_text()
    marks = {
        "boxes_of": _BOXES_OF,
        "kept": KEPT_CHANGES,
        "pause": COMMIT_DELAY_S,
        "numbering": 7426001,
        "coming": 7426002,
        "timeline_bits": TIMELINE_BITS,
    }
    for mark, text in {**marks, "readers": READERS_LOCK}.items():
        sql = sql.replace(f":{mark}:", str(text))
    with connections[using].cursor() as cursor:
        cursor.execute(sql)


def watch(tables: Iterable[str], using: str = DEFAULT_DB_ALIAS) -> None:
    """Put the triggers on each table that is there; safe to repeat. Names as in `db_table`, or `schema.table`."""
    for key in sorted({table_key(table) for table in tables}):
        _watch(key, using)


def _watch(key: str, using: str) -> None:
    name = _quoted(key, using)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(
            "SELECT f_geometry_column FROM geometry_columns JOIN pg_class c ON c.oid = %s::regclass"
            " JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE f_table_schema = nspname AND f_table_name = relname AND srid = 4326 ORDER BY 1",
            [name],
        )
        trigger_arguments = [key, *(column for (column,) in cursor.fetchall())]
        arguments = ", ".join(["%s"] * len(trigger_arguments))
        cursor.execute(f"DROP TRIGGER IF EXISTS tiles_watch ON {name}")
        for event in ("insert", "update", "delete", "truncate"):
            sides = f"REFERENCING {_SIDES[event]}" if event in _SIDES else ""
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER tiles_watch_{event} AFTER {event.upper()} ON {name} {sides}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION tiles_note_change({arguments})",
                trigger_arguments,
            )


def _quoted(key: str, using: str) -> str:
    return ".".join(connections[using].ops.quote_name(part) for part in key.split("."))


def mark_changed(table: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Log that anything of `table` may look different, without a row being written (a new generalised copy)."""
    with connections[using].cursor() as cursor:
        cursor.execute("INSERT INTO tiles_tablechange (name) VALUES (%s)", [table_key(table)])


def is_watched(table: str) -> bool:
    """Tell whether `table` carries the triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) = 4 FROM pg_trigger WHERE tgname LIKE 'tiles\\_watch\\_%%' AND tgrelid = %s::regclass",
            [_quoted(table_key(table), connection.alias)],
        )
        return bool(cursor.fetchone()[0])
