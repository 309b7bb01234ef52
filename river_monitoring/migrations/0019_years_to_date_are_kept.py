"""Years up to each of their months are kept too; `assess_months --missing` fills them at the first start."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0018_quarters_and_years_are_kept"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pointspan",
            name="period",
            field=models.CharField(
                choices=[("quarter", "季度"), ("year", "年"), ("to-date", "年初至当月")],
                max_length=7,
                verbose_name="统计口径",
            ),
        ),
    ]
