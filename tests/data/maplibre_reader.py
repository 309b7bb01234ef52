"""A small reader of MapLibre's expressions: decides what is drawn of a feature as a map client would."""

from itertools import pairwise
from math import log10
from typing import Any

COMPARED = {"==": lambda a, b: a == b, ">": lambda a, b: a > b}
COMPUTED = {"*": lambda a, b: a * b, "+": lambda a, b: a + b, "min": min, "log10": log10}


def text_of(value: Any) -> str:
    """`to-string` of the style specification."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def run(expression: Any, properties: dict[str, Any], family: str = "", zoom: float = 0) -> Any:
    """The part of the expression language that styles here are written in; `family` is the geometry's type."""
    if not isinstance(expression, list):
        return expression
    name, *rest = expression

    def of(part: Any) -> Any:
        return run(part, properties, family, zoom)

    if name == "get":
        return properties.get(rest[0])
    if name == "has":
        return rest[0] in properties
    if name == "feature-state":
        return None
    if name == "boolean":
        return bool(of(rest[0]))
    if name in ("geometry-type", "zoom"):
        return family if name == "geometry-type" else zoom
    if name == "!":
        return not of(rest[0])
    if name in ("all", "any"):
        return (all if name == "all" else any)(of(part) for part in rest)
    if name == "coalesce":
        return next((value for value in map(of, rest) if value is not None), None)
    if name in COMPUTED:
        return COMPUTED[name](*map(of, rest))
    if name == "to-string":
        return text_of(of(rest[0]))
    if name == "to-number":
        return float(of(rest[0]))
    if name == "typeof":
        value = of(rest[0])
        return "null" if value is None else "number" if isinstance(value, int | float) else "string"
    if name in COMPARED:
        return COMPARED[name](of(rest[0]), of(rest[1]))
    if name == "case":
        *pairs, other = rest
        chosen = (pairs[i + 1] for i in range(0, len(pairs), 2) if of(pairs[i]))
        return of(next(chosen, other))
    if name == "match":
        value = of(rest[0])
        *pairs, other = rest[1:]
        return next((pairs[i + 1] for i in range(0, len(pairs), 2) if pairs[i] == value), other)
    if name == "step":
        value, found = of(rest[0]), rest[1]
        for index in range(2, len(rest), 2):
            if value >= rest[index]:
                found = rest[index + 1]
        return found
    if name == "interpolate":
        return _interpolated(of(rest[1]), [(at, of(value)) for at, value in zip(rest[2::2], rest[3::2], strict=True)])
    raise AssertionError(f"the reader does not know {name}")


def _interpolated(at: float, stops: list[tuple[float, float]]) -> float:
    if at <= stops[0][0]:
        return stops[0][1]
    for (low, before), (high, after) in pairwise(stops):
        if at <= high:
            return before + (after - before) * (at - low) / (high - low)
    return stops[-1][1]


OPACITY = {"fill": "fill-opacity", "line": "line-opacity", "circle": "circle-opacity"}
COLOUR = {"fill": "fill-color", "line": "line-color", "circle": "circle-color"}


def colours_of(layers: list[dict[str, Any]], properties: dict[str, Any], family: str, zoom: float) -> list[str]:
    """The colours that a feature puts on the screen at a zoom, bottom first."""
    found = []
    for layer in layers:
        if layer["type"] not in OPACITY or not layer.get("minzoom", 0) <= zoom < layer.get("maxzoom", 25):
            continue
        if not run(layer.get("filter", True), properties, family, zoom):
            continue
        paint = layer["paint"]
        width = run(paint.get("line-width", paint.get("circle-radius", 1)), properties, family, zoom)
        if run(paint.get(OPACITY[layer["type"]], 1), properties, family, zoom) >= 0.1 and width >= 0.3:
            found.append(run(paint[COLOUR[layer["type"]]], properties, family, zoom))
    return found
