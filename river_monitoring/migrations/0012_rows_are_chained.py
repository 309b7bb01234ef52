"""Every version of the rows that judgments rest on enters the chain of evidence; personal text as salted hashes."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0012_escalation_basis"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        chained(
            "river_monitoring_monitoringpoint",
            omitted=(
                "current_class",
                "current_month",
                "current_is_at_least",
                "current_sample_id",
                "updated_at",
                "version",
            ),
            sealed=("responsible_name", "responsible_phone"),
        ),
        chained("river_monitoring_sample"),
        chained("river_monitoring_measure", omitted=("updated_at", "version")),
    ]
