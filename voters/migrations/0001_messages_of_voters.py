"""Messages of voters, their steps (history) and photos, and the codes of doors."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import voters.codes.models
from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0019_members_are_chained"),
        ("stations", "0009_the_district_s_members"),
        ("supervision", "0011_kinds_of_problem"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.UUIDField(unique=True, verbose_name="客户端编号")),
                ("number", models.CharField(max_length=12, unique=True, verbose_name="编号")),
                ("code", models.CharField(blank=True, max_length=30, verbose_name="来自哪个码")),
                ("text", models.TextField(max_length=2000, verbose_name="内容")),
                ("kind", models.CharField(blank=True, max_length=30, verbose_name="问题种类")),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, null=True, srid=4326, verbose_name="位置"
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地点说明")),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("none", "不用联系我，我自己来看"),
                            ("phone", "电话"),
                            ("wechat", "微信号"),
                            ("email", "电子邮箱"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="联系方式",
                    ),
                ),
                ("contact", models.TextField(blank=True, editable=False, verbose_name="联系号码(加密)")),
                ("token_digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("expires_at", models.DateTimeField(verbose_name="链接失效时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "待代表答复"),
                            ("station", "联络站办理"),
                            ("matter", "已转为事项"),
                            ("answered", "已答复"),
                            ("closed", "已评价"),
                            ("dismissed", "不予办理"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="来信时间")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="代表答复期限")),
                ("at_station_since", models.DateTimeField(blank=True, null=True, verbose_name="转到联络站的时间")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="答复")),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[("satisfied", "满意"), ("fair", "基本满意"), ("unsatisfied", "不满意")],
                        max_length=12,
                        verbose_name="评价",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="村社或镇街",
                    ),
                ),
                (
                    "deputies",
                    models.ManyToManyField(
                        blank=True, related_name="messages", to="stations.deputy", verbose_name="收信代表"
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voter_messages",
                        to="supervision.suggestion",
                        verbose_name="事项",
                    ),
                ),
                (
                    "received_as",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voter_message",
                        to="stations.matter",
                        verbose_name="接待事项",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="stations.station",
                        verbose_name="联络站",
                    ),
                ),
            ],
            options={
                "verbose_name": "选民来信",
                "verbose_name_plural": "选民来信",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MessageEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("sent", "收到来信"),
                            ("left", "在联络站登记"),
                            ("answered", "答复"),
                            ("handed_over", "代表转联络站"),
                            ("late", "到期未答复，转联络站"),
                            ("raised", "转为事项"),
                            ("dismissed", "不予办理"),
                            ("relayed", "办理单位已答复"),
                            ("said", "选民补充"),
                            ("rated", "选民评价"),
                            ("reopened", "选民不满意，再办"),
                            ("reissued", "重新出具回执"),
                        ],
                        max_length=12,
                        verbose_name="动作",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("by_voter", models.BooleanField(db_default=False, default=False, verbose_name="选民本人")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="内容")),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[("satisfied", "满意"), ("fair", "基本满意"), ("unsatisfied", "不满意")],
                        max_length=12,
                        verbose_name="评价",
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
                        verbose_name="操作人",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="voters.message",
                        verbose_name="来信",
                    ),
                ),
            ],
            options={
                "verbose_name": "来信经过",
                "verbose_name_plural": "来信经过",
                "ordering": ["message", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MessagePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.ImageField(upload_to="voters/%Y/%m/")),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="voters.message"
                    ),
                ),
            ],
            options={
                "verbose_name": "来信照片",
                "verbose_name_plural": "来信照片",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PlaceCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(default=voters.codes.models.new_code, editable=False, max_length=12, unique=True),
                ),
                (
                    "label",
                    models.CharField(help_text="例如：3 幢 2 单元、文化礼堂", max_length=40, verbose_name="位置"),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="制作时间")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="村社",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制作人",
                    ),
                ),
            ],
            options={
                "verbose_name": "门牌码",
                "verbose_name_plural": "门牌码",
                "ordering": ["area", "label", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["state", "due_on"], name="voters_mess_state_513413_idx"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["station", "state"], name="voters_mess_station_7ea70a_idx"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "new"), _negated=True), ("due_on__isnull", False), _connector="OR"
                ),
                name="a_deputy_has_until_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "station"), _negated=True), ("at_station_since__isnull", False), _connector="OR"
                ),
                name="a_station_knows_since_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["answered", "closed"]), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                    _connector="OR",
                ),
                name="an_answered_message_has_an_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contact", ""), ("reach", "none")),
                    models.Q(("reach", "none"), _negated=True),
                    _connector="OR",
                ),
                name="none_is_no_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagephoto",
            constraint=models.UniqueConstraint(fields=("message", "sha256"), name="one_copy_of_a_photo_per_message"),
        ),
        migrations.AddConstraint(
            model_name="placecode",
            constraint=models.UniqueConstraint(fields=("area", "label"), name="one_code_per_door"),
        ),
        migrations.AddConstraint(
            model_name="placecode",
            constraint=models.CheckConstraint(
                condition=models.Q(("label", ""), _negated=True), name="a_door_has_a_label"
            ),
        ),
        append_only("voters_messageevent"),
        append_only("voters_messagephoto"),
        chained("voters_message", omitted=("version", "contact"), sealed=("text", "address", "answer")),
        chained("voters_messageevent", sealed=("text",)),
        chained("voters_messagephoto"),
    ]
