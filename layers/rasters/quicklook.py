"""Pictures of whole rasters: what the preview lays over the map, and thumbnails."""

import base64
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from layers.rasters.description import MERCATOR_EDGE
from layers.rasters.raster_style import default_style, tile_style
from tiles.raster.drawing import RasterStyle, draw

PREVIEW_PIXELS = 640
"""Longer side of the preview."""


def preview(path: Path, raster: dict[str, Any], box: tuple[float, float, float, float] | None) -> str:
    """A PNG of the raster over `box` (WGS 84) in EPSG:3857, in base64."""
    if box is None:
        return ""
    style = tile_style(default_style(raster, path.stem), raster)
    return base64.b64encode(whole(path, style, box, PREVIEW_PIXELS)).decode()


def whole(path: Path, style: RasterStyle, box: tuple[float, float, float, float], pixels: int) -> bytes:
    """A PNG of `box` (WGS 84 degrees), its longer side `pixels` long, north up in EPSG:3857."""
    west, south, east, north = box
    south, north = max(south, -MERCATOR_EDGE), min(north, MERCATOR_EDGE)
    bounds = transform_bounds("EPSG:4326", "EPSG:3857", west, south, east, north)
    pixel = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / pixels
    width = max(1, round((bounds[2] - bounds[0]) / pixel))
    height = max(1, round((bounds[3] - bounds[1]) / pixel))
    ring = (bounds[0] - pixel, bounds[1] - pixel, bounds[2] + pixel, bounds[3] + pixel)
    values, valid = _warped(path, style, ring, (width + 2, height + 2), pixel)
    ground = pixel * math.cos(math.radians((south + north) / 2))
    image = draw(values, valid, style, ground)
    out = io.BytesIO()
    if image is not None:
        image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _warped(
    path: Path, style: RasterStyle, bounds: tuple[float, ...], size: tuple[int, int], pixel: float
) -> tuple[np.ndarray, np.ndarray]:
    level = _level(path, pixel)
    options = {} if level is None else {"overview_level": level}
    with rasterio.open(path, driver="GTiff", **options) as source:
        says_nothing = source.nodata is None and ColorInterp.alpha not in source.colorinterp
        with WarpedVRT(
            source,
            crs="EPSG:3857",
            transform=from_bounds(*bounds, *size),
            width=size[0],
            height=size[1],
            resampling=Resampling.nearest if style.nearest else Resampling.bilinear,
            add_alpha=says_nothing,
        ) as warped:
            values = warped.read(list(style.bands), out_dtype="float32")
            masks = np.minimum.reduce([warped.read_masks(band) for band in style.bands])
    return values, np.where(np.isfinite(values).all(axis=0), masks, 0).astype(np.uint8)


def _level(path: Path, pixel: float) -> int | None:
    with rasterio.open(path, driver="GTiff") as source:
        west, _, east, _ = transform_bounds(source.crs, "EPSG:3857", *source.bounds, densify_pts=5)
        own = (east - west) / source.width
        fitting = [index for index, factor in enumerate(source.overviews(1)) if own * factor <= pixel]
    return max(fitting, default=None)
