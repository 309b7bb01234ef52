"""Values of a raster at a point, band by band."""

import math
from typing import Any

import rasterio
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from rasterio.windows import Window

from geokit.refusal import BadInput, FieldError
from layers.rasters.files import path_of
from layers.storage.models import LayerVersion


def value_at(version: LayerVersion, lng: str, lat: str) -> dict[str, Any]:
    """The cell under a WGS 84 place, band by band; `null` outside the raster and where it has no data.

    Raises BadInput `bad-place`.
    """
    longitude, latitude = _degrees("lng", lng, 180), _degrees("lat", lat, 90)
    with rasterio.open(path_of(version), driver="GTiff") as cog:
        move = Transformer.from_crs(4326, CRS.from_wkt(cog.crs.to_wkt()), always_xy=True)
        x, y = move.transform(longitude, latitude)
        row, column = cog.index(x, y) if math.isfinite(x) and math.isfinite(y) else (-1, -1)
        inside = 0 <= row < cog.height and 0 <= column < cog.width
        values = _cell(cog, int(row), int(column)) if inside else [None] * cog.count
    bands = [
        {"band": number, "name": band["name"], "unit": band["unit"], "value": value}
        for number, (band, value) in enumerate(zip(version.raster["bands"], values, strict=True), start=1)
    ]
    return {"lng": longitude, "lat": latitude, "inside": inside, "bands": bands}


def _cell(cog: rasterio.DatasetReader, row: int, column: int) -> list[float | int | None]:
    cell = cog.read(window=Window(column, row, 1, 1), masked=True)[:, 0, 0]
    return [
        None if value is None or (isinstance(value, float) and math.isnan(value)) else value for value in cell.tolist()
    ]


def _degrees(field: str, text: str, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not -most <= number <= most:
        message = _("“%(text)s”不是 -%(most)d 到 %(most)d 之间的度数。") % {"text": text[:20], "most": most}
        raise BadInput(message, code="bad-place", errors=[FieldError(field, "bad-place", message)])
    return number
