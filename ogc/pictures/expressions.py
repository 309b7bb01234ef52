"""Expressions of MapLibre's style format, as far as our own styles use them: worth of one for a feature at a zoom.

A style comes from this site and never from a client. What is not known is worth None, and its drawing falls back.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from math import log10
from typing import Any

Expression = Any


class Feature:
    """What an expression may ask about: properties, kind of geometry, zoom."""

    def __init__(self, properties: Mapping[str, Any], kind: str, zoom: float) -> None:
        self.properties, self.kind, self.zoom = properties, kind, zoom


def worth(expression: Expression, feature: Feature) -> Any:
    """Return what an expression is worth; a constant is itself."""
    if not isinstance(expression, list):
        return expression
    if not expression or not isinstance(expression[0], str):
        return expression
    name, *args = expression
    if name in _SPECIAL:
        return _SPECIAL[name](args, feature)
    if name in _PLAIN:
        try:
            return _PLAIN[name](*[worth(arg, feature) for arg in args])
        except (TypeError, ValueError, ZeroDivisionError):
            return None
    return None


def _get(args: list[Any], feature: Feature) -> Any:
    return feature.properties.get(worth(args[0], feature))


def _case(args: list[Any], feature: Feature) -> Any:
    for condition, result in zip(args[:-1:2], args[1::2], strict=False):
        if worth(condition, feature):
            return worth(result, feature)
    return worth(args[-1], feature)


def _match(args: list[Any], feature: Feature) -> Any:
    found = worth(args[0], feature)
    for label, result in zip(args[1:-1:2], args[2:-1:2], strict=False):
        if found in label if isinstance(label, list) else found == label:
            return worth(result, feature)
    return worth(args[-1], feature)


def _step(args: list[Any], feature: Feature) -> Any:
    found = worth(args[0], feature)
    bounds, results = args[2::2], [args[1], *args[3::2]]
    number = found if isinstance(found, int | float) else float("-inf")
    return worth(results[bisect_right(bounds, number)], feature)


def _interpolate(args: list[Any], feature: Feature) -> Any:
    """Between numbers; of colours and other things the lower one stands."""
    (kind, *base), found = args[0], worth(args[1], feature)
    bounds, results = args[2::2], args[3::2]
    if not isinstance(found, int | float) or found <= bounds[0]:
        return worth(results[0], feature)
    if found >= bounds[-1]:
        return worth(results[-1], feature)
    above = bisect_right(bounds, found)
    low, high = bounds[above - 1], bounds[above]
    before, after = worth(results[above - 1], feature), worth(results[above], feature)
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return before
    power = base[0] if kind == "exponential" else 1
    part = (found - low) / (high - low) if power == 1 else (power ** (found - low) - 1) / (power ** (high - low) - 1)
    return before + (after - before) * part


def _first(args: list[Any], feature: Feature) -> Any:
    return next((found for arg in args if (found := worth(arg, feature)) is not None), None)


def _boolean(args: list[Any], feature: Feature) -> Any:
    return next((found for arg in args if isinstance(found := worth(arg, feature), bool)), False)


def _number(value: Any, *others: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return _number(*others) if others else None


def _kind(value: Any) -> str:
    names = ((type(None), "null"), (bool, "boolean"), ((int, float), "number"), (str, "string"))
    return next((name for types, name in names if isinstance(value, types)), "object")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _product(*factors: Any) -> Any:
    found = 1
    for factor in factors:
        found *= factor
    return found


_SPECIAL: dict[str, Callable[[list[Any], Feature], Any]] = {
    "literal": lambda args, _feature: args[0],
    "get": _get,
    "has": lambda args, feature: feature.properties.get(worth(args[0], feature)) is not None,
    "zoom": lambda _args, feature: feature.zoom,
    "geometry-type": lambda _args, feature: feature.kind,
    "feature-state": lambda _args, _feature: None,
    "case": _case,
    "match": _match,
    "step": _step,
    "interpolate": _interpolate,
    "coalesce": _first,
    "boolean": _boolean,
    "all": lambda args, feature: all(worth(arg, feature) for arg in args),
    "any": lambda args, feature: any(worth(arg, feature) for arg in args),
    "none": lambda args, feature: not any(worth(arg, feature) for arg in args),
}
_PLAIN: dict[str, Callable[..., Any]] = {
    "!": lambda value: not value,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "in": lambda one, many: one in many,
    "+": lambda *values: sum(values),
    "-": lambda left, right=None: -left if right is None else left - right,
    "*": _product,
    "/": lambda left, right: left / right,
    "log10": log10,
    "min": min,
    "max": max,
    "to-number": _number,
    "to-string": _text,
    "to-boolean": bool,
    "typeof": _kind,
    "concat": lambda *values: "".join(_text(value) for value in values),
    "image": lambda name: name,
    "number": _number,
    "string": _text,
}
