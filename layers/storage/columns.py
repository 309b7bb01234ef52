"""Columns of a layer's table: names made from a source's fields, and kinds that may replace one another."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from geokit.records.rows import Field
from geokit.refusal import BadInput
from ui.text.cut import cut

RESERVED = {
    "id", "geom", "geom_original", "source_row", "feature_id", "mvt_geom", "pk",
    "tableoid", "ctid", "xmin", "xmax", "cmin", "cmax",  # every table of PostgreSQL has these
}  # fmt: skip
MOST_COLUMNS = 1_500
"""PostgreSQL's own end is 1,600, and a layer's table has columns of ours."""
MAX_BYTES = 58  # PostgreSQL names hold 63; tiles put two letters before them
SQL_TYPES = {
    "text": "text",
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double precision",
    "date": "date",
    "datetime": "timestamp",
}
# A bigint in a double is exact up to 2**53, which covers measurements; codes should be text.
WIDER = {
    "integer": ("bigint", "double", "text"),
    "bigint": ("double", "text"),
    "double": ("text",),
    "date": ("datetime", "text"),
    "datetime": ("text",),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layer's table: the source's name, the table's name, the kind, and what people read."""

    name: str
    column: str
    kind: str
    alias: str = ""

    def as_dict(self) -> dict[str, str]:
        body = {"name": self.name, "column": self.column, "kind": self.kind}
        return body | {"alias": self.alias} if self.alias else body

    @property
    def label(self) -> str:
        return self.alias or self.name

    @property
    def is_number(self) -> bool:
        return self.kind in ("integer", "bigint", "double")

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]


def columns_from(stored: Iterable[dict[str, Any]]) -> list[Column]:
    return [Column(item["name"], item["column"], item["kind"], item.get("alias", "")) for item in stored]


def make_columns(fields: Sequence[Field], aliases: Mapping[str, str] | None = None) -> list[Column]:
    """Give every field a column: its own name where that is one, made safe and unique otherwise.

    Raises BadInput `row-too-wide` for more fields than a table can have.
    """
    if len(fields) > MOST_COLUMNS:
        raise row_too_wide()
    taken: set[str] = set(RESERVED)
    names: set[str] = set()
    columns = []
    for position, field in enumerate(fields, start=1):
        name = _unique(field.name or f"field_{position}", names)
        column = _unique(_safe(name) or f"field_{position}", taken)
        names.add(name.lower())
        taken.add(column.lower())
        columns.append(Column(name, column, field.kind, (aliases or {}).get(field.name, "")))
    return columns


def row_too_wide() -> BadInput:
    """The refusal for rows that the database cannot hold."""
    return BadInput(_("字段太多，一行在数据库里放不下。请去掉不需要的字段后再导入。"), code="row-too-wide")


def _safe(name: str) -> str:
    """Letters of any script, digits and single underscores."""
    plain = re.sub(r"_{2,}", "_", re.sub(r"\W", "_", name)).strip("_")
    if plain[:1].isdigit():
        plain = f"f_{plain}"
    return cut(plain, MAX_BYTES).rstrip("_")


def _unique(name: str, taken: set[str]) -> str:
    """`name`, numbered when something else is called so already (case does not tell names apart)."""
    candidate, number = name, 1
    while candidate.lower() in taken:
        candidate = f"{cut(name, MAX_BYTES - 4)}_{number}"
        number += 1
    return candidate


def merge_columns(existing: Sequence[Column], incoming: Sequence[Column]) -> list[Column]:
    """Columns for a table that holds rows of both. Raises BadInput `field-type-changed`.

    Fields meet by the source's name. A kind widens where no value is lost (integer to bigint);
    a field that only one side has is NULL on the other.
    """
    by_name = {column.name.lower(): column for column in incoming}
    merged = [_wider(column, by_name.pop(column.name.lower(), None)) for column in existing]
    fresh = make_columns([Field(column.name, column.kind) for column in [*merged, *by_name.values()]])
    kept = {column.name: column.column for column in merged}
    aliases = {column.name: column.alias for column in [*merged, *by_name.values()]}
    return [
        replace(column, column=kept.get(column.name, column.column), alias=aliases.get(column.name, ""))
        for column in fresh
    ]


def _wider(old: Column, new: Column | None) -> Column:
    if new is None:
        return old
    alias = new.alias or old.alias
    if new.kind == old.kind or old.kind in WIDER.get(new.kind, ()):
        return replace(old, alias=alias)
    if new.kind in WIDER.get(old.kind, ()):
        return replace(old, kind=new.kind, alias=alias)
    message = _("字段“%(name)s”原来是 %(old)s，新文件里是 %(new)s，不能合并。请改为替换，或先统一类型。")
    raise BadInput(message % {"name": old.name, "old": old.kind, "new": new.kind}, code="field-type-changed")


def find_column(columns: Sequence[Column], wanted: str) -> Column:
    """The column a person named, by the source's name or the table's. Raises BadInput `key-not-found`."""
    for column in columns:
        if wanted in (column.name, column.column):
            return column
    for column in columns:
        if wanted.lower() == column.name.lower():
            return column
    raise BadInput(no_field(wanted, [column.name for column in columns]), code="key-not-found")


def no_field(wanted: str, names: Sequence[str]) -> str:
    """Say that there is no field of that name, and which there are."""
    there_are = {"name": wanted, "names": "、".join(names) or _("（无）")}
    return _("没有名为“%(name)s”的字段。现有字段：%(names)s。") % there_are
