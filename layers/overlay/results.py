"""Read the result of a run: rows for page and CSV, features for the map, bars for the chart."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import QuerySet
from django.utils.formats import number_format

from layers.overlay.models import OverlayRun
from layers.overlay.result_table import table_of
from layers.storage.columns import Column, columns_from
from layers.storage.models import LayerVersion
from layers.storage.rows import rows_of
from tiles.raster.ramps import css

MAP_FEATURES = 1_000
BARS = 40
CLASSES = 5
DECIMALS = 5
"""Of degrees on the map: a metre."""
CHARTED = ("area_m2", "length_m", "mean", "feature_count")
"""What the chart and the map's colours show: the first of these that the answer has."""
ROUNDED = {"distance_m": 1, "zone_area_km2": 3, "count_per_km2": 3, "length_m": 1, "area_m2": 0}


def rows(run: OverlayRun) -> QuerySet[Any]:
    return rows_of(cast(LayerVersion, table_of(run)))  # it has what a row model asks of a version


def columns(run: OverlayRun) -> list[Column]:
    return columns_from(run.fields)


def cells(run: OverlayRun, row: Any) -> list[tuple[str, bool]]:
    """A row as text, each with whether it is a number."""
    return [(shown(getattr(row, f"f{i}"), column), column.is_number) for i, column in enumerate(columns(run))]


def shown(value: Any, column: Column) -> str:
    """A value as people read it, with as many decimals as make sense."""
    if value is None:
        return "—"
    if column.kind in ("integer", "bigint"):
        return number_format(int(value), 0, force_grouping=abs(value) >= 10_000)
    if isinstance(value, float):
        size = abs(value)
        decimals = ROUNDED.get(column.column, 0 if size >= 10_000 else 1 if size >= 100 else 2 if size >= 1 else 4)
        return number_format(value, decimals, force_grouping=size >= 10_000)
    return str(value)


def charted(run: OverlayRun) -> tuple[int, Column] | None:
    """Place and column of what is worth a chart; nothing for a list of features."""
    if run.tool == OverlayRun.Tool.WITHIN:
        return None
    by_name = {column.column: (place, column) for place, column in enumerate(columns(run))}
    # The mean of classes' numbers says nothing; the share of the first class does.
    shares = [name for name in by_name if name.startswith("class_")]
    return next((by_name[name] for name in (*shares, *CHARTED) if name in by_name), None)


def bars(run: OverlayRun) -> dict[str, Any]:
    """The largest zones as bars, widths in per cent of the largest; empty when there is nothing to draw."""
    found = charted(run)
    if found is None:
        return {}
    place, column = found
    values = rows(run).exclude(**{f"f{place}": None}).order_by(f"-f{place}").values_list("f0", f"f{place}")[:BARS]
    listed = [(name, float(value)) for name, value in values]
    most = max((abs(value) for _, value in listed), default=0)
    if not most:
        return {}
    items = [
        {"name": name, "value": shown(value, column), "width": max(0.0, 100 * value / most), "y": 34 * index}
        for index, (name, value) in enumerate(listed)
    ]
    return {"title": column.name, "bars": items, "height": 34 * len(items), "left_out": max(0, run.rows - len(items))}


def classes(run: OverlayRun) -> dict[str, Any]:
    """Limits and colours of the map: quantiles of what the chart shows, fewer where values repeat."""
    found = charted(run)
    if found is None:
        return {}
    place, column = found
    values = [v for v in rows(run).values_list(f"f{place}", flat=True) if v is not None]
    if not values:
        return {}
    edges = np.unique(np.quantile(np.array(values, dtype=float), np.linspace(0, 1, CLASSES + 1)))
    count = max(1, len(edges) - 1)
    colours = css("cividis", reverse=True, steps=count) if count > 1 else ["#707173"]
    limits = [(float(edges[i]), float(edges[min(i + 1, len(edges) - 1)])) for i in range(count)]
    legend = [{"colour": colour, "words": _span(limits, i, column)} for i, colour in enumerate(colours)]
    return {"title": column.name, "place": place, "limits": limits, "colours": colours, "legend": legend}


def _span(limits: list[tuple[float, float]], place: int, column: Column) -> str:
    """From where to where a class reaches; its upper limit belongs to it, so whole numbers begin one higher."""
    low, high = limits[place]
    if place and column.kind in ("integer", "bigint"):
        low = float(int(low) + 1)
    return shown(low, column) if low == high else f"{shown(low, column)} – {shown(high, column)}"


def geojson(run: OverlayRun) -> dict[str, Any]:
    """The first features for the map, coloured by class where there is something to colour by."""
    coloured = classes(run)
    names = ["pk", "shape", *([f"f{coloured['place']}"] if coloured else [])]
    found = rows(run).annotate(shape=AsGeoJSON("geom", precision=DECIMALS)).order_by("pk").values_list(*names)
    features = []
    for pk, shape, *value in found[:MAP_FEATURES]:
        fill = {"kind": "zone", "fill": _colour(coloured, value[0])} if coloured else {}
        features.append({"type": "Feature", "id": pk, "geometry": json.loads(shape), "properties": fill})
    return {"type": "FeatureCollection", "features": features}


def _colour(coloured: dict[str, Any], value: float | None) -> str:
    if value is None:
        return "#d9d9d9"
    upper = [high for _, high in coloured["limits"]]
    return coloured["colours"][min(int(np.searchsorted(upper, float(value))), len(upper) - 1)]


def table_rows(run: OverlayRun) -> Iterator[Sequence[Any]]:
    """The whole answer row by row, the head first."""
    yield ["id", *(column.name for column in columns(run))]
    names = ["pk", *(f"f{i}" for i in range(len(run.fields)))]
    yield from rows(run).order_by("pk").values_list(*names).iterator(chunk_size=2_000)
