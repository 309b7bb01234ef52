"""Kept rows name the items that were worse than class III, of which tables say what waters suffer from.

Rows of before have none (null) and are assessed anew of their means; `assess_months --missing` fills them.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0023_kept_rows_have_a_stamp"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="exceeding",
            field=models.JSONField(null=True, verbose_name="劣于Ⅲ类的项目"),
        )
        for name in ("pointmonth", "pointspan")
    ]
