from django.db import migrations

CREATE = 'CREATE SCHEMA IF NOT EXISTS "layers"'
DROP = 'DROP SCHEMA IF EXISTS "layers" CASCADE'


def show_published(apps, schema_editor):
    """A view for every layer that is published already."""
    layers = apps.get_model("layers", "Layer").objects.filter(current_version__isnull=False)
    quoted = schema_editor.quote_name
    for layer in layers.select_related("current_version"):
        table = layer.current_version.table_name
        if table:
            names = ", ".join(["id", "geom", *(quoted(item["column"]) for item in layer.current_version.fields)])
            # All of them names made by us: see columns.py and models.SLUG_PATTERN.
            view = f"layers.{quoted(layer.slug)}"
            schema_editor.execute(f"CREATE VIEW {view} AS SELECT {names} FROM layer_data.{table}")  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("layers", "0007_version_removed")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunPython(show_published, migrations.RunPython.noop),
    ]
