"""Generalised copies of an older make have no `kinds`; they are made anew after the migration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tiles", "0003_ladder")]

    operations = [
        migrations.AddField("ladder", "kinds", models.JSONField(null=True, verbose_name="按值统计的列")),
    ]
