"""Copies of large tables of points are made part by part; those that are there were made in one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tiles", "0004_ladder_kinds")]

    operations = [
        migrations.AddField(
            "ladder",
            "parts",
            models.IntegerField(default=1, db_default=1, verbose_name="分块数"),
        ),
    ]
