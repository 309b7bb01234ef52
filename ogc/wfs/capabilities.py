"""GetCapabilities, and the one stored query that every server has."""

from collections.abc import Iterable

from accounts.permissions import Asker
from ogc.crs import CRS84, SUPPORTED
from ogc.extent import Boxes, boxes_of
from ogc.ows.reports import HEAD
from ogc.ows.xml import attribute, text
from ogc.wfs.fes import COMPARISONS, SPATIAL
from ogc.wfs.names import DEFAULT, NAMESPACE, PREFIX, type_name, urn
from ogc.wfs.query import BY_ID, GEOJSON, GML, MOST_FEATURES
from tiles.layer.vector import VectorLayer

VERSION = "2.0.0"
NAMESPACES = (
    'xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:ows="http://www.opengis.net/ows/1.1" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xmlns:{PREFIX}="{NAMESPACE}"'
)
_SCHEMA = 'xsi:schemaLocation="http://www.opengis.net/wfs/2.0 http://schemas.opengis.net/wfs/2.0/wfs.xsd"'
OPERATIONS: dict[str, dict[str, list[str]]] = {
    "GetCapabilities": {"AcceptVersions": [VERSION]},
    "DescribeFeatureType": {"outputFormat": [GML]},
    "ListStoredQueries": {},
    "DescribeStoredQueries": {},
    "GetFeature": {"resultType": ["results", "hits"], "outputFormat": [GML, GEOJSON]},
}
_CONSTRAINTS = {
    "ImplementsBasicWFS": False, "ImplementsTransactionalWFS": False, "ImplementsLockingWFS": False,
    "KVPEncoding": True, "XMLEncoding": False, "SOAPEncoding": False, "ImplementsInheritance": False,
    "ImplementsRemoteResolve": False,
    "ImplementsResultPaging": True, "ImplementsStandardJoins": False, "ImplementsSpatialJoins": False,
    "ImplementsTemporalJoins": False, "ImplementsFeatureVersioning": False, "ManageStoredQueries": False,
}  # fmt: skip
_FILTERS = {
    "ImplementsQuery": True, "ImplementsAdHocQuery": True, "ImplementsFunctions": False, "ImplementsResourceId": True,
    "ImplementsMinStandardFilter": True, "ImplementsStandardFilter": True, "ImplementsMinSpatialFilter": True,
    "ImplementsSpatialFilter": True, "ImplementsMinTemporalFilter": False, "ImplementsTemporalFilter": False,
    "ImplementsVersionNav": False, "ImplementsSorting": True, "ImplementsExtendedOperators": False,
    "ImplementsMinimumXPath": True, "ImplementsSchemaElementFunc": False,
}  # fmt: skip


def capabilities(address: str, title: str, layers: Iterable[VectorLayer], user: Asker) -> str:
    every = list(layers)
    boxes = boxes_of(every, user)
    return (
        f'{HEAD}<wfs:WFS_Capabilities version="{VERSION}" {NAMESPACES} {_SCHEMA}>\n'
        f"<ows:ServiceIdentification><ows:Title>{text(title)}</ows:Title><ows:ServiceType>WFS</ows:ServiceType>"
        f"<ows:ServiceTypeVersion>{VERSION}</ows:ServiceTypeVersion></ows:ServiceIdentification>\n"
        f"<ows:ServiceProvider><ows:ProviderName>{text(title)}</ows:ProviderName><ows:ServiceContact/></ows:ServiceProvider>\n"
        f"{_operations(address)}\n<wfs:FeatureTypeList>\n"
        + "\n".join(_type(layer, boxes) for layer in every)
        + f"\n</wfs:FeatureTypeList>\n{_filters()}\n</wfs:WFS_Capabilities>"
    )


def stored_queries() -> str:
    return (
        f'{HEAD}<wfs:ListStoredQueriesResponse {NAMESPACES}><wfs:StoredQuery id="{BY_ID}">'
        "<wfs:Title>GetFeatureById</wfs:Title><wfs:ReturnFeatureType/></wfs:StoredQuery></wfs:ListStoredQueriesResponse>"
    )


