"""A schema of its own for the tables of loaded layers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("layers", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SCHEMA IF NOT EXISTS layer_data",
            # Layers' tables go with it, as their descriptions do.
            "DROP SCHEMA IF EXISTS layer_data CASCADE",
        )
    ]
