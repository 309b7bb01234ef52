"""Write a layer's published rows to a file in a format and CRS that others can open."""

import csv
import datetime as dt
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from pyogrio.raw import write as ogr_write

from geokit.crs import WGS84, between, from_user
from geokit.refusal import BadInput
from layers.columns import Column
from layers.models import LayerVersion
from layers.permissions import all_columns
from layers.rows import rows_of

BATCH = 20_000
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf", ".zip": "ESRI Shapefile"}
SUFFIXES = (*DRIVERS, ".csv")
LATER = {".pmtiles": "PMTiles"}
SHAPE_NAME_BYTES = 10
CANNOT_APPEND = ("FlatGeobuf",)  # its spatial index is built over all features at once


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch of a version: WGS 84 geometries and columns in order."""

    geometry: np.ndarray
    columns: list[list[Any]]


def export_version(
    version: LayerVersion, target: Path, crs: str = "", wanted: Mapping[str, Column] | None = None
) -> int:
    """Write `version` to `target`; the suffix says the format. Returns the number of rows.

    `wanted` names the columns as `permissions.columns_visible_to` does; without it all are written.
    The file appears whole or not at all. Raises BadInput for an unknown suffix or CRS.
    """
    suffix = target.suffix.lower()
    if suffix in LATER:
        raise BadInput(f"暂不能导出 {LATER[suffix]}，可用：{'、'.join(SUFFIXES)}。", code="format-unsupported")
    if suffix not in SUFFIXES:
        raise BadInput(f"不能导出为“{suffix or target.name}”，可用：{'、'.join(SUFFIXES)}。", code="format-unsupported")
    epsg = from_user(crs).epsg or WGS84 if crs else WGS84
    if suffix == ".geojson" and epsg != WGS84:
        raise BadInput("GeoJSON 只能是 WGS 84（RFC 7946），请换一种格式或去掉坐标系选项。", code="format-crs")
    if not target.parent.is_dir():
        raise BadInput(f"目标文件夹 {target.parent.name} 不存在。", code="target-missing")
    columns = all_columns(version) if wanted is None else wanted
    with TemporaryDirectory(prefix="export-") as work:
        made = (
            _write_csv(version, columns, Path(work), epsg)
            if suffix == ".csv"
            else _write_ogr(version, columns, Path(work), suffix, epsg)
        )
        shutil.move(made, target)
    return version.rows


def _batches(version: LayerVersion, attributes: Iterable[str], size: int = BATCH) -> Iterator[Rows]:
    names = list(attributes)
    rows = rows_of(version).order_by("id").values_list("geom", *names)
    for chunk in batched(rows.iterator(chunk_size=2_000), size, strict=False):
        geometry = shapely.from_wkb([bytes(row[0].wkb) for row in chunk])
        yield Rows(geometry, [[row[index + 1] for row in chunk] for index in range(len(names))])


def _moved(geometry: np.ndarray, epsg: int) -> np.ndarray:
    if epsg == WGS84:
        return geometry
    return shapely.transform(geometry, between(WGS84, epsg).transform, interleaved=False)


def _write_ogr(version: LayerVersion, wanted: Mapping[str, Column], work: Path, suffix: str, epsg: int) -> Path:
    driver = DRIVERS[suffix]
    columns = list(wanted.values())
    shape = driver == "ESRI Shapefile"
    path = work / (f"{version.layer.slug}.shp" if shape else f"out{suffix}")
    names = short_names(columns) if shape else [column.name for column in columns]
    extra: dict[str, Any] = {"encoding": "UTF-8"} if shape else {}
    size = version.rows or 1 if driver in CANNOT_APPEND else BATCH
    for number, rows in enumerate(_batches(version, wanted, size)):
        data, masks = _arrays(rows, columns)
        ogr_write(
            path, shapely.to_wkb(_moved(rows.geometry, epsg)), field_data=data, field_mask=masks, fields=names,
            layer=version.layer.slug, geometry_type=version.layer.geometry_type, crs=f"EPSG:{epsg}", driver=driver,
            append=number > 0, **extra,
        )  # fmt: skip
    return _zip_shapefile(path, columns, names) if shape else path


def _arrays(rows: Rows, columns: list[Column]) -> tuple[list[np.ndarray], list[np.ndarray | None]]:
    """Numpy columns with masks, since numpy integers know no NULL."""
    data, masks = [], []
    for values, column in zip(rows.columns, columns, strict=True):
        missing = np.array([value is None for value in values], bool)
        data.append(_array(values, column.kind))
        masks.append(missing if missing.any() and column.kind in ("integer", "bigint", "boolean") else None)
    return data, masks


def _array(values: list[Any], kind: str) -> np.ndarray:
    if kind in ("integer", "bigint", "boolean"):
        kinds = {"integer": "int32", "bigint": "int64", "boolean": "bool"}
        return np.array([value or 0 for value in values], dtype=kinds[kind])
    if kind == "double":
        return np.array([np.nan if value is None else value for value in values], dtype="float64")
    if kind == "date":
        return np.array(values, dtype="datetime64[D]")
    if kind == "datetime":
        return np.array(values, dtype="datetime64[ms]")
    return np.array(values, dtype=object)


def short_names(columns: list[Column]) -> list[str]:
    """Field names that fit a DBF: ten bytes of UTF-8, each only once."""
    names: list[str] = []
    for column in columns:
        name, number = _cut(column.name, SHAPE_NAME_BYTES), 1
        while name.lower() in (other.lower() for other in names):
            name = _cut(column.name, SHAPE_NAME_BYTES - len(str(number))) + str(number)
            number += 1
        names.append(name)
    return names


def _cut(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore")


def _zip_shapefile(path: Path, columns: list[Column], names: list[str]) -> Path:
    """All parts in one zip, with a list of the names that had to be cut."""
    cut = [f"{short}\t{column.name}" for short, column in zip(names, columns, strict=True) if short != column.name]
    packed = path.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            if part != packed:
                archive.write(part, part.name)
        if cut:
            archive.writestr("fields.txt", "\n".join(["short\tname", *cut]) + "\n")
    return packed


def _write_csv(version: LayerVersion, wanted: Mapping[str, Column], work: Path, epsg: int) -> Path:
    """UTF-8 with a byte-order mark, as spreadsheet programs expect; geometry as WKT."""
    path = work / "out.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(column.name for column in wanted.values()), "wkt"])
        for rows in _batches(version, wanted):
            wkt = shapely.to_wkt(_moved(rows.geometry, epsg), rounding_precision=9 if epsg == WGS84 else 4)
            for *values, shape in zip(*rows.columns, wkt, strict=True):
                writer.writerow([*map(csv_cell, values), shape])
    return path


def csv_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is made harmless."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return f"'{value}"
    return value.isoformat() if isinstance(value, dt.date) else value
