from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision_report", "0006_observed_features"),
    ]

    operations = [
        migrations.AlterField(
            model_name="quarterlyreport",
            name="progress",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="进度（%）"),
        ),
    ]
