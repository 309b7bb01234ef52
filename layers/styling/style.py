"""How a loaded layer of vectors is drawn: the JSON of `Layer.style`, read and checked in one place.

The shape, version 1 (`{}` is a plain style in a colour of the layer's own)::

    {"version": 1, "kind": "single" | "categorized" | "graduated",
     "field": "column", "method": "quantile" | "equal" | "natural" | "manual", "palette": "viridis", "reverse": false,
     "symbol": {"colour", "shape", "size", "width", "dash", "fill_opacity", "outline", "outline_width"},
     "classes": [{"value": "text of the value" | "min": 0, "max": 10, "label", "colour", "shape", "dash"}],
     "other": {"label", "colour", ...}, "no_data": {"label", "colour", ...},
     "labels": {"field", "size", "halo", "minzoom"},
     "minzoom": 0, "maxzoom": 24, "opacity": 1}

Sizes and widths are pixels at zoom 14. A graduated class holds min <= x < max, the last one its max too; numbers
below or above all classes belong to the first or the last. `other` (a value that has no class) and `no_data` (no value)
are always there. Empty labels are said in the reader's language. Rasters: `layers/rasters/raster_style.py`.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from layers.storage.columns import Column
from layers.storage.models import Layer
from layers.styling.class_breaks import METHODS
from layers.styling.json_checks import Checked
from layers.styling.palettes import palettes

VERSION = 1
SINGLE, CATEGORIZED, GRADUATED = "single", "categorized", "graduated"
KINDS = (SINGLE, CATEGORIZED, GRADUATED)
SHAPES = ("circle", "square", "triangle", "diamond", "star", "cross")
DASHES = ("solid", "dashed", "dotted", "dashdot")
MOST_CLASSES = 40
MAX_ZOOM = 24
# Told apart from water classes and from each other; a layer without a style takes one of these.
OWN_COLOURS = ("#8a5a1c", "#6b4e9b", "#00796b", "#ad1457", "#4a6100", "#37474f")
OTHER_COLOUR = "#8d979d"
NO_DATA_COLOUR = "#c9ced1"


@dataclass(frozen=True)
class Symbol:
    """What all classes share. An empty outline is the class's own colour."""

    colour: str = OWN_COLOURS[0]
    shape: str = "circle"
    size: float = 5
    width: float = 1.8
    dash: str = "solid"
    fill_opacity: float = 0.45
    outline: str = ""
    outline_width: float = 1


@dataclass(frozen=True)
class StyleClass:
    """One class: which values it holds and what sets it apart. Empty shape and dash: as the symbol."""

    colour: str
    label: str = ""
    shape: str = ""
    dash: str = ""
    value: str | None = None
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True)
class Labels:
    """Text beside each feature, from one of its fields; the halo is in pixels."""

    field: str
    size: float = 12
    halo: float = 1.5
    minzoom: float = 12


@dataclass(frozen=True)
class Style:
    """One layer's style, known to be sound."""

    kind: str = SINGLE
    field: str = ""
    method: str = "quantile"
    palette: str = "viridis"
    reverse: bool = False
    symbol: Symbol = Symbol()
    classes: tuple[StyleClass, ...] = ()
    other: StyleClass = StyleClass(OTHER_COLOUR, dash="dotted")
    no_data: StyleClass = StyleClass(NO_DATA_COLOUR, dash="dotted")
    labels: Labels | None = None
    minzoom: float = 0
    maxzoom: float = MAX_ZOOM
    opacity: float = 1

    @property
    def inner(self) -> list[float]:
        """The bounds between the classes of a graduated style."""
        return [float(item.min or 0) for item in self.classes[1:]]

    @property
    def fields(self) -> set[str]:
        """The columns that the style reads."""
        used = {self.field} if self.kind != SINGLE else set()
        return used | ({self.labels.field} if self.labels else set())

    def as_json(self) -> dict[str, Any]:
        """What is stored; `parse` reads it back to the same style."""
        body = {"version": VERSION, **asdict(self)}
        if self.kind == SINGLE:
            for name in ("field", "method", "palette", "reverse", "classes"):
                del body[name]
        else:
            body["classes"] = [_without_empty(asdict(item)) for item in self.classes]
        if self.kind == CATEGORIZED:
            del body["method"]
        body["other"], body["no_data"] = _without_empty(body["other"]), _without_empty(body["no_data"])
        if self.labels is None:
            del body["labels"]
        return body


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not said; an empty text as a class's value is said."""
    return {name: value for name, value in values.items() if value is not None and (value != "" or name == "value")}


def default_style(layer: Layer) -> Style:
    """A plain style in the layer's own colour; points get a white outline."""
    colour = OWN_COLOURS[(layer.pk or 0) % len(OWN_COLOURS)]
    outline = "#ffffff" if layer.geometry_type == "MultiPoint" else ""
    minzoom = layer.style.get("minzoom", 0) if isinstance(layer.style, dict) else 0
    return Style(symbol=Symbol(colour=colour, outline=outline), minzoom=minzoom if isinstance(minzoom, int) else 0)


