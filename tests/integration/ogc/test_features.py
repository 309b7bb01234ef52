"""OGC API Features, by the numbers of the abstract tests: what a client finds, follows, asks and is refused."""

import itertools
import json
import re
from urllib.parse import quote

import pyproj
import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Area
from layers.models import Layer
from ogc.conformance import CONFORMS_TO
from ogc.crs import SUPPORTED
from river_monitoring.models import MonitoringPoint
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures

ITEMS = "/ogc/collections/monitoring_points/items"
WEST, EAST = Point(121.32, 29.85, srid=4326), Point(121.38, 29.86, srid=4326)
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@pytest.fixture
def points(world):
    for number, (name, found, place) in enumerate([("南塘河", 6, WEST), ("池塘", 3, EAST), ("O'Neil 塘", 0, EAST)], 1):
        MonitoringPoint.objects.create(
            code=f"P-{number}", name=name, kind="small", area=world.west_town, department=world.water, geom=place,
            current_class=found, status="listed",
        )  # fmt: skip
    return {point.code: point for point in MonitoringPoint.objects.all()}


def codes(answer):
    assert answer.status_code == 200, answer.content
    return "".join(sorted(feature["properties"]["code"][-1] for feature in answer.json()["features"]))


def linked(body, rel):
    return next(link["href"] for link in body["links"] if link["rel"] == rel)


def test_the_landing_page_leads_to_everything(anyone, points):
    """A.2.2.1 to A.2.2.5 of Features 1: landing, API definition, conformance, collections."""
    landing = anyone.get("/ogc/").json()
    assert anyone.get(linked(landing, "service-desc")).json()["openapi"].startswith("3.0")
    assert anyone.get(linked(landing, "conformance")).json() == {"conformsTo": CONFORMS_TO}
    listed = anyone.get(linked(landing, "data")).json()
    (points_layer,) = (entry for entry in listed["collections"] if entry["id"] == "monitoring_points")
    assert points_layer["extent"]["spatial"]["bbox"] == [[121.32, 29.85, 121.38, 29.86]]
    assert {CRS84, f"{EPSG}4490", f"{EPSG}4549"} <= set(listed["crs"])
    alone = anyone.get(linked(points_layer, "self")).json()
    assert alone["title"] == points_layer["title"]
    assert codes(anyone.get(linked(alone, "items"))) == "123"


def test_a_feature_says_what_its_tile_says(anyone, points):
    feature = anyone.get(f"{ITEMS}/{points['P-1'].pk}").json()
    assert feature["geometry"] == {"type": "Point", "coordinates": [121.32, 29.85]}
    assert (feature["id"], feature["properties"]["class"]) == (points["P-1"].pk, 6)
    assert re.search(r"\+08:00$", feature["properties"]["updated"])
    answer = anyone.get(ITEMS)
    assert answer["Content-Type"] == "application/geo+json"
    assert answer["Content-Crs"] == f"<{CRS84}>"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_pages_follow_one_another_and_meet_every_feature_once(anyone, points):
    address, seen = f"{ITEMS}?limit=2", []
    while address:
        body = anyone.get(address).json()
        assert (body["numberReturned"], body["numberMatched"]) == (len(body["features"]), 3)
        seen += [feature["id"] for feature in body["features"]]
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    assert seen == sorted(point.pk for point in points.values())


@pytest.mark.django_db(transaction=True)
def test_what_matches_is_counted_once_for_all_pages_and_anew_after_a_change(anyone, points):
    def counts(query):
        with CaptureQueriesContext(connection) as asked:
            body = anyone.get(f"{ITEMS}?limit=1{query}").json()
        return body["numberMatched"], sum("COUNT(" in each["sql"] for each in asked)

    assert counts("") == (3, 1)
    assert counts(f"&after={points['P-1'].pk}") == (3, 0)
    assert counts("&filter=class>5") == (1, 1)
    assert counts("&filter=class>5") == (1, 0)
    known = points["P-1"]
    MonitoringPoint.objects.create(
        code="P-4", name="北塘", kind="small", area=known.area, department=known.department, geom=EAST, current_class=6
    )
    assert counts("") == (4, 1)


