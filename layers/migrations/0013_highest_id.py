"""The highest id ever given in a layer, from the rows that are still there."""

from django.db import migrations, models


def note_highest(apps, schema_editor):
    layers = apps.get_model("layers", "Layer").objects
    versions = apps.get_model("layers", "LayerVersion").objects.filter(removed=None).exclude(table_name="")
    with schema_editor.connection.cursor() as cursor:
        for layer, table in versions.order_by("pk").values_list("layer", "table_name"):
            # A name made by us: see `table_name` where versions are made.
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM layer_data.{schema_editor.quote_name(table)}")  # noqa: S608
            highest = cursor.fetchone()[0]
            layers.filter(pk=layer, highest_id__lt=highest).update(highest_id=highest)


class Migration(migrations.Migration):
    dependencies = [("layers", "0012_edited_feature_by_feature")]

    operations = [
        migrations.AddField(
            model_name="layer",
            name="highest_id",
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False, verbose_name="最大要素编号"),
        ),
        migrations.RunPython(note_highest, migrations.RunPython.noop),
    ]
