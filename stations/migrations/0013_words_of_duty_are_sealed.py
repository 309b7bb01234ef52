"""What a deputy did, and why a record was changed, enters the chain as a salted hash from now on."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("stations", "0012_brackets_of_names"),
        ("ledger", "0009_columns_that_were_not_always_sealed"),
    ]

    operations = [
        chained("stations_dutyrecord", omitted=("version",), sealed=("title",), once_clear=("title",)),
        chained("stations_dutyevent", sealed=("title", "reason"), once_clear=("title", "reason")),
    ]
