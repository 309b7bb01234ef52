"""Small GeoTIFFs made on the spot, as bureaus send them."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_origin

WEST, NORTH, CELL = 121.30, 29.90, 0.0005
"""A grid over the test district, WGS 84 degrees."""


def hills(rows: int = 200, columns: int = 200) -> np.ndarray:
    """Smooth heights between 0 and about 200 m, float32."""
    y, x = np.mgrid[0:rows, 0:columns]
    return (100 + 60 * np.sin(x / 17) + 40 * np.cos(y / 23)).astype("float32")


def write_tiff(path: Path, values: np.ndarray, **more: Any) -> Path:
    """Write bands (or one band) as GeoTIFF; placed over the district in WGS 84 unless said otherwise."""
    bands = values if values.ndim == 3 else values[None]
    mask, colours = more.pop("mask", None), more.pop("colours", None)
    unit, name, gcps = more.pop("unit", None), more.pop("name", None), more.pop("gcps", None)
    profile = {
        "driver": "GTiff", "count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2],
        "dtype": bands.dtype, "crs": "EPSG:4326", "transform": from_origin(WEST, NORTH, CELL, CELL), **more,
    }  # fmt: skip
    if gcps:
        del profile["transform"], profile["crs"]
    profile = {name: value for name, value in profile.items() if value is not None}
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning),
        rasterio.open(path, "w", **profile) as file,
    ):
        file.write(bands)
        if mask is not None:
            file.write_mask(mask)
        if colours:
            file.write_colormap(1, colours)
        if unit:
            file.set_band_unit(1, unit)
        if name:
            file.set_band_description(1, name)
        if gcps:
            file.gcps = (gcps, more.get("crs", "EPSG:4326"))
    return path
