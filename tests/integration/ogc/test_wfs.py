"""WFS 2.0: what a client finds, asks and is refused; axes by the way a system is written; XML of strangers."""

import re
from xml.etree.ElementTree import fromstring

import pytest
from django.contrib.gis.geos import Point

from geokit.refusal import BadInput
from ogc.ows.xml import DEEPEST, MOST_ELEMENTS, name_of, read, text
from ogc.wfs.names import element_names
from river_monitoring.models import MonitoringPoint
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures

WEST, EAST = Point(121.32, 29.85, srid=4326), Point(121.38, 29.86, srid=4326)
FES = (
    '<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2">{}</fes:Filter>'
)
NOWHERE = "<gml:Point><gml:pos>inf nan</gml:pos></gml:Point>"
NS = {"wfs": "http://www.opengis.net/wfs/2.0", "ows": "http://www.opengis.net/ows/1.1", "gp": "urn:geo-portal:layers",
      "gml": "http://www.opengis.net/gml/3.2"}  # fmt: skip


@pytest.fixture
def points(world):
    for number, (name, found, place) in enumerate([("南塘河", 6, WEST), ("池塘", 3, EAST), ("O'N<il&塘", 0, EAST)], 1):
        MonitoringPoint.objects.create(
            code=f"P-{number}", name=name, kind="small", area=world.west_town, department=world.water, geom=place,
            current_class=found, status="listed",
        )  # fmt: skip
    return {point.code: point for point in MonitoringPoint.objects.all()}


@pytest.fixture
def ask(anyone):
    def get(client=anyone, **asked):
        asked = {"service": "WFS", "request": "GetFeature", "typeNames": "gp:monitoring_points"} | asked
        return client.get("/ogc/wfs", {name: value for name, value in asked.items() if value is not None})

    return get


def codes(answer):
    assert answer.status_code == 200, answer.content.decode()
    return "".join(sorted(found.text[-1] for found in fromstring(answer.content).iterfind(".//gp:code", NS)))


def filtered(ask, inner, **more):
    return codes(ask(filter=FES.format(inner), **more))


def compared(name, field, value):
    return (
        f"<fes:{name}><fes:ValueReference>{field}</fes:ValueReference><fes:Literal>{value}</fes:Literal></fes:{name}>"
    )


def test_capabilities_name_the_layers_their_systems_and_boxes(ask, points):
    root = fromstring(ask(request="GetCapabilities", typeNames=None).content)
    (layer,) = [each for each in root.iterfind(".//wfs:FeatureType", NS) if each[0].text == "gp:monitoring_points"]
    assert layer.findtext("wfs:DefaultCRS", namespaces=NS) == "urn:ogc:def:crs:EPSG::4326"
    others = {each.text for each in layer.iterfind("wfs:OtherCRS", NS)}
    assert {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "urn:ogc:def:crs:EPSG::4549"} <= others
    assert layer.findtext(".//ows:LowerCorner", namespaces=NS) == "121.32 29.85"


def test_a_schema_has_every_property_with_its_kind(ask, points):
    body = ask(request="DescribeFeatureType").content.decode()
    assert '<xsd:element name="geom" type="gml:PointPropertyType"' in body
    assert re.search(r'name="class" type="xsd:long"', body)
    assert re.search(r'name="updated" type="xsd:dateTime"', body)


def test_a_feature_in_gml_has_its_values_escaped_and_latitude_first(ask, points):
    root = fromstring(ask().content)
    (odd,) = [
        each
        for each in root.iterfind(".//gp:monitoring_points", NS)
        if each.findtext("gp:code", namespaces=NS) == "P-3"
    ]
    assert odd.findtext("gp:name", namespaces=NS) == "O'N<il&塘"
    assert odd.findtext(".//gml:pos", namespaces=NS) == "29.86 121.38"
    assert odd.get("{http://www.opengis.net/gml/3.2}id") == f"monitoring_points.{points['P-3'].pk}"
    assert (root.get("numberMatched"), root.get("numberReturned")) == ("3", "3")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("urn:ogc:def:crs:EPSG::4326", 29.86),
        ("http://www.opengis.net/def/crs/EPSG/0/4490", 29.86),
        ("EPSG:4326", 121.38),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 121.38),
        ("CRS:84", 121.38),
        ("urn:ogc:def:crs:EPSG::4549", 3304000),
        ("EPSG:4549", 633000),
        ("EPSG:3857", 13511960),
    ],
)
def test_axes_follow_the_way_a_system_is_written(ask, points, name, first):
    root = fromstring(ask(srsName=name, resourceId=f"monitoring_points.{points['P-2'].pk}").content)
    found = float(root.findtext(".//gml:pos", namespaces=NS).split()[0])
    assert found == pytest.approx(first, rel=1e-3)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("29.8,121.3,29.9,121.35", "1"),
        ("29.8,121.3,29.9,121.35,urn:ogc:def:crs:EPSG::4326", "1"),
        ("121.3,29.8,121.35,29.9,EPSG:4326", "1"),
        ("121.3,29.8,121.35,29.9,urn:ogc:def:crs:OGC:1.3:CRS84", "1"),
        ("29.8,121.3,29.9,121.4", "123"),
    ],
)
def test_a_box_has_the_axes_of_its_system(ask, points, box, expected):
    assert codes(ask(bbox=box)) == expected


