"""Kinds of problem are data: what the district sets of them is history; a finding names its kind."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_members_are_chained"),
        ("supervision", "0010_periods_become_rules_of_the_district"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="kind",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="代码，见“问题种类”；没有选的为空",
                max_length=30,
                verbose_name="问题种类",
            ),
        ),
        migrations.CreateModel(
            name="KindVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, verbose_name="代码")),
                ("since", models.DateField(verbose_name="启用日期")),
                ("name", models.CharField(max_length=30, verbose_name="名称")),
                ("icon", models.SlugField(max_length=20, verbose_name="图标")),
                ("words", models.TextField(blank=True, max_length=300, verbose_name="常用说法")),
                ("questions", models.JSONField(blank=True, db_default=[], default=list, verbose_name="提示的问题")),
                ("photos", models.CharField(blank=True, max_length=120, verbose_name="照片要求")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("now", "马上处理"), ("soon", "尽快处理"), ("ordinary", "一般")],
                        max_length=10,
                        verbose_name="紧急程度",
                    ),
                ),
                (
                    "amount",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(999),
                        ],
                        verbose_name="期限",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("hours", "小时"),
                            ("days", "天"),
                            ("workdays", "个工作日"),
                            ("statutory", "按法定期限"),
                        ],
                        max_length=10,
                        verbose_name="单位",
                    ),
                ),
                ("category", models.CharField(max_length=20, verbose_name="类别")),
                ("position", models.PositiveSmallIntegerField(db_default=500, default=500, verbose_name="排序")),
                ("is_active", models.BooleanField(db_default=True, default=True, verbose_name="启用")),
                ("reason", models.CharField(max_length=200, verbose_name="修改理由")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="修改时间")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="主办单位",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "问题种类",
                "verbose_name_plural": "问题种类",
                "ordering": ["code", "since", "pk"],
                "indexes": [models.Index(fields=["code", "since"], name="supervision_code_ab13f5_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("unit", "statutory")),
                            models.Q(
                                models.Q(("unit", "statutory"), _negated=True),
                                ("amount__gte", 1),
                                ("amount__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_kind_s_clock_is_whole",
                        violation_error_message="按法定期限的不填数字；其他的要填。",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="a_kind_has_a_name"),
                ],
            },
        ),
        append_only("supervision_kindversion"),
        chained("supervision_kindversion"),
    ]
