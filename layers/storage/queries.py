"""Reading layers' rows: by box, by value, in order - for the API, the table page and the preview.

`columns` is always what `permissions.columns_visible_to` allows the asker, so a column that they may not read
cannot be filtered or sorted by either. A condition is a column's name, alone for "is exactly this", or followed by
`__contains`, `__min`, `__max` or `__null`; names of columns never hold two underscores in a row.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError
from layers.storage.columns import Column
from layers.storage.rows import FIELD_TYPES
from tiles.query.filters import box_of

Columns = Mapping[str, Column]
ID = Column("id", "id", "bigint")
LOOKUPS = {"": "exact", "is": "exact", "contains": "icontains", "min": "gte", "max": "lte", "null": "isnull"}
ORDERED_KINDS = ("integer", "bigint", "double", "date", "datetime")


def attribute_of(columns: Columns, wanted: str) -> str:
    """The ORM name of a column. Raises BadInput `field-unknown`."""
    for attribute, column in columns.items():
        if wanted in (column.column, column.name):
            return attribute
    if wanted == "id":
        return "id"
    message = _("没有名为“%s”的字段。") % wanted
    raise BadInput(message, code="field-unknown", errors=[FieldError(wanted, "field-unknown", message)])


def ordered(rows: QuerySet, columns: Columns, ordering: str) -> QuerySet:
    """Rows by a column, `-` before it for descending; rows without a value come last, the id settles ties."""
    name = attribute_of(columns, ordering.removeprefix("-")) if ordering else "id"
    descending = ordering.startswith("-")
    if name == "id":
        return rows.order_by("-id" if descending else "id")
    term = models.F(name)
    return rows.order_by(term.desc(nulls_last=True) if descending else term.asc(nulls_last=True), "id")


def in_bbox(rows: QuerySet, text: str | None) -> QuerySet:
    """Rows whose box meets `west,south,east,north` (WGS 84). Raises BadInput `bad-bbox`."""
    if not text:
        return rows
    return rows.filter(geom__bboverlaps=box_of(text))


def with_values(rows: QuerySet, columns: Columns, wanted: Mapping[str, str]) -> QuerySet:
    """Rows that meet every condition. Raises BadInput `field-unknown`, `value-invalid` or `filter-unsuitable`."""
    for condition, text in wanted.items():
        name, lookup = _split_condition(condition)
        attribute = attribute_of(columns, name)
        column = columns.get(attribute, ID)
        rows = rows.filter(_condition(attribute, column, lookup, text))
    return rows


def _split_condition(condition: str) -> tuple[str, str]:
    name, _mark, lookup = condition.rpartition("__")
    return (name, lookup) if name and lookup in LOOKUPS else (condition, "")


def _condition(attribute: str, column: Column, lookup: str, text: str) -> Q:
    if lookup == "null":
        return Q(**{f"{attribute}__isnull": _boolean(text, column.column)})
    if (lookup == "contains" and column.kind != "text") or (
        lookup in ("min", "max") and column.kind not in ORDERED_KINDS
    ):
        message = _("字段“%(field)s”不能按“%(filter)s”筛选。") % {"field": column.label, "filter": lookup}
        raise BadInput(message, code="filter-unsuitable", errors=[FieldError(column.column, "value-invalid", message)])
    value = text if lookup == "contains" else _value(text, column)
    return Q(**{f"{attribute}__{LOOKUPS[lookup]}": value})


def _boolean(text: str, name: str) -> bool:
    if text.lower() in ("1", "true"):
        return True
    if text.lower() in ("0", "false"):
        return False
    raise _invalid(text, name)


def _invalid(text: str, name: str) -> BadInput:
    message = _("“%(value)s”不能用于字段“%(field)s”。") % {"value": text[:60], "field": name}
    return BadInput(message, code="value-invalid", errors=[FieldError(name, "value-invalid", message)])


def _value(text: str, column: Column) -> Any:
    """`text` as the column's kind; what PostgreSQL could not compare is refused here."""
    try:
        field = FIELD_TYPES[column.kind]()
        value = field.to_python(text.strip() if column.kind != "text" else text)
        if isinstance(field, models.IntegerField) and value is not None:
            # Beyond the column's range no row can match, but a comparison is still a fair question.
            return max(min(value, 2**63 - 1), -(2**63))
    except Exception as error:
        raise _invalid(text, column.column) from error
    if value is None or "\x00" in text:
        raise _invalid(text, column.column)
    return value


def search(rows: QuerySet, columns: Columns, words: str) -> QuerySet:
    """Rows in which any text column contains `words`."""
    texts = [attribute for attribute, column in columns.items() if column.kind == "text"]
    words = words.replace("\x00", "")
    if not words or not texts:
        return rows
    condition = Q()
    for name in texts:
        condition |= Q(**{f"{name}__icontains": words})
    return rows.filter(condition)
