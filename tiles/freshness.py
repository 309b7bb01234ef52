"""How a tile knows that it is stale: a counter per table, kept by triggers, so plain SQL counts too.

The counter moves in the transaction that changes the table. A reader that takes the counter *before*
the rows can therefore only ever file newer rows under an older number, never older rows under a newer.
"""

from collections.abc import Iterable

from django.db import connection, connections

from tiles.models import TableVersion

_SETUP = """
CREATE SEQUENCE IF NOT EXISTS tiles_version_seq;
CREATE OR REPLACE FUNCTION tiles_bump_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tiles_tableversion (name, version) VALUES (TG_TABLE_NAME, nextval('tiles_version_seq'))
    ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
"""


def watch(tables: Iterable[str], using: str = "default") -> None:
    """Install the counting trigger on each table; safe to repeat."""
    with connections[using].cursor() as cursor:
        cursor.execute(_SETUP)
        for table in sorted(set(tables)):
            name = connections[using].ops.quote_name(table)
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER tiles_watch"
                f" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION tiles_bump_version()"
            )


def versions(tables: Iterable[str]) -> dict[str, int]:
    """Return each table's counter; 0 for a table that has not changed since it was watched."""
    names = sorted(set(tables))
    found = dict(TableVersion.objects.filter(name__in=names).values_list("name", "version"))
    return {name: found.get(name, 0) for name in names}


def is_watched(table: str) -> bool:
    """Tell whether `table` carries the counting trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'tiles_watch' AND tgrelid = %s::regclass)",
            [connection.ops.quote_name(table)],
        )
        return bool(cursor.fetchone()[0])