def style_of(layer: Layer, columns: Collection[Column]) -> Style:
    """The layer's style as far as `columns` allow: a reader who may not see a field is not shown it in colours."""
    try:
        style = parse(layer.style) if layer.style.get("version") else default_style(layer)
    except BadInput:
        style = default_style(layer)
    return fitting(style, columns)


def shown_style(layer: Layer, columns: Collection[Column]) -> dict[str, Any]:
    """The style as JSON for somebody who may read `columns`; a raster's as it is stored."""
    return layer.style if layer.kind == Layer.Kind.RASTER else style_of(layer, columns).as_json()


def fitting(style: Style, columns: Collection[Column]) -> Style:
    """`style` without what would need a column that is not there."""
    present = {column.column: column for column in columns}
    if style.kind != SINGLE and style.field not in present:
        style = replace(style, kind=SINGLE, field="", classes=())
    if style.kind == GRADUATED and not present[style.field].is_number:
        style = replace(style, kind=SINGLE, field="", classes=())
    if style.labels and style.labels.field not in present:
        style = replace(style, labels=None)
    return style


def parse(stored: Mapping[str, Any]) -> Style:
    """Read a style. Raises BadInput `style-invalid`, with every field that is wrong."""
    read = Checked(stored)
    read.one_of("version", (VERSION,), VERSION)
    kind = read.one_of("kind", KINDS, SINGLE)
    style = Style(
        kind=kind,
        field=read.text("field", 63) if kind != SINGLE else "",
        method=read.one_of("method", METHODS, "quantile"),
        palette=read.one_of("palette", tuple(palettes()), "viridis"),
        reverse=bool(stored.get("reverse", False)),
        symbol=_symbol(read.inside("symbol")),
        classes=tuple(_class(item) for item in read.several("classes", MOST_CLASSES)) if kind != SINGLE else (),
        other=_class(read.inside("other"), OTHER_COLOUR),
        no_data=_class(read.inside("no_data"), NO_DATA_COLOUR),
        labels=_labels(read.inside("labels")) if stored.get("labels") else None,
        minzoom=read.number("minzoom", 0, MAX_ZOOM, 0),
        maxzoom=read.number("maxzoom", 0, MAX_ZOOM, MAX_ZOOM),
        opacity=read.number("opacity", 0, 1, 1),
    )
    _fits_together(style, read)
    if read.errors:
        raise BadInput(_("样式里有不能用的值。"), code="style-invalid", errors=read.errors)
    return style


def _symbol(read: Checked) -> Symbol:
    plain = Symbol()
    return Symbol(
        colour=read.colour("colour", plain.colour),
        shape=read.one_of("shape", SHAPES, plain.shape),
        size=read.number("size", 1, 40, plain.size),
        width=read.number("width", 0.2, 30, plain.width),
        dash=read.one_of("dash", DASHES, plain.dash),
        fill_opacity=read.number("fill_opacity", 0, 1, plain.fill_opacity),
        outline=read.colour("outline", ""),
        outline_width=read.number("outline_width", 0, 10, plain.outline_width),
    )


def _class(read: Checked, colour: str = OTHER_COLOUR) -> StyleClass:
    return StyleClass(
        colour=read.colour("colour", colour),
        label=read.text("label", 80),
        shape=read.one_of("shape", ("", *SHAPES), ""),
        dash=read.one_of("dash", ("", *DASHES), ""),
        value=read.text("value", 500) if "value" in read.stored else None,
        min=read.number("min", None, None, None),
        max=read.number("max", None, None, None),
    )


def _labels(read: Checked) -> Labels:
    return Labels(
        field=read.text("field", 63),
        size=read.number("size", 8, 32, 12),
        halo=read.number("halo", 0, 5, 1.5),
        minzoom=read.number("minzoom", 0, MAX_ZOOM, 12),
    )


def _fits_together(style: Style, read: Checked) -> None:
    if style.minzoom >= style.maxzoom:
        read.refuse("maxzoom", _("最大级别要大于最小级别。"))
    if style.kind != SINGLE and not style.field:
        read.refuse("field", _("请选择字段。"))
    if style.kind == CATEGORIZED:
        values = [item.value for item in style.classes]
        if None in values:
            read.refuse("classes", _("每个类别都要有值。"))
        if len(set(values)) < len(values):
            read.refuse("classes", _("同一个值只能有一个类别。"))
    if style.kind == GRADUATED:
        _bounds_ascend(style, read)


def _bounds_ascend(style: Style, read: Checked) -> None:
    bounds = [(item.min, item.max) for item in style.classes]
    if any(low is None or high is None for low, high in bounds):
        read.refuse("classes", _("每一级都要有上下限。"))
        return
    falling = any(low > high for low, high in bounds if low is not None and high is not None)
    apart = any(before[1] != after[0] for before, after in pairwise(bounds))
    empty = any(low == high for low, high in bounds[:-1])
    if falling or apart or empty:
        read.refuse("classes", _("分级的界限要从小到大、首尾相接。"))
