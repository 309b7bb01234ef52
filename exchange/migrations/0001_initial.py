import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only

GUARD = """
    CREATE FUNCTION exchange_refuse_foreign_edit() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        whose bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.partner_id ELSE NEW.partner_id END;
    BEGIN
        IF TG_OP = 'UPDATE' AND (OLD.partner_id <> NEW.partner_id OR OLD.identifier <> NEW.identifier) THEN
            RAISE EXCEPTION 'a record of another instance keeps its origin' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM exchange_taking WHERE partner_id = whose AND xact = pg_current_xact_id()::text::bigint
        ) THEN
            RAISE EXCEPTION 'records of another instance change by its packages only'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER exchange_foreignrecord_of_its_origin BEFORE INSERT OR UPDATE OR DELETE ON exchange_foreignrecord
    FOR EACH ROW EXECUTE FUNCTION exchange_refuse_foreign_edit();
    ALTER TABLE exchange_foreignrecord ENABLE ALWAYS TRIGGER exchange_foreignrecord_of_its_origin;
"""
NO_GUARD = """
    DROP TRIGGER IF EXISTS exchange_foreignrecord_of_its_origin ON exchange_foreignrecord;
    DROP FUNCTION IF EXISTS exchange_refuse_foreign_edit();
"""
NOT_LINKED = (
    "secret", "token_digest", "sent_digest", "sent_at", "attempts", "said", "next_at", "version",
)  # fmt: skip


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0022_tokens_of_persons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "origin",
                    models.CharField(
                        help_text="对方平台的区划代码，写在它的每个标识前面。",
                        max_length=20,
                        unique=True,
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "public_key",
                    models.CharField(
                        help_text="64 位十六进制，见对方的“上下级互联”页。", max_length=64, verbose_name="公钥"
                    ),
                ),
                ("token_digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "url",
                    models.CharField(
                        blank=True,
                        help_text="留空则只交换文件。主机须在运维设置 EXCHANGE_HOSTS 里。",
                        max_length=300,
                        verbose_name="推送地址",
                    ),
                ),
                ("secret", models.CharField(blank=True, max_length=200, verbose_name="对方给的令牌")),
                ("kinds", models.JSONField(db_default=[], default=list, verbose_name="发给对方的内容")),
                (
                    "is_internal",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="勾选后，未公开的议案建议、指标和履职记录也会发出。",
                        verbose_name="含未公开的内容",
                    ),
                ),
                ("is_active", models.BooleanField(db_default=True, default=True, verbose_name="启用")),
                ("sent_digest", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
                ("sent_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="最近送达")),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, editable=False, verbose_name="未成功的次数"
                    ),
                ),
                (
                    "said",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        max_length=300,
                        verbose_name="最近一次的结果",
                    ),
                ),
                ("next_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="下次尝试")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
            ],
            options={
                "verbose_name": "互联的平台",
                "verbose_name_plural": "互联的平台",
                "ordering": ["origin"],
            },
        ),
        migrations.CreateModel(
            name="ForeignRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(max_length=20, verbose_name="种类"),
                ),
                ("identifier", models.CharField(max_length=404, unique=True, verbose_name="标识")),
                ("name", models.CharField(max_length=200, verbose_name="名称")),
                (
                    "about",
                    models.CharField(
                        blank=True,
                        db_default="",
                        db_index=True,
                        default="",
                        max_length=404,
                        verbose_name="所关于的标识",
                    ),
                ),
                ("data", models.JSONField(verbose_name="内容")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤下时间")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="exchange.partner",
                        verbose_name="平台",
                    ),
                ),
            ],
            options={
                "verbose_name": "外来的记录",
                "verbose_name_plural": "外来的记录",
                "ordering": ["kind", "identifier"],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("text", models.TextField(max_length=20000, verbose_name="答复内容")),
                ("signer", models.CharField(max_length=60, verbose_name="签发人")),
                ("signed_on", models.DateField(verbose_name="签发日期")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="答复单位",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="exchange.foreignrecord",
                        verbose_name="议案和代表建议",
                    ),
                ),
            ],
            options={
                "verbose_name": "对外来议案建议的答复",
                "verbose_name_plural": "对外来议案建议的答复",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Taking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, verbose_name="数据包的 SHA-256")),
                ("made_at", models.DateTimeField(verbose_name="制作时间")),
                ("manifest", models.TextField(verbose_name="清单")),
                ("signature", models.CharField(max_length=128, verbose_name="签名")),
                ("public_key", models.CharField(max_length=64, verbose_name="公钥")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="接收时间")),
                ("stored", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="更新")),
                ("withdrawn", models.PositiveIntegerField(default=0, verbose_name="撤下")),
                ("same", models.PositiveIntegerField(default=0, verbose_name="相同")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "xact",
                    models.BigIntegerField(
                        db_default=django.db.models.expressions.RawSQL("pg_current_xact_id()::text::bigint", []),
                        editable=False,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="接收人",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takings",
                        to="exchange.partner",
                        verbose_name="平台",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "接收的数据包",
                "verbose_name_plural": "接收的数据包",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="TakenRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identifier", models.CharField(max_length=404, verbose_name="标识")),
                ("before", models.JSONField(null=True)),
                (
                    "taking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="exchange.taking"
                    ),
                ),
            ],
            options={
                "verbose_name": "数据包改动的记录",
                "verbose_name_plural": "数据包改动的记录",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="foreignrecord",
            name="taking",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="exchange.taking",
                verbose_name="来自",
            ),
        ),
        migrations.CreateModel(
            name="ForeignFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("file", models.FileField(upload_to="exchange/%Y/%m/", verbose_name="文件")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="exchange.partner",
                        verbose_name="平台",
                    ),
                ),
            ],
            options={
                "verbose_name": "外来的文件",
                "verbose_name_plural": "外来的文件",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "sha256"), name="a_foreign_file_is_kept_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="taking",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("partner", "sha256"), name="a_package_is_taken_once"
            ),
        ),
        migrations.AddIndex(
            model_name="foreignrecord",
            index=models.Index(fields=["partner", "kind"], name="exchange_fo_partner_a70ffb_idx"),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
        append_only("exchange_reply"),
        chained("exchange_reply", sealed=("text",)),
        chained("exchange_taking", omitted=("xact",)),
        chained("exchange_partner", omitted=NOT_LINKED),
    ]
