"""Quarters and years of points are kept beside their months; `assess_months --missing` fills them at the first start."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0017_photos_are_covered"),
    ]

    operations = [
        migrations.AddField(
            model_name="pointmonth",
            name="means",
            field=models.JSONField(null=True, verbose_name="均值"),
        ),
        migrations.CreateModel(
            name="PointSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "period",
                    models.CharField(
                        choices=[("quarter", "季度"), ("year", "年")], max_length=7, verbose_name="统计口径"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="第一天")),
                (
                    "water_class",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "未评价"),
                            (1, "Ⅰ类"),
                            (2, "Ⅱ类"),
                            (3, "Ⅲ类"),
                            (4, "Ⅳ类"),
                            (5, "Ⅴ类"),
                            (6, "劣Ⅴ类"),
                        ],
                        verbose_name="类别",
                    ),
                ),
                ("means", models.JSONField(default=dict, verbose_name="均值")),
                ("samples", models.PositiveIntegerField(verbose_name="水样数")),
                (
                    "worst_class",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "未评价"),
                            (1, "Ⅰ类"),
                            (2, "Ⅱ类"),
                            (3, "Ⅲ类"),
                            (4, "Ⅳ类"),
                            (5, "Ⅴ类"),
                            (6, "劣Ⅴ类"),
                        ],
                        verbose_name="最差一次",
                    ),
                ),
                ("rule", models.CharField(max_length=40, verbose_name="评价规则")),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spans",
                        to="river_monitoring.monitoringpoint",
                        verbose_name="点位",
                    ),
                ),
            ],
            options={
                "verbose_name": "点位季度和年度评价",
                "verbose_name_plural": "点位季度和年度评价",
                "ordering": ["point", "period", "-first_day"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("period", "first_day", "point"), name="one_assessment_per_point_and_span"
                    )
                ],
            },
        ),
    ]
