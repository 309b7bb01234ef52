"""The chain covers every version of a row, holds personal text as salted hashes, and knows where it ends."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained
from ledger.chain.sql import INSTALL, create_triggers, drop_triggers
from ledger.history import append_only

_FORMER = """
    SELECT c.relname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
    WHERE p.proname = 'accounts_chain_events' AND NOT t.tgisinternal ORDER BY 1
"""
_HISTORY = """
    SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
    WHERE p.proname = 'refuse_history_edit' AND NOT t.tgisinternal
"""


def renew_triggers(apps, schema_editor):
    """Tables that were chained before get the triggers of today; their links stay as they are."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_FORMER)
        for (table,) in cursor.fetchall():
            cursor.execute(drop_triggers(table) + create_triggers(table))
        cursor.execute(_HISTORY)
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_audit_and_chain_from_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("table_name", models.CharField(max_length=63, verbose_name="表")),
                ("row_id", models.BigIntegerField(verbose_name="行")),
                ("columns", models.JSONField(verbose_name="列")),
                ("reason", models.CharField(max_length=400, verbose_name="依据")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "个人信息删除记录",
                "verbose_name_plural": "个人信息删除记录",
                "db_table": "ledger_erasure",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["table_name", "row_id"], name="ledger_eras_table_n_f082e6_idx")],
            },
        ),
        migrations.CreateModel(
            name="FileDigest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="文件")),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
            ],
            options={
                "verbose_name": "文件摘要",
                "verbose_name_plural": "文件摘要",
                "db_table": "ledger_filedigest",
                "ordering": ["pk"],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([INSTALL], [])],
            state_operations=[
                migrations.RemoveConstraint("ChainLink", "one_link_per_event"),
                migrations.AddField(
                    "ChainLink",
                    "op",
                    models.CharField(
                        choices=[("I", "写入"), ("U", "更新"), ("D", "删除"), ("S", "入链时的内容")],
                        db_default="I",
                        max_length=1,
                        verbose_name="操作",
                    ),
                ),
                migrations.AddField(
                    "ChainLink", "form", models.SmallIntegerField(db_default=1, verbose_name="摘要算法")
                ),
                migrations.AddField("ChainLink", "xact", models.BigIntegerField(null=True, verbose_name="事务")),
                migrations.AddField("ChainLink", "at", models.DateTimeField(null=True, verbose_name="入链时间")),
                migrations.AlterField("ChainLink", "table_name", models.CharField(max_length=63, verbose_name="表")),
                migrations.AlterField("ChainLink", "row_id", models.BigIntegerField(verbose_name="行")),
                migrations.AlterField("ChainLink", "content", models.TextField(null=True, verbose_name="写入时的内容")),
                migrations.AddIndex(
                    "ChainLink", models.Index(fields=["table_name", "row_id", "id"], name="ledger_links_of_a_row")
                ),
                migrations.CreateModel(
                    name="ChainHead",
                    fields=[
                        ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                        ("links", models.BigIntegerField()),
                        ("link", models.BigIntegerField()),
                        ("digest", models.BinaryField()),
                    ],
                    options={
                        "db_table": "ledger_head",
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(id=1), name="the_chain_has_one_head")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RowSalt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("table_name", models.CharField(max_length=63)),
                        ("row_id", models.BigIntegerField()),
                        ("salt", models.UUIDField()),
                    ],
                    options={
                        "db_table": "ledger_salt",
                        "constraints": [
                            models.UniqueConstraint(fields=("table_name", "row_id"), name="one_salt_per_row")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(renew_triggers, migrations.RunPython.noop),
        append_only("ledger_erasure"),
        chained("ledger_erasure"),
        append_only("ledger_filedigest"),
        chained("ledger_filedigest"),
        chained("accounts_auditentry"),
    ]
