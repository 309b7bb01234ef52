"""What is written into a row after an erasure is sealed by a salt of its own, and an erasure empties no other link."""

from django.db import migrations

from ledger.chain.sql import FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_audit_newest_first")]

    operations = [migrations.RunSQL([FUNCTIONS], [])]
