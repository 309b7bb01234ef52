"""Which rows name files: every file field of every model, and what rooms keep otherwise.

An app names functions by dotted paths in `files_named` of its AppConfig; each gives the names that its rows hold
elsewhere than in a file field. A row whose file was lawfully erased names none any more.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.apps import apps
from django.db.models import FileField, Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.module_loading import import_string

from ledger.filestore.refusals import erased
from ledger.models import Erasure

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Naming:
    """A row that names a file."""

    table: str
    row: int
    column: str
    name: str


def columns() -> Iterator[tuple[type[Model], str]]:
    """Every file field of a stored model."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FileField) and model._meta.managed and not model._meta.proxy:
                yield model, field.attname


def names_in_rows() -> set[str]:
    """Every name that a row holds; about 200 bytes of memory each."""
    in_fields = (_rows(model, column).values_list(column, flat=True) for model, column in columns())
    found = set(chain.from_iterable(rows.iterator(BATCH) for rows in in_fields))
    return found.union(*(function() for function in _others()))


def named_among(some: Collection[str]) -> set[str]:
    """Those of some names that a row holds now."""
    found: set[str] = set()
    for model, column in columns():
        found.update(_rows(model, column).filter(**{f"{column}__in": some}).values_list(column, flat=True))
    return found.union(*(set(function()).intersection(some) for function in _others()))


def rows_naming(some: Collection[str]) -> list[Naming]:
    """The rows with file fields that hold one of these names."""
    return [
        Naming(model._meta.db_table, row, column, name)
        for model, column in columns()
        for row, name in _rows(model, column).filter(**{f"{column}__in": some}).values_list("pk", column)
    ]


def refuse_erased(file: FieldFile) -> None:
    """Raises FileErased for a file that was taken out of this row, though others may have the same."""
    row = file.instance
    known = Erasure.objects.filter(table_name=row._meta.db_table, row_id=row.pk, columns__contains=file.field.attname)
    if known.exists():
        raise erased()


def roots() -> set[str]:
    """First folders of all names that fields have ever given (`upload_to`); files elsewhere are somebody else's."""
    found = (str(model._meta.get_field(column).upload_to) for model, column in columns())  # type: ignore[union-attr]
    return {upload_to.partition("/")[0] for upload_to in found if upload_to}


def _rows(model: type[Model], column: str) -> QuerySet[Any]:
    table = model._meta.db_table
    erased = Erasure.objects.filter(table_name=table, columns__contains=column).values("row_id")
    return model._base_manager.exclude(**{column: ""}).exclude(pk__in=erased).order_by()


def _others() -> Iterable[Any]:
    paths = [path for config in apps.get_app_configs() for path in getattr(config, "files_named", ())]
    return [import_string(path) for path in paths]
