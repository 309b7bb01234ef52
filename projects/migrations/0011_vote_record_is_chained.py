"""Confirmations of electors and tellers' entries are history, in the chain of evidence."""

from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only

EVENTS = ("projects_electorconfirmation", "projects_paperentry")


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0010_electors_confirmed_and_paper"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [*(append_only(table) for table in EVENTS), *(chained(table) for table in EVENTS)]
