"""The metadata of a raster version, kept in `LayerVersion.raster` and shown by preview and legend.

{"file": name in the store, "bytes", "width", "height", "dtype", "crs", "nodata" (number, "nan" or null),
 "resolution_m": ground size of a cell, "pixel_3857": its size in EPSG:3857, "overviews": [2, 4, ...],
 "minzoom", "maxzoom", "categorical": values are names, "colours": {value: "#rrggbb"} of a colour table,
 "sampled": whether percentiles and histogram come from a part of the cells,
 "bands": [{"name", "unit", "colour": its interpretation, "min", "max", "mean", "stdev", "valid_share",
            "percentiles": {"2": ...}, "histogram": {"low", "high", "counts": [64]}, "values": [[value, cells]]}]}
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.warp import calculate_default_transform, transform_bounds

from layers.rasters.block_copy import BandCount
from layers.storage.value_bins import bin_range

WORLD_M = 40_075_016.685578488
BINS = 64
PERCENTILES = (1, 2, 5, 25, 50, 75, 95, 98, 99)
SAMPLE_CELLS = 16_000_000
"""Up to so many cells every one is looked at for percentiles; of larger rasters a regular part."""
MOST_CATEGORIES = 32
LISTED_VALUES = 256
MERCATOR_EDGE = 85.06


def describe(path: Path, counts: list[BandCount]) -> dict[str, Any]:
    """Describe a finished COG; minimum, maximum and mean are exact and come from `counts`."""
    with rasterio.open(path) as cog:
        pixel = _pixel_3857(cog)
        colours = _colours(cog)
        bands = [_band(cog, index, counted, keep=bool(colours)) for index, counted in enumerate(counts, start=1)]
        categorical = bool(colours) or _is_categorical(cog, bands)
        zoom = math.log2(WORLD_M / 256 / pixel)
        return {
            "bytes": path.stat().st_size,
            "width": cog.width,
            "height": cog.height,
            "dtype": cog.dtypes[0],
            "crs": cog.crs.to_wkt(),
            "nodata": _nodata(cog.nodata),
            "resolution_m": round(pixel * math.cos(math.radians(_middle_latitude(cog))), 4),
            "pixel_3857": pixel,
            "overviews": cog.overviews(1),
            "minzoom": max(0, math.floor(zoom - math.log2(max(cog.width, cog.height) / 256)) - 2),
            "maxzoom": min(22, max(0, math.ceil(zoom))),
            "categorical": categorical,
            "colours": colours,
            "sampled": cog.width * cog.height > SAMPLE_CELLS,
            "bands": bands,
        }


def wgs84_bounds(path: Path) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees."""
    with rasterio.open(path) as cog:
        west, south, east, north = transform_bounds(cog.crs, "EPSG:4326", *cog.bounds, densify_pts=21)
    return max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)


def _middle_latitude(cog: rasterio.DatasetReader) -> float:
    _, south, _, north = transform_bounds(cog.crs, "EPSG:4326", *cog.bounds, densify_pts=21)
    return max(-MERCATOR_EDGE, min(MERCATOR_EDGE, (south + north) / 2))


def _pixel_3857(cog: rasterio.DatasetReader) -> float:
    """Size of a cell in EPSG:3857 metres in the raster's middle, where the grid's edges are no matter."""
    x, y = cog.width // 2, cog.height // 2
    half = 8
    window = rasterio.windows.Window(
        max(0, x - half), max(0, y - half), min(2 * half, cog.width), min(2 * half, cog.height)
    )
    bounds = cog.window_bounds(window)
    moved, _, _ = calculate_default_transform(cog.crs, "EPSG:3857", int(window.width), int(window.height), *bounds)
    return float(abs(moved.a))


def _nodata(value: float | None) -> float | str | None:
    """JSON knows no NaN."""
    return "nan" if value is not None and math.isnan(value) else value


def _colours(cog: rasterio.DatasetReader) -> dict[str, str]:
    try:
        table = cog.colormap(1)
    except ValueError:
        return {}
    return {str(value): "#{:02x}{:02x}{:02x}".format(*colour[:3]) for value, colour in table.items() if colour[3] > 0}


def _band(cog: rasterio.DatasetReader, index: int, counted: BandCount, *, keep: bool) -> dict[str, Any]:
    values = _sample(cog, index)
    body: dict[str, Any] = {
        "name": cog.descriptions[index - 1] or "",
        "unit": cog.units[index - 1] or "",
        "colour": cog.colorinterp[index - 1].name,
        "valid_share": round(counted.valid / (cog.width * cog.height), 6),
        "min": None, "max": None, "mean": None, "stdev": None,
    }  # fmt: skip
    if not counted.valid:
        return body
    body |= {"min": counted.low, "max": counted.high, "mean": _finite(counted.mean), "stdev": _finite(counted.stdev)}
    if values.size:
        cuts = np.percentile(values, PERCENTILES)
        body["percentiles"] = {str(p): float(cut) for p, cut in zip(PERCENTILES, cuts, strict=True)}
        if reach := bin_range(counted.low, counted.high, BINS):
            cells, _ = np.histogram(values, bins=BINS, range=reach)
            body["histogram"] = {"low": reach[0], "high": reach[1], "counts": cells.tolist()}
        body["values"] = _values(values, most=LISTED_VALUES if keep else MOST_CATEGORIES)
    return body


def _finite(value: float) -> float | None:
    """None for what is beyond the numbers that JSON and the database hold."""
    return value if math.isfinite(value) else None


def _sample(cog: rasterio.DatasetReader, index: int) -> np.ndarray:
    """All valid values, or those of a regular grid of cells in a raster of more than SAMPLE_CELLS."""
    shrink = max(1.0, math.sqrt(cog.width * cog.height / SAMPLE_CELLS))
    shape = (math.ceil(cog.height / shrink), math.ceil(cog.width / shrink))
    found = cog.read(index, out_shape=shape, masked=True).compressed()
    return found[np.isfinite(found)] if found.dtype.kind == "f" else found


def _values(values: np.ndarray, most: int) -> list[list[int]]:
    """Distinct whole values with their numbers of cells, when there are few."""
    if values.dtype.kind == "f":
        return []
    distinct, cells = np.unique(values, return_counts=True)
    return (
        [[int(value), int(count)] for value, count in zip(distinct, cells, strict=True)]
        if distinct.size <= most
        else []
    )


def _is_categorical(cog: rasterio.DatasetReader, bands: list[dict[str, Any]]) -> bool:
    """One band of few whole values that each occur often reads like classes, not like measurements."""
    listed = bands[0].get("values") or []
    cells = sum(count for _, count in listed)
    return cog.count == 1 and bool(listed) and cells >= 20 * len(listed)
