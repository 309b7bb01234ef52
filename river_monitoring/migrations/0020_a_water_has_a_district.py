"""A water without reaches and points is of the district that entered it, where an instance holds several.

With several already there, what was entered before them is nobody's; waters with reaches or points are where these lie.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_tokens_of_persons"),
        ("river_monitoring", "0019_years_to_date_are_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="river",
            name="area",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.area",
                verbose_name="登记的区县",
            ),
        ),
    ]
