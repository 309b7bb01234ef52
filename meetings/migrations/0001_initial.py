import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import meetings.agenda.models
from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0019_members_are_chained"),
        ("library", "0001_initial"),
        ("papers", "0002_evidence"),
        ("projects", "0018_hall_sheets_are_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="会场")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="会议须知")),
                ("is_public", models.BooleanField(db_default=False, default=False, verbose_name="向社会公开")),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting",
                        to="papers.congresssession",
                        verbose_name="会议",
                    ),
                ),
            ],
            options={
                "verbose_name": "人代会专栏",
                "verbose_name_plural": "人代会专栏",
                "ordering": ["-session__opens_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("plenary", "全体会议"),
                            ("group", "代表团（小组）审议"),
                            ("presidium", "主席团会议"),
                            ("other", "其他活动"),
                        ],
                        default="plenary",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="议程")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="说明")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="结束")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="地点")),
                ("takes_sign_in", models.BooleanField(db_default=False, default=False, verbose_name="签到")),
                (
                    "code",
                    models.SlugField(
                        default=meetings.agenda.models.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="签到码",
                    ),
                ),
                ("is_public", models.BooleanField(db_default=True, default=True, verbose_name="公开")),
                (
                    "result",
                    models.TextField(
                        blank=True, help_text="例如：表决通过关于……的决议", max_length=2000, verbose_name="结果"
                    ),
                ),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        help_text="只有一个小组参加的，选这个小组；留空为全体代表",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.deputygroup",
                        verbose_name="代表小组",
                    ),
                ),
                (
                    "vote",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.votesession",
                        verbose_name="票决",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="meetings.meeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "议程",
                "verbose_name_plural": "议程",
                "ordering": ["meeting", "starts_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MeetingDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "comments_until",
                    models.DateTimeField(blank=True, help_text="留空为不收意见", null=True, verbose_name="提意见截止"),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="meetings.agendaitem",
                        verbose_name="议程",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="meetings.meeting"
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="library.version",
                        verbose_name="文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "会议文件",
                "verbose_name_plural": "会议文件",
                "ordering": ["meeting", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ArticleComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=2000, verbose_name="意见")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="library.article",
                        verbose_name="条文",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="代表",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="meetings.meetingdocument",
                    ),
                ),
            ],
            options={
                "verbose_name": "审议意见",
                "verbose_name_plural": "审议意见",
                "ordering": ["document", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PresenceEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("signed_in", "扫码签到"),
                            ("entered", "工作人员登记到会"),
                            ("excused", "请假"),
                            ("corrected", "更正为未到"),
                        ],
                        max_length=10,
                        verbose_name="动作",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="presence", to="meetings.agendaitem"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="代表",
                    ),
                ),
            ],
            options={
                "verbose_name": "签到记录",
                "verbose_name_plural": "签到记录",
                "ordering": ["item", "member", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                name="an_item_ends_after_it_starts",
                violation_error_message="结束要晚于开始。",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="an_item_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingdocument",
            constraint=models.UniqueConstraint(fields=("meeting", "text"), name="one_text_once_a_meeting"),
        ),
        migrations.AddConstraint(
            model_name="articlecomment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="a_comment_says_something"
            ),
        ),
        migrations.AddIndex(
            model_name="presenceevent",
            index=models.Index(fields=["item", "member", "-id"], name="newest_presence"),
        ),
        migrations.AddConstraint(
            model_name="presenceevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verb", "corrected"), _negated=True),
                    models.Q(("text", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_presence_correction_says_why",
            ),
        ),
        append_only("meetings_presenceevent"),
        append_only("meetings_articlecomment"),
        chained("meetings_meeting", omitted=("version",)),
        chained("meetings_agendaitem", omitted=("version",)),
        chained("meetings_meetingdocument"),
        chained("meetings_presenceevent", sealed=("text",)),
        chained("meetings_articlecomment", sealed=("text",)),
    ]
