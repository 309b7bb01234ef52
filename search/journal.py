"""Triggers that note in the journal which rows changed, in the transaction that changes them, however it is done."""

from django.db import DEFAULT_DB_ALIAS, connections

from search.models import Change
from search.offers import offers

_FUNCTION = """
CREATE OR REPLACE FUNCTION search_note_change() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $note$
DECLARE
    side text;
BEGIN
    -- TG_ARGV: the column whose values are noted, then pairs of kind and path.
    FOREACH side IN ARRAY CASE TG_OP WHEN 'INSERT' THEN '{new_rows}' WHEN 'DELETE' THEN '{old_rows}'
                                     ELSE '{old_rows,new_rows}' END::text[] LOOP
        FOR noted IN 0 .. (TG_NARGS - 1) / 2 - 1 LOOP
            EXECUTE format(
                'INSERT INTO search_change (kind, via, object_id)'
                ' SELECT DISTINCT %L, %L, %I::bigint FROM %I WHERE %I IS NOT NULL',
                TG_ARGV[1 + 2 * noted], TG_ARGV[2 + 2 * noted], TG_ARGV[0], side, TG_ARGV[0]);
        END LOOP;
    END LOOP;
    RETURN NULL;
END $note$
"""
_SIDES = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put the triggers on the tables of all offers that are there; safe to repeat, once after every migration."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if Change._meta.db_table not in present:
        return
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTION)
        for (table, column), noted in watched_columns().items():
            if table not in present:
                continue
            name = connection.ops.quote_name(table)
            arguments = ", ".join(["%s"] * (1 + len(noted)))
            for event, sides in _SIDES.items():
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER search_note_{column}_{event} AFTER {event.upper()} ON {name}"
                    f" REFERENCING {sides} FOR EACH STATEMENT EXECUTE FUNCTION search_note_change({arguments})",
                    [column, *noted],
                )


def watched_columns() -> dict[tuple[str, str], list[str]]:
    """Return by table and column the pairs of kind and path that are noted, one after the other."""
    noted: dict[tuple[str, str], list[str]] = {}
    for offer in offers().values():
        for watch in offer.watched():
            noted.setdefault((watch.model._meta.db_table, watch.column), []).extend([offer.kind, watch.via])
    return noted
