"""Make a style from the style editor's form: the chosen values, and the classes computed from them.

Classes are computed anew when what they rest on changed (field, kind, method, number), and coloured anew when
the palette did; otherwise the person's own labels, colours and shapes stand. The form says in `basis` and
`colouring` what its classes were made for.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError
from layers.pages.styling.forms import StyleForm
from layers.storage.columns import Column
from layers.storage.models import Layer
from layers.styling import column_statistics
from layers.styling.class_breaks import MANUAL
from layers.styling.column_statistics import NumberSummary, as_tile_text, breaks_of
from layers.styling.palettes import QUALITATIVE, palettes
from layers.styling.style import CATEGORIZED, GRADUATED, SHAPES, SINGLE, Labels, Style, StyleClass, Symbol, parse

MOST_CATEGORIES = 24
LOOKED_AT = 8
"""So many text columns are looked into for one that suits as categories."""
CATEGORY_KINDS = ("text", "boolean", "integer", "bigint", "date", "double")


def draft_of(layer: Layer, columns: Mapping[str, Column], form: StyleForm, before: Style) -> Style:
    """The style that a valid form describes. Raises BadInput when it does not fit together."""
    given = form.cleaned_data
    style = replace(
        before,
        kind=given["kind"],
        field=_field(layer, columns, given),
        method=given["method"],
        palette=given["palette"],
        reverse=given["reverse"],
        symbol=Symbol(**{name: given[name] for name in Symbol.__dataclass_fields__}),
        labels=_labels(given),
        minzoom=given["minzoom"],
        maxzoom=given["maxzoom"],
        opacity=round(given["opacity"] / 100, 2),
    )
    if style.kind == SINGLE:
        return _checked(replace(style, classes=()))
    attribute = _attribute(columns, style)
    style = replace(style, palette=_suitable(style, given))
    if basis_of(style, given) != given["basis"]:
        style = with_classes(layer, attribute, columns[attribute], style, given)
    else:
        style = replace(style, **form.classes())
        if colouring_of(style) != given["colouring"]:
            style = coloured(style)
    return _checked(style)


def _field(layer: Layer, columns: Mapping[str, Column], given: Mapping[str, Any]) -> str:
    """The chosen field. Where the kind has just been chosen and the field does not suit it, one that does."""
    kind, chosen = given["kind"], given["field"]
    if kind == SINGLE:
        return ""
    column = next((column for column in columns.values() if column.column == chosen), None)
    if column and (_suits(kind, column) or given["basis"].startswith(f"{kind}|")):
        return chosen
    return _first_suitable(layer, columns, kind)


def _suits(kind: str, column: Column) -> bool:
    return column.is_number if kind == GRADUATED else column.kind in CATEGORY_KINDS


def _first_suitable(layer: Layer, columns: Mapping[str, Column], kind: str) -> str:
    """A number column for grades; for categories a text that tells a few kinds apart. Empty where there is none."""
    if kind == GRADUATED:
        return next((column.column for column in columns.values() if column.is_number), "")
    texts = [(attribute, column) for attribute, column in columns.items() if column.kind == "text"][:LOOKED_AT]
    for attribute, column in texts:
        if layer.current_version is not None:
            _values, total = column_statistics.categories(layer.current_version, attribute, MOST_CATEGORIES)
            if 2 <= total <= MOST_CATEGORIES:
                return column.column
    return texts[0][1].column if texts else ""


def _suitable(style: Style, given: Mapping[str, Any]) -> str:
    """The palette, unless the kind has just been changed to one that it does not suit."""
    if given["basis"].startswith(f"{style.kind}|"):
        return style.palette
    unordered = palettes()[style.palette].kind == QUALITATIVE
    if style.kind == CATEGORIZED and not unordered:
        return "okabe-ito"
    return "viridis" if style.kind == GRADUATED and unordered else style.palette


def _checked(style: Style) -> Style:
    return parse(style.as_json())


def _labels(given: Mapping[str, Any]) -> Labels | None:
    if not given["label_field"]:
        return None
    return Labels(given["label_field"], given["label_size"], given["label_halo"], given["label_minzoom"])


def basis_of(style: Style, given: Mapping[str, Any]) -> str:
    """What the classes rest on; equal texts mean that the classes in the form still hold."""
    if style.kind == CATEGORIZED:
        return f"{style.kind}|{style.field}"
    chosen = given["breaks"].strip() if style.method == MANUAL else given["classes_wanted"]
    return f"{style.kind}|{style.field}|{style.method}|{chosen}"


def colouring_of(style: Style) -> str:
    return f"{style.palette}|{style.reverse}"


def _attribute(columns: Mapping[str, Column], style: Style) -> str:
    """The chosen field, if it suits the kind. Raises BadInput `style-invalid`."""
    for attribute, column in columns.items():
        if column.column == style.field:
            if style.kind == GRADUATED and not column.is_number:
                raise _refused("field", _("分级要选数字字段。“%s”不是。") % column.label)
            if style.kind == CATEGORIZED and column.kind not in CATEGORY_KINDS:
                raise _refused("field", _("字段“%s”不能用来分类。") % column.label)
            return attribute
    raise _refused("field", _("请选择字段。"))


def _refused(name: str, message: str) -> BadInput:
    return BadInput(message, code="style-invalid", errors=[FieldError(name, "style-invalid", message)])


def with_classes(layer: Layer, attribute: str, column: Column, style: Style, given: Mapping[str, Any]) -> Style:
    """`style` with classes computed from the layer's published rows."""
    version = layer.current_version
    if version is None:
        raise _refused("field", _("图层已经撤下，没有数据可以分类。"))
    if style.kind == CATEGORIZED:
        found, _all = column_statistics.categories(version, attribute, MOST_CATEGORIES)
        classes = tuple(StyleClass("#000000", value=as_tile_text(value)) for value, _count in found)
        return coloured(replace(style, classes=classes))
    summary = column_statistics.number_summary(version, attribute)
    if summary is None:
        raise _refused("field", _("字段“%s”没有数值，不能分级。") % column.label)
    inner = manual_breaks(given["breaks"]) if style.method == MANUAL else None
    if inner is None:
        inner = breaks_of(summary, style.method, given["classes_wanted"])
    return coloured(replace(style, classes=_between(inner, summary)))


