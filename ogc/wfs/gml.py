"""Features as GML 3.2, made from the same features that GeoJSON has."""

from collections.abc import Callable
from typing import Any

from ogc.crs import Crs
from ogc.ows.xml import attribute, name_of, text
from ogc.wfs.names import GEOMETRY, PREFIX, element_names, urn
from tiles.layer.vector import VectorLayer

type Numbered = Callable[[], str]
"""Gives an id to each geometry: the schema wants one for all of them."""

_MULTI = {
    "MultiPoint": ("MultiPoint", "pointMember", "Point"),
    "MultiLineString": ("MultiCurve", "curveMember", "LineString"),
    "MultiPolygon": ("MultiSurface", "surfaceMember", "Polygon"),
}


def member(layer: VectorLayer, feature: dict[str, Any], crs: Crs) -> str:
    """Return one feature as an element."""
    name = f"{PREFIX}:{name_of(layer.name)}"
    identity = feature_id(layer, feature["id"])
    elements = element_names(layer.fields)
    values = "".join(
        f"<{PREFIX}:{elements[key]}>{text(value)}</{PREFIX}:{elements[key]}>"
        for key, value in feature["properties"].items()
        if value is not None
    )
    place = _place(feature["geometry"], crs, identity)
    return f"<{name} gml:id={attribute(identity)}>{place}{values}</{name}>"


def feature_id(layer: VectorLayer, key: Any) -> str:
    return name_of(f"{layer.name}.{key}")


def _place(geometry: dict[str, Any] | None, crs: Crs, identity: str) -> str:
    if geometry is None:
        return ""
    count = iter(range(1, 1_000_000))
    shape = _geometry(geometry, lambda: attribute(f"{identity}.g{next(count)}"), f" srsName={attribute(urn(crs))}")
    return f"<{PREFIX}:{GEOMETRY}>{shape}</{PREFIX}:{GEOMETRY}>"


def _geometry(geometry: dict[str, Any], number: Numbered, srs: str = "") -> str:
    kind, coordinates = geometry["type"], geometry.get("coordinates", [])
    head = f"gml:id={number()}{srs}"
    if kind in _MULTI:
        outer, part, inner = _MULTI[kind]
        parts = ({"type": inner, "coordinates": each} for each in coordinates)
        members = "".join(f"<gml:{part}>{_geometry(each, number)}</gml:{part}>" for each in parts)
        return f"<gml:{outer} {head}>{members}</gml:{outer}>"
    if kind == "Point":
        return f"<gml:Point {head}><gml:pos>{_numbers([coordinates])}</gml:pos></gml:Point>"
    if kind == "LineString":
        return f"<gml:LineString {head}><gml:posList>{_numbers(coordinates)}</gml:posList></gml:LineString>"
    if kind == "Polygon":
        return f"<gml:Polygon {head}>{_rings(coordinates)}</gml:Polygon>"
    members = "".join(
        f"<gml:geometryMember>{_geometry(each, number)}</gml:geometryMember>" for each in geometry["geometries"]
    )
    return f"<gml:MultiGeometry {head}>{members}</gml:MultiGeometry>"


def _rings(rings: list[Any]) -> str:
    sides = ["exterior", *["interior"] * (len(rings) - 1)]
    return "".join(
        f"<gml:{side}><gml:LinearRing><gml:posList>{_numbers(ring)}</gml:posList></gml:LinearRing></gml:{side}>"
        for side, ring in zip(sides, rings, strict=True)
    )


def _numbers(places: list[Any]) -> str:
    return " ".join(f"{number:.10g}" if abs(number) < 1e5 else repr(number) for place in places for number in place[:2])
