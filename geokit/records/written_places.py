"""The whole place of a row in one cell: WKT, WKB as hexadecimal digits (each with an SRID or not), two coordinates."""

import re
from typing import Any

import shapely

from geokit.records.coordinate_pairs import pair_of
from geokit.records.geometry_bytes import from_wkt, wkb_of
from geokit.wording import gettext as _

MAX_COLLECTIONS = 100
"""In one WKT. They nest, and the library reads them by recursion: a hundred thousand overflow its stack."""
WKT_START = re.compile(
    r"\s*+(SRID=\d+;)?\s*+(MULTI)?(POINT|LINESTRING|POLYGON|CURVE|SURFACE|CURVEPOLYGON|CIRCULARSTRING|COMPOUNDCURVE"
    r"|GEOMETRYCOLLECTION)\s*+(Z|M|ZM)?\s*+\(",
    re.IGNORECASE,
)
SRID = re.compile(r"SRID=(\d{1,6})\s*;", re.IGNORECASE)


def looks_like_wkt(text: str) -> bool:
    return WKT_START.match(text) is not None


def holds_place(text: str) -> bool:
    """Whether a cell is written like a geometry or like two coordinates."""
    return looks_like_wkt(text) or wkb_of(text) is not None or pair_of(text) is not None


def geometry_of_wkt(text: str) -> Any:
    """The geometry with the SRID before it, or a sentence saying that there is none."""
    if text.upper().count("COLLECTION") > MAX_COLLECTIONS:
        return no_place(text)
    said = SRID.match(text)
    found = from_wkt(wkt_of(text))
    if found is None:
        return no_place(text)
    return shapely.set_srid(found, int(said[1])) if said else found


def no_place(text: str) -> str:
    return _("“%s”不是能用的 WKT、WKB，也不是写在一起的两个坐标。") % text[:60]


def wkt_of(text: str) -> str:
    """The text without the SRID that PostGIS writes before it."""
    text = text.strip()
    return text.partition(";")[2] if text.upper().startswith("SRID=") else text
