from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [("river_monitoring", "0003_samples_from_stations"), ("accounts", "0003_chain_of_evidence")]

    operations = [
        chained("river_monitoring_rectificationevent"),
        chained("river_monitoring_evidence"),
        chained("river_monitoring_samplerevision"),
    ]
