import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0024_personal_calendars"),
        ("publishing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedArticle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pictures", models.JSONField(default=list, verbose_name="原来的图片地址")),
            ],
            options={
                "verbose_name": "导入的文章",
                "verbose_name_plural": "导入的文章",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="IssuePage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="页码")),
                ("picture", models.FileField(editable=False, upload_to="site/issues/%Y/%m/")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("text", models.TextField(blank=True, verbose_name="文字")),
            ],
            options={
                "verbose_name": "会刊页",
                "verbose_name_plural": "会刊页",
                "ordering": ["file", "number"],
            },
        ),
        migrations.CreateModel(
            name="OldAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=300, unique=True, verbose_name="原网址")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
            ],
            options={
                "verbose_name": "原网址",
                "verbose_name_plural": "原网址",
                "ordering": ["path"],
            },
        ),
        migrations.AddField(
            model_name="sitepage",
            name="issue_number",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(999)],
                verbose_name="期号",
            ),
        ),
        migrations.AddField(
            model_name="sitepage",
            name="issue_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1954),
                    django.core.validators.MaxValueValidator(2200),
                ],
                verbose_name="年份",
            ),
        ),
        migrations.AddField(
            model_name="sitepage",
            name="issued_on",
            field=models.DateField(blank=True, null=True, verbose_name="出版日期"),
        ),
        migrations.AlterField(
            model_name="pagefile",
            name="kind",
            field=models.CharField(
                choices=[("picture", "图片"), ("file", "附件"), ("issue", "会刊 PDF")], max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="sitepage",
            name="column",
            field=models.CharField(
                choices=[
                    ("news", "人大新闻"),
                    ("notice", "通知公告"),
                    ("rule", "制度规范"),
                    ("decision", "决议决定公告"),
                    ("appointment", "人事任免"),
                    ("journal", "会刊"),
                    ("about", "本站说明"),
                ],
                default="news",
                max_length=12,
                verbose_name="栏目",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitepage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("area", "issue_year", "issue_number"),
                name="an_issue_is_once_in_a_year",
                violation_error_message="这一年的这一期已经有了。",
            ),
        ),
        migrations.AddField(
            model_name="importedarticle",
            name="load",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="accounts.load",
                verbose_name="导入",
            ),
        ),
        migrations.AddField(
            model_name="importedarticle",
            name="page",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imported",
                to="publishing.sitepage",
                verbose_name="页面",
            ),
        ),
        migrations.AddField(
            model_name="importedarticle",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="publishing.pagerevision",
                verbose_name="页面版本",
            ),
        ),
        migrations.AddField(
            model_name="issuepage",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issue_pages",
                to="publishing.pagefile",
                verbose_name="附件",
            ),
        ),
        migrations.AddField(
            model_name="oldaddress",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="old_addresses",
                to="publishing.sitepage",
                verbose_name="页面",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuepage",
            constraint=models.UniqueConstraint(fields=("file", "number"), name="one_picture_per_page_of_an_issue"),
        ),
        migrations.AddConstraint(
            model_name="oldaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(("path__startswith", "/")), name="an_old_address_is_a_path"
            ),
        ),
        append_only("publishing_issuepage"),
        chained("publishing_issuepage"),
        chained("publishing_importedarticle"),
        chained("publishing_oldaddress"),
    ]
