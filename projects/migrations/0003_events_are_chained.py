from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_reports_are_append_only"), ("accounts", "0003_chain_of_evidence")]

    operations = [
        chained("projects_progressreport"),
    ]
