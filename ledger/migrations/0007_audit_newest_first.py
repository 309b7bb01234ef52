"""The trail is read from its newest entry: without an index each look sorts every entry there ever was."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that nobody waits with writing while the index of a large table is made

    dependencies = [
        ("ledger", "0006_functions_of_the_owner"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(fields=["-at", "-id"], name="audit_newest_first"),
        ),
    ]
