"""Rows that are new or changed, stored together as `save()` stores each."""

from collections.abc import Set as AbstractSet
from typing import Any

from django.db.models import Model

from ui.text.search_field import SearchKeyField

type Written[M] = list[tuple[M, list[str]]]
"""Rows that are new or changed, with the fields that are."""


def store_written[M: Model](model: type[M], written: Written[M]) -> tuple[Written[M], Written[M]]:
    """Store rows with a statement for the new and one for the changed; return which were which."""
    new = [(row, fields) for row, fields in written if row.pk is None]
    old = [(row, fields) for row, fields in written if row.pk is not None]
    update_written(model, old)  # first: what ends makes room for what begins
    model._default_manager.bulk_create([row for row, _fields in new])
    return new, old


def update_written[M: Model](model: type[M], old: Written[M], batch_size: int | None = None) -> None:
    """Store the fields that changed of rows that are there, and those that are made of them, with one statement.

    With `batch_size` that many rows take a statement.
    """
    fields = {name for _row, names in old for name in names}
    if not fields:
        return
    made = [field for field in model._meta.concrete_fields if _is_made_of(field, fields)]
    for row, _names in old:
        for field in made:  # `bulk_update` takes what stands on the row
            field.pre_save(row, add=False)
    names = sorted({*fields, *(one.name for one in made)})
    model._default_manager.bulk_update([row for row, _names in old], names, batch_size=batch_size)


def _is_made_of(field: Any, fields: AbstractSet[str]) -> bool:
    is_key = isinstance(field, SearchKeyField) and not fields.isdisjoint(field.sources)
    return is_key or getattr(field, "auto_now", False)
