"""SensorThings 1.1, reading. A test's name has the requirement of OGC 18-088 (below `/req/`) that it is the test of."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext

from river_monitoring.models import MonitoringPoint, Sample, Series
from tests.worst_case import assert_linear, costs

ROOT = "/sta/v1.1"
NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)


@pytest.fixture
def water(world):
    """Three points; at the first five samples of ammonia and oxygen, the last ammonia not detected."""
    points = [
        MonitoringPoint.objects.create(
            code=f"P-{number}", name=f"南塘河{number}", kind="small", area=world.west_town, department=world.water,
            geom=Point(121.32 + number / 100, 29.85, srid=4326), responsible_phone="13800000000",
        )
        for number in range(3)
    ]  # fmt: skip
    for day in range(5):
        ammonia = "0.025L" if day == 4 else f"{day + 1}.5"
        Sample.objects.create(
            point=points[0], phenomenon_time=NOON + timedelta(days=day), readings={"nh3n": ammonia, "do": "6.2"}
        )
    return points


@pytest.fixture
def ask(anyone):
    def get(address, status=200, **options):
        query = "&".join(f"${name}={quote(str(text))}" for name, text in options.items())
        answer = anyone.get(f"{ROOT}/{address}" + (f"?{query}" if query else ""))
        assert answer.status_code == status, answer.content[:400]
        return answer.json()

    return get


def values(found, name):
    return [each[name] for each in found["value"]]


def test_resource_path_root_lists_every_set_and_what_is_kept(ask, water):
    root = ask("")
    assert [each["name"] for each in root["value"]] == [
        "Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
        "FeaturesOfInterest",
    ]  # fmt: skip
    for each in root["value"]:
        assert isinstance(ask(each["name"], top=1)["value"], list)
    conformance = root["serverSettings"]["conformance"]
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in conformance
    assert not [each for each in conformance if "create" in each or "mqtt" in each]


PROPERTIES = {
    "Things": {"name", "description", "properties"},
    "Locations": {"name", "description", "encodingType", "location"},
    "Datastreams": {"name", "description", "observationType", "unitOfMeasurement", "observedArea", "phenomenonTime"},
    "Sensors": {"name", "description", "encodingType", "metadata"},
    "ObservedProperties": {"name", "definition", "description"},
    "Observations": {"phenomenonTime", "resultTime", "result"},
    "FeaturesOfInterest": {"name", "description", "encodingType", "feature"},
}
RELATIONS = {
    "Things": {"Locations", "HistoricalLocations", "Datastreams"},
    "Locations": {"Things", "HistoricalLocations"},
    "Datastreams": {"Thing", "Sensor", "ObservedProperty", "Observations"},
    "Sensors": {"Datastreams"},
    "ObservedProperties": {"Datastreams"},
    "Observations": {"Datastream", "FeatureOfInterest"},
    "FeaturesOfInterest": {"Observations"},
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_datamodel_entities_have_control_information_properties_and_relations(ask, anyone, water, name):
    first = ask(name, top=1)["value"][0]
    assert PROPERTIES[name] | {"@iot.id", "@iot.selfLink"} <= set(first)
    links = {key.removesuffix("@iot.navigationLink"): link for key, link in first.items() if key.endswith("Link")}
    assert RELATIONS[name] == set(links) - {"@iot.selfLink"}
    same = anyone.get(first["@iot.selfLink"]).json()
    assert same == first
    for relation in RELATIONS[name]:
        assert anyone.get(links[relation]).status_code == 200


def test_datamodel_units_have_ucum_codes_and_non_detects_say_so(ask, water):
    stream = ask("Datastreams", filter="ObservedProperty/id eq 'nh3n'")["value"][0]
    assert stream["unitOfMeasurement"]["ucum"] == "mg/L"
    assert stream["phenomenonTime"] == "2026-03-05T04:00:00Z/2026-03-09T04:00:00Z"
    last = ask(f"Datastreams({stream['@iot.id']})/Observations", orderby="phenomenonTime desc", top=1)["value"][0]
    assert (last["result"], last["parameters"]["belowDetectionLimit"]) == (0.025, True)
    assert last["parameters"]["reported"] == "0.025L"


def test_resource_path_to_entities_properties_values_and_references(ask, anyone, water):
    thing = water[0].pk
    assert ask(f"Things({thing})/name") == {"name": "南塘河0"}
    assert anyone.get(f"{ROOT}/Things({thing})/name/$value").content.decode() == "南塘河0"
    assert len(ask(f"Things({thing})/Datastreams/$ref")["value"]) == 2
    stream = Series.objects.get(code="do").pk
    assert ask(f"Things({thing})/Datastreams({stream})")["@iot.id"] == stream
    assert ask(f"Datastreams({stream})/Thing/Locations")["value"][0]["location"]["coordinates"] == [121.32, 29.85]
    observation = ask("Observations", top=1)["value"][0]["@iot.id"]
    assert ask(f"Observations('{observation}')/FeatureOfInterest/name") == {"name": "南塘河0"}
    other = water[1].pk
    for nowhere in (
        f"Things({other})/Datastreams({stream})", "Things(0)", "Nothing", "Things(1)/nothing", "Observations('x')",
        f"Things({thing})/Datastreams/name", "Observations('1-')", "Datastreams('1')",
    ):  # fmt: skip
        ask(nowhere, 404)


@pytest.mark.parametrize("path", ["Things(", "Things(1", "Things('", "Things(1)(2)", "Things(--1)", "a/" * 40, "%00"])
def test_request_data_status_codes_a_path_that_cannot_be_is_refused(anyone, water, path):
    assert anyone.get(f"{ROOT}/{path}").status_code in (400, 404)


def test_request_data_top_skip_count_and_pagination(ask, anyone, water):
    first = ask("Observations", top=3, count="true")
    assert (first["@iot.count"], len(first["value"])) == (10, 3)
    seen, page = values(first, "@iot.id"), first
    while "@iot.nextLink" in page:
        page = anyone.get(page["@iot.nextLink"]).json()
        seen += values(page, "@iot.id")
    assert len(seen) == len(set(seen)) == 10
    assert ask("Things", top=0, count="true") == {"@iot.count": 3, "value": []}
    assert values(ask("Things", skip=2), "name") == ["南塘河2"]


def test_request_data_orderby(ask, water):
    assert values(ask("Things", orderby="name DESC"), "name") == ["南塘河2", "南塘河1", "南塘河0"]
    results = values(ask("Observations", orderby="Datastream/properties/parameter,result desc"), "result")
    assert results == [6.2] * 5 + [4.5, 3.5, 2.5, 1.5, 0.025]
    assert values(ask("ObservedProperties", orderby="id", top=1), "@iot.id") == ["as"]


def test_request_data_select(ask, water):
    assert ask("Things", select="id,name", top=1)["value"][0].keys() == {"@iot.id", "@iot.selfLink", "name"}
    assert ask(f"Things({water[0].pk})", select="name,Datastreams").keys() == {"name", "Datastreams@iot.navigationLink"}


def test_request_data_expand(ask, water):
    found = ask(
        "Things", top=1,
        expand="Locations($select=location),Datastreams($orderby=id;$expand=ObservedProperty($select=name),"
               "Observations($top=1;$orderby=phenomenonTime desc;$count=true))",
    )["value"][0]  # fmt: skip
    assert found["Locations"] == [{"location": {"type": "Point", "coordinates": [121.32, 29.85]}}]
    assert {each["ObservedProperty"]["name"] for each in found["Datastreams"]} == {"氨氮", "溶解氧"}
    for each in found["Datastreams"]:
        assert [one["phenomenonTime"] for one in each["Observations"]] == ["2026-03-09T04:00:00Z"]
        assert each["Observations@iot.count"] == 5
        assert "$skip=1" in each["Observations@iot.nextLink"]
    below = ask("Observations", top=2, expand="Datastream/Thing")["value"]
    assert {each["Datastream"]["Thing"]["name"] for each in below} == {"南塘河0"}


FILTERS = {
    "name eq '南塘河1'": ["南塘河1"],
    "not (name eq '南塘河1') and properties/code ne 'P-2'": ["南塘河0"],
    "substringof('河2', name)": ["南塘河2"],
    "startswith(name, '南塘') eq true and endswith(name, '0')": ["南塘河0"],
    "length(name) gt 3 and tolower(properties/code) eq 'p-0'": ["南塘河0"],
    "name eq '100%' or name eq '南塘河_'": [],
    "Datastreams/properties/parameter eq 'nh3n'": ["南塘河0"],
    "Datastreams/ObservedProperty/name eq '氨氮'": ["南塘河0"],
    "substringof('氨', Datastreams/ObservedProperty/name)": ["南塘河0"],
    "substringof('总氨氮测定', Datastreams/ObservedProperty/name)": [],
    "st_within(Locations/location, geography'POLYGON((121.3 29.8,121.335 29.8,121.335 30,121.3 30,121.3 29.8))')":
        ["南塘河0", "南塘河1"],
    "id le 0 or properties/currentClass eq 0": ["南塘河0", "南塘河1", "南塘河2"],
}  # fmt: skip


@pytest.mark.parametrize("text", FILTERS)
def test_request_data_filter(ask, water, text):
    assert values(ask("Things", filter=text, orderby="id"), "name") == FILTERS[text]


def test_request_data_filter_of_observations_and_fixed_sets(ask, water):
    text = "result gt 2 and result le 4.5 and Datastream/ObservedProperty/id eq 'nh3n'"
    assert sorted(values(ask("Observations", filter=text), "result")) == [2.5, 3.5, 4.5]
    text = "phenomenonTime ge 2026-03-08T00:00:00+08:00 and day(phenomenonTime) lt 9 and 1 lt result"
    assert values(ask("Observations", filter=text, orderby="result"), "result") == [4.5, 6.2]
    assert values(ask("ObservedProperties", filter="name eq '氨氮' or startswith(id,'do')"), "@iot.id") == [
        "do",
        "nh3n",
    ]
    assert ask("Observations", filter="phenomenonTime gt now()")["value"] == []


def test_data_array_result_format(ask, anyone, water):
    found = anyone.get(
        f"{ROOT}/Observations?resultFormat=dataArray&$select=id,phenomenonTime,result&$count=true"
    ).json()
    assert found["@iot.count"] == 10
    assert len(found["value"]) == 2
    for group in found["value"]:
        assert group["components"] == ["id", "phenomenonTime", "result"]
        assert group["dataArray@iot.count"] == len(group["dataArray"]) == 5
        assert anyone.get(group["Datastream@iot.navigationLink"]).status_code == 200
    assert anyone.get(f"{ROOT}/Things?resultFormat=dataArray").status_code == 400
    assert anyone.get(f"{ROOT}/Observations?resultFormat=CSV").status_code == 400


BAD = [
    {"filter": text}
    for text in (
        "name",
        "name eq",
        "eq eq eq",
        "name eq 1",
        "name gt null",
        "nothing eq 1",
        "(name eq 'a'",
        "name eq 'a'))",
        "'a' eq 'b'",
        "name eq 'a",
        "name eq 'a' name",
        "not",
        "not name",
        "length(name)",
        "length(name) eq 'a'",
        "substringof(name, 'a')",
        "startswith(name)",
        "startswith(1, name)",
        "result eq 1",
        "location eq 1",
        "st_within(name, geography'POINT(1 1)')",
        "st_within(Locations/location, geography'POINT(1')",
        "st_within(Locations/location, geography'POINT EMPTY')",
        "Datastreams/Thing/Datastreams/Thing/Datastreams/Thing/name eq 'a'",
        "name eq '\0'",
        "id eq 99999999999999999999",
        "phenomenonTime gt 2026-13-45T00:00:00Z",
        "now() eq now()",
        "(" * 30 + "id eq 1" + ")" * 30,
        "not " * 30 + "id eq 1",
        "id eq 1 or " * 300 + "id eq 1",
        "name eq 'x' and true",
        "Datastreams/ObservedProperty/name eq 1",
        "",
        "Datastreams/ObservedProperty/nothing eq 'a'",
        "@x eq 1",
        "name eq now()",
    )
] + [
    {"top": "-1"},
    {"top": "a"},
    {"top": "²"},
    {"skip": "1e3"},
    {"skip": "99999999"},
    {"count": "yes"},
    {"orderby": "nothing"},
    {"orderby": "name up"},
    {"orderby": ","},
    {"select": "nothing"},
    {"expand": "Nothing"},
    {"expand": "Datastreams("},
    {"expand": "Datastreams($nothing=1)"},
    {"expand": "Datastreams(x)"},
    {"expand": "Datastreams($top=x)"},
    {"nothing": "1"},
    {"expand": "Datastreams/Thing/Datastreams/Thing/Datastreams/Thing/Datastreams"},
    {"expand": "A(" * 30},
    {"orderby": "Locations/location"},
]


@pytest.mark.parametrize("options", BAD, ids=lambda options: str(options)[:40])
def test_request_data_query_status_codes_what_is_no_query_is_refused(ask, water, options):
    ask("Things", 400, **options)


@pytest.mark.parametrize("name", ["Sensors", "Observations"])
def test_bad_filters_are_refused_in_fixed_sets_and_observations_too(ask, water, name):
    for text in (
        "nothing eq 1",
        "id eq 1",
        "st_within(id, geography'POINT(1 1)')",
        "length(id) eq 'a'",
        "startswith(1, id)",
    ):
        ask(name, 400, filter=text)


def test_numbers_at_the_edge_and_other_methods_are_no_fault_of_the_server(anyone, ask, water):
    ask("Things", filter="id eq 999999999999999999")
    ask("Things(999999999999999999)", 404)
    ask("Observations('999999999999999999-nh3n')", 404)
    ask("Observations", filter="result gt 999999999999999999.999999")
    assert anyone.post(f"{ROOT}/Things", "{}", content_type="application/json").status_code in (401, 403, 405)
    assert anyone.delete(f"{ROOT}/Things({water[0].pk})").status_code in (401, 403, 405)


def test_parsers_take_time_that_grows_with_what_they_read():
    module = "ogc.sensorthings.syntax"
    for pattern in ("'", "''", "(", "a/", "a eq ", "not ", "- ", "1", "geography'", "2026-03-05T0", " "):
        few, many = pattern * (400 // len(pattern)), pattern * (3200 // len(pattern))
        assert_linear(f"{module}:parse_filter", [few], [many])
        assert_linear(f"{module}:parse_path", [few], [many])
    costs(f"{module}:parse_filter", ["(" * 10_000_000, "id eq 1 or " * 1_000_000, "'" * 5_000_000], 10)


def test_what_the_public_may_not_see_is_not_there(anyone, water):
    for name in PROPERTIES:
        assert "13800000000" not in anyone.get(f"{ROOT}/{name}").content.decode()


def test_things_of_another_district_are_not_shown(anyone, water, world, as_user):
    """The querysets are those of the pages: a district is chosen as everywhere."""
    assert len(anyone.get(f"{ROOT}/Things?in-district=all").json()["value"]) == 3


def test_other_sites_may_read_and_answers_are_revalidated(anyone, water):
    answer = anyone.get(f"{ROOT}/Things")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.usefixtures("districts_kept")
def test_the_number_of_queries_does_not_grow_with_the_page(anyone, water):
    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            assert anyone.get(f"{ROOT}/{address}").status_code == 200
        return len(asked)

    expand = "$expand=Datastream/Thing,FeatureOfInterest,Datastream/ObservedProperty"
    queries(f"Observations?$top=1&{expand}")
    assert queries(f"Observations?$top=10&{expand}") == queries(f"Observations?$top=1&{expand}") <= 12


def test_an_answer_that_would_ask_the_database_hundreds_of_times_is_refused(anyone, water, monkeypatch):
    monkeypatch.setattr("ogc.sensorthings.documents.MOST_LOOKS", 2)
    assert anyone.get(f"{ROOT}/Things?$expand=Datastreams").status_code == 400
    assert anyone.get(f"{ROOT}/Things?$expand=Datastreams&$top=1").status_code == 200


def test_what_would_be_written_over_and_over_is_refused(anyone, water, monkeypatch):
    monkeypatch.setattr("ogc.sensorthings.documents.MOST_ENTITIES", 20)
    down = "Datastream($expand=Observations($expand=Datastream($expand=Observations)))"
    assert anyone.get(f"{ROOT}/Observations?$expand={down}").status_code == 400
    assert anyone.get(f"{ROOT}/Datastreams?$expand=Observations($top=1)&$top=2").status_code == 200


def test_series_follow_samples_however_they_are_written(water):
    series = Series.objects.get(code="nh3n")
    assert (series.first_at, series.last_at) == (NOON, NOON + timedelta(days=4))
    Sample.objects.create(point=water[0], phenomenon_time=NOON - timedelta(days=9), readings={"nh3n": "1"})
    Sample.objects.filter(phenomenon_time=NOON).update(readings={"tp": "0.1"})
    assert set(Series.objects.values_list("code", "first_at")) == {
        ("nh3n", NOON - timedelta(days=9)), ("do", NOON), ("tp", NOON),
    }  # fmt: skip
