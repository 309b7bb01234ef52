"""Webhooks: whom they call, what changed, and each call; triggers note changes of points, matters, projects, layers."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# What changed is noted in the change's own transaction, whichever way it is made, and only while somebody is called.
NOTE = """
    CREATE FUNCTION exchange_note_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM exchange_endpoint WHERE is_active) THEN
            RETURN NULL;
        END IF;
        IF TG_OP = 'INSERT' THEN
            INSERT INTO exchange_changenote (subject, object_id, is_new) SELECT TG_ARGV[0], id, TRUE FROM fresh;
        ELSE
            INSERT INTO exchange_changenote (subject, object_id, is_new)
                SELECT TG_ARGV[0], f.id, FALSE FROM fresh f JOIN stale s ON s.id = f.id
                WHERE to_jsonb(f) IS DISTINCT FROM to_jsonb(s);
        END IF;
        RETURN NULL;
    END $$
"""
TABLES = {
    "point": "river_monitoring_monitoringpoint",
    "matter": "supervision_suggestion",
    "project": "projects_project",
    "layer": "layers_layer",
}
SIDES = {"insert": "NEW TABLE AS fresh", "update": "OLD TABLE AS stale NEW TABLE AS fresh"}
TRIGGERS = [
    f"CREATE TRIGGER exchange_note_{event} AFTER {event.upper()} ON {table} REFERENCING {sides}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION exchange_note_change('{subject}')"
    for subject, table in TABLES.items()
    for event, sides in SIDES.items()
]
NO_TRIGGERS = [f"DROP TRIGGER exchange_note_{event} ON {table}" for table in TABLES.values() for event in SIDES]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_base_map_datum"),
        ("exchange", "0001_initial"),
        ("layers", "0011_expected_deliveries"),
        ("projects", "0021_votes_are_drafted"),
        ("river_monitoring", "0021_why_a_span_has_no_class_is_kept"),
        ("supervision", "0016_files_of_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("point", "水质点位"),
                            ("matter", "监督事项"),
                            ("project", "民生实事项目"),
                            ("layer", "图层"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("is_new", models.BooleanField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "待通知的变化",
                "verbose_name_plural": "待通知的变化",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "maker_role",
                    models.CharField(
                        choices=[
                            ("deputy", "人大代表"),
                            ("officer", "部门联络员"),
                            ("gis", "GIS 人员"),
                            ("staff", "人大工作人员"),
                            ("admin", "系统管理员"),
                        ],
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(help_text="例如：区数据平台", max_length=60, verbose_name="名称")),
                ("url", models.CharField(max_length=500, verbose_name="地址")),
                ("secret", models.CharField(editable=False, max_length=80)),
                (
                    "former_secret",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=80),
                ),
                ("former_until", models.DateTimeField(editable=False, null=True)),
                ("subjects", models.JSONField(db_default=[], default=list, verbose_name="通知哪些变化")),
                ("is_active", models.BooleanField(db_default=True, default=True, editable=False, verbose_name="启用")),
                (
                    "ended_because",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=20),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("failures", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ("failing_since", models.DateTimeField(editable=False, null=True, verbose_name="未成功自")),
                ("next_at", models.DateTimeField(editable=False, null=True, verbose_name="下次尝试")),
                (
                    "maker",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="创建人",
                    ),
                ),
                (
                    "maker_area",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                    ),
                ),
            ],
            options={
                "verbose_name": "变化通知",
                "verbose_name_plural": "变化通知",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("point", "水质点位"),
                            ("matter", "监督事项"),
                            ("project", "民生实事项目"),
                            ("layer", "图层"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_id", models.BigIntegerField(null=True)),
                ("is_new", models.BooleanField(db_default=False, default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="变化时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等待发送"), ("sent", "已送达"), ("given-up", "已放弃")],
                        db_default="waiting",
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="次数")),
                ("tried_at", models.DateTimeField(null=True, verbose_name="最近尝试")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="答复状态码")),
                (
                    "said",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="答复内容"),
                ),
                ("took_ms", models.PositiveIntegerField(null=True, verbose_name="用时")),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="exchange.endpoint",
                        verbose_name="变化通知",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知记录",
                "verbose_name_plural": "通知记录",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("url__startswith", "https://")), name="endpoints_are_called_by_https"
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["not_before"], name="webhook_calls_to_make"
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("attempts", 0), ("state", "waiting")),
                fields=("endpoint", "subject", "object_id"),
                name="one_first_call_waits_for_each_thing",
            ),
        ),
        migrations.RunSQL(NOTE, "DROP FUNCTION exchange_note_change()"),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