def test_json_has_longitude_first_and_is_paged(ask, points):
    body = ask(outputFormat="application/json", count="2").json()
    assert body["features"][0]["geometry"]["coordinates"] == [121.32, 29.85]
    assert (body["numberReturned"], body["numberMatched"]) == (2, 3)
    (onward,) = body["links"]
    assert "startIndex=2" in onward["href"]


def test_pages_by_start_index_meet_every_feature_once(ask, points):
    assert [codes(ask(count="1", startIndex=str(start))) for start in range(4)] == ["1", "2", "3", ""]
    root = fromstring(ask(count="1", startindex="1").content)
    assert re.search(r"[?&]startindex=2", root.get("next"))
    assert (root.get("numberMatched"), root.get("numberReturned")) == ("3", "1")


def test_hits_count_and_send_nothing(ask, points):
    root = fromstring(ask(resultType="hits").content)
    assert (root.get("numberMatched"), root.get("numberReturned"), len(root)) == ("3", "0", 0)


def test_fewer_properties_and_another_order(ask, points):
    root = fromstring(ask(propertyName="gp:code", sortBy="gp:code DESC").content)
    names = {child.tag.rpartition("}")[2] for child in root.find(".//gp:monitoring_points", NS)}
    assert names == {"geom", "code"}
    assert [each.text for each in root.iterfind(".//gp:code", NS)] == ["P-3", "P-2", "P-1"]


def test_filters_compare_join_and_negate(ask, points):
    assert filtered(ask, compared("PropertyIsEqualTo", "gp:class", 3)) == "2"
    assert filtered(ask, compared("PropertyIsGreaterThan", "class", "2.5")) == "12"
    assert filtered(ask, f"<fes:Not>{compared('PropertyIsEqualTo', 'class', 3)}</fes:Not>") == "13"
    both = compared("PropertyIsLessThan", "class", 6) + compared("PropertyIsNotEqualTo", "code", "P-3")
    assert filtered(ask, f"<fes:And>{both}</fes:And>") == "2"
    either = compared("PropertyIsEqualTo", "code", "P-3") + compared("PropertyIsEqualTo", "code", "P-1")
    assert filtered(ask, f"<fes:Or>{either}</fes:Or>") == "13"
    like = compared("PropertyIsLike", "name", "*塘*").replace(
        "IsLike>", 'IsLike wildCard="*" singleChar="." escapeChar="!">', 1
    )
    assert filtered(ask, like) == "123"
    assert filtered(ask, like.replace("*塘*", "池.")) == "2"
    assert filtered(ask, like.replace("*塘*", "%")) == ""
    assert filtered(ask, f'<fes:ResourceId rid="monitoring_points.{points["P-2"].pk}"/>') == "2"
    assert filtered(ask, '<fes:ResourceId rid="ponds.1"/>') == ""


def test_filters_of_place_have_the_axes_of_their_system(ask, points):
    envelope = (
        "<gml:Envelope{}><gml:lowerCorner>{}</gml:lowerCorner><gml:upperCorner>{}</gml:upperCorner></gml:Envelope>"
    )
    place = "<fes:ValueReference>geom</fes:ValueReference>"
    box = envelope.format("", "29.8 121.3", "29.9 121.35")
    plain = envelope.format(' srsName="EPSG:4326"', "121.3 29.8", "121.35 29.9")
    assert filtered(ask, f"<fes:BBOX>{place}{box}</fes:BBOX>") == "1"
    assert filtered(ask, f"<fes:BBOX>{plain}</fes:BBOX>") == "1"
    assert filtered(ask, f"<fes:Within>{place}{plain}</fes:Within>") == "1"
    ring = "29.8 121.35 29.9 121.35 29.9 121.4 29.8 121.4 29.8 121.35"
    ring = f"<gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing>"
    polygon = f"<gml:Polygon><gml:exterior>{ring}</gml:exterior></gml:Polygon>"
    assert filtered(ask, f"<fes:Intersects>{place}{polygon}</fes:Intersects>") == "23"
    many = f"<gml:MultiSurface><gml:surfaceMember>{polygon}</gml:surfaceMember></gml:MultiSurface>"
    assert filtered(ask, f"<fes:Disjoint>{place}{many}</fes:Disjoint>") == "1"


