"""A trigger writes down every identity at another program that opens an account, or opens it no longer."""

from django.db import migrations

NOTE = """
    CREATE FUNCTION accounts_note_identities() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        actor bigint := nullif(current_setting('house.actor', true), '')::bigint;
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            INSERT INTO accounts_credentialchange (user_id, what, was, actor_id, at)
            SELECT id, 'identity', '', actor, clock_timestamp() FROM accounts_user WHERE id = OLD.user_id;
        END IF;
        IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.user_id <> OLD.user_id THEN
            INSERT INTO accounts_credentialchange (user_id, what, was, actor_id, at)
            SELECT id, 'identity', '', actor, clock_timestamp() FROM accounts_user WHERE id = NEW.user_id;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER socialaccount_credentials AFTER INSERT OR DELETE ON socialaccount_socialaccount
    FOR EACH ROW EXECUTE FUNCTION accounts_note_identities();
    CREATE TRIGGER socialaccount_credentials_changed AFTER UPDATE ON socialaccount_socialaccount
    FOR EACH ROW WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.uid IS DISTINCT FROM NEW.uid
        OR OLD.provider IS DISTINCT FROM NEW.provider)
    EXECUTE FUNCTION accounts_note_identities();
    ALTER TABLE socialaccount_socialaccount ENABLE ALWAYS TRIGGER socialaccount_credentials;
    ALTER TABLE socialaccount_socialaccount ENABLE ALWAYS TRIGGER socialaccount_credentials_changed
"""
FORGET = """
    DROP TRIGGER IF EXISTS socialaccount_credentials_changed ON socialaccount_socialaccount;
    DROP TRIGGER IF EXISTS socialaccount_credentials ON socialaccount_socialaccount;
    DROP FUNCTION IF EXISTS accounts_note_identities()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0025_other_ways_in"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [migrations.RunSQL(NOTE, FORGET)]