def test_a_great_limit_gets_what_one_answer_may_hold(anyone, points):
    assert codes(anyone.get(f"{ITEMS}?limit=100000")) == "123"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"bbox": "121.3,29.8,121.35,29.9"}, "1"),
        ({"bbox": "121.3,29.8,-10,121.35,29.9,8000"}, "1"),
        ({"bbox": "29.8,121.3,29.9,121.35", "bbox-crs": f"{EPSG}4326"}, "1"),
        ({"bbox": "29.8,121.3,29.9,121.35", "bbox-crs": f"{EPSG}4490"}, "1"),
        ({"bbox": "13504900,3480000,13509000,3486000", "bbox-crs": f"{EPSG}3857"}, "1"),
        ({"bbox": "170,29.8,-170,29.9"}, ""),
        ({"bbox": "121.35,29.8,-170,29.9"}, "23"),
        ({"bbox": "121.32,29.85,121.32,29.85"}, "1"),
        ({"class": "6"}, "1"),
        ({"class": "6.0"}, "1"),
        ({"name": "O'Neil 塘"}, "3"),
        ({"overdue": "true"}, ""),
        ({"filter": "class > 2"}, "12"),
        ({"filter": '{"op":">","args":[{"property":"class"},2]}', "filter-lang": "cql2-json"}, "12"),
        ({"filter": "class > 2", "properties": "code"}, "12"),
        ({"datetime": "2999-01-01/.."}, "123"),
        ({"datetime": "../9999-12-31T23:59:59Z"}, "123"),
        ({"datetime": "9999-12-31T23:59:59Z"}, "123"),
        ({"filter": "updated < '9999-12-31T23:59:59Z'"}, "123"),
        ({"filter": "updated > TIMESTAMP('9999-12-31T23:59:59Z')"}, ""),
        ({"bbox": "121.3,29.8,121.35,29.9", "class": "3"}, ""),
    ],
)  # fmt: skip
def test_what_is_asked_is_found(anyone, points, asked, found):
    assert codes(anyone.get(ITEMS, asked)) == found


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"bbox": "1,2,3"}, "bad-bbox"),
        ({"bbox": "121.3,29.9,121.35,29.8"}, "bad-bbox"),
        ({"bbox": "NaN,1,2,3"}, "bad-bbox"),
        ({"bbox": "9,9,1,1", "bbox-crs": f"{EPSG}3857"}, "bad-bbox"),
        ({"bbox-crs": "EPSG:4326"}, "bad-crs"),
        ({"crs": f"{EPSG}2100"}, "bad-crs"),
        ({"filter": "class=6", "filter-crs": f"{EPSG}4326"}, "bad-crs"),
        ({"limit": "0"}, "bad-limit"),
        ({"limit": "１２"}, "bad-limit"),
        ({"limit": "-1"}, "bad-limit"),
        ({"after": "x"}, "bad-key"),
        ({"after": "9" * 30}, "bad-key"),
        ({"datetime": "yesterday"}, "bad-datetime"),
        ({"datetime": "../.."}, "bad-datetime"),
        ({"datetime": "2026-03-02/2026-03-01"}, "bad-datetime"),
        ({"datetime": "2026-03-01T00:00:00"}, "bad-datetime"),
        ({"colour": "red"}, "bad-parameter"),
        ({"class": "red"}, "bad-filter"),
        ({"class": "NaN"}, "bad-filter"),
        ({"filter": "secret = 1"}, "bad-filter"),
        ({"filter": "class >"}, "bad-filter"),
        ({"filter": "{}", "filter-lang": "cql2-json"}, "bad-filter"),
        ({"filter": "[" * 900, "filter-lang": "cql2-json"}, "bad-filter"),
        ({"filter": '{"op":"casei","args":[]}', "filter-lang": "cql2-json"}, "bad-filter"),
        ({"filter": '{"op":"between","args":[1]}', "filter-lang": "cql2-json"}, "bad-filter"),
        ({"filter": '{"op":"in","args":[{"property":"class"},3]}', "filter-lang": "cql2-json"}, "bad-filter"),
        ({"filter": '{"op":"not","args":[]}', "filter-lang": "cql2-json"}, "bad-filter"),
        ({"filter": '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":["x"]}]}',
          "filter-lang": "cql2-json"}, "bad-filter"),
        ({"filter": "updated > '2026-01-01T00:00:00+20:00'"}, "bad-filter"),
        ({"updated": "2026-01-01T00:00:00-23:59"}, "bad-filter"),
        ({"filter": "class=6", "filter-lang": "ecql"}, "bad-filter-lang"),
        ({"properties": "secret"}, "bad-properties"),
    ],
)  # fmt: skip
def test_nonsense_is_400_and_says_why(anyone, points, asked, code):
    answer = anyone.get(ITEMS, asked)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == code
    assert answer.json()["detail"]