def stored_query_descriptions() -> str:
    return (
        f'{HEAD}<wfs:DescribeStoredQueriesResponse {NAMESPACES} xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'<wfs:StoredQueryDescription id="{BY_ID}"><wfs:Title>GetFeatureById</wfs:Title>'
        '<wfs:Parameter name="ID" type="xsd:string"/><wfs:QueryExpressionText isPrivate="true" returnFeatureTypes="" '
        'language="urn:ogc:def:queryLanguage:OGC-WFS::WFS_QueryExpression"/></wfs:StoredQueryDescription>'
        "</wfs:DescribeStoredQueriesResponse>"
    )


def _operations(address: str) -> str:
    get = f"<ows:DCP><ows:HTTP><ows:Get xlink:href={attribute(address + '?')}/></ows:HTTP></ows:DCP>"
    operations = "".join(
        f'<ows:Operation name="{name}">{get}{"".join(_allowed(*item) for item in parameters.items())}</ows:Operation>'
        for name, parameters in OPERATIONS.items()
    )
    constraints = "".join(_constraint(name, str(is_so).upper()) for name, is_so in _CONSTRAINTS.items())
    most = _constraint("CountDefault", str(MOST_FEATURES))
    version = _allowed("version", [VERSION])
    return f"<ows:OperationsMetadata>{operations}{version}{constraints}{most}</ows:OperationsMetadata>"


def _allowed(name: str, values: list[str]) -> str:
    listed = "".join(f"<ows:Value>{text(value)}</ows:Value>" for value in values)
    return f'<ows:Parameter name="{name}"><ows:AllowedValues>{listed}</ows:AllowedValues></ows:Parameter>'


def _constraint(name: str, value: str, prefix: str = "ows") -> str:
    inner = f"<ows:NoValues/><ows:DefaultValue>{value}</ows:DefaultValue>"
    return f'<{prefix}:Constraint name="{name}">{inner}</{prefix}:Constraint>'


def _type(layer: VectorLayer, boxes: Boxes) -> str:
    others = "".join(f"<wfs:OtherCRS>{urn(crs)}</wfs:OtherCRS>" for crs in SUPPORTED if crs != DEFAULT)
    formats = "".join(f"<wfs:Format>{media}</wfs:Format>" for media in (GML, GEOJSON))
    box = ""
    if known := boxes.get(layer.name):
        west, south, east, north = known
        box = (
            f'<ows:WGS84BoundingBox crs="{urn(CRS84)}"><ows:LowerCorner>{west} {south}</ows:LowerCorner>'
            f"<ows:UpperCorner>{east} {north}</ows:UpperCorner></ows:WGS84BoundingBox>"
        )
    return (
        f"<wfs:FeatureType><wfs:Name>{type_name(layer)}</wfs:Name><wfs:Title>{text(layer.title)}</wfs:Title>"
        f"<wfs:Abstract>{text(layer.description or layer.title)}</wfs:Abstract>"
        f"<wfs:DefaultCRS>{urn(DEFAULT)}</wfs:DefaultCRS>{others}"
        f"<wfs:OutputFormats>{formats}</wfs:OutputFormats>{box}</wfs:FeatureType>"
    )


def _filters() -> str:
    conformance = "".join(_constraint(name, str(is_so).upper(), "fes") for name, is_so in _FILTERS.items())
    comparisons = [*COMPARISONS, "PropertyIsLike", "PropertyIsNull", "PropertyIsBetween"]
    compared = "".join(f'<fes:ComparisonOperator name="{name}"/>' for name in comparisons)
    spatial = "".join(f'<fes:SpatialOperator name="{name}"/>' for name in ("BBOX", *SPATIAL))
    kinds = ("Envelope", "Point", "LineString", "Polygon", "MultiSurface")
    operands = "".join(f'<fes:GeometryOperand name="gml:{kind}"/>' for kind in kinds)
    return (
        f"<fes:Filter_Capabilities><fes:Conformance>{conformance}</fes:Conformance>"
        '<fes:Id_Capabilities><fes:ResourceIdentifier name="fes:ResourceId"/></fes:Id_Capabilities>'
        "<fes:Scalar_Capabilities><fes:LogicalOperators/>"
        f"<fes:ComparisonOperators>{compared}</fes:ComparisonOperators></fes:Scalar_Capabilities>"
        f"<fes:Spatial_Capabilities><fes:GeometryOperands>{operands}</fes:GeometryOperands>"
        f"<fes:SpatialOperators>{spatial}</fes:SpatialOperators></fes:Spatial_Capabilities></fes:Filter_Capabilities>"
    )
