"""The values and properties of a filter: what may be compared with what, and how it is said to the database."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    FloatField,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable, F
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from tiles.layer.vector import VectorLayer

EXACT_TO = 2**53
"""Numbers beyond this have lost digits on their way through the parser; they can be written as text."""
WHOLE = re.compile(r"-?\d{1,18}")
KINDS = (
    (BooleanField, "boolean"),
    ((IntegerField, FloatField, DecimalField), "number"),
    (DateTimeField, "datetime"),
    (DateField, "date"),
)


def bad(message: str) -> BadInput:
    return BadInput(message, code="bad-filter")


@dataclass(frozen=True)
class Property:
    """A name that a filter may use: how the database says it, and of which kind it is."""

    name: str
    expression: Any
    kind: str
    folded: bool = False
    """Compared without regard to case."""
    local_time: bool = False
    """A date-time column without zone, which holds local time."""
    whole: bool = False
    """Of a number: it has no decimals."""


def properties_of(layer: VectorLayer, user: Asker) -> dict[str, Property]:
    """Return what a filter of this layer may name: the properties of its tiles, those only for filters, the id."""
    layer = replace(layer, fields={**layer.queryable, **layer.fields})
    annotations = layer.annotations()
    query = layer.visible_to(user).annotate(**annotations).query
    found = {"id": Property("id", F("pk"), "number", whole=True)}
    for name in layer.fields:
        field = query.annotations[f"p_{name}"].output_field
        whole = isinstance(field, IntegerField)
        found[name] = Property(name, annotations[f"p_{name}"], _kind(field), local_time=_is_local(field), whole=whole)
    return found


def _kind(field: "Field[Any, Any]") -> str:
    return next((kind for classes, kind in KINDS if isinstance(field, classes)), "text")


def _is_local(field: "Field[Any, Any]") -> bool:
    return isinstance(field, DateTimeField) and field.db_type(connection) == "timestamp"


def template(text: str, *parts: Any, joiner: str = ", ") -> Func:
    """Return a condition of the database's own; `text` and `joiner` are always ours, never a client's."""
    return Func(*parts, template=text, arg_joiner=joiner, output_field=BooleanField())


def compared(left: Property, sign: str, right: Any) -> Q:
    """Return ``left sign right``; `right` is a literal of the tree or another property."""
    if isinstance(right, Property):
        if right.kind != left.kind:
            raise bad(_("“%(left)s”与“%(right)s”类型不同，不能比较。") % {"left": left.name, "right": right.name})
        other: Combinable = right.expression
    else:
        other = _literal_for(left, sign, right)
    return Q(template("%(expressions)s", left.expression, other, joiner=f" {sign} "))


def _literal_for(left: Property, sign: str, node: Any) -> Combinable:
    folded = isinstance(node, dict) and node.get("op") == "casei"
    value = node["args"][0] if folded else node
    if sign == "LIKE":
        _check_pattern(left, value)
    found = literal(value, left.kind, left)
    return Lower(found) if folded else found


def _check_pattern(left: Property, pattern: Any) -> None:
    if left.kind != "text" or not isinstance(pattern, str):
        raise bad(_("LIKE 只能用于文本属性和文本模式，“%(name)s”不是。") % {"name": left.name})
    backslashes = len(pattern) - len(pattern.rstrip("\\"))
    if backslashes % 2:
        raise bad(_("LIKE 的模式不能以单个反斜杠结尾。"))


def literal(value: Any, kind: str, for_property: Property | None = None) -> Value:
    """Return a literal as a parameter of the wanted kind. Raises BadInput when it is of another."""
    if kind == "boolean" and isinstance(value, bool):
        return Value(value, output_field=BooleanField())
    if kind == "number" and (number := _number(value)) is not None:
        return Value(number, output_field=IntegerField() if isinstance(number, int) else FloatField())
    if kind == "text" and isinstance(value, str):
        return Value(value, output_field=TextField())
    if kind in ("date", "datetime") and (moment := _moment(value)) is not None:
        return _moment_value(moment, kind, for_property)
    name = for_property.name if for_property else ""
    shown = str(value)[:60]
    raise bad(_("“%(value)s”与属性“%(name)s”的类型（%(kind)s）不符。") % {"value": shown, "name": name, "kind": kind})


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    if not isinstance(value, int | float):
        return None
    if abs(value) > EXACT_TO:
        raise bad(_("数值 %(value)s 过大，会丢失精度；请写成带引号的文本。") % {"value": f"{value:.0f}"[:40]})
    return int(value) if float(value).is_integer() else float(value)


def _moment(value: Any) -> dt.date | None:
    """Read a date or a date-time out of a literal; None when it is neither."""
    text = value.get("timestamp", value.get("date")) if isinstance(value, dict) else value
    if isinstance(text, dt.date):
        return text
    if not isinstance(text, str):
        return None
    try:
        return dt.date.fromisoformat(text) if len(text) <= len("2026-03-01") else dt.datetime.fromisoformat(text)
    except ValueError:
        raise bad(_("“%(value)s”不是有效的日期或时间。") % {"value": text[:40]}) from None


def _moment_value(moment: dt.date, kind: str, for_property: Property | None) -> Value:
    """A date stands for its beginning in local time where a time is wanted."""
    if kind == "date":
        day = _aware(moment).date() if isinstance(moment, dt.datetime) else moment
        return Value(day, output_field=DateField())
    start = moment if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, dt.time())
    aware = _aware(start)
    if for_property and for_property.local_time:
        # Bare text: Django would hand a naive time to the database in its own zone.
        return Value(timezone.make_naive(aware).isoformat(sep=" "), output_field=TextField())
    return Value(aware, output_field=DateTimeField())


def _aware(moment: dt.datetime) -> dt.datetime:
    """Return a time in the site's zone: the database knows none beyond sixteen hours, which ISO 8601 can write."""
    if timezone.is_naive(moment):
        return timezone.make_aware(moment)
    try:
        return timezone.localtime(moment)
    except OverflowError:
        raise bad(_("“%(value)s”不是有效的日期或时间。") % {"value": moment.isoformat()}) from None


def moments(node: Any, left: Property) -> tuple[Any, Any]:
    """Return start and end of a temporal literal; an instant is both, an open side is None."""
    if left.kind not in ("date", "datetime"):
        raise bad(_("“%(name)s”不是日期或时间属性。") % {"name": left.name})
    if isinstance(node, dict) and "interval" in node:
        start, end = (None if side == ".." else side for side in node["interval"])
        return start, end
    return node, node
