"""Reading the files under `fixtures/haishu/`; `SOURCE.md` there says where each is from."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from shapely import get_parts
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

DISTRICT = "330203"


def folder() -> Path:
    return Path(settings.BASE_DIR) / "fixtures" / "haishu"


def read_rows(name: str) -> list[dict[str, str]]:
    with (folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_json(name: str) -> Any:
    return json.loads((folder() / name).read_text(encoding="utf-8"))


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    return [part for part in get_parts(geometry) if isinstance(part, Polygon)]


@cache
def district_outlines() -> dict[str, tuple[str, MultiPolygon]]:
    """Code -> (name, outline) of Ningbo's ten districts. EPSG:4490, taken as WGS 84: the two differ by centimetres."""
    features = read_json("ningbo_districts_tianditu_cgcs2000.geojson")["features"]
    return {
        feature["properties"]["gb"][3:]: (
            feature["properties"]["name"],
            MultiPolygon(polygons(shape(feature["geometry"]))),
        )
        for feature in features
    }


def outline() -> MultiPolygon:
    """The outline of the demo district itself."""
    return district_outlines()[DISTRICT][1]
