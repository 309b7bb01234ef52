"""Raster tiles: a window of a georeferenced raster, warped to Web Mercator and drawn as PNG."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from django.core.cache import cache
from django.utils.functional import Promise
from PIL import Image
from rasterio.enums import Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT

from tiles.address import TileAddress
from tiles.cache import KEEP_SECONDS, StoredTile, digest
from tiles.layer import PUBLIC

SIZE = 256
# One pixel of margin on each side, so that slopes at a tile's edge see their neighbours.
MARGIN = 1

Draw = Callable[[np.ma.MaskedArray, float], Image.Image]


@dataclass(frozen=True)
class RasterLayer:
    """A raster file and how to draw it. `draw(values, metres_per_pixel)` gets the margin too."""

    name: str
    path: Path
    draw: Draw
    title: str | Promise = ""
    audience: str = PUBLIC


def _window(layer: RasterLayer, tile: TileAddress) -> np.ma.MaskedArray:
    """Read the tile's pixels plus the margin, masked where there is no data."""
    west, south, east, north = tile.bounds_m()
    pixel = (east - west) / SIZE
    side = SIZE + 2 * MARGIN
    bounds = (west - pixel * MARGIN, south - pixel * MARGIN, east + pixel * MARGIN, north + pixel * MARGIN)
    with (
        rasterio.open(layer.path) as source,
        WarpedVRT(
            source,
            crs="EPSG:3857",
            transform=from_bounds(*bounds, side, side),
            width=side,
            height=side,
            resampling=Resampling.cubic,
            dtype="float32",
        ) as warped,
    ):
        return warped.read(1, masked=True)


def _png(layer: RasterLayer, tile: TileAddress) -> bytes:
    values = _window(layer, tile)
    if values.mask.all():
        return b""
    _, south, _, north = tile.bounds()
    # Mercator stretches with latitude; slopes need metres on the ground.
    ground = (tile.bounds_m()[2] - tile.bounds_m()[0]) / SIZE * math.cos(math.radians((south + north) / 2))
    out = io.BytesIO()
    layer.draw(values, ground).save(out, "PNG", optimize=True)
    return out.getvalue()


def render_tile(layer: RasterLayer, tile: TileAddress) -> StoredTile:
    """Return the drawn tile, from the cache where the same file was drawn before."""
    key = "raster:" + digest([layer.name, str(layer.path), str(layer.path.stat().st_mtime_ns), str(tile)])
    stored = cache.get(key)
    if stored is None:
        content = _png(layer, tile)
        stored = StoredTile(digest([key, str(len(content))]), content)
        cache.set(key, stored, KEEP_SECONDS)
    return stored


def hillshade(values: np.ma.MaskedArray, metres_per_pixel: float) -> Image.Image:
    """Draw relief as a black veil: transparent on the sunny side, darker in the shade.

    Lambert shading with the light from the north-west at 45 degrees, heights exaggerated for a coarse
    model; cells without data are transparent.
    """
    heights = values.filled(0.0)
    slope_y, slope_x = np.gradient(heights * 3.0, metres_per_pixel)
    azimuth, altitude = math.radians(315.0), math.radians(45.0)
    light_e = math.sin(azimuth) * math.cos(altitude)
    light_n = math.cos(azimuth) * math.cos(altitude)
    # Rows run southward, so the northward slope is the negative of the row slope.
    lit = (-slope_x * light_e + slope_y * light_n + math.sin(altitude)) / np.sqrt(1 + slope_x**2 + slope_y**2)
    flat = math.sin(altitude)
    shade = np.clip((flat - lit) / flat, 0.0, 1.0)
    inner = slice(MARGIN, -MARGIN)
    alpha = np.where(values.mask, 0, shade * 110).astype(np.uint8)[inner, inner]
    veil = np.zeros((*alpha.shape, 2), np.uint8)
    veil[..., 1] = alpha
    return Image.fromarray(veil, "LA")
