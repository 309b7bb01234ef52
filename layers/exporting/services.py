"""Write a layer's published rows to a file in a format and CRS that others can open.

Rows are read from the database in batches and written at once, so memory stays bounded by the batch.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geokit.crs.systems import WGS84, from_user
from geokit.refusal import BadInput
from layers.exporting.ogr_writer import DRIVERS, write_ogr
from layers.exporting.row_batches import UTF8, ExportRequest
from layers.exporting.shapefile_writer import encoding_named, write_shapefile
from layers.permissions import all_columns
from layers.storage.columns import Column
from layers.storage.models import Layer, LayerVersion
from layers.storage.rows import rows_of
from ui.downloads import csv_lines

SUFFIXES = (*DRIVERS, ".zip", ".csv")
MANY_SUFFIXES = (".pmtiles",)
"""Formats that are made from tiles, not from rows (`layers/exporting/pmtiles_writer.py`)."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and what the format could not hold."""

    rows: int
    warnings: list[str] = field(default_factory=list)


def export_version(
    version: LayerVersion,
    target: Path,
    crs: str = "",
    wanted: Mapping[str, Column] | None = None,
    *,
    encoding: str = UTF8,
    rows: QuerySet[Any] | None = None,
) -> Exported:
    """Write `version` to `target`; the suffix says the format.

    `wanted` names the columns as `permissions.columns_visible_to` does; without it all are written. `rows` are those
    of `rows_of(version)` or some of them. `encoding` is of a shapefile's attributes: UTF-8 or GBK.
    The file appears whole or not at all. Raises BadInput for what cannot be written so.
    """
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES or version.layer.kind != Layer.Kind.VECTOR:
        known = "、".join(SUFFIXES)
        message = _("不能导出为“%(format)s”，可用：%(known)s。") % {"format": suffix or target.name, "known": known}
        raise BadInput(message, code="format-unsupported")
    request = ExportRequest(
        version,
        all_columns(version) if wanted is None else wanted,
        rows_of(version) if rows is None else rows,
        export_crs(suffix, crs),
        encoding_named(encoding),
    )
    if not target.parent.is_dir():
        message = _("目标文件夹 %(folder)s 不存在。") % {"folder": target.parent.name}
        raise BadInput(message, code="target-missing")
    # Beside the target: on the same disk, and gone with its folder if this process is killed.
    with TemporaryDirectory(prefix=".export-", dir=target.parent) as work:
        made, exported = _write(request, Path(work), suffix)
        shutil.move(made, target)
    return exported


def export_crs(suffix: str, crs: str) -> int:
    """Return the EPSG code to write in. Raises BadInput `crs-unknown` or `format-crs`."""
    epsg = from_user(crs).epsg or WGS84 if crs else WGS84
    if suffix == ".geojson" and epsg != WGS84:
        message = _("GeoJSON 只能是 WGS 84（RFC 7946），请换一种格式或去掉坐标系选项。")
        raise BadInput(message, code="format-crs")
    return epsg


def _write(request: ExportRequest, work: Path, suffix: str) -> tuple[Path, Exported]:
    if suffix == ".csv":
        return _write_csv(request, work)
    write = write_shapefile if suffix == ".zip" else write_ogr
    path, count, warnings = write(request, work, suffix)
    return path, Exported(count, warnings)


def fitting_zones(version: LayerVersion) -> list[int]:
    """Return the three-degree zones of CGCS2000 that fit the layer's middle: without and with the zone's number."""
    if version.bbox is None:
        return []
    west, _south, east, _north = version.bbox
    zone = round((west + east) / 2 / 3)
    return [4534 + zone - 25, 4513 + zone - 25] if 25 <= zone <= 45 else []


def _write_csv(request: ExportRequest, work: Path) -> tuple[Path, Exported]:
    """UTF-8 with a byte-order mark, as spreadsheet programs expect; geometry as WKT in full precision."""
    path = work / "out.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        count = -1  # the head is no row of the layer
        for line in csv_lines(_csv_rows(request)):
            file.write(line)
            count += 1
    return path, Exported(count)


def _csv_rows(request: ExportRequest) -> Iterator[list[Any]]:
    digits = 9 if request.epsg in (WGS84, 4490) else 4
    yield [*(column.name for column in request.columns.values()), "wkt"]
    for rows in request.batches():
        wkt = shapely.to_wkt(shapely.from_wkb(rows.geometry), rounding_precision=digits)
        for *values, shape in zip(*rows.columns, wkt, strict=True):
            yield [*values, shape]
