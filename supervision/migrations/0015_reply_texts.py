import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0014_answers_are_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReplyText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("text", models.TextField(max_length=4000, verbose_name="内容")),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "常用答复",
                "verbose_name_plural": "常用答复",
                "ordering": ["department", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "name"),
                        name="one_reply_text_of_a_name",
                        violation_error_message="本单位已有同名的常用答复。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True) & models.Q(("text", ""), _negated=True),
                        name="a_reply_text_says_something",
                    ),
                ],
            },
        ),
    ]
