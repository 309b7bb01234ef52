"""`?filter=`: what a filter finds, what it may not name, and that nonsense is refused before the database."""

import datetime as dt
import threading
from uuid import uuid4

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from geo_portal.tilesets import CATALOGUE
from geokit.refusal import BadInput
from river_monitoring.models import MonitoringPoint
from supervision.models import Category, Finding
from tiles.query.cql import compile_filter

TILE = "/tiles/monitoring_points/10/857/422.mvt"
WEST, EAST = Point(121.32, 29.85, srid=4326), Point(121.38, 29.86, srid=4326)


@pytest.fixture
def points(world):
    made = [
        ("P-1", "南塘河", 6, "listed", dt.date(2026, 1, 1), WEST, world.west_town),
        ("P-2", "50%_池塘", 3, "none", None, EAST, world.east_town),
        ("P-3", "O'Neil 塘", 0, "delisted", dt.date(2030, 1, 1), EAST, world.east_town),
    ]
    for code, name, number, status, due, geom, area in made:
        MonitoringPoint.objects.create(
            code=code, name=name, kind="small", area=area, department=world.water, geom=geom,
            current_class=number, status=status, due_on=due,
        )  # fmt: skip
    return {point.code: point for point in MonitoringPoint.objects.all()}


def layer():
    found = CATALOGUE.vector_layer("monitoring_points", None)
    assert found
    return found


def codes(text):
    rows = layer().visible_to(None).filter(compile_filter(text, layer(), None))
    return "".join(sorted(code[-1] for code in rows.values_list("code", flat=True)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("class = 6", "1"),
        ("class >= 3", "12"),
        ("3 <= class", "12"),
        ("class <> 6", "23"),
        ("class > 2.5 AND class < 3.5", "2"),
        ("class BETWEEN 0 AND 3", "23"),
        ("class NOT BETWEEN 0 AND 3", "1"),
        ("class IN (0, 6)", "13"),
        ("status IN ('listed', 'none')", "12"),
        ("status NOT IN ('listed', 'none')", "3"),
        # AND binds closer than OR, as the standard has it.
        ("code = 'P-1' OR code = 'P-2' AND class = 0", "1"),
        ("(code = 'P-1' OR code = 'P-2') AND class = 0", ""),
        ("NOT class = 6 AND NOT class = 0", "2"),
        ("name LIKE '%塘%'", "123"),
        ("name LIKE '南%'", "1"),
        (r"name LIKE '50\%\_%'", "2"),
        ("name NOT LIKE '%池%'", "13"),
        ("name = 'O''Neil 塘'", "3"),
        ("CASEI(code) = CASEI('p-1')", "1"),
        ("CASEI(name) LIKE CASEI('o''NEIL%')", "3"),
        ("\"area\" = '西镇'", "1"),
        ("name IS NOT NULL", "123"),
        ("updated IS NULL", ""),
        ("updated > TIMESTAMP('2020-01-01T00:00:00Z')", "123"),
        ("T_BEFORE(updated, DATE('2020-01-01'))", ""),
        ("T_DURING(updated, INTERVAL('2020-01-01', '..'))", "123"),
        ("T_DURING(updated, INTERVAL('..', '2020-01-01'))", ""),
        ("overdue = TRUE", "1"),
        ("overdue", "1"),
        ("NOT overdue", "23"),
        ("class = target_class", "2"),
        ("S_INTERSECTS(geom, BBOX(121.30, 29.80, 121.35, 29.90))", "1"),
        ("S_WITHIN(geom, POLYGON((121.35 29.8, 121.4 29.8, 121.4 29.9, 121.35 29.9, 121.35 29.8)))", "23"),
        ("S_CONTAINS(BBOX(121.30, 29.80, 121.35, 29.90), geom)", "1"),
        ("S_DISJOINT(geometry, BBOX(121.30, 29.80, 121.35, 29.90))", "23"),
        ("S_INTERSECTS(geom, BBOX(170, -10, -170, 10))", ""),
        ("true", "123"),
        ("false", ""),
    ],
)
def test_a_filter_finds_what_it_says(points, text, found):
    assert codes(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "class =",
        "class = 6; DROP TABLE accounts_user",
        "class = 6 --",
        "causes = 'x'",  # a column of the model that is no property
        "department_id = 1",
        "department__phone LIKE '%'",
        "pk = 1",
        "area__parent__code = '33'",
        "p_class = 1",
        "class = '劣'",
        "class = NULL",
        "name = 3",
        "name > class",
        "overdue = 1",
        "name",
        "1 = 1",
        "class LIKE '6%'",
        r"name LIKE 'a\'",
        "pg_sleep(10) = 1",
        "avg(class) > 1",
        "class + 1 = 6",
        "class ^ 9 = 6",
        "class % 2 = 0",
        "updated > DATE('2026-13-45')",
        "updated > TIMESTAMP('now')",
        "class = 99999999999999999999999",
        "S_INTERSECTS(geom, BBOX(121, 29, 122))",
        "S_INTERSECTS(geom, BBOX(121, 30, 122, 29))",
        "S_INTERSECTS(geom, POINT(500 29))",
        "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
        "S_INTERSECTS(geom, geom)",
        "S_INTERSECTS(name, POINT(121 29))",
        "A_CONTAINS(name, ('a'))",
        "(" * 40 + "class = 6" + ")" * 40,
        "NOT " * 40 + "class = 6",
        "class IN (" + ",".join(map(str, range(300))) + ")",
        " OR ".join(["class=1"] * 220),
        "name = 'a\x00b'",
    ],
)
def test_what_a_filter_may_not_say_is_refused_with_a_reason(points, text, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(BadInput) as refused:
        compile_filter(text, layer(), None)
    assert refused.value.code == "bad-filter"
    assert refused.value.message


def test_the_refusal_of_a_name_lists_the_names_that_may_be_used(points):
    with pytest.raises(BadInput, match="target_class"):
        compile_filter("causes = 'x'", layer(), None)


@pytest.mark.parametrize("piece", ["-", "class=1 AND ", "class*", "'' = ", "[", "CASEI(", "("])
def test_the_longest_nonsense_does_not_break_the_parsers_stack(points, piece):
    """A web worker's thread has a small stack, and a parser that overruns it ends the whole process."""
    seen = []

    def parse():
        try:
            seen.append(compile_filter((piece * 2000)[:2000], layer(), None))
        except BadInput as refusal:
            seen.append(refusal)

    threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=parse)
        thread.start()
        thread.join(20)
    finally:
        threading.stack_size(0)
    assert len(seen) == 1


