"""Some of a layer's rows, chosen in CQL2 text or by the attribute table's own conditions, for exports."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import QueryDict

from layers.catalogue.attribute_table import question_of
from layers.permissions import all_columns
from layers.storage.columns import Column
from layers.storage.models import Layer, LayerVersion
from layers.storage.rows import rows_of
from layers.vector_layers import vector_layer
from tiles.query.cql import compile_filter


def rows_that_meet(layer: Layer, text: str, columns: Mapping[str, Column] | None = None) -> QuerySet[Any]:
    """Return the published rows that CQL2 `text` says; it may name `columns` only (all of them when not given).

    Raises BadInput `bad-filter`.
    """
    version = _published(layer)
    readable = all_columns(version) if columns is None else columns
    fields = {column.column: name for name, column in readable.items()}
    described = replace(vector_layer(layer, AnonymousUser()), fields=fields)
    return rows_of(version).filter(compile_filter(text, described, AnonymousUser()))


def rows_in_table(layer: Layer, conditions: str, columns: Mapping[str, Column]) -> QuerySet[Any]:
    """Return the rows that the attribute table shows under the address's query `conditions`."""
    return question_of(_published(layer), columns, QueryDict(conditions)).rows


def _published(layer: Layer) -> LayerVersion:
    if layer.current_version is None:
        raise ValueError(f"layer {layer.slug} has no published version")
    return layer.current_version
