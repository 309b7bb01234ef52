"""The rows of a version as a Django queryset.

Every version has a table of its own, so its model is made when it is asked for, in an app registry of
its own: migrations and `django.apps` never see it, and the same queryset feeds tile, API, page and export.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

from django.apps.registry import Apps
from django.contrib.gis.db import models
from django.db.models import QuerySet
from django.utils import timezone

from layers.storage.columns import columns_from
from layers.storage.models import LayerVersion
from layers.storage.tables import SCHEMA
from tiles.ladder.lookup import waits_for_ladder
from ui.days import local_clock


class LocalDateTimeField(models.DateTimeField):
    """A date and time of local time without a zone, as files have them; the ORM's own is with one."""

    def db_type(self, connection: Any) -> str:
        return "timestamp"

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return local_clock(found) if found is not None and timezone.is_aware(found) else found

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(value)  # the ORM's own would be compared as a moment in UTC


FIELD_TYPES: dict[str, type[models.Field]] = {
    "text": models.TextField,
    "boolean": models.BooleanField,
    "integer": models.IntegerField,
    "bigint": models.BigIntegerField,
    "double": models.FloatField,
    "date": models.DateField,
    "datetime": LocalDateTimeField,
}
KEPT = 256
_made: OrderedDict[tuple[int, str, str], type[models.Model]] = OrderedDict()
_lock = Lock()


def row_model(version: LayerVersion) -> type[models.Model]:
    """The model of a version's table. Its attributes are `f0`, `f1` ... in the order of `version.fields`.

    Column names come from files and could be anything that Python or the ORM reserves; numbered
    attributes cannot.
    """
    # With its columns: a database that was emptied and filled again gives out the same keys and names anew.
    key = (version.pk, version.table_name, str(version.fields))
    with _lock:
        if key not in _made:
            _made[key] = _make_model(version)
            while len(_made) > KEPT:
                _made.popitem(last=False)
        return _made[key]


def rows_of(version: LayerVersion) -> QuerySet:
    """All rows of a version. Whoever asks has been checked by `permissions.layers_visible_to`."""
    return row_model(version)._default_manager.all()


def is_drawn_later(version: LayerVersion) -> bool:
    """Whether low zooms of so many rows wait for generalised copies, which are made once a version is published."""
    return bool(version.table_name) and waits_for_ladder(row_model(version)._meta.db_table, version.rows)


def _make_model(version: LayerVersion) -> type[models.Model]:
    meta = type(
        "Meta",
        (),
        {
            "app_label": "layer_data",
            "apps": Apps(),
            "managed": False,
            # Already quoted, so Django leaves the schema's dot alone.
            "db_table": f'"{SCHEMA}"."{version.table_name}"',
            "ordering": ["id"],
        },
    )
    attributes: dict[str, Any] = {
        "__module__": __name__,
        "Meta": meta,
        "id": models.BigIntegerField(primary_key=True),
        "source_row": models.BigIntegerField(),
        "geom": models.GeometryField(srid=4326),
    }
    for index, column in enumerate(columns_from(version.fields)):
        attributes[f"f{index}"] = FIELD_TYPES[column.kind](column.name, db_column=column.column, null=True)
    return type(f"Rows{version.pk}", (models.Model,), attributes)
