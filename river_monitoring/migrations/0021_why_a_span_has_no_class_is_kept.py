"""A span's row says whether it is complete and what it lacks, so that a table of all points makes no class anew.

Rows of before have no `standard` and are read as until now; `assess_months --missing` fills them.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0020_a_water_has_a_district"),
    ]

    operations = [
        migrations.AddField(
            model_name="pointspan",
            name="is_complete",
            field=models.BooleanField(db_default=False, default=False, verbose_name="数据充足"),
        ),
        migrations.AddField(
            model_name="pointspan",
            name="target_class",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="目标类别"),
        ),
        migrations.AddField(
            model_name="pointspan",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="不能评价的原因"),
        ),
        migrations.AddField(
            model_name="pointspan",
            name="lacking",
            field=models.JSONField(db_default=[], default=list, verbose_name="缺少的项目"),
        ),
        migrations.AddField(
            model_name="pointspan",
            name="standard",
            field=models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="评价标准"),
        ),
    ]
