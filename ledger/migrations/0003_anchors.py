"""Signed heads of the chain, where they went, and those of other instances that are kept here."""

import django.db.models.deletion
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("link", models.BigIntegerField(verbose_name="最后一环")),
                ("links", models.BigIntegerField(verbose_name="环数")),
                ("head", models.CharField(max_length=64, verbose_name="链尾摘要")),
                ("statement", models.TextField(verbose_name="声明")),
                ("public_key", models.CharField(max_length=64, verbose_name="公钥")),
                ("signature", models.CharField(max_length=128, verbose_name="签名")),
            ],
            options={
                "verbose_name": "链尾锚定",
                "verbose_name_plural": "链尾锚定",
                "db_table": "ledger_anchor",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Peer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="名称")),
                ("token_digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("public_key", models.CharField(max_length=64, verbose_name="公钥")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "送锚定的平台",
                "verbose_name_plural": "送锚定的平台",
                "db_table": "ledger_peer",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("tsa", "可信时间戳"), ("peer", "上级或邻近平台"), ("mail", "见证人邮件")],
                        max_length=4,
                        verbose_name="途径",
                    ),
                ),
                ("target", models.CharField(max_length=300, verbose_name="去向")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待送出"), ("done", "已送达"), ("failed", "未送达")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("said", models.CharField(blank=True, max_length=300, verbose_name="最近一次的结果")),
                ("proof", models.BinaryField(null=True, verbose_name="回执")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "anchor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="ledger.anchor",
                        verbose_name="锚定",
                    ),
                ),
            ],
            options={
                "verbose_name": "锚定送达",
                "verbose_name_plural": "锚定送达",
                "db_table": "ledger_delivery",
                "ordering": ["-anchor", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("anchor", "channel", "target"), name="an_anchor_goes_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ForeignAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("statement", models.TextField(verbose_name="声明")),
                ("signature", models.CharField(max_length=128, verbose_name="签名")),
                ("received_at", models.DateTimeField(auto_now_add=True, verbose_name="收到时间")),
                ("contradicts", models.BooleanField(default=False, verbose_name="与先前的不一致")),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="anchors",
                        to="ledger.peer",
                        verbose_name="平台",
                    ),
                ),
            ],
            options={
                "verbose_name": "代存的锚定",
                "verbose_name_plural": "代存的锚定",
                "db_table": "ledger_foreignanchor",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("peer", "signature"), name="an_anchor_is_kept_once")],
            },
        ),
        append_only("ledger_anchor"),
        chained("ledger_anchor"),
        append_only("ledger_foreignanchor"),
        chained("ledger_foreignanchor"),
        chained("ledger_peer"),
    ]
