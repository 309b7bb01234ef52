"""At the edges: of the world, of a tile, and of what can still be seen."""

import pytest
from django.db import connection

from tests.integration.tiles import served
from tests.integration.tiles.ladders import build, make_table, vector_layer

pytestmark = pytest.mark.django_db


def features(layer, z, x, y):
    return served.features(layer, z, x, y, y_down=True)


def ids(layer, z, x, y):
    return {f["properties"]["id"] for f in features(layer, z, x, y) if "id" in f["properties"]}


@pytest.mark.parametrize("z", [1, 5, 14])
def test_points_near_the_antimeridian_are_in_the_buffer_beyond_it(z):
    near = 360 / 2**z / 4096 * 20
    layer = vector_layer(
        make_table("near", "Point", [f"POINT({180 - near} 0.0001)", f"POINT({near - 180} 0.0001)"]), "Point"
    )
    last, row = 2**z - 1, 2 ** (z - 1) - 1
    assert ids(layer, z, 0, row) == ids(layer, z, last, row) == {1, 2}
    (far,) = (f for f in features(layer, z, 0, row) if f["id"] == 1)
    assert far["geometry"]["coordinates"][0] == pytest.approx(-20, abs=1)
    (far,) = (f for f in features(layer, z, last, row) if f["id"] == 2)
    assert far["geometry"]["coordinates"][0] == pytest.approx(4096 + 20, abs=1)


def test_points_on_the_antimeridian_itself_are_on_both_sides():
    layer = vector_layer(make_table("near", "Point", ["POINT(180 10)", "POINT(-180 10)"]), "Point")
    assert ids(layer, 4, 0, 7) == ids(layer, 4, 15, 7) == {1, 2}
    assert ids(layer, 4, 1, 7) == ids(layer, 4, 14, 7) == set()


def test_what_is_far_from_the_antimeridian_is_not_in_the_tile_beyond_it():
    layer = vector_layer(make_table("near", "Point", ["POINT(170 10)"]), "Point")
    assert ids(layer, 4, 0, 7) == set()
    assert ids(layer, 4, 15, 7) == {1}


@pytest.mark.parametrize("with_ladder", [False, True])
def test_an_area_on_both_sides_of_the_antimeridian_is_closed_on_both(with_ladder):
    area = "MULTIPOLYGON(((175 0, 180 0, 180 20, 175 20, 175 0)), ((-180 0, -175 0, -175 20, -180 20, -180 0)))"
    source = make_table("island", "MultiPolygon", [area] * 20)
    if with_ladder:
        build(source)
    layer = vector_layer(source, "MultiPolygon", ladder=with_ladder)
    for x, inner in ((0, 0), (15, 4096)):
        feature = features(layer, 4, x, 7)[0]
        parts = feature["geometry"]["coordinates"]
        rings = parts if feature["geometry"]["type"] == "Polygon" else [ring for part in parts for ring in part]
        flat = [px for ring in rings for px, _ in ring]
        assert (min(flat) < inner - 60) if x == 0 else (max(flat) > inner + 60)


@pytest.mark.parametrize(
    ("geometry_type", "wkt"),
    [
        ("Polygon", "POLYGON((121.35 29.85, 121.35001 29.85, 121.35001 29.85001, 121.35 29.85))"),
        ("LineString", "LINESTRING(121.35 29.85, 121.350001 29.85)"),
    ],
)
@pytest.mark.parametrize("z", [0, 6, 10])
def test_what_is_smaller_than_a_tile_unit_is_kept_as_a_pixel(geometry_type, wkt, z):
    layer = vector_layer(make_table("tiny", geometry_type, [wkt]), geometry_type)
    x, y = int((121.35 + 180) / 360 * 2**z), int(0.41277 * 2**z)
    (feature,) = features(layer, z, x, y)
    assert feature["geometry"]["type"] == geometry_type
    flat = feature["geometry"]["coordinates"][0] if geometry_type == "Polygon" else feature["geometry"]["coordinates"]
    width = max(px for px, _ in flat) - min(px for px, _ in flat)
    assert 7 <= width <= 9
    for dx, dy in ((-1, 0), (1, 0), (0, 1)):
        if 0 <= x + dx < 2**z and 0 <= y + dy < 2**z:
            assert features(layer, z, x + dx, y + dy) == []


def test_a_large_line_that_only_its_box_brings_into_a_tile_is_not_in_it():
    layer = vector_layer(make_table("bent", "LineString", ["LINESTRING(100 0, 100 40, 140 40)"]), "LineString")
    assert features(layer, 5, int((135 + 180) / 360 * 32), 14) == []


def test_a_shape_that_reaches_beyond_the_globe_is_cut_off_at_the_map():
    layer = vector_layer(
        make_table("all", "Polygon", ["POLYGON((-200 -95, 200 -95, 200 95, -200 95, -200 -95))"]), "Polygon"
    )
    (feature,) = features(layer, 2, 1, 1)
    assert feature["geometry"]["type"] == "Polygon"


def test_a_buffer_reaches_as_far_in_a_projected_system_as_in_degrees():
    degrees = make_table(
        "a", "Point", [f"POINT({121.2 + i / 500} {29.7 + j / 500})" for i in range(30) for j in range(30)]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE layer_data.b AS SELECT id, name, ST_Transform(geom, 4549)::geometry(Point, 4549) AS geom"
            f" FROM {degrees}; ALTER TABLE layer_data.b ADD PRIMARY KEY (id)"
        )
    metres = vector_layer("layer_data.b", "Point", srid=4549)
    for x in (6854, 6855):
        expected = ids(vector_layer(degrees, "Point"), 13, x, 3386)
        assert expected
        assert ids(metres, 13, x, 3386) == expected
