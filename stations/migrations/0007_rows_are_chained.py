"""Every version of the rows that judgments rest on enters the chain of evidence; personal text as salted hashes."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("stations", "0006_matters_come_back_and_days_are_entered"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        chained("stations_reception", omitted=("version", "held"), sealed=("summary",)),
        chained("stations_matter", omitted=("version",), sealed=("text", "answer")),
        chained("stations_activity", omitted=("version",)),
        chained("stations_dutyrecord", omitted=("version",)),
        chained("stations_pointsrule"),
        chained("stations_pointsitem"),
    ]
