import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0002_articles_of_older_sites_and_issues"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PageVideo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "正在处理，几分钟后可以播放"),
                            ("ready", "可以播放"),
                            ("failed", "无法处理，没有保留"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("container", models.CharField(editable=False, max_length=4)),
                ("original", models.FileField(blank=True, editable=False, upload_to="videos/%Y/%m/")),
                ("file", models.FileField(blank=True, editable=False, upload_to="videos/%Y/%m/")),
                ("poster", models.ImageField(blank=True, editable=False, upload_to="videos/%Y/%m/")),
                (
                    "sent_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                    ),
                ),
                ("sent_sha256", models.CharField(editable=False, max_length=64)),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("seconds", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("width", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("height", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("why", models.CharField(blank=True, editable=False, max_length=200, verbose_name="没有保留的原因")),
                ("number", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="videos",
                        to="publishing.sitepage",
                        verbose_name="页面",
                    ),
                ),
            ],
            options={
                "verbose_name": "页面视频",
                "verbose_name_plural": "页面视频",
                "ordering": ["page", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), models.Q(("original", ""), _negated=True)),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("original", "")),
                            _connector="OR",
                        ),
                        name="a_video_of_a_page_waits_with_its_original",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                models.Q(("file", ""), _negated=True),
                                models.Q(("poster", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_video_of_a_page_is_ready_with_its_file",
                    ),
                ],
            },
        ),
        chained("publishing_pagevideo", omitted=("original",)),
    ]
