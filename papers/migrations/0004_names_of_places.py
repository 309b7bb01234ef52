"""Beside each place that is a feature of a layer: the column that its name was read from."""

from django.db import migrations, models

NAMING = ("名称", "name", "title", "mc", "xmmc", "站名", "地名")
CHAINED_OFF = "ALTER TABLE papers_paperplace DISABLE TRIGGER USER"
CHAINED_ON = "ALTER TABLE papers_paperplace ENABLE TRIGGER USER"


def name_columns(apps, schema_editor):
    """Name the column that would name the features of each layer today, of what is public where the layer is.

    The chain links rows as they were written, without this column, so that filling it makes no link.
    """
    places = apps.get_model("papers", "PaperPlace").objects.filter(kind="feature", named_by="")
    layers = apps.get_model("layers", "Layer").objects.filter(pk__in=places.values("layer"))
    found = {layer.pk: name for layer in layers.select_related("current_version") if (name := _naming(layer))}
    if not found:
        return
    schema_editor.execute(CHAINED_OFF)
    for layer, name in found.items():
        places.filter(layer=layer).update(named_by=name[:200])
    schema_editor.execute(CHAINED_ON)


def _naming(layer):
    fields = layer.current_version.fields if layer.current_version else []
    if layer.visibility == "public" and layer.public_fields is not None:
        fields = [field for field in fields if field["name"] in layer.public_fields]
    texts = [field for field in fields if field["kind"] == "text"]
    named = [field for field in texts if any(word in (field.get("alias") or field["name"]).lower() for word in NAMING)]
    return next((field["name"] for field in [*named, *texts]), "")


class Migration(migrations.Migration):
    dependencies = [
        ("layers", "0009_public_with_its_facts"),
        ("papers", "0003_places_are_features_too"),
    ]

    operations = [
        migrations.AddField(
            model_name="paperplace",
            name="named_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="图层的字段；这个字段没有公开时，公众看不到名称。",
                max_length=200,
                verbose_name="名称取自",
            ),
        ),
        migrations.RunPython(name_columns, migrations.RunPython.noop),
    ]
