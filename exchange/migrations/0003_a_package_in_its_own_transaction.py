"""The number of a package's transaction is that of the writing one, and changes only where the package is taken back.

By it the records of other instances change (`exchange_refuse_foreign_edit`): whoever could set it as he likes could
change them as he likes.
"""

from django.db import migrations

GUARD = """
    CREATE FUNCTION exchange_require_own_transaction() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.xact = OLD.xact THEN
            RETURN NEW;
        END IF;
        IF NEW.xact <> pg_current_xact_id()::text::bigint
            OR (TG_OP = 'UPDATE' AND (OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL)) THEN
            RAISE EXCEPTION 'a package is taken, and taken back, once and in a transaction of its own'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER exchange_taking_of_its_transaction BEFORE INSERT OR UPDATE ON exchange_taking
    FOR EACH ROW EXECUTE FUNCTION exchange_require_own_transaction();
    ALTER TABLE exchange_taking ENABLE ALWAYS TRIGGER exchange_taking_of_its_transaction;
"""
NO_GUARD = """
    DROP TRIGGER IF EXISTS exchange_taking_of_its_transaction ON exchange_taking;
    DROP FUNCTION IF EXISTS exchange_require_own_transaction();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_webhooks")]
    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
