"""A filter's tree as a condition on rows: of a queryset, or in Python for the sets that are fixed."""

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.db.models import F, Q, Value
from django.db.models.functions import ExtractDay, ExtractHour, ExtractMonth, ExtractYear, Length, Lower, Trim, Upper
from django.db.models.lookups import (
    Contains,
    EndsWith,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from ogc.sensorthings.entities import EntitySet, Property, Service
from ogc.sensorthings.syntax import Apply, Name, Place

_LOOKUPS: dict[str, Any] = {
    "eq": Exact, "gt": GreaterThan, "ge": GreaterThanOrEqual, "lt": LessThan, "le": LessThanOrEqual,
    "startswith": StartsWith, "endswith": EndsWith, "substringof": Contains,
}  # fmt: skip
_FLIPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_CHANGED: dict[str, tuple[Any, str, str]] = {
    "tolower": (Lower, "text", "text"), "toupper": (Upper, "text", "text"), "trim": (Trim, "text", "text"),
    "length": (Length, "text", "number"), "year": (ExtractYear, "time", "number"),
    "month": (ExtractMonth, "time", "number"), "day": (ExtractDay, "time", "number"),
    "hour": (ExtractHour, "time", "number"),
}  # fmt: skip
_PLACED = {"st_within": "within", "st_intersects": "intersects", "geo.intersects": "intersects"}
_IN_PYTHON: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
    "startswith": str.startswith, "endswith": str.endswith, "substringof": operator.contains,
}  # fmt: skip


def refuse_name(name: str) -> BadInput:
    return BadInput(_("这里没有叫“%s”的属性，或不能按它筛选、排序。") % name[:60], code="unknown-property")


def refuse_kinds(name: str) -> BadInput:
    return BadInput(_("“%s”两边的类型不同，不能比较。") % name, code="bad-types")


def condition(tree: Apply, entities: EntitySet, service: Service) -> Q:
    """Return the filter for the rows of `entities`. Raises BadInput for names that are not there, and odd types."""
    if tree.name in ("and", "or", "not"):
        parts = [condition(part, entities, service) for part in tree.given]
        if tree.name == "not":
            return ~parts[0]
        return parts[0] & parts[1] if tree.name == "and" else parts[0] | parts[1]
    if tree.name in _PLACED:
        return _placed(tree, entities, service)
    return _compared(tree, entities, service)


def _compared(tree: Apply, entities: EntitySet, service: Service) -> Q:
    name, (left, right) = tree.name, tree.given
    if name == "substringof":
        left, right = right, left
    if not _has_name(left):
        left, right, name = right, left, _FLIPPED.get(name, name)
        if name in ("startswith", "endswith", "substringof"):
            raise refuse_kinds(name)
    if not _has_name(left) or _has_name(right):
        raise refuse_kinds(name)
    if (fixed := _fixed_at_end(left, entities, service)) is not None:
        column, target = fixed
        given = (right, _last(left)) if name == "substringof" else (_last(left), right)
        rows = [row for row in target.fixed() if holds(Apply(name, given), row, target)]  # type: ignore[misc]
        return Q(**{f"{column}__in": [row[target.id_column] for row in rows]})
    expression, kind = _expression(left, entities, service)
    right = _value(right)
    if right is None:
        if name not in ("eq", "ne"):
            raise refuse_kinds(name)
        return Q(IsNull(expression, name == "eq"))
    if (
        _kind_of(right) != kind
        or kind == "place"
        or (name in ("startswith", "endswith", "substringof") and kind != "text")
    ):
        raise refuse_kinds(name)
    if name == "ne":
        return ~Q(Exact(expression, Value(right)))
    return Q(_LOOKUPS[name](expression, Value(right)))


def _placed(tree: Apply, entities: EntitySet, service: Service) -> Q:
    left, right = tree.given
    if isinstance(left, Place):
        left, right = right, left
    if not isinstance(left, Name) or not isinstance(right, Place):
        raise refuse_kinds(tree.name)
    column, kind = column_of(left.path, entities, service)
    if kind != "place":
        raise refuse_kinds(tree.name)
    try:
        place = GEOSGeometry(right.text, srid=4326)
        is_whole = not place.empty and place.valid
    except (ValueError, GEOSException, GDALException):
        is_whole = False
    if not is_whole:
        raise BadInput(_("几何“%s”无效：请写 WGS 84 的 WKT，先经度后纬度。") % right.text[:40], code="bad-geometry")
    return Q(**{f"{column}__{_PLACED[tree.name]}": place})


