"""The chain of evidence: every event carries the digest of the one before, so that a later change shows.

A trigger writes one link per event, in the event's own transaction: the row as JSON, and
``sha256(previous digest || table : key : row)``. An advisory lock puts the links in one order. Someone who can switch
triggers off can still rewrite an event; then its link no longer matches. Someone who rewrites links too has to rewrite
every later digest, which the head that was written down elsewhere gives away (`verify_chain` prints it).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection, migrations, transaction

LINKS = "accounts_chainlink"
LOCK = 21_220_250_606  # any constant of our own
FaultKind = Literal["row-changed", "row-missing", "row-unlinked", "link-broken"]

# Times inside the JSON are written in UTC whatever the session's zone is.
_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION accounts_chain_digest(previous bytea, table_name text, row_id bigint, content text)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(coalesce(previous, ''::bytea) || convert_to(table_name || ':' || row_id || ':' || content, 'UTF8'))
$$;
CREATE OR REPLACE FUNCTION accounts_chain_link(name text, key bigint, written text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO {LINKS} (table_name, row_id, content, digest)
    SELECT name, key, written, accounts_chain_digest(
        (SELECT digest FROM {LINKS} ORDER BY id DESC LIMIT 1), name, key, written)
$$;
CREATE OR REPLACE FUNCTION accounts_chain_events() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    added record;
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    FOR added IN SELECT id, to_jsonb(fresh)::text AS content FROM fresh ORDER BY id LOOP
        PERFORM accounts_chain_link(TG_TABLE_NAME, added.id, added.content);
    END LOOP;
    RETURN NULL;
END $$
"""  # noqa: S608 - constants of this module


def chained(table: str) -> migrations.RunSQL:
    """Make a migration operation that links every event of `table` from now on, and those already there."""
    present = f"""
        DO $$
        DECLARE
            added record;
        BEGIN
            SET LOCAL timezone = 'UTC';
            FOR added IN SELECT id, to_jsonb(e)::text AS content FROM {table} e ORDER BY id LOOP
                PERFORM accounts_chain_link('{table}', added.id, added.content);
            END LOOP;
        END $$
    """  # noqa: S608 - the table is named by a migration
    trigger = f"""
        CREATE TRIGGER {table}_chained AFTER INSERT ON {table}
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION accounts_chain_events()
    """
    return migrations.RunSQL([_FUNCTIONS, present, trigger], [f"DROP TRIGGER IF EXISTS {table}_chained ON {table}"])


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold: the number of the link (0 when an event has none), the event it stands for, and why."""

    link: int
    table: str
    row: int
    kind: FaultKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many links were checked, the digest of the last (hex; empty for none), and every fault."""

    links: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def is_sound(self) -> bool:
        return not self.faults


def chained_tables() -> list[str]:
    """The tables whose events are linked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE p.proname = 'accounts_chain_events' AND NOT t.tgisinternal ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def verify() -> Verdict:
    """Check every link against the one before and against its event, and every event for a link.

    A link holds the row as it was written, so a column that was added since is no fault.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        faults = [*_broken_links(cursor)]
        for table in chained_tables():
            faults += _faulty_events(cursor, table)
        cursor.execute(f"SELECT count(*) FROM {LINKS}")  # noqa: S608 - a constant
        count = cursor.fetchone()[0]
        cursor.execute(f"SELECT encode(digest, 'hex') FROM {LINKS} ORDER BY id DESC LIMIT 1")  # noqa: S608
        head = cursor.fetchone()
    return Verdict(count, head[0] if head else "", tuple(faults))


def _broken_links(cursor: Any) -> Iterator[Fault]:
    query = f"""
        SELECT id, table_name, row_id FROM (
            SELECT id, table_name, row_id, digest, accounts_chain_digest(
                lag(digest) OVER (ORDER BY id), table_name, row_id, content) AS expected
            FROM {LINKS}
        ) AS links WHERE digest IS DISTINCT FROM expected ORDER BY id
    """  # noqa: S608 - a constant
    return _faults(cursor, "link-broken", query)


def _faulty_events(cursor: Any, table: str) -> Iterator[Fault]:
    # The name comes from the catalogue of the database, not from a person.
    event = connection.ops.quote_name(table)
    linked = f"(SELECT id, table_name, row_id, content::jsonb AS was FROM {LINKS} WHERE table_name = '{table}') l"  # noqa: S608
    missing = f"SELECT l.id, l.table_name, l.row_id FROM {linked} LEFT JOIN {event} e ON e.id = l.row_id"  # noqa: S608
    yield from _faults(cursor, "row-missing", f"{missing} WHERE e.id IS NULL ORDER BY l.id")
    now = "(SELECT jsonb_object_agg(k, to_jsonb(e) -> k) FROM jsonb_object_keys(l.was) k)"
    changed = f"SELECT l.id, l.table_name, l.row_id FROM {linked} JOIN {event} e ON e.id = l.row_id"  # noqa: S608
    yield from _faults(cursor, "row-changed", f"{changed} WHERE {now} IS DISTINCT FROM l.was ORDER BY l.id")
    unlinked = f"SELECT 0, '{table}', e.id FROM {event} e LEFT JOIN {linked} ON l.row_id = e.id"  # noqa: S608
    yield from _faults(cursor, "row-unlinked", f"{unlinked} WHERE l.id IS NULL ORDER BY e.id")


def _faults(cursor: Any, kind: FaultKind, query: str) -> Iterator[Fault]:
    cursor.execute(query)
    for link, table, row in cursor.fetchall():
        yield Fault(link, table, row, kind)
