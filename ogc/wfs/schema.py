"""DescribeFeatureType: the layers' properties as an XML schema."""

from collections.abc import Iterable

from accounts.permissions import Asker
from ogc.ows.xml import attribute, name_of, text
from ogc.wfs.names import GEOMETRY, NAMESPACE, PREFIX, element_names
from tiles.layer.vector import VectorLayer
from tiles.query.cql_values import Property, properties_of

_TYPES = {"number": "xsd:double", "boolean": "xsd:boolean", "date": "xsd:date", "datetime": "xsd:dateTime"}
_GEOMETRIES = {
    "POINT": "gml:PointPropertyType",
    "MULTIPOINT": "gml:MultiPointPropertyType",
    "LINESTRING": "gml:CurvePropertyType",
    "MULTILINESTRING": "gml:MultiCurvePropertyType",
    "POLYGON": "gml:SurfacePropertyType",
    "MULTIPOLYGON": "gml:MultiSurfacePropertyType",
}


def describe(layers: Iterable[VectorLayer], user: Asker) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2" '
        f'xmlns:{PREFIX}="{NAMESPACE}" targetNamespace="{NAMESPACE}" elementFormDefault="qualified" version="1.0">\n'
        '<xsd:import namespace="http://www.opengis.net/gml/3.2" '
        'schemaLocation="http://schemas.opengis.net/gml/3.2.1/gml.xsd"/>\n'
        + "\n".join(_layer(layer, user) for layer in layers)
        + "\n</xsd:schema>"
    )


def geometry_type(layer: VectorLayer, user: Asker) -> str:
    kind = str(getattr(layer.geometry_field(layer.visible_to(user)), "geom_type", "")).upper()
    return _GEOMETRIES.get(kind, "gml:GeometryPropertyType")


def _layer(layer: VectorLayer, user: Asker) -> str:
    name, kinds = name_of(layer.name), properties_of(layer, user)
    elements = "".join(
        _element(element, _type(kinds[field]), str(layer.described.get(field, "")))
        for field, element in element_names(layer.fields).items()
    )
    return (
        f'<xsd:complexType name="{name}Type"><xsd:complexContent><xsd:extension base="gml:AbstractFeatureType">'
        f"<xsd:sequence>{_element(GEOMETRY, geometry_type(layer, user))}{elements}</xsd:sequence>"
        "</xsd:extension></xsd:complexContent></xsd:complexType>\n"
        f'<xsd:element name="{name}" type="{PREFIX}:{name}Type" substitutionGroup="gml:AbstractFeature"/>'
    )


def _type(found: Property) -> str:
    return "xsd:long" if found.whole else _TYPES.get(found.kind, "xsd:string")


def _element(name: str, kind: str, words: str = "") -> str:
    head = f'<xsd:element name={attribute(name)} type="{kind}" minOccurs="0"'
    if not words:
        return f"{head}/>"
    said = f"<xsd:annotation><xsd:documentation>{text(words)}</xsd:documentation></xsd:annotation>"
    return f"{head}>{said}</xsd:element>"
