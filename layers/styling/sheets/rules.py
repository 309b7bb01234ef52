"""A layer's style as rules with conditions: what the style languages of desktop GIS and map servers have in common."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from layers.styling.legend import label_of
from layers.styling.maplibre import LINE_SCALE, POINT_SCALE
from layers.styling.style import CATEGORIZED, SINGLE, Style, StyleClass

PIXELS_OF_ZOOM_0 = 279_541_132.0143589
"""Scale of a map at zoom 0 on the equator: tiles of 512 pixels, each of 0.28 mm as the standards have it."""
DASHES = {"dashed": (4.0, 2.0), "dotted": (0.6, 1.8), "dashdot": (5.0, 2.0, 0.6, 2.0)}
"""In widths of the line, as on the map (`layers/styling/maplibre.py`)."""
AT_ZOOM_14 = dict(POINT_SCALE)[14], dict(LINE_SCALE)[14]
"""Sizes of a style are those at zoom 14; the other languages have one size for all scales."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One class: what it is called and looks like, and which features it holds.

    Without a field it holds all. Else those whose value is `equals`, or from `low` up to below `high` (None: without a
    bound), those without a value (`is_null`), or all with a value that no other rule holds (`is_other`).
    """

    label: str
    item: StyleClass
    colour: str
    shape: str
    dash: str
    field: str = ""
    equals: str | None = None
    low: float | None = None
    high: float | None = None
    is_null: bool = False
    is_other: bool = False


def rules_of(style: Style) -> list[Rule]:
    """Return the rules of a style; each feature meets exactly one."""
    if style.kind == SINGLE:
        return [_rule(style, StyleClass(style.symbol.colour), label=_("全部要素"))]
    rules = [_of_class(style, index) for index in range(len(style.classes))]
    if style.kind == CATEGORIZED or not style.classes:
        rules.append(_rule(style, style.other, field=style.field, is_other=True))
    return [*rules, _rule(style, style.no_data, field=style.field, is_null=True)]


def _of_class(style: Style, index: int) -> Rule:
    """Values below or above all classes belong to the first or the last."""
    item, last = style.classes[index], len(style.classes) - 1
    if style.kind == CATEGORIZED:
        return _rule(style, item, field=style.field, equals=item.value or "")
    low = None if index == 0 else float(item.min or 0)
    high = None if index == last else float(style.classes[index + 1].min or 0)
    return _rule(style, item, field=style.field, low=low, high=high)


def _rule(style: Style, item: StyleClass, *, label: str = "", **condition: object) -> Rule:
    symbol = style.symbol
    look = (item.colour, item.shape or symbol.shape, item.dash or symbol.dash)
    return Rule(label or label_of(style, item) or _("全部要素"), item, *look, **condition)  # type: ignore[arg-type]


def scales(style: Style) -> tuple[float | None, float | None]:
    """Return the denominators between which the style draws: the smallest and the largest, None without a bound."""
    smallest = PIXELS_OF_ZOOM_0 / 2**style.maxzoom if style.maxzoom < 24 else None
    largest = PIXELS_OF_ZOOM_0 / 2**style.minzoom if style.minzoom > 0 else None
    return smallest, largest


def number(value: float) -> str:
    """Return a number with every digit and none too many: `2`, `0.45`, `1e+20`."""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
