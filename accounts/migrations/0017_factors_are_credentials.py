"""A trigger writes down every second factor that is added or taken away, as it does of passwords and addresses."""

from django.db import migrations

NOTE = """
    CREATE FUNCTION accounts_note_factors() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        factor mfa_authenticator%ROWTYPE := coalesce(NEW, OLD);
    BEGIN
        INSERT INTO accounts_credentialchange (user_id, what, was, actor_id, at)
        SELECT id, 'factor', '', nullif(current_setting('house.actor', true), '')::bigint, clock_timestamp()
        FROM accounts_user WHERE id = factor.user_id AND factor.type <> 'recovery_codes';
        RETURN NULL;
    END $$;
    CREATE TRIGGER mfa_authenticator_credentials AFTER INSERT OR DELETE ON mfa_authenticator
    FOR EACH ROW EXECUTE FUNCTION accounts_note_factors();
    ALTER TABLE mfa_authenticator ENABLE ALWAYS TRIGGER mfa_authenticator_credentials
"""
FORGET = """
    DROP TRIGGER IF EXISTS mfa_authenticator_credentials ON mfa_authenticator;
    DROP FUNCTION IF EXISTS accounts_note_factors()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_a_district_s_record_and_loads"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunSQL(NOTE, FORGET)]
