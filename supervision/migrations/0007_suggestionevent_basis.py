from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0006_sent_photos"),
    ]

    operations = [
        migrations.AddField(
            model_name="suggestionevent",
            name="basis",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="判定依据"),
        ),
    ]
