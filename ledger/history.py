"""Append-only tables: an event, once written, is never edited or deleted, whoever asks."""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_history_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are history: they are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


def append_only(table: str) -> migrations.RunSQL:
    """Make a migration operation whose trigger refuses UPDATE and DELETE on `table`."""
    trigger = f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_history_edit()
    """
    return migrations.RunSQL([_FUNCTION, trigger], [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"])
