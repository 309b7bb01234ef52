"""What a raster says per zone: exactextract (C++) over the stored COG, cells at a border counted by the covered share.

Why not postgis_raster: `docs/decisions/0011-zonal-statistics.md`.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import rasterio
import shapely
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer

from accounts.permissions import Asker
from geokit.geometry.moved import moved
from geokit.refusal import BadInput
from layers.overlay.parameters import Question
from layers.overlay.result_table import create_zone_table, run_sql
from layers.overlay.run_progress import Steps
from layers.rasters.files import path_of
from layers.rasters.raster_style import band_title
from layers.storage import tables
from layers.storage.columns import Column

try:
    from exactextract import exact_extract
    from exactextract.feature import JSONFeatureSource
    from exactextract.raster import RasterioRasterSource
except ImportError:  # it has no wheel for this kind of machine, such as arm64
    exact_extract = JSONFeatureSource = RasterioRasterSource = None

MOST_ZONES = 50_000
CELLS_IN_MEMORY = 4_000_000
"""Cells read at a time, about 32 MB; larger zones are taken in parts."""
MOST_CLASSES = 24
NUMBERS = ("count", "min", "max", "mean", "sum", "stdev", "median", "majority", "minority", "variety")
EDGE_DEGREES = 0.01
"""Longest piece of a border that may be bent by moving only its corners into the raster's CRS, about a kilometre."""


def columns(question: Question) -> list[Column]:
    """The columns of the answer, beside the name of each zone."""
    raster = question.version.raster
    unit = raster["bands"][question.parameters.band - 1].get("unit") or ""
    said = f"（{unit}）" if unit else ""
    titles = [
        ("cell_count", _("像元数（按覆盖比例）")),
        ("min", _("最小值") + said),
        ("max", _("最大值") + said),
        ("mean", _("平均值") + said),
        ("sum", _("总和")),
        ("stdev", _("标准差") + said),
        ("median", _("中位数") + said),
        ("majority", _("众数")),
        ("minority", _("最少见的值")),
        ("variety", _("不同值的个数")),
        ("coverage_pct", _("有数据的面积（%）")),
        ("nodata_pct", _("无数据的像元（%）")),
    ]
    classes = [
        Column(_("值 %d 的占比（%%）") % value, f"class_{_slug(value)}_pct", "double") for value in _classes(question)
    ]
    return [Column(_("分区"), "zone", "text"), *(Column(title, name, "double") for name, title in titles), *classes]


def _slug(value: int) -> str:
    return str(value).replace("-", "minus_")


def _classes(question: Question) -> list[int]:
    """The values of a raster of classes, each of which gets its share."""
    raster = question.version.raster
    listed = raster["bands"][question.parameters.band - 1].get("values") or []
    return [value for value, _cells in listed] if raster["categorical"] and len(listed) <= MOST_CLASSES else []


def answer(question: Question, user: Asker, table: str, steps: Steps) -> dict[str, Any]:
    """Fill `table` with one row per zone; tells how it was computed. Raises BadInput."""
    if exact_extract is None:
        raise BadInput(_("这种机器上没有分区统计栅格的程序（exactextract）。"), code="no-zonal-statistics")
    count = create_zone_table(question.zones.query(user, question.parameters.only), 0.0, polygons=True)
    if count > MOST_ZONES:
        message = _("分区有 %(count)d 个，超过栅格统计的上限 %(most)d 个。请只选部分分区。")
        raise BadInput(message % {"count": count, "most": MOST_ZONES}, code="zones-too-many")
    everything, classes = columns(question), _classes(question)
    tables.create_staging(everything, "MultiPolygon")
    with rasterio.Env(GDAL_CACHEMAX=128), rasterio.open(path_of(question.version), driver="GTiff") as cog:
        source = RasterioRasterSource(cog, question.parameters.band, name="r")
        move = Transformer.from_crs(4326, CRS.from_wkt(cog.crs.to_wkt()), always_xy=True)
        for first, last in steps.over(count):
            ids, names, shapes = _zones(first, last)
            zones = moved(shapely.segmentize(shapes, EDGE_DEGREES), move.transform)
            found = list(_statistics(source, zones, cog, classes))
            values = [list(column) for column in zip(*found, strict=True)] if found else []
            tables.copy_rows(everything, ids, shapes, [None] * len(ids), [names, *values])
    steps.report("writing", count, count)
    tables.build(table, everything, "MultiPolygon")
    tables.move_staged(table, everything)
    method = _("逐像元按覆盖比例计算（exactextract），在栅格自己的坐标系（%(crs)s）里，%(band)s；无数据的像元不参与。")
    named = {"crs": cog.crs.to_string()[:60], "band": band_title(question.version.raster, question.parameters.band)}
    return {"method": method % named, "zones": count}


def _zones(first: int, last: int) -> tuple[list[int], list[str], np.ndarray]:
    rows = run_sql(
        "SELECT n, name, ST_AsBinary(ST_Multi(ST_CollectionExtract(geom, 3))) FROM overlay_zones"
        " WHERE n BETWEEN %s AND %s ORDER BY n",
        [first, last],
    )
    shapes = shapely.from_wkb(np.array([bytes(row[2]) for row in rows], dtype=object))
    return [row[0] for row in rows], [row[1] for row in rows], shapes


def _statistics(
    source: RasterioRasterSource, shapes: np.ndarray, cog: rasterio.DatasetReader, classes: list[int]
) -> Iterator[list[Any]]:
    """One row per shape, in order: the numbers, the shares of coverage and of no data, the shares of classes."""
    features = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)} for shape in shapes]
    wanted = [*NUMBERS, "all=count(default_value=0)", *(("unique", "frac") if classes else ())]
    found = exact_extract(
        source,
        JSONFeatureSource(features, srs_wkt=cog.crs.to_wkt()),
        wanted,
        max_cells_in_memory=CELLS_IN_MEMORY,
        strategy="feature-sequential",
    )
    cell = abs(cog.transform.a * cog.transform.e)
    for shape, statistics in zip(shapes, found, strict=True):
        values = statistics["properties"]
        count, whole = values["count"] or 0.0, values["all"] or 0.0
        expected = shape.area / cell
        yield [
            count,
            *(_plain(values[name]) for name in NUMBERS[1:]),
            min(100.0, 100.0 * count / expected) if expected else 0.0,
            100.0 * (whole - count) / whole if whole else None,
            *_shares(values, classes),
        ]


def _shares(values: dict[str, Any], classes: list[int]) -> list[float]:
    if not classes:
        return []
    shares = {int(v): float(s) for v, s in zip(values["unique"], values["frac"], strict=True)}
    return [100.0 * shares.get(value, 0.0) for value in classes]


def _plain(value: Any) -> float | None:
    """A float, or None where no cell has data."""
    number = None if value is None or np.ma.is_masked(value) else float(value)
    return None if number is None or not math.isfinite(number) else number
