from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [("supervision", "0002_history_is_append_only"), ("accounts", "0003_chain_of_evidence")]

    operations = [
        chained("supervision_suggestionevent"),
    ]