@pytest.mark.parametrize("literal", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31"])
def test_a_day_is_compared_with_the_edge_of_the_calendar(anyone, literal):
    for name, day in (("project_places", "done_on"), ("findings", "created")):
        answer = anyone.get(f"/ogc/collections/{name}/items", {"filter": f"{day} <= '{literal}'"})
        assert (answer.status_code, answer.json()["features"]) == (200, []), name


@pytest.mark.parametrize(
    "code", [crs.srid for crs in SUPPORTED if crs.uri != CRS84 and crs.srid in (4326, 4490, 3857, 4549, 4534, 4554)]
)
def test_coordinates_come_in_the_axes_of_the_authority(anyone, points, code):
    """PROJ keeps to the order of axes that EPSG writes."""
    answer = anyone.get(f"{ITEMS}/{points['P-1'].pk}", {"crs": f"{EPSG}{code}"})
    assert answer["Content-Crs"] == f"<{EPSG}{code}>"
    expected = pyproj.Transformer.from_crs(4326, code).transform(29.85, 121.32)
    tolerance = 1e-7 if code in (4326, 4490) else 0.001
    assert answer.json()["geometry"]["coordinates"] == pytest.approx(expected, abs=tolerance)


def test_outer_rings_run_against_the_clock(anyone, world):
    clockwise = Polygon(((121, 29), (121, 30), (122, 30), (122, 29), (121, 29)), srid=4326)
    Area.objects.filter(pk=world.west_town.pk).update(geom=MultiPolygon(clockwise, srid=4326))
    feature = anyone.get(f"/ogc/collections/areas/items/{world.west_town.pk}").json()
    ring = feature["geometry"]["coordinates"][0][0]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))
    assert area > 0


@pytest.mark.parametrize(
    "asked",
    [
        {"datetime": "2026-03-01T00:00:00Z/9999-12-31T23:59:59Z"},  # how some clients write an open end
        {"filter": "updated > TIMESTAMP('2020-01-01T00:00:00+20:00')"},  # a zone that the database does not know
        {"filter": "updated < TIMESTAMP('2999-01-01T00:00:00-20:00')"},
    ],
)
def test_times_far_off_are_times(anyone, points, asked):
    assert codes(anyone.get(ITEMS, asked)) == codes(anyone.get(ITEMS))


def test_a_month_long_past_is_answered_from_history(anyone, points):
    assert codes(anyone.get(ITEMS, {"datetime": "2020-03-01T00:00:00Z"})) == codes(anyone.get(ITEMS, {"at": "2020-03"}))


@pytest.mark.parametrize("rest", ["", "/queryables", "/items", "/items/1", "/tiles", "/tiles/CGCS2000"])
def test_an_internal_layer_is_there_for_those_inside(anyone, as_user, staff, secret_ponds, rest):  # noqa: F811
    address = f"/ogc/collections/ponds{rest}"
    assert anyone.get(address).status_code == 404
    answer = as_user(staff).get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    for person, listed in ((anyone, False), (as_user(staff), True)):
        ids = [entry["id"] for entry in person.get("/ogc/collections").json()["collections"]]
        assert ("ponds" in ids) is listed


