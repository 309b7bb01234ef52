"""A layer is public only with source, date, licence, review number, department and its list of fields."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

COMPLETE = Q(data_date__isnull=False, department__isnull=False, public_fields__isnull=False) & ~(
    Q(source="") | Q(licence="") | Q(review_number="")
)


def list_fields(apps: Any, schema_editor: Any) -> None:
    """Until now no list meant every field; so every field of the version that is shown is written down."""
    for layer in apps.get_model("layers", "Layer").objects.filter(visibility="public", public_fields__isnull=True):
        fields = layer.current_version.fields if layer.current_version else []
        layer.public_fields = [field["name"] for field in fields]
        layer.save(update_fields=["public_fields"])


def keep_inside(apps: Any, schema_editor: Any) -> None:
    """What is open without its facts goes inside, until somebody says them on the layer's page."""
    apps.get_model("layers", "Layer").objects.filter(visibility="public").exclude(COMPLETE).update(
        visibility="internal"
    )


class Migration(migrations.Migration):
    dependencies = [("layers", "0008_reader_views")]

    operations = [
        migrations.RunPython(list_fields, migrations.RunPython.noop),
        migrations.RunPython(keep_inside, migrations.RunPython.noop),
        # Rows changed above may still have events of triggers waiting, which ALTER TABLE refuses.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="layer",
            constraint=models.CheckConstraint(
                name="layer_public_only_with_its_facts",
                condition=~models.Q(visibility="public")
                | (
                    models.Q(data_date__isnull=False, department__isnull=False, public_fields__isnull=False)
                    & ~models.Q(source="")
                    & ~models.Q(licence="")
                    & ~models.Q(review_number="")
                ),
            ),
        ),
    ]
