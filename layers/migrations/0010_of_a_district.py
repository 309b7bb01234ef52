"""A layer may be of one of several districts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_members_are_chained"),
        ("layers", "0009_public_with_its_facts"),
    ]

    operations = [
        migrations.AddField(
            model_name="layer",
            name="area",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.area",
                verbose_name="属于",
            ),
        ),
    ]
