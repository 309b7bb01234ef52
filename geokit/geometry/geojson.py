"""GeoJSON (RFC 7946): the small things written by hand, always longitude, latitude, WGS 84."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

DECIMALS = 7  # about a centimetre


def feature(geometry: BaseGeometry | None, properties: Mapping[str, Any], feature_id: Any = None) -> dict[str, Any]:
    rounded = None if geometry is None else shapely.set_precision(geometry, 10**-DECIMALS, mode="pointwise")
    made: dict[str, Any] = {
        "type": "Feature",
        "geometry": None if rounded is None else json.loads(shapely.to_geojson(rounded)),
        "properties": {key: plain(value) for key, value in properties.items()},
    }
    if feature_id is not None:
        made["id"] = feature_id
    return made


def collection(features: Iterable[Mapping[str, Any]], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def plain(value: Any) -> Any:
    """A value JSON knows; dates become ISO 8601."""
    if value is None or isinstance(value, str | int | float | bool):
        return None if isinstance(value, float) and value != value else value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
