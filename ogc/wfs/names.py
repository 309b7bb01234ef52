"""How WFS names layers, properties and coordinate systems, and what those names mean here."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from ogc.crs import CRS84, SUPPORTED, Crs
from ogc.ows.xml import name_of
from tiles.layer.vector import VectorLayer

NAMESPACE, PREFIX = "urn:geo-portal:layers", "gp"
"""The same at every address of the site, so that a saved project still fits after a move."""
GEOMETRY = "geom"
DEFAULT = next(crs for crs in SUPPORTED if crs.srid == 4326 and crs.north_first)
_CRS84_URN = "urn:ogc:def:crs:OGC:1.3:CRS84"


def urn(crs: Crs) -> str:
    return _CRS84_URN if crs is CRS84 else f"urn:ogc:def:crs:EPSG::{crs.srid}"


_WITH_AXES = {urn(crs).lower(): crs for crs in SUPPORTED} | {crs.uri.lower(): crs for crs in SUPPORTED}
_WITH_AXES |= {"urn:ogc:def:crs:ogc::crs84": CRS84, "ogc:crs84": CRS84, "crs:84": CRS84}
_PLAIN = {f"epsg:{crs.srid}": replace(crs, north_first=False) for crs in SUPPORTED if crs is not CRS84}
"""The short name means x before y, as in WFS 1.0 and with every other server."""
_PLAIN |= {f"http://www.opengis.net/gml/srs/epsg.xml#{crs.srid}": replace(crs, north_first=False)
           for crs in SUPPORTED if crs is not CRS84}  # fmt: skip


def crs_of(name: str, locator: str = "srsName") -> Crs:
    """Return the system of that name, in the axes that this way of writing it means. Raises BadInput `bad-crs`."""
    known = name.strip().lower()
    known = known.replace("urn:x-ogc:", "urn:ogc:")
    if found := _WITH_AXES.get(known) or _PLAIN.get(known):
        return found
    message = _("参数 %(parameter)s 的坐标系“%(name)s”不支持；可用的列在能力文档里。")
    raise BadInput(message % {"parameter": locator, "name": name[:80]}, code="bad-crs")


def type_name(layer: VectorLayer) -> str:
    return f"{PREFIX}:{name_of(layer.name)}"


def plain_type(name: str) -> str:
    """Return a type's name without prefix or namespace."""
    return name.rpartition("}")[2].rpartition(":")[2].strip()


def layer_named(layers: Iterable[VectorLayer], name: str) -> VectorLayer | None:
    wanted = plain_type(name)
    return next((layer for layer in layers if name_of(layer.name) == wanted), None)


def element_names(names: Iterable[str]) -> dict[str, str]:
    """Return property -> element. Two that become alike get a number, and none is taken for the geometry."""
    taken: dict[str, str] = {}
    used = {GEOMETRY}
    for name in names:
        base = element = name_of(name)
        number = 1
        while element in used:
            number += 1
            element = f"{base}_{number}"
        used.add(element)
        taken[name] = element
    return taken
