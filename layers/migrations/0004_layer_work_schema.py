"""A schema for what an import works out before it counts: differences and findings, dropped when they are old."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("layers", "0003_rasters_and_overlay")]
    operations = [
        migrations.RunSQL("CREATE SCHEMA IF NOT EXISTS layer_work", "DROP SCHEMA IF EXISTS layer_work CASCADE")
    ]
