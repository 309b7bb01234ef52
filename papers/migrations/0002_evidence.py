import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("papers", "0001_initial"),
        ("projects", "0018_hall_sheets_are_history"),
        ("river_monitoring", "0017_photos_are_covered"),
        ("supervision", "0011_kinds_of_problem"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="名称")),
                ("photos", models.JSONField(blank=True, db_default=[], default=list, verbose_name="照片的 SHA-256")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="raised",
                        to="supervision.suggestion",
                        verbose_name="监督事项",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="papers.paper"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="river_monitoring.monitoringpoint",
                        verbose_name="水质点位",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                        verbose_name="民生实事项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "依据",
                "verbose_name_plural": "依据",
                "ordering": ["paper", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("paper", "matter", "point", "project"),
                        name="one_evidence_per_thing",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("matter__isnull", False), ("point__isnull", True), ("project__isnull", True)),
                            models.Q(("matter__isnull", True), ("point__isnull", False), ("project__isnull", True)),
                            models.Q(("matter__isnull", True), ("point__isnull", True), ("project__isnull", False)),
                            _connector="OR",
                        ),
                        name="evidence_is_one_thing",
                    ),
                ],
            },
        ),
        append_only("papers_paperevidence"),
        chained("papers_paperevidence"),
    ]
