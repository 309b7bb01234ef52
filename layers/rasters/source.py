"""Open an uploaded GeoTIFF: check that it is whole, its size, its georeference and its nodata value.

Only the GTiff driver is asked, and only a folder that holds nothing but our own copies is looked at.
"""

import contextlib
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from django.conf import settings
from django.utils.translation import gettext as _
from pyproj import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.transform import from_gcps
from rasterio.vrt import WarpedVRT

from geokit.crs import systems as crs_tools
from geokit.crs.systems import Bounds, SourceCrs
from geokit.refusal import BadInput, TooLarge
from geokit.sources.discovery import SourceLayer

EXACT = 1e-6
"""Pixels by which straightening may misplace a cell; exactly 0 makes GDAL fail."""
MAX_BANDS = 64
MAX_SIDE = 300_000
MAX_BLOCK_BYTES = 512 * 1024**2
"""GDAL holds a whole block (of a file in strips: a strip) in memory."""


def max_bytes() -> int:
    """What the pixels of one raster may take uncompressed."""
    return int(getattr(settings, "RASTER_MAX_BYTES", 8 * 1024**3))


@dataclass(slots=True)
class RasterSource:
    """A GeoTIFF that is ready to be read: `reader` is north up, and knows its CRS when anything does."""

    dataset: DatasetReader
    reader: DatasetReader | WarpedVRT
    crs: SourceCrs | None
    bounds: Bounds
    """In the source's own CRS."""
    nodata: float | None
    warnings: list[tuple[str, str]]

    @property
    def is_warped(self) -> bool:
        return self.reader is not self.dataset

    @property
    def has_alpha(self) -> bool:
        return ColorInterp.alpha in self.dataset.colorinterp


@contextlib.contextmanager
def open_raster(chosen: SourceLayer, crs: str = "") -> Iterator[RasterSource]:
    """Open and check a GeoTIFF. `crs` is what a person said. Raises BadInput or TooLarge."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(rasterio.Env(GDAL_PAM_ENABLED="NO", GDAL_NUM_THREADS="1", GDAL_CACHEMAX=128))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        dataset = stack.enter_context(_opened(chosen.path))
        _check_size(dataset)
        _check_kind(dataset)
        found = _crs(dataset, chosen, crs)
        transform = _placement(dataset)
        notes: list[tuple[str, str]] = []
        if dataset.subdatasets:
            notes.append(
                ("raster-pages", _("文件里有 %(count)d 个页面，只读取第一个。") % {"count": len(dataset.subdatasets)})
            )
        if any(scale != 1 for scale in dataset.scales) or any(dataset.offsets):
            notes.append(("raster-scale", _("文件声明了缩放系数或偏移，这里保留的是原始数值，没有换算。")))
        reader: DatasetReader | WarpedVRT = dataset
        if dataset.gcps[0] or not _is_north_up(transform):
            reader = stack.enter_context(_straightened(dataset, found))
            notes.append(("raster-warped", _("影像不是正北朝上（有旋转或控制点），已重采样为正北朝上的网格。")))
        yield RasterSource(dataset, reader, found, tuple(reader.bounds), _nodata(dataset), notes)


def _opened(path: Path) -> DatasetReader:
    try:
        return rasterio.open(path, driver="GTiff")
    except (RasterioError, OSError, ValueError) as error:
        raise unreadable() from error


def unreadable(row: int | None = None) -> BadInput:
    """The refusal of a file that is not, or not wholly, there; `row` is where reading stopped."""
    if row is None:
        return BadInput(_("GeoTIFF 已损坏或不完整，无法读取。请向提供者重新索取。"), code="raster-corrupt")
    message = _("GeoTIFF 在第 %(row)d 行像元附近已损坏或不完整。请向提供者重新索取。") % {"row": row}
    return BadInput(message, code="raster-corrupt")


def _check_size(dataset: DatasetReader) -> None:
    width, height, count = dataset.width, dataset.height, dataset.count
    size = width * height * count * np.dtype(dataset.dtypes[0]).itemsize
    if count > MAX_BANDS or max(width, height) > MAX_SIDE or size > max_bytes():
        named = {"width": width, "height": height, "bands": count, "size": f"{size / 1024**3:.1f}",
                 "limit": f"{max_bytes() / 1024**3:.1f}", "most": MAX_BANDS, "side": MAX_SIDE}  # fmt: skip
        message = _(
            "栅格有 %(width)d × %(height)d 像元、%(bands)d 个波段，展开后约 %(size)s GB，"
            "超过上限（%(limit)s GB、%(most)d 个波段、边长 %(side)d）。请裁切或降低分辨率。"
        )
        raise TooLarge(message % named, code="raster-too-large")
    rows, columns = dataset.block_shapes[0]
    block = rows * columns * np.dtype(dataset.dtypes[0]).itemsize
    if block > MAX_BLOCK_BYTES:
        message = _("栅格没有分块，整幅要一次读入内存，超过上限。请先转换为分块的 GeoTIFF。")
        raise TooLarge(message, code="raster-too-large")


def _check_kind(dataset: DatasetReader) -> None:
    kinds = {np.dtype(kind).kind for kind in dataset.dtypes if not kind.startswith("complex_int")}
    if not kinds or not kinds <= {"u", "i", "f"}:
        raise BadInput(_("栅格是复数类型，不能作为图层。请先取幅值或实部。"), code="raster-type")


def _crs(dataset: DatasetReader, chosen: SourceLayer, said: str) -> SourceCrs | None:
    """What a person said, else what the file says, else what the `.prj` beside it says."""
    if said:
        return crs_tools.from_user(said)
    inside = dataset.crs or dataset.gcps[1]
    if inside:
        return crs_tools.from_wkt(inside.to_wkt(version="WKT2_2019"), "file")
    return crs_tools.from_wkt(chosen.prj, "prj") if chosen.prj else None


def _placement(dataset: DatasetReader) -> rasterio.Affine:
    points = dataset.gcps[0]
    transform = from_gcps(points) if len(points) >= 3 else dataset.transform
    if transform.is_identity or transform.is_degenerate or not all(map(math.isfinite, transform[:6])):
        message = _("栅格没有地理参考（没有坐标变换参数，也没有 .tfw 或控制点），不知道应放在哪里。")
        raise BadInput(message, code="raster-no-georeference")
    return transform


def _is_north_up(transform: rasterio.Affine) -> bool:
    return transform.b == 0 and transform.d == 0 and transform.a > 0 and transform.e < 0


def _straightened(dataset: DatasetReader, found: SourceCrs | None) -> WarpedVRT:
    """The same raster on a north-up grid of its own CRS; values are taken over, never mixed."""
    crs = found.crs if found else CRS.from_epsg(3857)  # any plane will do while nobody has said which
    says_nothing = dataset.nodata is None and ColorInterp.alpha not in dataset.colorinterp
    try:
        return WarpedVRT(
            dataset, src_crs=crs.to_wkt(), crs=crs.to_wkt(), resampling=Resampling.nearest, add_alpha=says_nothing,
            tolerance=EXACT,
        )  # fmt: skip
    except (RasterioError, ValueError) as error:
        raise unreadable() from error


def _nodata(dataset: DatasetReader) -> float | None:
    """The value of "no data"; floats always have one, since NaN means that."""
    if dataset.nodata is not None:
        return float(dataset.nodata)
    alpha = ColorInterp.alpha in dataset.colorinterp
    return math.nan if np.dtype(dataset.dtypes[0]).kind == "f" and not alpha else None
