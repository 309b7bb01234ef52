"""Append-only tables: an event, once written, is never edited or deleted, whoever asks.

One change is let through: that personal text gives way to a fixed sentence, where an erasure says so (`erasure`).
"""

from django.db import migrations

from ledger.chain.sql import BODIES

_BODY = BODIES["refuse_history_edit"]
_FUNCTION = f"CREATE OR REPLACE FUNCTION refuse_history_edit() RETURNS trigger LANGUAGE plpgsql AS $body${_BODY}$body$"


def append_only(table: str) -> migrations.RunSQL:
    """Make a migration operation whose trigger refuses UPDATE and DELETE on `table`."""
    trigger = f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_history_edit();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;
    """
    return migrations.RunSQL([_FUNCTION, trigger], [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"])
