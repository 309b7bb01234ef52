"""The style as QGIS's converter reads it (`?for=qgis`): the same looks in fewer words.

The converter knows no feature-state, `typeof`, `boolean` or `coalesce`, multiplies nothing, goes evenly from one number
to the next by the zoom alone, finds a sign only by name or by `match`, and takes no colour for a sign. A `match` of
anything but a property it turns into a comparison with nothing, without a warning. What depends on pointing is set to
"not pointed at", what is never seen then is left out, and a loaded layer's shapes become circles.
"""

from collections.abc import Iterator
from itertools import batched, pairwise
from typing import Any

from geo_portal.styles.sprite import sprite_index
from ogc.pictures.expressions import Feature, worth

Expression = Any
StyleLayer = dict[str, Any]
SHAPE = "shape-"
RADIUS = 9
"""Pixels of a shape at size 1."""
VARIABLE = ("text-variable-anchor", "text-radial-offset")
PIECES = 4
"""Steps in the place of an even way from one number to the next."""
COUNTS = (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000)
"""Where what is reckoned from a count takes its next step."""


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
    return _times(others[0], constant) if len(others) == 1 else ["*", *([constant] if constant != 1 else []), *others]


def _coalesce(args: list[Expression]) -> Expression:
    """The first property that there is, else the last."""
    *properties, last = args
    pairs = [part for each in properties if isinstance(each, list) for part in (["has", each[1]], each)]
    return ["case", *pairs, last] if pairs else last


def _with_default(expression: Expression) -> tuple[Expression, Expression]:
    """The property and its default in what `_coalesce` made; (None, None) of anything else."""
    match expression:
        case ["case", ["has", str(field)], ["get", str(name)], default] if field == name:
            return ["get", name], default
    return None, None


def _match(args: list[Expression]) -> Expression:
    """By the property itself; by the text of one as comparisons."""
    subject, *pairs, other = args
    found, default = _with_default(subject)
    if found:
        without = next((result for label, result in batched(pairs, 2, strict=True) if _is_among(default, label)), other)
        by_value = ["match", found, *pairs, other]
        return by_value if without == other else ["case", ["has", found[1]], by_value, without]
    if not isinstance(subject, list) or subject[0] == "get":
        return ["match", *args]
    compared = [(_compared(subject, label), result) for label, result in batched(pairs, 2, strict=True)]
    return _case([*(part for pair in compared for part in pair), other])


def _is_among(value: Expression, label: Expression) -> bool:
    return value in label if isinstance(label, list) else value == label


def _compared(subject: Expression, label: Expression) -> Expression:
    return ["in", subject, ["literal", label]] if isinstance(label, list) else ["==", subject, label]


def _interpolate(args: list[Expression]) -> Expression:
    """By the zoom as it is; by a property in steps, each worth what its middle is."""
    way, subject, *stops = args
    if subject == ["zoom"]:
        return ["interpolate", *args]
    found, _default = _with_default(subject)
    steps: list[Expression] = []
    for (low, before), (high, after) in pairwise(batched(stops, 2, strict=True)):
        for piece in range(PIECES):
            bound, share = low + (high - low) * piece / PIECES, (piece + 0.5) / PIECES
            steps += [round(bound, 6), round(before + (after - before) * share, 4)]
    return ["step", found or subject, stops[1], *steps, *stops[-2:]]


def _reckoned(args: list[Expression]) -> Expression:
    """What is at most something, reckoned from one count: in steps, each worth what its beginning is."""
    whole = ["min", *args]
    names = {found[1] for found in _inside(whole) if isinstance(found, list) and found[:1] == ["get"]}
    if len(names) != 1:
        return whole
    (name,) = names
    results = [round(worth(whole, Feature({name: count}, "", 0)), 3) for count in COUNTS]
    pairs = [part for pair in zip(COUNTS, results, strict=True) for part in pair]
    return ["step", ["get", name], round(worth(whole, Feature({}, "", 0)), 3), *pairs]


def _inside(expression: Expression) -> Iterator[Expression]:
    """An expression and each one within it."""
    yield expression
    for part in expression if isinstance(expression, list) else []:
        yield from _inside(part)


def _equal(args: list[Expression]) -> Expression:
    """`typeof` of a property asks whether there is one, for a column has one type; a default asks the same."""
    for one, other in (args, args[::-1]):
        found, default = _with_default(one)
        if found and not isinstance(other, list):
            same = ["==", found, other]
            return ["any", ["!", ["has", found[1]]], same] if default == other else same
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
    """The property in ``["to-string", ["get", name]]``, with or without a default."""
    match expression:
        case ["to-string", inner]:
            found, _default = _with_default(inner)
            match found or inner:
                case ["get", str(name)]:
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
    "coalesce": _coalesce,
    "match": _match,
    "interpolate": _interpolate,
    "min": _reckoned,
    "concat": _concat,
}


def _layer(layer: StyleLayer) -> StyleLayer:
    folded = {name: fold(value) if name in ("filter", "paint", "layout") else value for name, value in layer.items()}
    if folded.get("filter") is True:
        del folded["filter"]
    if "text-variable-anchor" in folded.get("layout", {}):
        folded["layout"] = _anchored(folded["layout"])
    return _as_circle(folded) if SHAPE in str(folded.get("layout", {}).get("icon-image", "")) else folded


def _anchored(layout: dict[str, Any]) -> dict[str, Any]:
    """The first of several places of a name: the converter sees none of them, and sets the name on the sign."""
    anchor, distance = layout["text-variable-anchor"][0], layout.get("text-radial-offset", 0)
    right, down = {"top": (0, 1), "bottom": (0, -1), "left": (1, 0), "right": (-1, 0)}.get(anchor, (0, 0))
    rest = {name: value for name, value in layout.items() if name not in VARIABLE}
    return {**rest, "text-anchor": anchor, "text-offset": [right * distance, down * distance]}


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
    """Multiply a constant, or each result of an expression that chooses among several."""
    if factor == 1:
        return size
    match size:
        case int() | float():
            return round(size * factor, 4)
        case ["interpolate", way, subject, *rest]:
            return ["interpolate", way, subject, *_every_second(rest, factor, 1)]
        case ["match", subject, *rest]:
            return ["match", subject, *_every_second(rest[:-1], factor, 1), _times(rest[-1], factor)]
        case ["case", *rest]:
            return ["case", *_every_second(rest[:-1], factor, 1), _times(rest[-1], factor)]
        case ["step", subject, *rest]:
            return ["step", subject, *_every_second(rest, factor, 0)]
    return ["*", factor, size]


def _every_second(parts: list[Expression], factor: float, first: int) -> list[Expression]:
    return [_times(part, factor) if place % 2 == first else part for place, part in enumerate(parts)]


def _is_never_seen(layer: StyleLayer) -> bool:
    paint = layer.get("paint", {})
    if layer.get("filter") is False:
        return True
    if layer["type"] == "circle":
        return paint.get("circle-opacity", 1) == 0 and paint.get("circle-stroke-opacity", 1) == 0
    if layer["type"] == "symbol":
        return paint.get("icon-opacity", 1) == 0
    return paint.get(f"{layer['type']}-opacity", 1) == 0
