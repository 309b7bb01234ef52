import django.contrib.gis.db.models.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import river_monitoring.network.ellipsoid

# The chief that each reach had so far is the one of its town.
COPY_CHIEFS = """
    INSERT INTO river_monitoring_chief (river_id, reach_id, level, duty, name, post, public_phone, mobile)
    SELECT river_id, id, 'town', 'chief', chief_name, chief_post, chief_phone, ''
    FROM river_monitoring_reach WHERE chief_name <> ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_chain_of_evidence"),
        ("river_monitoring", "0006_works_causes_outfalls"),
    ]

    operations = [
        migrations.AddField("reach", "begins_at", models.CharField(blank=True, max_length=80, verbose_name="起点")),
        migrations.AddField("reach", "ends_at", models.CharField(blank=True, max_length=80, verbose_name="终点")),
        migrations.AddField(
            "reach",
            "width_m",
            models.FloatField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="平均河宽（米）",
            ),
        ),
        migrations.AddField(
            "river", "goal", models.TextField(blank=True, help_text="写在公示牌上", verbose_name="整治目标")
        ),
        migrations.AddField(
            "river",
            "surface",
            django.contrib.gis.db.models.fields.MultiPolygonField(
                blank=True, null=True, srid=4326, verbose_name="水面"
            ),
        ),
        migrations.AddField(
            "river",
            "surface_m2",
            models.GeneratedField(
                db_persist=True,
                expression=river_monitoring.network.ellipsoid.OnEllipsoid("surface", function="ST_Area"),
                output_field=models.FloatField(null=True),
                verbose_name="水面面积（平方米）",
            ),
        ),
        # A column cannot become a generated one; what it held is worked out again from the drawing.
        migrations.RemoveField("reach", "length_m"),
        migrations.AddField(
            "reach",
            "length_m",
            models.GeneratedField(
                db_persist=True,
                expression=river_monitoring.network.ellipsoid.OnEllipsoid("geom", function="ST_Length"),
                output_field=models.FloatField(),
                verbose_name="长度（米）",
            ),
        ),
        migrations.CreateModel(
            name="ManagementRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metres", models.FloatField(verbose_name="自水边起（米）")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="范围")),
                (
                    "reach",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="management_range",
                        to="river_monitoring.reach",
                        verbose_name="河段",
                    ),
                ),
            ],
            options={
                "verbose_name": "河道管理范围",
                "verbose_name_plural": "河道管理范围",
                "ordering": ["reach"],
            },
        ),
        migrations.CreateModel(
            name="Chief",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "省级"),
                            ("city", "市级"),
                            ("county", "县级"),
                            ("town", "乡级"),
                            ("village", "村级"),
                        ],
                        max_length=10,
                        verbose_name="层级",
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        choices=[("chief", "河长"), ("police", "河道警长"), ("cleaner", "保洁员")],
                        default="chief",
                        max_length=10,
                        verbose_name="身份",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("post", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                (
                    "public_phone",
                    models.CharField(
                        blank=True, help_text="办公或监督电话，会公示", max_length=30, verbose_name="公开电话"
                    ),
                ),
                (
                    "mobile",
                    models.CharField(blank=True, help_text="不公开", max_length=30, verbose_name="手机"),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="任职日期")),
                ("until", models.DateField(blank=True, null=True, verbose_name="离任日期")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        help_text="村级河长负责的村社",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="村社",
                    ),
                ),
                (
                    "reach",
                    models.ForeignKey(
                        blank=True,
                        help_text="留空表示负责整条河",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chiefs",
                        to="river_monitoring.reach",
                        verbose_name="河段",
                    ),
                ),
                (
                    "river",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chiefs",
                        to="river_monitoring.river",
                        verbose_name="河流",
                    ),
                ),
            ],
            options={
                "verbose_name": "河长",
                "verbose_name_plural": "河长",
                "ordering": ["river", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("river", "reach", "area", "level", "duty"),
                        name="one_chief_in_office_per_water_and_level",
                        nulls_distinct=False,
                        violation_error_message="这个层级已有在任的河长，请先填写其离任日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("since__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="chief_leaves_after_taking_office",
                        violation_error_message="离任日期不能早于任职日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReachLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaves_at", models.FloatField(default=1.0, verbose_name="自上游河段何处流出")),
                ("joins_at", models.FloatField(default=0.0, verbose_name="自下游河段何处汇入")),
                (
                    "is_computed",
                    models.BooleanField(default=False, help_text="手工改过的不会被重算覆盖", verbose_name="由图形推算"),
                ),
                (
                    "downstream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_up",
                        to="river_monitoring.reach",
                        verbose_name="下游河段",
                    ),
                ),
                (
                    "upstream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_down",
                        to="river_monitoring.reach",
                        verbose_name="上游河段",
                    ),
                ),
            ],
            options={
                "verbose_name": "河段连接",
                "verbose_name_plural": "河段连接",
                "ordering": ["upstream", "downstream"],
                "constraints": [
                    models.UniqueConstraint(fields=("upstream", "downstream"), name="one_link_per_pair_of_reaches"),
                    models.CheckConstraint(
                        condition=models.Q(("upstream", models.F("downstream")), _negated=True),
                        name="no_reach_flows_into_itself",
                        violation_error_message="河段不能流入自己。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("joins_at__range", (0, 1)), ("leaves_at__range", (0, 1))),
                        name="a_link_lies_on_its_reaches",
                        violation_error_message="位置应在 0 到 1 之间。",
                    ),
                ],
            },
        ),
        migrations.RunSQL(COPY_CHIEFS, migrations.RunSQL.noop),
    ]