def test_columns_that_are_not_public_are_in_no_answer(anyone, as_user, staff, ponds):  # noqa: F811
    Layer.objects.filter(pk=ponds.pk).update(public_fields=[])
    address = "/ogc/collections/ponds"
    assert as_user(staff).get(f"{address}/items").json()["features"][0]["properties"]
    for feature in anyone.get(f"{address}/items").json()["features"]:
        assert feature["properties"] == {}
    assert set(anyone.get(f"{address}/queryables").json()["properties"]) == {"id", "geom"}
    name = as_user(staff).get(f"{address}/items").json()["features"][0]["properties"].popitem()[0]
    assert anyone.get(f"{address}/items", {name: "1"}).status_code == 400


@pytest.mark.parametrize("rest", ["", "/queryables", "/items", "/items/1", "/tiles", "/tiles/CGCS2000"])
def test_an_unknown_layer_is_404(anyone, rest):
    assert anyone.get(f"/ogc/collections/nothing{rest}").status_code == 404


@pytest.mark.parametrize("key", ["0", "x", "1e3", "9" * 40, "１"])
def test_a_key_of_nothing_is_404(anyone, points, key):
    assert anyone.get(f"{ITEMS}/{key}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(anyone, points, method):
    assert getattr(anyone, method)(ITEMS).status_code == 405


def test_queryables_are_what_a_filter_may_name(anyone, points):
    answer = anyone.get("/ogc/collections/monitoring_points/queryables")
    assert answer["Content-Type"] == "application/schema+json"
    assert answer.json()["properties"]["class"]["type"] == "integer"
    for name, schema in answer.json()["properties"].items():
        if name != "geom" and schema["type"] in ("number", "integer"):
            assert anyone.get(ITEMS, {"filter": f"{name} = 1"}).status_code == 200


def test_tilesets_lead_to_tiles(anyone, points):
    body = anyone.get("/ogc/collections/monitoring_points/tiles").json()
    for tileset in body["tilesets"]:
        described = anyone.get(linked(tileset, "self")).json()
        assert described["layers"][0]["propertiesSchema"]["properties"]["class"] == {"type": "integer"}
        matrix = anyone.get(tileset["tileMatrixSetURI"]).json()
        assert matrix["id"] in linked(tileset, "item")
    web = linked(body["tilesets"][0], "item").format(tileMatrix=9, tileCol=428, tileRow=211)
    assert anyone.get(web).status_code == 200


@pytest.mark.parametrize(
    "address", ["/ogc/", "/ogc/collections", "/ogc/collections/monitoring_points", ITEMS, f"{ITEMS}?limit=1"]
)
def test_people_get_a_page(anyone, points, address):
    answer = anyone.get(address, headers={"accept": "text/html,*/*"})
    assert answer["Content-Type"].startswith("text/html")
    assert "monitoring_points" in answer.content.decode()


def test_a_layer_s_page_writes_values_as_text(anyone, points):
    MonitoringPoint.objects.filter(code="P-1").update(name="<script>x</script>")
    page = anyone.get(ITEMS, headers={"accept": "text/html"}).content.decode()
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page


def test_the_tree_of_a_filter_is_bounded(anyone, points):
    """A CQL2 tree of many levels or terms is refused before it reaches the database."""
    text = '{"op":"=","args":[{"property":"class"},6]}'
    for _level in range(14):
        text = f'{{"op":"not","args":[{text}]}}'
    answer = anyone.get(ITEMS, {"filter": text, "filter-lang": "cql2-json"})
    assert answer.status_code in (200, 400)
    many = json.dumps({"op": "in", "args": [{"property": "class"}, list(range(400))]})
    assert anyone.get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(many)}").status_code == 400
