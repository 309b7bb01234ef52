import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_factors_are_credentials"),
        ("river_monitoring", "0016_month_targets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PhotoCover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("reason", models.TextField(verbose_name="理由")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="遮盖人",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="部门",
                    ),
                ),
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cover",
                        to="river_monitoring.evidence",
                        verbose_name="照片",
                    ),
                ),
            ],
            options={
                "verbose_name": "照片遮盖",
                "verbose_name_plural": "照片遮盖",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_photo_is_covered_for_a_reason"
                    )
                ],
            },
        ),
        append_only("river_monitoring_photocover"),
        chained("river_monitoring_photocover"),
    ]
