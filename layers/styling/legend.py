"""The legend of a loaded layer: for each class its sign, its words, and how many features it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from layers.storage.columns import Column
from layers.storage.models import Layer, LayerVersion
from layers.styling.column_statistics import class_counts
from layers.styling.maplibre import GEOMETRIES, POINTS, all_classes
from layers.styling.marker_shapes import SHAPE_POINTS
from layers.styling.style import CATEGORIZED, GRADUATED, SINGLE, Style, StyleClass, style_of

DASH_ARRAYS = {"dashed": "6 3", "dotted": "1.5 2.5", "dashdot": "7 3 1.5 3"}


@dataclass(frozen=True)
class Entry:
    """One row of the legend. `sign` says how to draw it: point, line or area."""

    label: str
    sign: str
    colour: str
    outline: str
    shape: str
    dash: str
    fill_opacity: float
    count: int | None

    @property
    def points(self) -> str:
        """The sign's corners as SVG wants them; empty for a circle."""
        return " ".join(f"{x * 6.5:.1f},{y * 6.5:.1f}" for x, y in SHAPE_POINTS.get(self.shape, []))

    @property
    def dash_array(self) -> str:
        return DASH_ARRAYS.get(self.dash, "")

    def as_json(self) -> dict[str, Any]:
        return {
            "label": self.label, "sign": self.sign, "colour": self.colour, "outline": self.outline,
            "shape": self.shape, "dash": self.dash, "count": self.count,
        }  # fmt: skip


def label_of(style: Style, item: StyleClass) -> str:
    """What a class is called: its own words, else its values."""
    if item.label:
        return item.label
    if item is style.other and style.kind == CATEGORIZED:
        return _("其他")
    if item is style.no_data:
        return _("无数据")
    if style.kind == GRADUATED:
        return _range(item)
    if style.kind == CATEGORIZED:
        return item.value or _("（空）")
    return ""


def _range(item: StyleClass) -> str:
    low, high = (number_format(_tidy(bound), use_l10n=True, force_grouping=True) for bound in (item.min, item.max))
    return _("%(low)s 至 %(high)s") % {"low": low, "high": high}


def _tidy(number: float | None) -> float | int:
    """Five figures are enough to read, and whole numbers stay whole."""
    value = float(f"{number or 0:.5g}") if abs(number or 0) < 1e5 else round(number or 0)
    return int(value) if float(value).is_integer() else value


def entries(layer: Layer, style: Style, counts: list[int] | None = None) -> list[Entry]:
    """The legend's rows for `style`; without `counts` they say no numbers."""
    drawn = GEOMETRIES.get(layer.geometry_type, (POINTS,))[0]
    sign = {"Point": "point", "LineString": "line"}.get(drawn, "area")
    symbol = style.symbol
    found = []
    for index, item in enumerate(all_classes(style)):
        label = label_of(style, item) or _("全部要素")
        outline = symbol.outline or ("#ffffff" if sign == "point" else item.colour)
        found.append(
            Entry(
                label,
                sign,
                item.colour,
                outline,
                item.shape or symbol.shape,
                item.dash or symbol.dash,
                symbol.fill_opacity,
                counts[index] if counts else None,
            )
        )
    return found


def counted(layer: Layer, version: LayerVersion, style: Style, columns: Mapping[str, Column]) -> list[Entry]:
    """The legend with the number of features in each class."""
    attribute = next((name for name, column in columns.items() if column.column == style.field), "")
    column = columns.get(attribute)
    if style.kind != SINGLE and column is None:
        return entries(layer, style)
    return entries(layer, style, class_counts(version, style, attribute, column))


def legend_of(layer: Layer, columns: Mapping[str, Column]) -> list[Entry]:
    """The published layer's legend for somebody who may read `columns`."""
    if layer.current_version is None or layer.kind == Layer.Kind.RASTER:
        return []
    return counted(layer, layer.current_version, style_of(layer, columns.values()), columns)