def _has_name(node: Any) -> bool:
    return isinstance(node, Name) or (isinstance(node, Apply) and any(_has_name(part) for part in node.given))


def _value(node: Any) -> Any:
    if isinstance(node, Apply):
        if node.name == "now":
            return timezone.now()
        raise refuse_kinds(node.name)
    return node


def _kind_of(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return "time"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return "text" if isinstance(value, str) else type(value).__name__


def _expression(node: Any, entities: EntitySet, service: Service) -> tuple[Any, str]:
    if isinstance(node, Name):
        column, kind = column_of(node.path, entities, service)
        return F(column), kind
    changed, takes, gives = _CHANGED.get(node.name, (None, "", ""))
    if changed is None:
        raise refuse_kinds(node.name)
    inner, kind = _expression(node.given[0], entities, service)
    if kind != takes:
        raise refuse_kinds(node.name)
    return changed(inner), gives


def column_of(path: tuple[str, ...], entities: EntitySet, service: Service) -> tuple[str, str]:
    """Return the column that a path of names leads to, and its kind. Raises BadInput."""
    prefix, at = "", entities
    for number, name in enumerate(path):
        rest = "/".join(path[number:])
        found = at.properties.get(rest)
        if found is not None:
            return f"{prefix}{found.column}", found.kind
        step = at.navigations.get(name)
        if step is None or step.path is None or number > 4:
            break
        prefix, at = prefix + (f"{step.path}__" if step.path else ""), service.sets[step.target]
    raise refuse_name("/".join(path))


def _fixed_at_end(node: Any, entities: EntitySet, service: Service) -> tuple[str, EntitySet] | None:
    """The column that holds the identifier of a fixed set at the end of a path, and that set."""
    while isinstance(node, Apply):
        node = node.given[0] if node.given else None
    if not isinstance(node, Name):
        return None
    prefix, at = "", entities
    for name in node.path[:-1]:
        step = at.navigations.get(name)
        if step is None:
            return None
        target = service.sets[step.target]
        if target.fixed is not None:
            return f"{prefix}{step.column}", target
        if step.path is None:
            return None
        prefix, at = prefix + (f"{step.path}__" if step.path else ""), target
    return None


def _last(node: Any) -> Any:
    if isinstance(node, Apply):
        return Apply(node.name, tuple(_last(part) for part in node.given))
    return Name(node.path[-1:]) if isinstance(node, Name) else node


def holds(tree: Any, row: Mapping[str, Any], entities: EntitySet) -> bool:
    """Tell whether a filter holds for a row of a fixed set."""
    if tree.name in ("and", "or"):
        connect = all if tree.name == "and" else any
        return connect([holds(part, row, entities) for part in tree.given])
    if tree.name == "not":
        return not holds(tree.given[0], row, entities)
    left, right = (_of_row(part, row, entities) for part in tree.given)
    if tree.name == "substringof":
        left, right = right, left
    if tree.name in _PLACED or _kind_of(left) != _kind_of(right):
        raise refuse_kinds(tree.name)
    if tree.name in ("startswith", "endswith", "substringof") and not isinstance(left, str):
        raise refuse_kinds(tree.name)
    return _IN_PYTHON[tree.name](left, right)


def _of_row(node: Any, row: Mapping[str, Any], entities: EntitySet) -> Any:
    if isinstance(node, Name):
        found: Property | None = entities.properties.get("/".join(node.path))
        if found is None:
            raise refuse_name("/".join(node.path))
        return row[found.column]
    if isinstance(node, Apply) and node.name in ("tolower", "toupper", "trim", "length"):
        text = _of_row(node.given[0], row, entities)
        if not isinstance(text, str):
            raise refuse_kinds(node.name)
        return {"tolower": str.lower, "toupper": str.upper, "trim": str.strip, "length": len}[node.name](text)  # type: ignore[operator]
    return _value(node)
