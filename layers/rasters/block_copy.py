"""Copy a checked GeoTIFF block by block into a plain working file, counting what is in it on the way.

A corrupt block shows itself here, before anything is published. NaN and infinity become "no data".
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import rasterio
from django.utils.translation import gettext as _
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geokit.refusal import BadInput
from layers.rasters.source import RasterSource, unreadable

TILE = 512
STRIP = 8
"""Rows of tiles read at a time are as many as make about this many megapixels."""

Step = Callable[[int, int], None]


@dataclass(slots=True)
class BandCount:
    """Exact figures of one band's valid cells, gathered block by block."""

    valid: int = 0
    low: float = math.inf
    high: float = -math.inf
    mean: float = 0.0
    squares: float = 0.0
    """Sum of squared distances from the mean (Welford, so that large offsets lose no digits)."""

    def add(self, values: np.ndarray) -> None:
        """Count the valid values of a block."""
        if not values.size:
            return
        values = values.astype(np.float64, copy=False)
        self.low, self.high = min(self.low, float(values.min())), max(self.high, float(values.max()))
        mean, count = float(values.mean()), values.size
        squares = float(((values - mean) ** 2).sum())
        together, apart = self.valid + count, mean - self.mean
        self.squares += squares + apart * apart * self.valid * count / together
        self.mean += apart * count / together
        self.valid = together

    @property
    def stdev(self) -> float:
        """Of the population, as GDAL gives it."""
        return math.sqrt(self.squares / self.valid) if self.valid else 0.0


@dataclass(slots=True)
class Copied:
    """The working file and what was counted in it."""

    path: Path
    bands: list[BandCount] = field(default_factory=list)


def copy_plain(source: RasterSource, crs_wkt: str, target: Path, step: Step) -> Copied:
    """Write the raster to `target`, tiled, in its own CRS. Raises BadInput `raster-corrupt` or `raster-empty`."""
    reader, nodata = source.reader, source.nodata
    masked = nodata is None and not source.has_alpha and MaskFlags.all_valid not in reader.mask_flag_enums[0]
    data_bands = source.dataset.count  # straightening may have added an alpha band of its own
    profile = {
        "driver": "GTiff", "width": reader.width, "height": reader.height, "count": data_bands,
        "dtype": reader.dtypes[0], "crs": crs_wkt, "transform": reader.transform, "nodata": nodata, "tiled": True,
        "blockxsize": TILE, "blockysize": TILE, "compress": "deflate", "zlevel": 1, "bigtiff": "if_safer",
        "interleave": "pixel" if data_bands in (3, 4) else "band",
    }  # fmt: skip
    copied = Copied(target, [BandCount() for _ in range(data_bands)])
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(target, "w", **profile) as sink:
        _report_bands(source, sink, data_bands)  # a TIFF's header cannot be changed once there are pixels
        for window in _windows(reader.width, reader.height, step):
            values, valid = _read(source, window, data_bands)
            for counted, band, where in zip(copied.bands, values, valid, strict=True):
                counted.add(band[where])
            sink.write(values, window=window)
            if masked:
                sink.write_mask(valid.all(axis=0), window=window)
    if not any(band.valid for band in copied.bands):
        raise BadInput(_("栅格里全部像元都是无数据，没有可以显示的内容。"), code="raster-empty")
    return copied


def _windows(width: int, height: int, step: Step) -> Iterator[Window]:
    """Strips of whole tiles from north to south."""
    rows = TILE * max(1, STRIP * 1_000_000 // (TILE * width))
    for top in range(0, height, rows):
        yield Window(0, top, width, min(rows, height - top))
        step(min(top + rows, height), height)


def _read(source: RasterSource, window: Window, bands: int) -> tuple[np.ndarray, np.ndarray]:
    """Values of a window and which of them are valid, band by band."""
    indexes = list(range(1, bands + 1))
    try:
        values = source.reader.read(indexes, window=window)
        valid = source.reader.read_masks(indexes, window=window) > 0
    except (RasterioError, OSError) as error:
        raise unreadable(int(window.row_off) + 1) from error
    if values.dtype.kind == "f":
        broken = ~np.isfinite(values)
        valid &= ~broken
    if source.nodata is not None:
        values[~valid] = source.nodata
    return values, valid


def _report_bands(source: RasterSource, sink: rasterio.io.DatasetWriter, bands: int) -> None:
    dataset = source.dataset
    sink.colorinterp = list(dataset.colorinterp)[:bands]
    for band in range(1, bands + 1):
        if name := dataset.descriptions[band - 1]:
            sink.set_band_description(band, name[:60])
        if unit := dataset.units[band - 1]:
            sink.set_band_unit(band, unit[:20])
    if colours := _colour_table(dataset):
        sink.write_colormap(1, colours)


def _colour_table(dataset: rasterio.io.DatasetReader) -> dict[int, tuple[int, ...]]:
    try:
        return dataset.colormap(1)
    except ValueError:
        return {}
