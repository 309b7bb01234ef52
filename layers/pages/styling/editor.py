"""The context of the style editor's page for a draft: form, classes, legend, histogram, MapLibre layers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers.pages.styling.form_to_style import MOST_CATEGORIES, basis_of, colouring_of
from layers.pages.styling.forms import DASH_WORDS, SHAPE_WORDS, StyleForm, initial_of
from layers.storage.columns import Column
from layers.storage.models import Layer
from layers.styling import column_statistics
from layers.styling.legend import Entry, counted, label_of
from layers.styling.maplibre import GEOMETRIES, style_layers
from layers.styling.palettes import licences, palettes
from layers.styling.style import CATEGORIZED, GRADUATED, Style, StyleClass

WIDTH, HEIGHT = 330, 96


@dataclass(frozen=True)
class Row:
    """One class in the editor: its place in the form, what it holds and how it looks."""

    prefix: str
    item: StyleClass
    words: str
    entry: Entry | None


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram in the drawing's units, and what it says."""

    x: float
    y: float
    width: float
    height: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Histogram:
    """A number column's distribution with the classes' bounds."""

    bars: list[Bar]
    breaks: list[float]
    lowest: float
    highest: float
    missing: int
    sampled: int
    width: int = WIDTH
    height: int = HEIGHT


def editor_context(
    layer: Layer, columns: Mapping[str, Column], style: Style, posted: StyleForm | None, revision: int
) -> dict[str, Any]:
    """Everything for one showing of the page; `revision` is what saving will be compared with."""
    version = layer.current_version
    legend = counted(layer, version, style, columns) if version else []
    form = form_for(columns, style, posted, revision)
    return {
        "layer": layer,
        "version": version,
        "form": form,
        "style": style,
        "rows": rows_of(style, legend),
        "legend": legend,
        "histogram": histogram_of(layer, columns, style),
        "categories_left": categories_left(layer, columns, style),
        "families": GEOMETRIES.get(layer.geometry_type, ("Polygon", "LineString", "Point")),
        "palettes": palettes().values(),
        "palette_licence": licences()[palettes()[style.palette].licence],
        "shapes": SHAPE_WORDS.items(),
        "dashes": DASH_WORDS.items(),
        "preview": json.dumps(
            {theme: style_layers(layer.slug, style, layer.geometry_type, theme) for theme in ("light", "dark")},
            ensure_ascii=False,
        ),
        "bbox": ",".join(f"{value:.6f}" for value in version.bbox) if version and version.bbox else "",
    }


def form_for(columns: Mapping[str, Column], style: Style, posted: StyleForm | None, revision: int) -> StyleForm:
    """The form with what follows from the draft filled in: bounds, palette, what the classes were made for."""
    if posted is not None and not posted.is_valid():
        return posted
    values = initial_of(style) | {"revision": revision}
    if posted is not None:
        typed = posted.cleaned_data
        values |= {name: typed[name] for name in ("classes_wanted", "method")}
        if style.kind == GRADUATED and typed["method"] == "manual":
            values["breaks"] = typed["breaks"]
    values |= {"basis": basis_of(style, values), "colouring": colouring_of(style)}
    return StyleForm(columns, style, initial=values)


def rows_of(style: Style, legend: list[Entry]) -> list[Row]:
    """The classes, `other` where values can be left over, and `no_data`."""
    if style.kind not in (CATEGORIZED, GRADUATED):
        return []
    listed = [(f"class-{index}", item) for index, item in enumerate(style.classes)]
    if style.kind == CATEGORIZED:
        listed.append(("other", style.other))
    listed.append(("no_data", style.no_data))
    entries: list[Entry | None] = list(legend) if len(legend) == len(listed) else [None] * len(listed)
    return [
        Row(prefix, item, label_of(style, item), entry) for (prefix, item), entry in zip(listed, entries, strict=True)
    ]


def _attribute(columns: Mapping[str, Column], style: Style) -> str:
    return next((name for name, column in columns.items() if column.column == style.field), "")


def categories_left(layer: Layer, columns: Mapping[str, Column], style: Style) -> int:
    """How many different values have no class of their own because there are too many."""
    attribute = _attribute(columns, style)
    if style.kind != CATEGORIZED or layer.current_version is None or not attribute:
        return 0
    _listed, total = column_statistics.categories(layer.current_version, attribute, MOST_CATEGORIES)
    return max(total - len(style.classes), 0)


def histogram_of(layer: Layer, columns: Mapping[str, Column], style: Style) -> Histogram | None:
    """The drawing of the chosen number column; None for other kinds of style."""
    attribute = _attribute(columns, style)
    if style.kind != GRADUATED or layer.current_version is None or not attribute:
        return None
    summary = column_statistics.number_summary(layer.current_version, attribute)
    if summary is None:
        return None
    bins = column_statistics.histogram(summary)
    tallest = max(item.count for item in bins) or 1
    step = WIDTH / len(bins)
    bars = []
    for index, item in enumerate(bins):
        height = round(item.count / tallest * HEIGHT, 2)
        bars.append(
            Bar(round(index * step, 2), round(HEIGHT - height, 2), round(step - 0.8, 2), height,
                item.low, item.high, item.count)
        )  # fmt: skip
    span = (summary.highest - summary.lowest) or 1
    inside = [bound for bound in style.inner if summary.lowest <= bound <= summary.highest]
    breaks = [round((bound - summary.lowest) / span * WIDTH, 2) for bound in inside]
    sampled = len(summary.values) if summary.sampled else 0
    return Histogram(bars, breaks, summary.lowest, summary.highest, summary.missing, sampled)