def test_the_query_by_id_sends_the_feature_itself(ask, points):
    by_id = {"storedQuery_Id": "urn:ogc:def:query:OGC-WFS::GetFeatureById", "typeNames": None}
    root = fromstring(ask(**by_id, id=f"monitoring_points.{points['P-1'].pk}").content)
    assert root.tag == "{urn:geo-portal:layers}monitoring_points"
    assert ask(**by_id, id="monitoring_points.999999").status_code == 404
    assert ask(request="ListStoredQueries").status_code == ask(request="DescribeStoredQueries").status_code == 200


def test_an_internal_layer_is_there_for_those_inside(ask, as_user, staff, secret_ponds):  # noqa: F811
    assert ask(typeNames="gp:ponds").status_code == 400
    answer = ask(as_user(staff), typeNames="gp:ponds")
    assert answer.content.count(b"<wfs:member>") == 3
    assert answer["Cache-Control"] == "private, no-store"
    for client, listed in ((None, False), (as_user(staff), True)):
        sent = ask(client, request="GetCapabilities") if client else ask(request="GetCapabilities")
        assert (b"gp:ponds<" in sent.content) is listed


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"request": None}, "MissingParameterValue"),
        ({"request": "Transaction"}, "OperationNotSupported"),
        ({"request": "GetCapabilities", "acceptVersions": "1.0.0,1.1.0"}, "VersionNegotiationFailed"),
        ({"version": "1.1.0"}, "InvalidParameterValue"),
        ({"typeNames": None}, "MissingParameterValue"),
        ({"typeNames": "gp:nothing"}, "InvalidParameterValue"),
        ({"count": "-1"}, "InvalidParameterValue"),
        ({"count": "9" * 30}, "InvalidParameterValue"),
        ({"startIndex": "x"}, "InvalidParameterValue"),
        ({"srsName": "EPSG:1"}, "InvalidParameterValue"),
        ({"bbox": "1,2,3"}, "InvalidParameterValue"),
        ({"bbox": "nan,2,3,4"}, "InvalidParameterValue"),
        ({"outputFormat": "SHAPE-ZIP"}, "InvalidParameterValue"),
        ({"propertyName": "secret"}, "InvalidParameterValue"),
        ({"sortBy": "password"}, "InvalidParameterValue"),
        ({"filter": "<a"}, "InvalidParameterValue"),
        ({"filter": "<a/>"}, "InvalidParameterValue"),
        ({"filter": FES.format("")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:And/>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:Not/>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:PropertyIsNull/>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:PropertyIsEqualTo/>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:PropertyIsBetween/>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:PropertyIsLike/>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:BBOX/>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:Within/>")}, "InvalidParameterValue"),
        ({"filter": FES.format(f"<fes:Within>{NOWHERE}</fes:Within>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:Within><gml:Point/></fes:Within>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:Within><gml:MultiSurface/></fes:Within>")}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:Within><gml:Envelope/></fes:Within>")}, "InvalidParameterValue"),
        ({"filter": FES.format(compared("PropertyIsEqualTo", "class", "x"))}, "InvalidParameterValue"),
        ({"filter": FES.format(compared("PropertyIsEqualTo", "password", "x"))}, "InvalidParameterValue"),
        ({"filter": FES.format("<fes:Function name='sleep'/>")}, "InvalidParameterValue"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_the_standards_words(ask, points, asked, code):
    answer = ask(**asked)
    assert answer.status_code == 400, answer.content.decode()[:300]
    assert fromstring(answer.content).find("ows:Exception", NS).get("exceptionCode") == code


BOMB = '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;&c;</a>'
FILE = '<?xml version="1.0"?><!doctype a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'


@pytest.mark.parametrize(
    "document",
    [BOMB, FILE, "<a>" * 5000 + "</a>" * 5000, "<a>" + "<b/>" * (MOST_ELEMENTS + 1) + "</a>",
     "<a>" * (DEEPEST + 1) + "</a>" * (DEEPEST + 1), "<a>" + "x" * 20_000 + "</a>", "<a>\0</a>", "\ud800", "", "&lt;"],
)  # fmt: skip
def test_documents_that_grow_reach_out_or_break_are_refused(document):
    with pytest.raises(BadInput):
        read(document)


def test_what_no_document_may_hold_is_left_out_and_names_stay_apart():
    assert text("a\x00\x0b<\ufffe&") == "a&lt;&amp;"
    assert [name_of(word) for word in ("编号", "2024-ponds", "a b:c", "")] == ["编号", "_2024-ponds", "a_b_c", "_"]
    assert element_names(["a b", "a:b", "geom"]) == {"a b": "a_b", "a:b": "a_b_2", "geom": "geom_2"}
