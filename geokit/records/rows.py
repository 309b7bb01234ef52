"""What every reader yields: fields with a kind, batches of rows, and what is wrong with a row."""

import datetime as dt
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from geokit.crs.systems import Bounds, SourceCrs
from geokit.records.text_encoding import TextEncoding
from geokit.wording import gettext as _

KINDS = ("text", "boolean", "integer", "bigint", "double", "date", "datetime")
INT32 = 2**31
EXACT = 2**53
"""From here on a floating-point number skips whole ones."""
WRITTEN_OUT = 10**15
"""From here on the database writes a floating-point number with a power of ten."""
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")
NO_DATE = dt.date.min
"""1 January of year 1: some programs write it for "no date". Its morning is of no year in UTC, so no zone moves it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute: its name as the source has it, and the kind of column it needs."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Issue:
    """What was found in one source row (1-based). `rejected` rows do not get in."""

    row: int
    field: str
    code: str
    reason: str
    rejected: bool = True


@dataclass(slots=True)
class Batch:
    """Rows `first_row` .. of the source: geometries (None where there is none), columns, findings."""

    first_row: int
    geometry: np.ndarray
    columns: list[list[Any]]
    issues: list[Issue] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.geometry)


class Reader(Protocol):
    """A layer opened for reading; `rows` may be None where the format does not say."""

    driver: str
    name: str
    rows: int | None
    fields: list[Field]
    geometry_type: str
    dimensions: str
    encoding: TextEncoding
    crs: SourceCrs | None
    bounds: Bounds | None
    warnings: list[tuple[str, str]]

    def batches(self, size: int) -> Iterator[Batch]: ...


def numbered(names: Sequence[str]) -> list[str]:
    """The same names, a repeated one with a number behind it.

    >>> numbered(["a", "b", "A", "a"])
    ['a', 'b', 'A_1', 'a_2']
    """
    told: list[str] = []
    taken: set[str] = set()
    following: dict[str, int] = {}
    for name in names:
        candidate, number = name, following.get(name.lower(), 1)
        while candidate.lower() in taken:
            candidate, number = f"{name}_{number}", number + 1
        following[name.lower()] = number
        taken.add(candidate.lower())
        told.append(candidate)
    return told


def number_text(value: float) -> str:
    """A floating-point number as the database writes it: a whole one, such as a code, without decimals.

    >>> number_text(330203001.0), number_text(1.5)
    ('330203001', '1.5')
    """
    return str(int(value)) if value.is_integer() and abs(value) < WRITTEN_OUT else repr(float(value))


def as_kind(value: Any, kind: str) -> Any:
    """`value` as the Python value for a column of `kind`; None for missing. Raises ValueError."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return _CONVERT[kind](value)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dict | list | tuple | np.ndarray):
        listed = value.tolist() if isinstance(value, np.ndarray) else value
        return json.dumps(listed, ensure_ascii=False)
    return str(value)


def _as_integer(value: Any) -> int:
    number = int(value)
    if isinstance(value, float) and number != value:
        raise ValueError(f"{value} is not whole")
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{value} does not fit 64 bits")
    return number


def _as_int32(value: Any) -> int:
    number = _as_integer(value)
    if not -INT32 <= number < INT32:
        raise ValueError(f"{value} does not fit 32 bits")
    return number


def _as_double(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number


def _as_boolean(value: Any) -> bool:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("1", "t", "true", "y", "yes", "是"):
            return True
        if word in ("0", "f", "false", "n", "no", "否"):
            return False
        raise ValueError(f"{value} is neither true nor false")
    return bool(value)


def _as_date(value: Any) -> dt.date:
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value).strip().replace("/", "-")[:10])


def _as_datetime(value: Any) -> dt.datetime:
    """Local time without a zone; a stated zone is turned into local time, but for NO_DATE."""
    moment = (
        value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip().replace("/", "-"))
    )
    if moment.tzinfo is None or moment.date() == NO_DATE:
        return moment.replace(tzinfo=None)
    return moment.astimezone(LOCAL_ZONE).replace(tzinfo=None)


_CONVERT = {
    "text": _as_text,
    "integer": _as_int32,
    "bigint": _as_integer,
    "double": _as_double,
    "boolean": _as_boolean,
    "date": _as_date,
    "datetime": _as_datetime,
}


# Values of these types are already what a column of the kind holds.
_READY: dict[str, set[type]] = {"boolean": {bool}, "date": {dt.date}}


def convert_column(values: Sequence[Any], item: Field, first_row: int, issues: list[Issue]) -> list[Any]:
    """Convert a column; what does not fit becomes an issue that rejects its row."""
    if _is_ready(values, item.kind):
        return values if isinstance(values, list) else list(values)
    try:
        return [as_kind(value, item.kind) for value in values]
    except (ValueError, OverflowError):
        return [_converted(value, item, first_row + index, issues) for index, value in enumerate(values)]


def _is_ready(values: Sequence[Any], kind: str) -> bool:
    """Whether nothing needs converting; told for a whole column without a call for each value."""
    types = set(map(type, values)) - {type(None)}
    if kind == "double":
        return types <= {float} and all(map(math.isfinite, filter(None, values)))
    if kind == "integer":
        return types <= {int} and all(-INT32 <= edge < INT32 for edge in _edges(values))
    if kind == "bigint":
        return types <= {int} and all(-(2**63) <= edge < 2**63 for edge in _edges(values))
    if kind == "text":
        return types <= {str} and not any("\0" in value for value in values if value)
    return kind in _READY and types <= _READY[kind]


def _edges(values: Sequence[Any]) -> tuple[int, ...]:
    there = [value for value in values if value is not None]
    return (min(there), max(there)) if there else ()


def _converted(value: Any, item: Field, row: int, issues: list[Issue]) -> Any:
    try:
        return as_kind(value, item.kind)
    except (ValueError, OverflowError):
        named = {"field": item.name, "value": str(value)[:60], "kind": KIND_NAMES[item.kind]}
        reason = _("字段“%(field)s”的值“%(value)s”不能读作%(kind)s。") % named
        issues.append(Issue(row, item.name, "value-invalid", reason))
        return None


KIND_NAMES = {
    "text": "文字",
    "boolean": "是否",
    "integer": "整数",
    "bigint": "整数（64 位）",
    "double": "小数",
    "date": "日期",
    "datetime": "日期时间",
}
