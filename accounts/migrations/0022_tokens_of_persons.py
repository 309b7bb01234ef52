"""A token may be a person's own: it has a holder then and no department."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_own_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="holder",
            field=models.ForeignKey(
                blank=True,
                help_text="本人的令牌没有部门，部门的令牌不属于某个人。",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tokens",
                to=settings.AUTH_USER_MODEL,
                verbose_name="本人",
            ),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tokens",
                to="accounts.department",
                verbose_name="部门",
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("department__isnull", True), ("holder__isnull", False)),
                    models.Q(("department__isnull", False), ("holder__isnull", True)),
                    _connector="OR",
                ),
                name="token_of_a_department_or_a_person",
            ),
        ),
    ]
