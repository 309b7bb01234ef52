from django.db import migrations, models

import questions.register.table


class Migration(migrations.Migration):
    dependencies = [("questions", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="questionnaire",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "起草"),
                    ("review", "待审核"),
                    ("open", "征求中"),
                    ("closed", "已截止，待答复"),
                    ("answered", "已答复"),
                    ("archived", "已归档"),
                    ("dropped", "已作废"),
                ],
                default=questions.register.table.Status["DRAFT"],
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="questionnaireevent",
            name="verb",
            field=models.CharField(
                choices=[
                    ("made", "起草"),
                    ("submitted", "提交审核"),
                    ("approved", "审核通过"),
                    ("sent_back", "退回修改"),
                    ("revised", "撤下修改"),
                    ("closed", "截止"),
                    ("answered", "答复采纳情况"),
                    ("archived", "归档"),
                    ("dropped", "作废"),
                ],
                max_length=10,
                verbose_name="动作",
            ),
        ),
    ]
