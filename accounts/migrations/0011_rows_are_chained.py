"""Every version of the rows that judgments rest on enters the chain of evidence; personal text as salted hashes."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_rules_are_history"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        chained("accounts_calendarday"),
    ]
