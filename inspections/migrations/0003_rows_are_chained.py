"""Every version of the rows that judgments rest on enters the chain of evidence; personal text as salted hashes."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("supervision_patrols", "0003_patrol_rules_become_rules_of_the_district"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        chained("supervision_patrols_patrolevent", sealed=("text",)),
        chained("supervision_patrols_patrolfinding", sealed=("text",)),
        chained("supervision_patrols_patrolphoto"),
    ]
