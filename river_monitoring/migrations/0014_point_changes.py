import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only

# What a point is judged by follows the newest of its changes, whichever way an update comes.
GUARD = """
    CREATE FUNCTION river_monitoring_follow_point_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        newest river_monitoring_pointchange%ROWTYPE;
    BEGIN
        SELECT * INTO newest FROM river_monitoring_pointchange WHERE point_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF (newest.target_class, newest.water, newest.department_id)
            IS DISTINCT FROM (NEW.target_class::smallint, NEW.water, NEW.department_id) THEN
            RAISE EXCEPTION 'target, table and department of a point change by an event only (PointChange)'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER river_monitoring_monitoringpoint_changes BEFORE UPDATE ON river_monitoring_monitoringpoint
    FOR EACH ROW WHEN ((OLD.target_class, OLD.water, OLD.department_id)
        IS DISTINCT FROM (NEW.target_class, NEW.water, NEW.department_id))
    EXECUTE FUNCTION river_monitoring_follow_point_change()
"""
UNGUARD = """
    DROP TRIGGER IF EXISTS river_monitoring_monitoringpoint_changes ON river_monitoring_monitoringpoint;
    DROP FUNCTION IF EXISTS river_monitoring_follow_point_change()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_rules_are_history"),
        ("river_monitoring", "0013_delisting_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PointChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("reason", models.TextField(max_length=1000, verbose_name="理由")),
                (
                    "target_before",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "未评价"),
                            (1, "Ⅰ类"),
                            (2, "Ⅱ类"),
                            (3, "Ⅲ类"),
                            (4, "Ⅳ类"),
                            (5, "Ⅴ类"),
                            (6, "劣Ⅴ类"),
                        ]
                    ),
                ),
                (
                    "target_class",
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
                        verbose_name="目标类别",
                    ),
                ),
                ("water_before", models.CharField(choices=[("river", "河流"), ("lake", "湖库")], max_length=10)),
                (
                    "water",
                    models.CharField(
                        choices=[("river", "河流"), ("lake", "湖库")], max_length=10, verbose_name="适用标准表"
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="变更人",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="责任部门",
                    ),
                ),
                (
                    "department_before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.department"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="变更单位",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="river_monitoring.monitoringpoint",
                        verbose_name="点位",
                    ),
                ),
            ],
            options={
                "verbose_name": "点位变更",
                "verbose_name_plural": "点位变更",
                "ordering": ["point", "at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_point_changes_for_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target_class__range", (1, 5))), name="a_point_has_a_target"
                    ),
                ],
            },
        ),
        append_only("river_monitoring_pointchange"),
        chained("river_monitoring_pointchange"),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
