"""A small picture of a layer for the catalogue, drawn from its real features in its own style.

One picture for each audience, version and style: what the public may not read colours nothing in the public's picture.
Pictures are files in the store, made in the background after a publication; a missing one is asked for and,
until it is there, the catalogue shows a sign of the layer's kind.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Func, Max, Min, QuerySet
from django.db.models.fields import BinaryField

from accounts.models import Area
from jobs.queue import enqueue
from layers.catalogue.thumbnail_canvas import WIDTH, Frame, Picture
from layers.permissions import all_columns, columns_visible_to
from layers.rasters import raster_style as rasters
from layers.rasters.files import path_of as file_of
from layers.rasters.quicklook import whole
from layers.storage import derived
from layers.storage.columns import Column
from layers.storage.models import Layer, LayerVersion
from layers.storage.rows import rows_of
from layers.styling.column_statistics import as_tile_text
from layers.styling.style import CATEGORIZED, SINGLE, Style, StyleClass, style_of

MOST_FEATURES = 4_000
"""More would be drawn over each other at this size; of more an even sample by id is drawn."""
TOLERANCE_PIXELS = 0.5
ASKED_SECONDS = 600
REVISION = 1
"""Raise it when pictures are drawn otherwise."""


class Simplified(Func):
    """The geometry as well-known binary, without what is smaller than the tolerance (degrees)."""

    template = "ST_AsBinary(ST_SimplifyPreserveTopology(%(expressions)s))"
    output_field = BinaryField()


def shown_columns(layer: Layer, version: LayerVersion, signed_in: bool) -> dict[str, Column]:
    """The columns of an audience: everybody who is signed in, or the public."""
    return all_columns(version) if signed_in else columns_visible_to(None, layer, version)


def path_of(layer: Layer, signed_in: bool) -> Path | None:
    """Where the picture is or will be; None for a layer off the map. Both audiences see the same raster."""
    version = layer.current_version
    if version is None:
        return None
    said = [REVISION, version.state, layer.geometry_type, _style(layer, version, signed_in)]
    content = json.dumps(said, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:20]
    return derived.folder_of(layer, derived.PICTURES) / f"{digest}.webp"


def _style(layer: Layer, version: LayerVersion, signed_in: bool) -> dict[str, Any]:
    """What the picture's colours come from, as JSON."""
    if layer.kind == Layer.Kind.RASTER:
        return rasters.merged(layer.style, version, layer.title)
    return style_of(layer, shown_columns(layer, version, signed_in).values()).as_json()


def find_or_request(layer: Layer, signed_in: bool) -> Path | None:
    """The picture if it is there; if not, ask the worker for it and say None."""
    path = path_of(layer, signed_in)
    if path is None or path.exists():
        return path
    request_drawing(layer)
    return None


def request_drawing(layer: Layer) -> None:
    """Have the layer's pictures made; asked once in a while, not once per reader."""
    if cache.add(f"layers:thumbnail:{derived.stamp_of(layer)}", 1, ASKED_SECONDS):
        enqueue("layers.catalogue.thumbnails.draw_missing", layer.pk)


def published(sender: Any, layer: Layer, version: LayerVersion | None, **more: Any) -> None:
    """After a publication has been committed."""
    if version is not None:
        transaction.on_commit(lambda: request_drawing(layer), robust=True)


def draw_missing(layer_id: int) -> int:
    """Draw what is missing of a layer's pictures and drop those of earlier styles. Returns how many were drawn."""
    layer = Layer.objects.select_related("current_version").filter(pk=layer_id).first()
    version = layer.current_version if layer else None
    if layer is None or version is None:
        return 0
    wanted = {path_of(layer, signed_in): signed_in for signed_in in (True, False)}
    drawn = 0
    for path, signed_in in wanted.items():
        if path is None or path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        if layer.kind == Layer.Kind.RASTER:
            half.write_bytes(draw_raster(layer, version))
        else:
            half.write_bytes(draw(layer, version, shown_columns(layer, version, signed_in)))
        half.replace(path)
        drawn += 1
    # Also those of a state that ended while they were being drawn.
    derived.remove_stale(layer.pk)
    return drawn


def draw(layer: Layer, version: LayerVersion, columns: Mapping[str, Column]) -> bytes:
    """The picture of features as WebP."""
    style = style_of(layer, columns.values())
    frame = Frame.around(version.bbox)
    picture = _on_ground(frame)
    attribute = next((name for name, column in columns.items() if column.column == style.field), "")
    class_of = _classifier(style)
    names = [attribute] if attribute else []
    rows = _sample(version).annotate(shape=Simplified(F("geom"), frame.degrees(TOLERANCE_PIXELS)))
    for shape, *value in rows.values_list("shape", *names):
        if shape:
            picture.feature(bytes(shape), style.symbol, class_of(value[0] if value else None))
    return picture.webp()


def draw_raster(layer: Layer, version: LayerVersion) -> bytes:
    """The picture of a raster as WebP."""
    picture = _on_ground(Frame.around(version.bbox))
    if version.bbox:
        style = rasters.tile_style(_style(layer, version, signed_in=True), version.raster)
        picture.raster(whole(file_of(version), style, version.bbox, WIDTH), version.bbox)
    return picture.webp()


def _on_ground(frame: Frame) -> Picture:
    """An empty picture with the district beneath."""
    picture = Picture(frame)
    for outline in Area.objects.filter(level=Area.Level.DISTRICT, geom__isnull=False).values_list("geom", flat=True):
        if outline is not None:
            picture.ground(outline)
    return picture


def _sample(version: LayerVersion) -> QuerySet:
    rows = rows_of(version)
    if version.rows <= MOST_FEATURES:
        return rows
    ends = rows.aggregate(low=Min("pk"), high=Max("pk"))
    step = max((ends["high"] - ends["low"]) // MOST_FEATURES, 1)
    return rows.filter(pk__in=list(range(ends["low"], ends["high"] + 1, step)))


def _classifier(style: Style) -> Callable[[Any], StyleClass]:
    """From a value to the class that draws it, as the map's own expressions decide."""
    single = StyleClass(style.symbol.colour)
    by_value = {item.value: item for item in style.classes}
    inner = style.inner

    def find_class(value: Any) -> StyleClass:
        if style.kind == SINGLE:
            return single
        if value is None or value != value:
            return style.no_data
        if style.kind == CATEGORIZED:
            return by_value.get(as_tile_text(value), style.other)
        return style.classes[sum(1 for bound in inner if value >= bound)] if style.classes else style.other

    return find_class
