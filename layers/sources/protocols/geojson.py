"""Features of a GeoJSON page as they are written into the file, and the CRS that goes with them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from layers.sources.client import unfetched
from layers.sources.protocols.base import list_in

EPSG = re.compile(r"(?:EPSG(?:/[\d.]+/|::|:[\d.]*:|:)|epsg\.xml#)(\d{4,6})$", re.IGNORECASE)
GEOGRAPHIC = {"4326", "4490", "4258", "4269"}
VOLATILE = re.compile(r"(^|\.)fid-[0-9a-f_-]++$")
"""An identifier that GeoServer makes anew for each answer, where a view has no key: it names nothing."""
LOOKED_AT = 200
TAIL = "\n]}\n"


def written(feature: dict[str, Any]) -> str:
    """One feature as text that is the same whatever the order of its names. Raises BadInput."""
    try:
        return json.dumps(feature, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise unfetched("source-unreadable", _("对方的答复里有不是数的数值。")) from error


def features_in(page: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Identifier and text of each feature of a page. Raises BadInput for what is no collection of features."""
    if page.get("type") != "FeatureCollection":
        raise unfetched("source-unreadable", _("对方的答复不是要素集合（FeatureCollection）。"))
    for feature in list_in(page, "features"):
        identifier = feature.get("id")
        named = isinstance(identifier, str | int) and not isinstance(identifier, bool) and identifier != ""
        if isinstance(identifier, str) and VOLATILE.search(identifier):
            feature = {name: value for name, value in feature.items() if name != "id"}
        yield str(identifier) if named else "", written(feature)


def head(page: dict[str, Any], declared: str) -> str:
    """What stands before the features: the CRS that the page names, else the one that the service declares.

    `declared` is believed only where it can be true: RFC 7946 knows no CRS but WGS 84, so coordinates that are degrees
    while the service declares metres are degrees.
    """
    code = epsg_code(_named(page)) or epsg_code(declared)
    if not _named(page) and code and code not in GEOGRAPHIC and _are_degrees(page):
        code = ""
    member = f'"crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{code}"}}}},' if code else ""
    return f'{{"type":"FeatureCollection",{member}"features":[\n'


def epsg_code(name: str) -> str:
    """
    >>> [epsg_code(n) for n in ("urn:ogc:def:crs:EPSG::4490", "http://www.opengis.net/def/crs/EPSG/0/4549", "x")]
    ['4490', '4549', '']
    """
    found = EPSG.search(name[:200].strip("<>"))
    return found[1] if found else ""


def _named(page: dict[str, Any]) -> str:
    crs = page.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""


def _are_degrees(page: dict[str, Any]) -> bool:
    """Whether the first positions of a page lie within the degrees of the earth."""
    return all(abs(x) <= 180 and abs(y) <= 90 for x, y in _positions(page))


def _positions(page: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """The first position of the first features; GeoJSON nests positions in lists."""
    for feature in list_in(page, "features")[:LOOKED_AT]:
        geometry = feature.get("geometry")
        found = geometry.get("coordinates") if isinstance(geometry, dict) else None
        while isinstance(found, list) and found and isinstance(found[0], list):
            found = found[0]
        if isinstance(found, list) and len(found) > 1 and all(isinstance(one, int | float) for one in found[:2]):
            yield found[0], found[1]
