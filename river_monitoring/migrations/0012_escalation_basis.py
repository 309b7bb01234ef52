from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0011_stations_are_guarded"),
    ]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="basis",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="判定依据"),
        ),
    ]
