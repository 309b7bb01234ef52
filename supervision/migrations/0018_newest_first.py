"""Lists begin with the newest: without an index each page puts every matter in order, with all that is said of it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that nobody waits with writing while the index of a large table is made

    dependencies = [
        ("supervision", "0017_brackets_of_names"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="finding",
            index=models.Index(fields=["-created_at", "-id"], name="findings_newest_first"),
        ),
        AddIndexConcurrently(
            model_name="suggestion",
            index=models.Index(fields=["-submitted_at", "-id"], name="matters_newest_first"),
        ),
    ]
