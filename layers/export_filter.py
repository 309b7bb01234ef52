"""Some of a layer's rows, chosen in CQL2 text, for exports."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from layers.models import Layer
from layers.permissions import all_columns
from layers.rows import rows_of
from layers.vector_layers import vector_layer
from tiles.cql import compile_filter


def rows_that_meet(layer: Layer, text: str, user: Any) -> QuerySet[Any]:
    """Return the published rows that `text` says; it may name only what `user` may read.

    Raises BadInput `bad-filter`.
    """
    version = layer.current_version
    if version is None:
        raise ValueError(f"layer {layer.slug} has no published version")
    return rows_of(version).filter(compile_filter(text, vector_layer(layer, user), user))


def any_rows_that_meet(layer: Layer, text: str) -> QuerySet[Any]:
    """The same for the command line, whose user may read every column."""
    version = layer.current_version
    if version is None:
        raise ValueError(f"layer {layer.slug} has no published version")
    fields = {column.column: name for name, column in all_columns(version).items()}
    described = replace(vector_layer(layer, None), fields=fields)
    return rows_of(version).filter(compile_filter(text, described, None))