def codes_in(response):
    features = mapbox_vector_tile.decode(response.content)["monitoring_points"]["features"]
    return {feature["properties"]["code"] for feature in features}


def test_a_tile_is_filtered_and_each_filter_has_a_tile_of_its_own(points, client):
    assert codes_in(client.get(TILE)) == {"P-1", "P-2", "P-3"}
    assert codes_in(client.get(TILE, {"filter": "class >= 3", "filter-lang": "cql2-text"})) == {"P-1", "P-2"}
    assert codes_in(client.get(TILE, {"filter": "class = 0"})) == {"P-3"}
    assert client.get(TILE, {"filter": "class = 5"}).status_code == 204
    assert codes_in(client.get(TILE)) == {"P-1", "P-2", "P-3"}


def test_a_filtered_tile_is_as_fresh_as_any(points, client):
    assert codes_in(client.get(TILE, {"filter": "class = 6"})) == {"P-1"}
    MonitoringPoint.objects.filter(code="P-3").update(current_class=6)
    assert codes_in(client.get(TILE, {"filter": "class = 6"})) == {"P-1", "P-3"}


def test_a_wrong_filter_is_400_with_a_reason_and_an_unknown_tileset_still_404(points, client):
    answer = client.get(TILE, {"filter": "causes = 'x'"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-filter")
    assert client.get(TILE, {"filter": "class = 1", "filter-lang": "cql-text"}).status_code == 400
    assert client.get("/tiles/nothing/0/0/0.mvt", {"filter": "causes = 'x'"}).status_code == 404


def test_only_the_properties_that_were_asked_for_are_carried(points, client):
    answer = client.get(TILE, {"properties": "code,class"})
    (feature, *_) = mapbox_vector_tile.decode(answer.content)["monitoring_points"]["features"]
    assert set(feature["properties"]) == {"id", "code", "class"}
    bare = client.get(TILE, {"properties": ""})
    (feature, *_) = mapbox_vector_tile.decode(bare.content)["monitoring_points"]["features"]
    assert set(feature["properties"]) == {"id"}
    assert client.get(TILE, {"properties": "code,causes"}).json()["code"] == "bad-properties"


def test_the_tilejson_of_a_wish_repeats_it_and_measures_what_is_left(points, client):
    body = client.get("/tiles/monitoring_points.json", {"filter": "class = 6", "properties": "class"}).json()
    assert body["tiles"][0].endswith("/{z}/{x}/{y}.mvt?filter=class+%3D+6&properties=class")
    assert body["bounds"] == [121.32, 29.85, 121.32, 29.85]
    assert set(body["vector_layers"][0]["fields"]) == {"id", "class"}
    assert set(body["vector_layers"][0]["field_descriptions"]) == {"class"}


def test_a_filter_of_a_composite_must_fit_each_of_its_layers(points, client):
    both = "/tiles/areas,monitoring_points/10/857/422.mvt"
    found = mapbox_vector_tile.decode(client.get(both, {"filter": "name LIKE '%镇' OR name = '南塘河'"}).content)
    assert {f["properties"]["name"] for f in found["areas"]["features"]} == {"西镇", "东镇"}
    assert {f["properties"]["name"] for f in found["monitoring_points"]["features"]} == {"南塘河"}
    assert client.get(both, {"filter": "class = 6"}).json()["code"] == "bad-filter"


def test_a_filter_narrows_what_somebody_may_see_and_never_widens_it(world, client, staff):
    """`true` on a finding that nobody has published is still nothing to the public."""
    Finding.objects.create(
        client_id=uuid4(),
        reporter=staff,
        category=Category.ENVIRONMENT,
        text="水面有油",
        geom=Point(121.32, 29.85, srid=4326),
        seen_at=timezone.now(),
    )
    address, wish = "/tiles/findings/10/857/422.mvt", {"filter": "true"}
    assert client.get(address, wish).status_code == 204
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address, wish).status_code == 200


def test_lines_and_areas_are_filtered_by_place_too(world):
    areas = CATALOGUE.vector_layer("areas", None)
    assert areas
    inside = MultiPolygon(Polygon.from_bbox((121.30, 29.80, 121.34, 29.90)), srid=4326)
    found = areas.visible_to(None).filter(compile_filter(f"S_INTERSECTS(geom, {inside.wkt})", areas, None))
    assert set(found.values_list("name", flat=True)) == {"海曙区", "西镇"}
