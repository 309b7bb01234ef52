import uuid

import django.contrib.gis.db.models.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import publishing.register.models
import publishing.register.table
from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0022_tokens_of_persons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PageRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("summary", models.CharField(blank=True, max_length=300, verbose_name="摘要")),
                ("source", models.CharField(blank=True, max_length=80, verbose_name="来源")),
                ("body", models.JSONField(default=list, verbose_name="正文")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "页面版本",
                "verbose_name_plural": "页面版本",
                "ordering": ["page", "-number"],
            },
        ),
        migrations.CreateModel(
            name="SitePage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        default=publishing.register.models.new_code, max_length=40, unique=True, verbose_name="网址"
                    ),
                ),
                (
                    "column",
                    models.CharField(
                        choices=[
                            ("news", "人大新闻"),
                            ("notice", "通知公告"),
                            ("rule", "制度规范"),
                            ("decision", "决议决定公告"),
                            ("appointment", "人事任免"),
                            ("about", "本站说明"),
                        ],
                        default="news",
                        max_length=12,
                        verbose_name="栏目",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everybody", "向社会公开"),
                            ("inside", "登录的代表和工作人员"),
                            ("town", "一个镇街的代表和工作人员"),
                            ("group", "一个代表小组"),
                            ("deputies", "全体代表"),
                        ],
                        default="everybody",
                        max_length=10,
                        verbose_name="给谁看",
                    ),
                ),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, null=True, srid=4326, verbose_name="位置"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "起草"),
                            ("first", "待初审"),
                            ("second", "待复审"),
                            ("third", "待终审"),
                            ("scheduled", "待定时发布"),
                            ("published", "已发布"),
                            ("withdrawn", "已撤下"),
                        ],
                        default=publishing.register.table.Status["DRAFT"],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True, help_text="留空则终审通过就发布", null=True, verbose_name="定时发布"
                    ),
                ),
                (
                    "withdraw_at",
                    models.DateTimeField(blank=True, help_text="留空则一直显示", null=True, verbose_name="定时撤下"),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="发布时间")),
                ("changed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="更新时间")),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="发布单位所在",
                    ),
                ),
                (
                    "for_area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="镇街",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.deputygroup",
                        verbose_name="代表小组",
                    ),
                ),
                (
                    "live",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishing.pagerevision",
                    ),
                ),
                (
                    "place_area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="说的是哪个镇街、村社",
                    ),
                ),
            ],
            options={
                "verbose_name": "网站页面",
                "verbose_name_plural": "网站页面",
                "ordering": ["-published_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="pagerevision",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="publishing.sitepage"
            ),
        ),
        migrations.CreateModel(
            name="PageReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="publishing.pagerevision"
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="publishing.sitepage"
                    ),
                ),
            ],
            options={
                "verbose_name": "已阅",
                "verbose_name_plural": "已阅",
                "ordering": ["page", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PageFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(choices=[("picture", "图片"), ("file", "附件")], max_length=8)),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("file", models.FileField(editable=False, upload_to="site/%Y/%m/")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("size", models.PositiveBigIntegerField(editable=False, verbose_name="大小")),
                ("width", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("height", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="publishing.sitepage"
                    ),
                ),
            ],
            options={
                "verbose_name": "页面文件",
                "verbose_name_plural": "页面文件",
                "ordering": ["page", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PageEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("made", "起草"),
                            ("submitted", "提交审校"),
                            ("passed_first", "初审通过"),
                            ("passed_second", "复审通过"),
                            ("scheduled", "终审通过，待定时发布"),
                            ("published", "发布"),
                            ("sent_back", "退回修改"),
                            ("revised", "开始修改"),
                            ("withdrawn", "撤下"),
                        ],
                        max_length=14,
                        verbose_name="动作",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="内容")),
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
                (
                    "revision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishing.pagerevision",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="publishing.sitepage"
                    ),
                ),
            ],
            options={
                "verbose_name": "页面经过",
                "verbose_name_plural": "页面经过",
                "ordering": ["page", "at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="sitepage",
            index=models.Index(
                condition=models.Q(("live__isnull", False)), fields=["column", "-published_at"], name="pages_shown"
            ),
        ),
        migrations.AddIndex(
            model_name="sitepage",
            index=models.Index(fields=["state"], name="pages_by_state"),
        ),
        migrations.AddConstraint(
            model_name="sitepage",
            constraint=models.CheckConstraint(
                condition=models.Q(("live", None), ("published_at__isnull", False), _connector="OR"),
                name="a_live_page_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitepage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True), ("live__isnull", False), _connector="OR"
                ),
                name="a_published_page_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitepage",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "withdrawn"), _negated=True), ("live", None), _connector="OR"),
                name="a_withdrawn_page_is_not_shown",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitepage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("publish_at", None),
                    ("withdraw_at", None),
                    ("withdraw_at__gt", models.F("publish_at")),
                    _connector="OR",
                ),
                name="a_page_is_taken_down_after_it_is_put_up",
                violation_error_message="定时撤下要晚于定时发布。",
            ),
        ),
        migrations.AddConstraint(
            model_name="pagerevision",
            constraint=models.UniqueConstraint(fields=("page", "number"), name="one_wording_per_number"),
        ),
        migrations.AddConstraint(
            model_name="pagereading",
            constraint=models.UniqueConstraint(fields=("revision", "reader"), name="a_version_is_read_once"),
        ),
        migrations.AddConstraint(
            model_name="pagefile",
            constraint=models.UniqueConstraint(fields=("page", "sha256"), name="a_file_is_once_on_a_page"),
        ),
        append_only("publishing_pagerevision"),
        append_only("publishing_pageevent"),
        append_only("publishing_pagefile"),
        chained("publishing_sitepage", omitted=("version",)),
        chained("publishing_pagerevision"),
        chained("publishing_pageevent", sealed=("text",)),
        chained("publishing_pagefile"),
    ]
