"""The audit trail and the chain of evidence become this room's. Their tables stay as they are, rows and triggers too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MODELS = ("auditentry", "chainlink")


def _move_content_types(apps, before, after):
    """Let permissions and the administration's log follow the models; with nothing migrated yet there are none."""
    types = apps.get_model("contenttypes", "ContentType").objects
    for name in MODELS:
        if not types.filter(app_label=after, model=name).exists():
            types.filter(app_label=before, model=name).update(app_label=after)


def to_ledger(apps, schema_editor):
    _move_content_types(apps, "accounts", "ledger")


def to_accounts(apps, schema_editor):
    _move_content_types(apps, "ledger", "accounts")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0006_tokens_of_departments"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                        ("verb", models.CharField(max_length=60, verbose_name="动作")),
                        ("object_type", models.CharField(max_length=60, verbose_name="对象类型")),
                        ("object_id", models.CharField(max_length=60, verbose_name="对象")),
                        ("detail", models.JSONField(default=dict, verbose_name="详情")),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="操作人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "审计记录",
                        "verbose_name_plural": "审计记录",
                        "db_table": "accounts_auditentry",
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["object_type", "object_id"], name="accounts_au_object__2df7a0_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChainLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("table_name", models.CharField(max_length=63, verbose_name="事件表")),
                        ("row_id", models.BigIntegerField(verbose_name="事件编号")),
                        ("content", models.TextField(verbose_name="写入时的内容")),
                        ("digest", models.BinaryField(verbose_name="摘要")),
                    ],
                    options={
                        "verbose_name": "证据链环节",
                        "verbose_name_plural": "证据链环节",
                        "db_table": "accounts_chainlink",
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("table_name", "row_id"), name="one_link_per_event"),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(to_ledger, to_accounts),
    ]
