import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_deliveries_by_any_channel"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, verbose_name="规则")),
                ("value", models.JSONField(verbose_name="值")),
                ("effective_from", models.DateField(verbose_name="生效日期")),
                ("reason", models.TextField(max_length=1000, verbose_name="理由")),
                ("written_on", models.DateField(verbose_name="登记日期")),
                ("is_beginning", models.BooleanField(default=False, verbose_name="启用时的规则")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="设定人",
                    ),
                ),
            ],
            options={
                "verbose_name": "规则的设定",
                "verbose_name_plural": "规则的设定",
                "ordering": ["effective_from", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RuleWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=1000, verbose_name="理由")),
                ("written_on", models.DateField(verbose_name="登记日期")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="accounts.rulechange",
                        verbose_name="撤回的设定",
                    ),
                ),
            ],
            options={
                "verbose_name": "规则设定的撤回",
                "verbose_name_plural": "规则设定的撤回",
            },
        ),
        migrations.AddConstraint(
            model_name="rulechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_beginning", True), ("effective_from__gte", models.F("written_on")), _connector="OR"
                ),
                name="a_rule_is_not_set_for_the_past",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulechange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_beginning", True)), fields=("key",), name="a_rule_begins_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rulechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_rule_is_set_for_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="rulewithdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_rule_is_withdrawn_for_a_reason"
            ),
        ),
    ]
