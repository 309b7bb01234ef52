"""Triggers that carry every change of a table over to its ladder, in the transaction that makes the change.

Statement triggers with transition tables, so that an edit of ten thousand rows is one statement here too. Writers of
one table wait for one another until they commit: two that change one cell would have to anyway, and in one order no
two can wait for each other.
"""

from tiles.ladder import points, shapes
from tiles.ladder.models import Ladder
from tiles.ladder.names import SCHEMA, source_table, table

# ruff: noqa: S608 - names of the database's catalogue (quoted) and numbers of ours

EVENTS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
    "TRUNCATE": "",
}
TABLES = {Ladder.Kind.CELLS.value: ("cells",), Ladder.Kind.SHAPES.value: ("cells", "kinds", "shapes", "full")}


def _body(ladder: Ladder, event: str) -> str:
    if event == "TRUNCATE":
        return f"TRUNCATE {', '.join(table(ladder, what) for what in TABLES[ladder.kind])};"
    if ladder.kind == Ladder.Kind.CELLS:
        return points.apply_changes(ladder, event)
    return shapes.apply_changes(ladder, event)


def install(ladder: Ladder) -> list[str]:
    """Return the statements that put the triggers on the table; safe to repeat.

    The functions run as their owner, so whoever may write the table need not be let into the ladder's.
    """
    statements = []
    for event, sides in EVENTS.items():
        function = _function(ladder, event)
        statements += [
            f"""CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                SET search_path FROM CURRENT AS $body$
            DECLARE built int; parts int;
            BEGIN
                SELECT l.stage, l.parts INTO built, parts FROM {Ladder._meta.db_table} AS l
                WHERE l.id = {ladder.pk} FOR NO KEY UPDATE;
                {_body(ladder, event)}
                RETURN NULL;
            END $body$""",
            f"CREATE OR REPLACE TRIGGER tiles_ladder_{event.lower()} AFTER {event} ON {source_table(ladder)} {sides}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        ]
    return statements


def remove(ladder: Ladder) -> list[str]:
    """Return the statements that take functions and triggers away; the table may be gone already."""
    return [f"DROP FUNCTION IF EXISTS {_function(ladder, event)}() CASCADE" for event in EVENTS]


def _function(ladder: Ladder, event: str) -> str:
    return f"{SCHEMA}.l{ladder.pk}_{event.lower()}"
