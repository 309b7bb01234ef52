"""A trigger writes down every change of a password or an address, whichever program made it."""

from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only

TABLE = "accounts_credentialchange"
NOTE = """
    CREATE FUNCTION accounts_note_credentials() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        who bigint := nullif(current_setting('house.actor', true), '')::bigint;
        same_password boolean := coalesce(current_setting('house.rehash', true), '') = 'on';
    BEGIN
        IF OLD.email IS DISTINCT FROM NEW.email THEN
            INSERT INTO accounts_credentialchange (user_id, what, was, actor_id, at)
            VALUES (NEW.id, 'email', OLD.email, who, clock_timestamp());
        END IF;
        IF OLD.password IS DISTINCT FROM NEW.password AND NOT same_password THEN
            INSERT INTO accounts_credentialchange (user_id, what, was, actor_id, at)
            VALUES (NEW.id, 'password', '', who, clock_timestamp());
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER accounts_user_credentials AFTER UPDATE ON accounts_user
    FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email OR OLD.password IS DISTINCT FROM NEW.password)
    EXECUTE FUNCTION accounts_note_credentials();
    ALTER TABLE accounts_user ENABLE ALWAYS TRIGGER accounts_user_credentials
"""
FORGET = """
    DROP TRIGGER IF EXISTS accounts_user_credentials ON accounts_user;
    DROP FUNCTION IF EXISTS accounts_note_credentials()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_credentials_and_handovers"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        append_only(TABLE),
        chained(TABLE, sealed=("was",)),
        chained("accounts_handover"),
        migrations.RunSQL(NOTE, FORGET),
    ]
