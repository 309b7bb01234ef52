"""The style as QGIS's converter reads it (`?for=qgis`): the same looks in fewer words.

The converter knows no feature-state, `typeof` or `boolean`, finds a sign only by name or by `match`, and takes no
colour for a sign. What depends on pointing is set to "not pointed at", what is never seen then is left out, and a
loaded layer's shapes become circles.
"""

from typing import Any

from geo_portal.styles.sprite import sprite_index

Expression = Any
StyleLayer = dict[str, Any]
SHAPE = "shape-"
RADIUS = 9
"""Pixels of a shape at size 1."""


def for_qgis(style: dict[str, Any]) -> dict[str, Any]:
    """Return the style with simpler expressions and without layers that never show."""
    layers = [_layer(layer) for layer in style["layers"]]
    return {**style, "layers": [layer for layer in layers if not _is_never_seen(layer)]}


def fold(expression: Expression) -> Expression:
    """Return an expression of the same worth where nothing is pointed at or open."""
    if isinstance(expression, dict):
        return {name: fold(value) for name, value in expression.items()}
    if not isinstance(expression, list) or not expression or not isinstance(expression[0], str):
        return expression
    name, *args = expression
    if name == "literal":
        return expression
    if name == "feature-state":
        return None
    args = [fold(arg) for arg in args]
    return _FOLDS[name](args) if name in _FOLDS else [name, *args]


def _case(args: list[Expression]) -> Expression:
    """Leave out what never holds; end at what always does."""
    kept: list[Expression] = []
    for condition, result in zip(args[:-1:2], args[1::2], strict=False):
        if condition is True:
            return ["case", *kept, result] if kept else result
        if condition is not False and condition is not None:
            kept += [condition, result]
    return ["case", *kept, args[-1]] if kept else args[-1]


def _joined(name: str, empty: bool, args: list[Expression]) -> Expression:
    if (not empty) in args:
        return not empty
    kept = [arg for arg in args if arg is not empty]
    return [name, *kept] if len(kept) > 1 else (kept[0] if kept else empty)


def _boolean(args: list[Expression]) -> Expression:
    known = [arg for arg in args if arg is not None]
    return known[0] if known else False


def _product(args: list[Expression]) -> Expression:
    constant: float = 1
    for arg in args:
        constant *= arg if _is_number(arg) else 1
    others = [arg for arg in args if not _is_number(arg)]
    if not others or constant == 0:
        return constant
    return others[0] if constant == 1 and len(others) == 1 else ["*", *([constant] if constant != 1 else []), *others]


def _equal(args: list[Expression]) -> Expression:
    """`typeof` of a property asks whether there is one, for a column has one type."""
    for one, other in (args, args[::-1]):
        if isinstance(one, list) and one[0] == "typeof" and isinstance(one[1], list) and one[1][0] == "get":
            has = ["has", one[1][1]]
            return ["!", has] if other == "null" else has
    return ["==", *args]


def _concat(args: list[Expression]) -> Expression:
    """A sign named after a number, `water-` and the class: one by one."""
    if len(args) == 2 and isinstance(args[0], str) and (field := _counted(args[1])):
        before = args[0]
        numbers = sorted(int(word) for sign in sprite_index(1) if (word := sign.removeprefix(before)).isdigit())
        if numbers:
            pairs = [part for number in numbers for part in (number, f"{before}{number}")]
            return ["match", ["get", field], *pairs, f"{before}{numbers[0]}"]
    return ["concat", *args]


def _counted(expression: Expression) -> str:
    """The property in ``["to-string", ["coalesce", ["get", name], 0]]``."""
    match expression:
        case ["to-string", ["coalesce", ["get", str(name)], int()]] | ["to-string", ["get", str(name)]]:
            return name
    return ""


def _is_number(value: Expression) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FOLDS: dict[str, Any] = {
    "case": _case,
    "all": lambda args: _joined("all", True, args),
    "any": lambda args: _joined("any", False, args),
    "!": lambda args: not args[0] if isinstance(args[0], bool) else ["!", *args],
    "boolean": _boolean,
    "to-boolean": lambda args: ["==", args[0], True] if isinstance(args[0], list) else bool(args[0]),
    "*": _product,
    "==": _equal,
    "concat": _concat,
}


def _layer(layer: StyleLayer) -> StyleLayer:
    folded = {name: fold(value) if name in ("filter", "paint", "layout") else value for name, value in layer.items()}
    if folded.get("filter") is True:
        del folded["filter"]
    return _as_circle(folded) if SHAPE in str(folded.get("layout", {}).get("icon-image", "")) else folded


def _as_circle(layer: StyleLayer) -> StyleLayer:
    paint, size = layer["paint"], layer["layout"].get("icon-size", 1)
    drawn = {
        "circle-color": paint.get("icon-color", "#000000"),
        "circle-radius": _times(size, RADIUS),
        "circle-opacity": paint.get("icon-opacity", 1),
        "circle-stroke-color": paint.get("icon-halo-color", "#ffffff"),
        "circle-stroke-width": paint.get("icon-halo-width", 0),
    }
    rest = {name: value for name, value in layer.items() if name != "layout"}
    return {**rest, "type": "circle", "paint": drawn}


def _times(size: Expression, factor: float) -> Expression:
    """Multiply a constant, or what an interpolation goes through."""
    if _is_number(size):
        return round(size * factor, 3)
    if isinstance(size, list) and size[0] == "interpolate":
        results = [_times(part, factor) if place % 2 else part for place, part in enumerate(size[3:])]
        return [*size[:3], *results]
    return ["*", factor, size]


def _is_never_seen(layer: StyleLayer) -> bool:
    paint = layer.get("paint", {})
    if layer.get("filter") is False:
        return True
    if layer["type"] == "circle":
        return paint.get("circle-opacity", 1) == 0 and paint.get("circle-stroke-opacity", 1) == 0
    if layer["type"] == "symbol":
        return paint.get("icon-opacity", 1) == 0
    return paint.get(f"{layer['type']}-opacity", 1) == 0
