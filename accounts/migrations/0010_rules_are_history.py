from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only

EVENTS = ("accounts_rulechange", "accounts_rulewithdrawal")
REFUSE_LATE_WITHDRAWAL = """
    CREATE FUNCTION accounts_refuse_late_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT effective_from <= NEW.written_on FROM accounts_rulechange WHERE id = NEW.change_id) THEN
            RAISE EXCEPTION 'a rule in force is not withdrawn' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER accounts_rulewithdrawal_in_time BEFORE INSERT ON accounts_rulewithdrawal
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_late_withdrawal()
"""
ALLOW = """
    DROP TRIGGER IF EXISTS accounts_rulewithdrawal_in_time ON accounts_rulewithdrawal;
    DROP FUNCTION IF EXISTS accounts_refuse_late_withdrawal()
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_rules_of_the_district"), ("ledger", "0001_audit_and_chain_from_accounts")]

    operations = [
        *(append_only(table) for table in EVENTS),
        *(chained(table) for table in EVENTS),
        migrations.RunSQL(REFUSE_LATE_WITHDRAWAL, ALLOW),
    ]
