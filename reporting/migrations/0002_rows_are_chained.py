"""Every version of the rows that judgments rest on enters the chain of evidence; personal text as salted hashes."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("supervision_report", "0001_quarterly_reports"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        chained("supervision_report_quarterlyreport", omitted=("step", "progress", "touched_at")),
    ]
