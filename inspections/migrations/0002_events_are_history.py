from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [("supervision_patrols", "0001_patrols"), ("accounts", "0003_chain_of_evidence")]

    operations = [
        append_only("supervision_patrols_patrolevent"),
        chained("supervision_patrols_patrolevent"),
    ]
