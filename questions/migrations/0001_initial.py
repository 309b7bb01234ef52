import django.contrib.gis.db.models.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import questions.register.models
import questions.register.table
from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0020_saved_views"),
        ("library", "0001_initial"),
        ("projects", "0020_covered_photos"),
        ("river_monitoring", "0018_quarters_and_years_are_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Questionnaire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="题目")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="说明")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everybody", "所有人"),
                            ("area", "一个选区或镇村的人（本人填写所在村社）"),
                            ("group", "一个代表小组"),
                            ("deputies", "全体代表"),
                            ("codes", "持有印发的码的人"),
                        ],
                        default="everybody",
                        max_length=10,
                        verbose_name="征求对象",
                    ),
                ),
                (
                    "once",
                    models.CharField(
                        choices=[
                            ("browser", "每个浏览器一次，不用登录"),
                            ("code", "每个印发的码一次"),
                            ("account", "每个账号一次"),
                        ],
                        default="browser",
                        max_length=8,
                        verbose_name="一人一次怎样算",
                    ),
                ),
                ("asks_area", models.BooleanField(db_default=False, default=False, verbose_name="问答卷人所在镇街")),
                ("opens_at", models.DateTimeField(verbose_name="何时开始")),
                ("closes_at", models.DateTimeField(verbose_name="截止时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "起草"),
                            ("review", "待审核"),
                            ("open", "征求中"),
                            ("closed", "已截止，待答复"),
                            ("answered", "已答复"),
                            ("archived", "已归档"),
                            ("dropped", "已放弃征求"),
                        ],
                        default=questions.register.table.Status["DRAFT"],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("response", models.TextField(blank=True, max_length=4000, verbose_name="采纳情况")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="建立时间")),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                (
                    "about_area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.area",
                        verbose_name="征求单位所在",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="library.document",
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
                        verbose_name="选区或镇村",
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
                    "point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="river_monitoring.monitoringpoint",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "river",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="river_monitoring.river",
                    ),
                ),
                (
                    "submitted_by",
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
                "verbose_name": "征求意见",
                "verbose_name_plural": "征求意见",
                "ordering": ["-opens_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PrintedCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        default=questions.register.models.new_code, editable=False, max_length=12, unique=True
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="questions.questionnaire"
                    ),
                ),
            ],
            options={
                "verbose_name": "印发的码",
                "verbose_name_plural": "印发的码",
                "ordering": ["questionnaire", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("questions", models.JSONField(default=list, verbose_name="问题")),
                ("source", models.CharField(blank=True, max_length=120, verbose_name="来源文件")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="forms", to="questions.questionnaire"
                    ),
                ),
            ],
            options={
                "verbose_name": "问卷版本",
                "verbose_name_plural": "问卷版本",
                "ordering": ["questionnaire", "-number"],
            },
        ),
        migrations.CreateModel(
            name="AnswerSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.UUIDField(unique=True, verbose_name="客户端编号")),
                ("answers", models.JSONField(default=dict, verbose_name="答案")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("source", models.CharField(blank=True, editable=False, max_length=64)),
                ("in_burst", models.BooleanField(db_default=False, default=False, verbose_name="短时间内大量提交")),
                (
                    "area",
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
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="questions.formversion"
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="questions.questionnaire"
                    ),
                ),
            ],
            options={
                "verbose_name": "答卷",
                "verbose_name_plural": "答卷",
                "ordering": ["questionnaire", "pk"],
            },
        ),
        migrations.CreateModel(
            name="UsedMark",
            fields=[
                ("key", models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_marks",
                        to="questions.questionnaire",
                    ),
                ),
            ],
            options={
                "verbose_name": "已答标记",
                "verbose_name_plural": "已答标记",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="QuestionnaireEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("made", "起草"),
                            ("submitted", "提交审核"),
                            ("approved", "审核通过"),
                            ("sent_back", "退回修改"),
                            ("revised", "撤下修改"),
                            ("closed", "截止"),
                            ("answered", "答复采纳情况"),
                            ("archived", "归档"),
                            ("dropped", "放弃征求"),
                        ],
                        max_length=10,
                        verbose_name="动作",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="内容")),
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
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="questions.questionnaire"
                    ),
                ),
            ],
            options={
                "verbose_name": "征求意见经过",
                "verbose_name_plural": "征求意见经过",
                "ordering": ["questionnaire", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AnswerPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=40)),
                ("geom", django.contrib.gis.db.models.fields.GeometryField(srid=4326, verbose_name="位置")),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="questions.answersheet"
                    ),
                ),
            ],
            options={
                "verbose_name": "答案中的位置",
                "verbose_name_plural": "答案中的位置",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("sheet", "question"), name="one_place_an_answer")],
            },
        ),
        migrations.CreateModel(
            name="AnswerPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=40)),
                ("file", models.ImageField(upload_to="questions/%Y/%m/")),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="questions.answersheet"
                    ),
                ),
            ],
            options={
                "verbose_name": "答案中的照片",
                "verbose_name_plural": "答案中的照片",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "question", "sha256"), name="one_copy_in_an_answer")
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=40)),
                ("text", models.TextField(max_length=2000, verbose_name="公开的文字")),
                ("reply", models.TextField(blank=True, max_length=2000, verbose_name="回应")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="questions.answersheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "公开的答案",
                "verbose_name_plural": "公开的答案",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "question"), name="an_answer_is_published_once"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="a_published_answer_has_words"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="questionnaire",
            index=models.Index(fields=["state", "closes_at"], name="questionnaires_by_state"),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="a_questionnaire_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                name="a_questionnaire_closes_after_it_opens",
                violation_error_message="截止要晚于开始。",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["answered", "archived"]), _negated=True),
                    models.Q(("response", ""), _negated=True),
                    _connector="OR",
                ),
                name="what_became_of_it_is_said_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.UniqueConstraint(fields=("questionnaire", "number"), name="one_form_per_number"),
        ),
        migrations.AddIndex(
            model_name="answersheet",
            index=models.Index(fields=["questionnaire", "source", "at"], name="sheets_from_one_source"),
        ),
        append_only("questions_formversion"),
        append_only("questions_questionnaireevent"),
        append_only("questions_answerplace"),
        append_only("questions_answerphoto"),
        chained("questions_questionnaire", omitted=("version",)),
        chained("questions_formversion"),
        chained("questions_questionnaireevent", sealed=("text",)),
        chained("questions_answersheet", omitted=("source",), sealed=("answers",)),
        chained("questions_answerplace"),
        chained("questions_answerphoto"),
        chained("questions_publishedanswer", sealed=("text", "reply")),
    ]
