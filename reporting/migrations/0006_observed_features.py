"""Values of monitoring points and of features of loaded layers beside those of areas; warnings of them.

The column of the old key stays as it is: a value of an area is stored and found as before.
"""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models

KEEP_EARLIER = """
CREATE OR REPLACE FUNCTION reporting_keep_earlier_value() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'values are corrected, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.indicator_id, OLD.area_id, OLD.feature_id, OLD.period)
        IS DISTINCT FROM (NEW.indicator_id, NEW.area_id, NEW.feature_id, NEW.period) THEN
        RAISE EXCEPTION 'a value stays in its cell' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.value, OLD.plan, OLD.whole) IS DISTINCT FROM (NEW.value, NEW.plan, NEW.whole) THEN
        INSERT INTO supervision_report_earliervalue
            (observation_id, value, plan, whole, way, said_by_id, said_at, reason, replaced_at)
            VALUES (OLD.id, OLD.value, OLD.plan, OLD.whole, OLD.way, OLD.said_by_id, OLD.said_at, OLD.reason, now());
    END IF;
    RETURN NEW;
END
$body$;
"""
BEFORE = KEEP_EARLIER.replace("OLD.feature_id, ", "").replace("NEW.feature_id, ", "")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_base_map_datum"),
        ("layers", "0011_expected_deliveries"),
        ("river_monitoring", "0021_why_a_span_has_no_class_is_kept"),
        ("supervision_report", "0005_kinds_of_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="ObservedFeature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(help_text="点位的编码，或要素的业务主键。", max_length=120, verbose_name="编码"),
                ),
                ("name", models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="名称")),
                (
                    "named_by",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="图层的字段；这个字段没有公开时，公众看不到名称。",
                        max_length=200,
                        verbose_name="名称取自",
                    ),
                ),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, null=True, srid=4326, verbose_name="位置"
                    ),
                ),
                ("is_gone", models.BooleanField(db_default=False, default=False, verbose_name="已不在图层里")),
                (
                    "monitoring_point",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="river_monitoring.monitoringpoint",
                        verbose_name="监测点位",
                    ),
                ),
                (
                    "layer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="layers.layer",
                        verbose_name="图层",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="所在镇街",
                    ),
                ),
            ],
            options={
                "verbose_name": "观测对象",
                "verbose_name_plural": "观测对象",
                "ordering": ["code"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="earlywarning",
            name="one_open_warning_a_rule_and_area",
        ),
        migrations.AddField(
            model_name="indicator",
            name="layer",
            field=models.ForeignKey(
                blank=True,
                help_text="层级是图层要素时选：有业务主键的矢量图层。谁能看图层，谁才能看这些数。",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="indicators",
                to="layers.layer",
                verbose_name="图层",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="level",
            field=models.CharField(
                choices=[
                    ("province", "省"),
                    ("city", "市"),
                    ("district", "区县"),
                    ("town", "镇街"),
                    ("village", "村社"),
                    ("point", "监测点位"),
                    ("feature", "图层要素"),
                ],
                max_length=10,
                verbose_name="层级",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="accounts.area",
                verbose_name="区域",
            ),
        ),
        migrations.AddField(
            model_name="earlywarning",
            name="feature",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="预警是关于一个点位或要素的；区域是它所在的镇街。",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="supervision_report.observedfeature",
                verbose_name="点位或要素",
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="feature",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="supervision_report.observedfeature",
                verbose_name="点位或要素",
            ),
        ),
        migrations.AddConstraint(
            model_name="earlywarning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["new", "confirmed"])),
                fields=("rule", "area", "feature"),
                name="one_open_warning_a_rule_and_place",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("feature__isnull", False)),
                fields=("indicator", "period", "feature"),
                name="one_value_a_feature_and_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("area__isnull", False), ("feature__isnull", True)),
                    models.Q(("area__isnull", True), ("feature__isnull", False)),
                    _connector="OR",
                ),
                name="a_value_is_of_an_area_or_a_feature",
            ),
        ),
        migrations.AddConstraint(
            model_name="observedfeature",
            constraint=models.UniqueConstraint(fields=("layer", "code"), name="a_feature_is_observed_once"),
        ),
        migrations.AddConstraint(
            model_name="observedfeature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("layer__isnull", False), ("monitoring_point__isnull", True)),
                    models.Q(("layer__isnull", True), ("monitoring_point__isnull", False)),
                    _connector="OR",
                ),
                name="a_point_or_a_feature",
            ),
        ),
        migrations.AlterField(
            model_name="earliervalue",
            name="way",
            field=models.CharField(
                choices=[
                    ("sheet", "表格"),
                    ("api", "接口"),
                    ("page", "页面"),
                    ("room", "平台记录"),
                    ("station", "监测数据"),
                    ("formula", "公式"),
                ],
                max_length=8,
                verbose_name="途径",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="way",
            field=models.CharField(
                choices=[
                    ("given", "表格、接口或页面报送"),
                    ("room", "平台记录自动计算"),
                    ("station", "监测点位的水样均值"),
                    ("formula", "由其他指标计算"),
                ],
                db_default="given",
                default="given",
                max_length=8,
                verbose_name="取值方式",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="way",
            field=models.CharField(
                choices=[
                    ("sheet", "表格"),
                    ("api", "接口"),
                    ("page", "页面"),
                    ("room", "平台记录"),
                    ("station", "监测数据"),
                    ("formula", "公式"),
                ],
                max_length=8,
                verbose_name="途径",
            ),
        ),
        migrations.RunSQL(KEEP_EARLIER, BEFORE),
    ]
