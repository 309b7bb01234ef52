"""Exports through GDAL: GeoPackage, GeoJSON, FlatGeobuf. What a shapefile needs besides is in `shapefile_writer.py`."""

import datetime as dt
import warnings as python_warnings
from pathlib import Path
from typing import Any

import numpy as np
from pyogrio.raw import open_arrow, write_arrow
from pyogrio.raw import write as ogr_write

from geokit.records.rows import LOCAL_ZONE, NO_DATE
from layers.exporting.row_batches import ExportRequest, Rows
from layers.storage.columns import Column

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}
OPTIONS: dict[str, dict[str, Any]] = {
    # Nine decimals are a tenth of a millimetre; RFC 7946 as such would cut to seven.
    "GeoJSON": {"RFC7946": "YES", "COORDINATE_PRECISION": "9"},
    "FlatGeobuf": {"SPATIAL_INDEX": "YES"},
}
STREAMED = ("FlatGeobuf", "GeoJSON")
"""Made from a GeoPackage that GDAL streams: the one's index is built over all features, the other's file is read whole
into memory when something is appended."""
ZONELESS = ("ESRI Shapefile",)
"""Times are text there, as they are read on the screen. The others name the moment in UTC, which no reader can move."""
UTC_OF_GDAL = 100
STREAM_ROWS = 1_000
Masks = list[np.ndarray | None]
WHOLE = {"integer": "int32", "bigint": "int64", "boolean": "bool"}


def write_ogr(request: ExportRequest, work: Path, suffix: str) -> tuple[Path, int, list[str]]:
    """Write by batches; returns the file, the number of rows and no warnings."""
    driver = DRIVERS[suffix]
    if driver in STREAMED:
        path, count = _append_batches(request, work / "whole.gpkg", "GPKG")
        return _restream(path, work / f"out{suffix}", driver, request), count, []
    path, count = _append_batches(request, work / f"out{suffix}", driver)
    return path, count, []


def _append_batches(request: ExportRequest, path: Path, driver: str) -> tuple[Path, int]:
    names = [column.name for column in request.columns.values()]
    count = 0
    for rows in request.batches():
        write_batch(request, rows, path, driver, names, append=count > 0, **OPTIONS.get(driver, {}))
        count += len(rows.geometry)
    if not count:
        write_batch(request, empty_batch(request), path, driver, names, append=False, **OPTIONS.get(driver, {}))
    return path, count


def empty_batch(request: ExportRequest) -> Rows:
    """A batch without rows: a file of an empty layer has its fields all the same."""
    return Rows(np.array([], dtype=object), [[] for _ in request.columns])


def write_batch(
    request: ExportRequest, rows: Rows, path: Path, driver: str, names: list[str], *, append: bool, **options: Any
) -> None:
    """Write or append one batch under the given field names."""
    columns = list(request.columns.values())
    data, masks = _arrays(rows, columns, in_utc := driver not in ZONELESS)
    zone = np.full(len(rows.geometry), UTC_OF_GDAL)
    zones = {name: zone for name, item in zip(names, columns, strict=True) if in_utc and item.kind == "datetime"}
    with python_warnings.catch_warnings():
        # Of times as text in shapefiles: the export says so itself.
        python_warnings.filterwarnings("ignore", "Field .* created as String field", RuntimeWarning)
        _write(
            request,
            rows,
            path,
            data,
            masks,
            fields=names,
            driver=driver,
            append=append,
            gdal_tz_offsets=zones,
            **options,
        )


def _write(request: ExportRequest, rows: Rows, path: Path, data: list[np.ndarray], masks: Masks, **how: Any) -> None:
    layer, crs = request.layer, f"EPSG:{request.epsg}"
    ogr_write(
        path, rows.geometry, field_data=data, field_mask=masks, layer=layer.slug, geometry_type=layer.geometry_type,
        crs=crs, **how,
    )  # fmt: skip


def _restream(source: Path, target: Path, driver: str, request: ExportRequest) -> Path:
    with open_arrow(source, use_pyarrow=False, batch_size=STREAM_ROWS) as (meta, reader):
        write_arrow(
            reader, target, layer=request.layer.slug, driver=driver, crs=meta["crs"],
            geometry_type=meta["geometry_type"], geometry_name=meta["geometry_name"] or "geom",
            **OPTIONS[driver],
        )  # fmt: skip
    return target


def _arrays(rows: Rows, columns: list[Column], in_utc: bool) -> tuple[list[np.ndarray], Masks]:
    """Numpy columns with masks, since numpy integers know no NULL."""
    data, masks = [], []
    for values, column in zip(rows.columns, columns, strict=True):
        missing = np.array([value is None for value in values], bool)
        moments = in_utc and column.kind == "datetime"
        data.append(_array(list(map(_in_utc, values)) if moments else values, column.kind))
        masks.append(missing if missing.any() and column.kind in WHOLE else None)
    return data, masks


def _array(values: list[Any], kind: str) -> np.ndarray:
    if kind in WHOLE:
        return np.array([value or 0 for value in values], dtype=WHOLE[kind])
    if kind == "double":
        return np.array([np.nan if value is None else value for value in values], dtype="float64")
    if kind == "date":
        return np.array(values, dtype="datetime64[D]")
    if kind == "datetime":
        return np.array(values, dtype="datetime64[ms]")
    return np.array(values, dtype=object)


def _in_utc(value: dt.datetime | None) -> dt.datetime | None:
    """The moment that a local time of the database is, as files with zones hold it; the first day of all stays."""
    if value is None or value.date() == NO_DATE:
        return value
    return value.replace(tzinfo=LOCAL_ZONE).astimezone(dt.UTC).replace(tzinfo=None)