def manual_breaks(text: str) -> list[float]:
    """Numbers that a person wrote, in any order, parted by commas or blanks. Raises BadInput."""
    parts = text.replace("，", ",").replace("、", ",").replace(";", ",").replace(",", " ").split()
    try:
        found = sorted({float(part) for part in parts})
    except ValueError as error:
        raise _refused("breaks", _("界限要写成数字，用逗号分开，例如 10, 20, 50。")) from error
    if not found or len(found) > 11 or any(value != value or abs(value) == float("inf") for value in found):
        raise _refused("breaks", _("请写 1 到 11 个界限。"))
    return found


def _between(inner: list[float], summary: NumberSummary) -> tuple[StyleClass, ...]:
    """Classes from the lowest value over the bounds to the highest, or as far as the person's bounds reach."""
    bounds = sorted({summary.lowest, *inner, summary.highest})
    if len(bounds) == 1:
        bounds *= 2
    return tuple(StyleClass("#000000", min=before, max=after) for before, after in pairwise(bounds))


def coloured(style: Style) -> Style:
    """The classes in the palette's colours. Unordered colours that come round again get another shape and dash."""
    palette = palettes()[style.palette]
    colours = palette.colours(len(style.classes), style.reverse)
    classes = []
    for index, (item, colour) in enumerate(zip(style.classes, colours, strict=True)):
        turn = index // len(palette.sets[max(palette.sets)]) if palette.kind == QUALITATIVE else 0
        shape = item.shape or (SHAPES[turn % len(SHAPES)] if turn else "")
        dash = item.dash or (("solid", "dashed", "dashdot", "dotted")[turn % 4] if turn else "")
        classes.append(replace(item, colour=colour, shape=shape, dash=dash))
    return replace(style, classes=tuple(classes))
