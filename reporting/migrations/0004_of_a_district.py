"""A board may be of one of several districts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_members_are_chained"),
        ("supervision_report", "0003_indicators_warnings_and_boards"),
    ]

    operations = [
        migrations.AddField(
            model_name="board",
            name="area",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="一个区县自己的看板；不写时所有区县的人员都能看，各看各的数据。",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.area",
                verbose_name="属于",
            ),
        ),
    ]
