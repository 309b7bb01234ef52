"""The few samples that wait for somebody are found without reading all the others."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False  # so that nobody waits with writing while the index of a large table is made

    dependencies = [
        ("river_monitoring", "0024_items_that_exceed_are_kept"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="sample",
            index=models.Index(
                condition=Q(quality__in=["corrected", "questioned"]) | Q(Q(water_class=0), ~Q(flagged={})),
                fields=["-phenomenon_time", "id"],
                name="samples_to_review",
            ),
        ),
    ]
