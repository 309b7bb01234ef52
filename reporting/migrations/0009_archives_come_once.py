"""An indicator takes one archive: when its first value came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision_report", "0008_values_of_an_archive"),
    ]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="archived_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="档案转入时间"),
        ),
    ]
