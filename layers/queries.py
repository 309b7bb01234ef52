"""Reading layers' rows: by box, by value, in order - for the API, the table page and the preview."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError
from layers.columns import Column, columns_from
from layers.models import LayerVersion
from layers.rows import FIELD_TYPES
from tiles.filters import box_of


def attribute_of(version: LayerVersion, column: str) -> str:
    """The ORM name of a column. Raises BadInput `field-unknown`."""
    for index, item in enumerate(columns_from(version.fields)):
        if column in (item.column, item.name):
            return f"f{index}"
    if column == "id":
        return "id"
    message = _("没有名为“%s”的字段。") % column
    raise BadInput(message, code="field-unknown", errors=[FieldError(column, "field-unknown", message)])


def ordered(rows: QuerySet, version: LayerVersion, ordering: str) -> QuerySet:
    """Rows by a column, `-` before it for descending; the id settles ties."""
    if not ordering:
        return rows.order_by("id")
    name = attribute_of(version, ordering.removeprefix("-"))
    return rows.order_by(f"-{name}" if ordering.startswith("-") else name, "id")


def in_bbox(rows: QuerySet, text: str | None) -> QuerySet:
    """Rows whose box meets `west,south,east,north` (WGS 84). Raises BadInput `bad-bbox`."""
    if not text:
        return rows
    return rows.filter(geom__bboverlaps=box_of(text))


def with_values(rows: QuerySet, version: LayerVersion, wanted: Mapping[str, str]) -> QuerySet:
    """Rows whose columns have exactly these values. Raises BadInput `value-invalid`."""
    kinds = {f"f{index}": column for index, column in enumerate(columns_from(version.fields))}
    for column, text in wanted.items():
        name = attribute_of(version, column)
        rows = rows.filter(**{name: _value(text, kinds.get(name), column)})
    return rows


def _value(text: str, column: Column | None, name: str) -> Any:
    kind = column.kind if column else "bigint"
    try:
        return FIELD_TYPES[kind]().to_python(text)
    except Exception as error:
        message = _("“%(value)s”不能用于字段“%(field)s”。") % {"value": text[:60], "field": name}
        raise BadInput(message, code="value-invalid", errors=[FieldError(name, "value-invalid", message)]) from error


def search(rows: QuerySet, version: LayerVersion, words: str) -> QuerySet:
    """Rows in which any text column contains `words`."""
    texts = [f"f{index}" for index, column in enumerate(columns_from(version.fields)) if column.kind == "text"]
    if not words or not texts:
        return rows
    condition = Q()
    for name in texts:
        condition |= Q(**{f"{name}__icontains": words})
    return rows.filter(condition)
