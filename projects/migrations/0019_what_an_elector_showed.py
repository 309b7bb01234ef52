"""By what an elector voted is written beside her turnout."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0018_hall_sheets_are_history")]

    operations = [
        migrations.AddField(
            model_name="turnout",
            name="factor",
            field=models.CharField(
                blank=True,
                choices=[("mail", "邮件验证码"), ("app", "动态码应用"), ("passkey", "通行密钥")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="凭什么投票",
            ),
        ),
    ]
