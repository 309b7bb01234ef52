"""Tellers' sheets are history, in the chain of evidence."""

from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0017_electors_are_members"),
        ("ledger", "0005_deleted_rows_keep_their_content"),
    ]

    operations = [append_only("projects_hallsheet"), chained("projects_hallsheet")]
