"""Indicators with their values, rules that watch them, the warnings of those, and boards.

A trigger keeps what a value was before it is changed, and lets nobody delete one: corrections are part of the record,
whichever way they come.
"""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only

KEEP_EARLIER = """
CREATE OR REPLACE FUNCTION reporting_keep_earlier_value() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'values are corrected, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.indicator_id, OLD.area_id, OLD.period) IS DISTINCT FROM (NEW.indicator_id, NEW.area_id, NEW.period) THEN
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
CREATE TRIGGER supervision_report_observation_earlier AFTER UPDATE ON supervision_report_observation
    FOR EACH ROW EXECUTE FUNCTION reporting_keep_earlier_value();
ALTER TABLE supervision_report_observation ENABLE ALWAYS TRIGGER supervision_report_observation_earlier;
CREATE TRIGGER supervision_report_observation_kept BEFORE DELETE ON supervision_report_observation
    FOR EACH ROW EXECUTE FUNCTION reporting_keep_earlier_value();
ALTER TABLE supervision_report_observation ENABLE ALWAYS TRIGGER supervision_report_observation_kept;
"""
FORGET_EARLIER = """
DROP TRIGGER supervision_report_observation_kept ON supervision_report_observation;
DROP TRIGGER supervision_report_observation_earlier ON supervision_report_observation;
DROP FUNCTION reporting_keep_earlier_value();
"""
HISTORIES = ("earliervalue", "warningruleversion", "earlywarningevent", "boardversion")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_members_are_chained"),
        ("supervision", "0010_periods_become_rules_of_the_district"),
        ("supervision_report", "0002_rows_are_chained"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Board",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40, unique=True, verbose_name="地址")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("about", models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="说明")),
                (
                    "readers",
                    models.CharField(
                        choices=[("public", "所有人"), ("inside", "登录的人员"), ("staff", "人大工作人员和代表")],
                        db_default="staff",
                        default="staff",
                        max_length=10,
                        verbose_name="谁能看",
                    ),
                ),
                (
                    "period_kind",
                    models.CharField(
                        choices=[("day", "日"), ("week", "周"), ("month", "月"), ("quarter", "季"), ("year", "年")],
                        max_length=7,
                        verbose_name="按什么期间看",
                    ),
                ),
                ("blocks", models.JSONField(blank=True, default=list, verbose_name="内容")),
                (
                    "template",
                    models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="模板"),
                ),
                ("order", models.PositiveSmallIntegerField(db_default=100, default=100, verbose_name="顺序")),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
            ],
            options={
                "verbose_name": "监督看板",
                "verbose_name_plural": "监督看板",
                "ordering": ["order", "slug"],
            },
        ),
        migrations.CreateModel(
            name="EarlyWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "待核实"),
                            ("confirmed", "已确认"),
                            ("dismissed", "已排除"),
                            ("closed", "已了结"),
                        ],
                        db_default="new",
                        default="new",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("first_period", models.DateField(verbose_name="开始期间")),
                ("last_period", models.DateField(verbose_name="最近期间")),
                ("causes", models.JSONField(verbose_name="原因")),
                ("raised_at", models.DateTimeField(verbose_name="预警时间")),
                ("due_on", models.DateField(verbose_name="核实期限")),
                ("back_since", models.DateField(blank=True, null=True, verbose_name="恢复正常自")),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="区域",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="supervision.suggestion",
                        verbose_name="转办事项",
                    ),
                ),
            ],
            options={
                "verbose_name": "预警",
                "verbose_name_plural": "预警",
                "ordering": ["-raised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="EarlyWarningEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("raised", "发出预警"),
                            ("repeated", "再次出现"),
                            ("back", "数值恢复正常"),
                            ("confirmed", "确认并交办"),
                            ("dismissed", "排除"),
                            ("closed", "了结"),
                        ],
                        max_length=12,
                        verbose_name="步骤",
                    ),
                ),
                ("period", models.DateField(blank=True, null=True, verbose_name="期间")),
                ("causes", models.JSONField(default=list, verbose_name="原因")),
                ("text", models.CharField(blank=True, db_default="", default="", max_length=500, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "warning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="supervision_report.earlywarning",
                        verbose_name="预警",
                    ),
                ),
            ],
            options={
                "verbose_name": "预警的步骤",
                "verbose_name_plural": "预警的步骤",
                "ordering": ["warning", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^[a-z][a-z0-9_]{1,39}\\Z")],
                        verbose_name="代码",
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("about", models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="口径")),
                ("unit", models.CharField(blank=True, db_default="", default="", max_length=20, verbose_name="单位")),
                (
                    "direction",
                    models.CharField(
                        choices=[("up", "越高越好"), ("down", "越低越好"), ("none", "不分好坏")],
                        db_default="none",
                        default="none",
                        max_length=4,
                        verbose_name="方向",
                    ),
                ),
                (
                    "period_kind",
                    models.CharField(
                        choices=[("day", "日"), ("week", "周"), ("month", "月"), ("quarter", "季"), ("year", "年")],
                        max_length=7,
                        verbose_name="周期",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "省"),
                            ("city", "市"),
                            ("district", "区县"),
                            ("town", "镇街"),
                            ("village", "村社"),
                        ],
                        max_length=10,
                        verbose_name="层级",
                    ),
                ),
                (
                    "total",
                    models.CharField(
                        choices=[("sum", "各区域相加"), ("weighted", "按分母加权平均"), ("none", "不合计，取中位数")],
                        db_default="none",
                        default="none",
                        max_length=8,
                        verbose_name="合计方法",
                    ),
                ),
                ("decimals", models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="小数位")),
                (
                    "minimum",
                    models.PositiveIntegerField(
                        db_default=0, default=0, help_text="分母小于它时显示“数据不足”。", verbose_name="最小样本"
                    ),
                ),
                ("is_public", models.BooleanField(db_default=False, default=False, verbose_name="公开")),
                (
                    "source",
                    models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="来源"),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("given", "表格、接口或页面报送"),
                            ("room", "平台记录自动计算"),
                            ("formula", "由其他指标计算"),
                        ],
                        db_default="given",
                        default="given",
                        max_length=8,
                        verbose_name="取值方式",
                    ),
                ),
                (
                    "formula",
                    models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="公式"),
                ),
                (
                    "figure",
                    models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="平台指标"),
                ),
                (
                    "due_days",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="期末之后多少天内报送。", null=True, verbose_name="应报天数"
                    ),
                ),
                (
                    "closed_before",
                    models.DateField(
                        blank=True, help_text="这一天之前的期间不再改。", null=True, verbose_name="封账日期"
                    ),
                ),
                ("is_invented", models.BooleanField(db_default=False, default=False, verbose_name="演示数据")),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="indicators",
                        to="accounts.department",
                        verbose_name="报送单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "指标",
                "verbose_name_plural": "指标",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="数值"),
                ),
                (
                    "plan",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="计划"),
                ),
                ("whole", models.PositiveIntegerField(blank=True, null=True, verbose_name="分母")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("sheet", "表格"),
                            ("api", "接口"),
                            ("page", "页面"),
                            ("room", "平台记录"),
                            ("formula", "公式"),
                        ],
                        max_length=8,
                        verbose_name="途径",
                    ),
                ),
                ("said_at", models.DateTimeField(verbose_name="报送时间")),
                (
                    "reason",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="理由"),
                ),
                ("period", models.DateField(help_text="期间的第一天", verbose_name="期间")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="accounts.area",
                        verbose_name="区域",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="supervision_report.indicator",
                        verbose_name="指标",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报送人",
                    ),
                ),
            ],
            options={
                "verbose_name": "指标数据",
                "verbose_name_plural": "指标数据",
            },
        ),
        migrations.CreateModel(
            name="EarlierValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="数值"),
                ),
                (
                    "plan",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="计划"),
                ),
                ("whole", models.PositiveIntegerField(blank=True, null=True, verbose_name="分母")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("sheet", "表格"),
                            ("api", "接口"),
                            ("page", "页面"),
                            ("room", "平台记录"),
                            ("formula", "公式"),
                        ],
                        max_length=8,
                        verbose_name="途径",
                    ),
                ),
                ("said_at", models.DateTimeField(verbose_name="报送时间")),
                (
                    "reason",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="理由"),
                ),
                ("replaced_at", models.DateTimeField(verbose_name="更正时间")),
                (
                    "said_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报送人",
                    ),
                ),
                (
                    "observation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earlier",
                        to="supervision_report.observation",
                        verbose_name="指标数据",
                    ),
                ),
            ],
            options={
                "verbose_name": "更正前的数据",
                "verbose_name_plural": "更正前的数据",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="WarningRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="代码")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("is_on", models.BooleanField(db_default=False, default=False, verbose_name="启用")),
                ("version", models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="版本")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="承办单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "预警规则",
                "verbose_name_plural": "预警规则",
                "ordering": ["code"],
            },
        ),
        migrations.AddField(
            model_name="earlywarning",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="warnings",
                to="supervision_report.warningrule",
                verbose_name="预警规则",
            ),
        ),
        migrations.CreateModel(
            name="WarningRuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("conditions", models.JSONField(verbose_name="条件")),
                ("at_least", models.PositiveSmallIntegerField(verbose_name="至少满足几条")),
                ("effective_from", models.DateField(help_text="从这一天所在的期间开始判断。", verbose_name="起算日期")),
                (
                    "reason",
                    models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="理由"),
                ),
                ("made_at", models.DateTimeField(verbose_name="制定时间")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制定人",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="supervision_report.warningrule",
                        verbose_name="预警规则",
                    ),
                ),
            ],
            options={
                "verbose_name": "预警规则的版本",
                "verbose_name_plural": "预警规则的版本",
                "ordering": ["rule", "-number"],
            },
        ),
        migrations.AddField(
            model_name="earlywarning",
            name="rule_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="supervision_report.warningruleversion",
                verbose_name="规则版本",
            ),
        ),
        migrations.CreateModel(
            name="BoardVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("about", models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="说明")),
                ("readers", models.CharField(max_length=10, verbose_name="谁能看")),
                ("blocks", models.JSONField(verbose_name="内容")),
                ("made_at", models.DateTimeField(verbose_name="修改时间")),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="supervision_report.board",
                        verbose_name="监督看板",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "看板的版本",
                "verbose_name_plural": "看板的版本",
                "ordering": ["board", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("board", "number"), name="a_board_has_each_version_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.UniqueConstraint(
                fields=("indicator", "period", "area"), name="one_value_an_area_and_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="warningruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "number"), name="a_rule_has_each_version_once"),
        ),
        migrations.AddIndex(
            model_name="earlywarning",
            index=models.Index(fields=["state", "due_on"], name="supervision_state_0234b1_idx"),
        ),
        migrations.AddConstraint(
            model_name="earlywarning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["new", "confirmed"])),
                fields=("rule", "area"),
                name="one_open_warning_a_rule_and_area",
            ),
        ),
        migrations.RunSQL(KEEP_EARLIER, FORGET_EARLIER),
        *(append_only(f"supervision_report_{name}") for name in HISTORIES),
        *(chained(f"supervision_report_{name}") for name in HISTORIES),
        chained("supervision_report_indicator", omitted=("version",)),
        chained("supervision_report_earlywarning", omitted=("version",)),
    ]
