"""Arcs made into lines. shapely holds none; GDAL straightens them, a point every four degrees, as it reads a CSV."""

import csv
import warnings as python_warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from pyogrio.raw import read as ogr_read

from geokit.readers import gdal_drivers  # noqa: F401 - shuts GDAL's doors
from geokit.records.geometry_bytes import from_wkb
from geokit.records.rows import Issue
from geokit.wording import gettext as _

COLLECTION = 7
CURVES = frozenset(range(8, 15))
"""Type codes of WKB: circular strings to surfaces made of curves."""
WORDS = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE")
LONGEST_LINE = 2**31 - 1
DIMENSIONS = 1_000
FLAGS = 0x1FFFFFFF
"""Z, M and SRID are the upper three bits of a type code as PostGIS writes it."""


def read_wkb(wkb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Geometries of `wkb`, and the indexes of those that were straightened. What cannot be held is None."""
    geometry = from_wkb(wkb)
    lost = [int(index) for index in np.flatnonzero(shapely.is_missing(geometry)) if _is_curve(wkb[index])]
    straight = straightened([wkb[index].hex() for index in lost])
    for index, found in zip(lost, straight, strict=True):
        geometry[index] = found
    held = [index for index, found in zip(lost, straight, strict=True) if found is not None]
    return geometry, np.array(sorted(held + straighten_collections(geometry)), dtype=int)


def straighten_collections(geometry: np.ndarray) -> list[int]:
    """Put lines in place of the arcs in collections, which shapely cannot work with; returns their indexes."""
    mixed = [int(i) for i in np.flatnonzero(shapely.get_type_id(geometry) == COLLECTION) if _holds_curve(geometry[i])]
    for index in mixed:
        geometry[index] = _straight_collection(geometry[index])
    return mixed


def is_curved_wkt(text: str) -> bool:
    return any(word in text.upper() for word in WORDS)


def straightened(texts: Sequence[str]) -> list[Any]:
    """Geometries of WKT, or of WKB as hexadecimal digits, without arcs; None for what GDAL cannot read."""
    if not texts:
        return []
    with TemporaryDirectory(prefix="curves-") as folder:
        path = Path(folder) / "curves.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("shape", "number"), *((text, number) for number, text in enumerate(texts))])
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            _meta, _fids, wkb, _data = ogr_read(
                path, columns=[], GEOM_POSSIBLE_NAMES="shape", MAX_LINE_SIZE=LONGEST_LINE
            )
    return list(from_wkb(wkb))


def told(indexes: Iterable[int], first_row: int) -> list[Issue]:
    """What is said of rows whose arcs became lines."""
    reason = _("图形里有圆弧，已按每 4 度一个点转为折线。")
    return [Issue(first_row + int(index), "geom", "curve-straightened", reason, rejected=False) for index in indexes]


def _is_curve(wkb: bytes | None) -> bool:
    if wkb is None or len(wkb) < 5 or wkb[0] > 1:
        return False
    code = int.from_bytes(wkb[1:5], "little" if wkb[0] else "big") & FLAGS
    return code % DIMENSIONS in CURVES


def _holds_curve(collection: Any) -> bool:
    try:
        shapely.get_parts(shapely.get_parts(collection))
    except NotImplementedError:
        return True
    return False


def _straight_collection(collection: Any) -> Any:
    """The collection with its arcs as lines; None where a part cannot be held."""
    texts = _parts_of_wkt(shapely.to_wkt(collection, rounding_precision=-1))
    parts = straightened(texts)
    return None if any(part is None for part in parts) else shapely.GeometryCollection(parts)


def _parts_of_wkt(text: str) -> list[str]:
    """WKT of each geometry in the WKT of a collection, those of collections in it among them."""
    start, depth, parts = text.index("(") + 1, 0, []
    for place in range(start, len(text)):
        if text[place] == "(":
            depth += 1
        elif text[place] == ")" and depth:
            depth -= 1
        elif not depth and text[place] in ",)":
            parts.append(text[start:place].strip())
            start = place + 1
    inner = [_parts_of_wkt(part) if part.startswith("GEOMETRYCOLLECTION") and "(" in part else [part] for part in parts]
    return [part for group in inner for part in group]
