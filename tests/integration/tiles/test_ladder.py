"""Generalised copies: exact counts, nothing left out in silence, used only when whole."""

from dataclasses import replace

import pytest
from django.db import connection

from tests.integration.tiles.ladders import build, contents, low_thresholds, make_table, vector_layer
from tests.integration.tiles.served import features, tile_bytes
from tiles.grids.address import TileAddress
from tiles.ladder import build as building
from tiles.ladder.models import Ladder
from tiles.ladder.omissions import extra_fields, omissions

pytestmark = pytest.mark.django_db

# A crowd in one place, a few around the world's edges, one beyond the map's last latitude.
CROWD = [f"POINT({121 + i % 7 / 100} {29 + i % 11 / 100})" for i in range(60)]
EDGES = ["POINT(180 10)", "POINT(-180 10)", "POINT(0 0)", "POINT(-179.999 -84)", "POINT(12 90)", "POINT(13 -90)"]
COAST = "LINESTRING(" + ",".join(f"{-170 + i / 10} {20 + 10 * (i % 2)}" for i in range(3400)) + ")"
LINES = [COAST, *(f"LINESTRING({i} {i}, {i + 0.01} {i + 0.01})" for i in range(20)), "LINESTRING(-180 5, 180 5)"]


def all_tiles(z):
    return [(z, x, y) for x in range(1 << z) for y in range(1 << z)]


@pytest.fixture
def points():
    source = make_table("crowd", "MultiPoint", [wkt.replace("POINT(", "MULTIPOINT(") for wkt in CROWD + EDGES])
    build(source)
    return vector_layer(source, "MultiPoint")


@pytest.fixture
def lines():
    source = make_table("coasts", "LineString", LINES)
    build(source)
    return vector_layer(source, "LineString")


@pytest.fixture
def small_areas():
    """Fifty gardens and ten fields near 121 E 29 N, in one cell of zoom 3."""
    small = [square_wkt(121 + i / 10_000, 29.2, 0.0001) for i in range(50)]
    source = make_table("plots", "Polygon", small + [square_wkt(121 + i / 1000, 29.1, 0.01) for i in range(10)])
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {source} SET name = CASE WHEN id > 50 THEN 'field' ELSE 'garden' END")
    build(source)
    return vector_layer(source, "Polygon")


def square_wkt(x, y, side):
    return f"POLYGON(({x} {y}, {x + side} {y}, {x + side} {y + side}, {x} {y + side}, {x} {y}))"


def test_counts_sum_to_the_rows_of_the_table_at_every_generalised_zoom(points):
    assert Ladder.objects.get().top > 3
    for z in range(4):
        counted = sum(f["properties"]["point_count"] for tile in all_tiles(z) for f in features(points, *tile))
        assert counted == len(CROWD + EDGES)


def test_a_cell_of_one_point_is_that_point_and_a_fuller_one_is_nobody(points):
    found = features(points)
    alone = [f for f in found if f["properties"]["point_count"] == 1]
    crowded = [f for f in found if f["properties"]["point_count"] > 1]
    assert {(f["id"], f["properties"]["id"], f["properties"]["name"]) for f in alone} >= {(63, 63, "n63")}
    assert crowded
    for feature in crowded:
        assert not feature.get("id")  # 0 is what decoders give for none
        assert set(feature["properties"]) == {"point_count"}


def test_a_cell_lies_at_the_mean_of_its_points_and_inside_its_tile(points):
    crowd = max(features(points), key=lambda f: f["properties"]["point_count"])
    x, y = crowd["geometry"]["coordinates"]
    assert x == pytest.approx((121.03 + 180) / 360 * 4096, abs=1)
    assert 4096 - y == pytest.approx(1704, abs=3)
    assert all(0 <= value <= 4096 for f in features(points) for value in f["geometry"]["coordinates"])


def test_beyond_the_ladder_every_point_is_there_with_its_properties(points):
    ladder = Ladder.objects.get()
    z = ladder.top + 1
    x, y = int((121.03 + 180) / 360 * 2**z), int(0.4158 * 2**z)
    near = [f for dx in (-1, 0, 1) for dy in (-1, 0, 1) for f in features(points, z, x + dx, y + dy)]
    assert near
    assert all("point_count" not in f["properties"] and f["properties"]["name"] for f in near)


def test_lines_shown_and_lines_left_out_are_all_the_rows(lines):
    ladder = Ladder.objects.get()
    for z in range(ladder.top + 1):
        shown, left_out = set(), 0
        for tile in all_tiles(z) if z < 4 else []:
            for feature in features(lines, *tile):
                if "left_out" in feature["properties"]:
                    assert feature["properties"]["left_out"] == feature["properties"]["feature_count"]
                    assert feature["geometry"]["type"] == "Polygon"
                    assert 0 < feature["properties"]["covered_share"] <= 1
                    left_out += feature["properties"]["left_out"]
                else:
                    assert feature["properties"]["feature_count"] == 1
                    shown.add(feature["id"])
        if z < 4:
            assert len(shown) + left_out == len(LINES)
    assert sum(f["properties"]["feature_count"] for f in features(lines)) == len(LINES)


def test_what_is_left_out_covers_its_cell_with_the_value_of_the_largest_area(small_areas):
    (square,) = [f for f in features(small_areas, 3, 6, 3) if "left_out" in f["properties"]]
    assert square["properties"]["left_out"] == 60
    assert square["properties"]["name"] == "field", "50 small gardens cover less than 10 fields"
    assert 0.001 <= square["properties"]["covered_share"] < 0.01
    assert area(square) == (4096 / 32) ** 2
    (part,) = [f for f in features(part_of(small_areas, 50), 3, 6, 3) if "left_out" in f["properties"]]
    assert (part["properties"]["left_out"], part["properties"]["name"]) == (50, "garden")


def test_a_changed_value_changes_what_stands_for_the_cell(small_areas):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Ladder.objects.get().source} SET name = 'wood' WHERE name = 'field'")
    (square,) = [f for f in features(small_areas, 3, 6, 3) if "left_out" in f["properties"]]
    assert square["properties"]["name"] == "wood"


def test_copies_of_an_older_make_are_not_used_and_are_made_anew(small_areas):
    ladder = Ladder.objects.get()
    Ladder.objects.update(kinds=None)
    assert omissions(small_areas, None) is None
    assert build(ladder.source, columns=ladder.columns).kinds == ladder.kinds


def test_short_lines_are_left_out_at_zoom_0_and_long_ones_simplified(lines):
    shown = {f["id"]: f for f in features(lines) if "id" in f["properties"]}
    assert set(shown) == {1, len(LINES)}
    assert len(shown[1]["geometry"]["coordinates"]) < 3400


def test_pieces_of_full_detail_make_one_feature_per_row(lines):
    z = Ladder.objects.get().top + 1
    x, y = int((0.5 + 180) / 360 * 2**z), int(0.43 * 2**z)
    found = [f for dy in range(-2, 3) for f in features(lines, z, x, y + dy)]
    assert 1 in {f["id"] for f in found}
    for dy in range(-2, 3):
        ids = [f["id"] for f in features(lines, z, x, y + dy)]
        assert len(ids) == len(set(ids))


def test_pieces_of_an_area_leave_no_seams():
    ring = ", ".join(f"{121 + i / 1000} {29 + (i % 2) / 50}" for i in range(1500))
    source = make_table("lake", "Polygon", [f"POLYGON(({ring}, 122.499 30, 121 30, 121 29))"])
    ladder = build(source)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM tile_ladder.l{ladder.pk}_full")
        assert cursor.fetchone()[0] > 3
    z = ladder.top + 1
    x, y = int((121.7 + 180) / 360 * 2**z), int(0.4141 * 2**z)
    (whole,) = features(vector_layer(source, "Polygon", ladder=False), z, x, y)
    (joined,) = features(vector_layer(source, "Polygon"), z, x, y)
    assert area(joined) == pytest.approx(area(whole), rel=1e-3)
    assert joined["geometry"]["type"] == whole["geometry"]["type"]


def area(feature):
    from shapely.geometry import shape

    return shape(feature["geometry"]).area


def test_large_areas_are_not_cut_into_millions_of_tiles_because_one_tile_is_full():
    """Twenty copies of an area as large as France fill one small tile of the finest zoom by their middles."""
    area = "MULTIPOLYGON(((0 40, 10 40, 10 50, 0 50, 0 40)))"
    with low_thresholds(cuts=2_000):
        ladder = building.build(make_table("large", "MultiPolygon", [area] * 20))
    assert ladder.top < 10
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM tile_ladder.l{ladder.pk}_shapes WHERE z = %s", [ladder.top])
        assert 20 < cursor.fetchone()[0] < 3_000
    z = ladder.top + 1
    x, y = int((5 + 180) / 360 * 2**z), int(0.36 * 2**z)
    layer = vector_layer(ladder.source, "MultiPolygon")
    assert len(features(layer, z, x, y)) == 20


def test_a_small_table_is_spared():
    source = make_table("few", "Point", CROWD[:5])
    assert build(source).state == Ladder.State.SPARED
    assert all("point_count" not in f["properties"] for f in features(vector_layer(source, "Point")))


def test_while_it_is_being_made_tiles_come_from_the_table():
    source = make_table("coasts", "LineString", LINES)

    def stop(ladder):
        if ladder.stage == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(source, progress=stop)
    ladder = Ladder.objects.get()
    assert (ladder.state, ladder.stage) == (Ladder.State.BUILDING, 1)
    assert ladder.parts > 2
    layer = vector_layer(source, "LineString")
    assert all("feature_count" not in f["properties"] for f in features(layer))
    assert omissions(layer, None) is None

    seen = []
    build(source, progress=lambda step: seen.append(step.stage))
    assert seen == [*range(2, ladder.parts + 1), ladder.parts]
    assert any("feature_count" in f["properties"] for f in features(layer))


def test_copies_begun_one_zoom_a_step_are_made_anew():
    source = make_table("coasts", "LineString", LINES)
    begun = Ladder.objects.create(
        source=source, key="id", geometry="geom", srid=4326, kind="shapes", kinds=[], stage=1, top=3, rows=len(LINES)
    )
    ladder = build(source)
    assert (ladder.pk == begun.pk, ladder.state) == (False, Ladder.State.READY)
    assert sum(f["properties"]["feature_count"] for f in features(vector_layer(source, "LineString"))) == len(LINES)


def test_building_again_changes_nothing(points):
    ladder = Ladder.objects.get()
    before = contents(ladder)
    assert build(ladder.source).finished == ladder.finished
    assert contents(ladder) == before


def part_of(layer, most):
    return replace(layer, is_part=True, visible_to=lambda user: layer.visible_to(user).filter(id__lte=most))


def test_where_people_see_different_rows_the_copies_are_not_used(points):
    for layer in (replace(points, ladder=False), replace(points, buffer=8), replace(points, order_by=("name",))):
        found = features(layer)
        assert found
        assert all("point_count" not in feature["properties"] for feature in found)
    assert omissions(replace(points, ladder=False), None) is None


@pytest.mark.parametrize("z", [0, 2])
def test_a_part_of_the_points_is_counted_on_the_spot(points, z):
    part = part_of(points, 33)
    found = [f for tile in all_tiles(z) for f in features(part, *tile)]
    assert sum(f["properties"]["point_count"] for f in found) == 33
    (alone,) = features(part_of(points, 1))
    assert (alone["id"], alone["properties"]["name"], alone["properties"]["point_count"]) == (1, "n1", 1)


def test_a_part_of_the_lines_shows_and_counts_that_part_only(lines):
    found = features(part_of(lines, 11))
    assert [f["properties"]["id"] for f in found if "id" in f["properties"]] == [1]
    assert sum(f["properties"]["left_out"] for f in found if "left_out" in f["properties"]) == 10
    nothing = replace(lines, is_part=True, visible_to=lambda user: lines.visible_to(user).filter(name="none"))
    assert features(nothing) == []


def test_the_statement_on_a_part_gives_no_figures_of_the_whole(points):
    said = omissions(part_of(points, 33), None)
    assert said["zooms"] == omissions(points, None)["zooms"]
    assert "rows" not in said
    assert "left_out" not in said["levels"][0]


def test_a_property_that_the_layer_does_not_have_is_not_read_from_the_table(points):
    bare = replace(points, fields={})
    assert {key for f in features(bare) for key in f["properties"]} == {"id", "point_count"}


def test_nobody_gets_nothing(points):
    empty = replace(points, visible_to=lambda user: points.visible_to(user).none())
    assert tile_bytes(empty, TileAddress(0, 0, 0)) == b""


def test_the_statement_says_what_each_zoom_leaves_out(points, lines):
    said = omissions(points, None)
    assert (said["method"], said["count_property"], said["rows"]) == ("cells", "point_count", len(CROWD + EDGES))
    at_zero = said["levels"][0]
    assert at_zero["shown"] == sum(f["properties"]["point_count"] == 1 for f in features(points))
    assert at_zero["shown"] + at_zero["left_out"] == said["rows"]
    assert extra_fields(points, None) == {"point_count": "Number"}

    said = omissions(lines, None)
    assert (said["method"], said["left_out_property"], said["levels"][0]["left_out"]) == ("simplified", "left_out", 20)
    assert set(extra_fields(lines, None)) == {"feature_count", "left_out", "covered_share"}


def test_a_table_without_ladder_says_nothing():
    layer = vector_layer(make_table("few", "Point", CROWD[:5]), "Point")
    assert omissions(layer, None) is None
    assert extra_fields(layer, None) == {}


def test_dropping_takes_tables_and_triggers_along_and_tiles_come_from_the_table(points):
    ladder = Ladder.objects.get()
    assert building.drop(ladder.source)
    assert not building.drop(ladder.source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'tile_ladder'")
        assert cursor.fetchone()[0] == 0
        cursor.execute(f"INSERT INTO {ladder.source} VALUES (999, 'x', ST_GeomFromText('MULTIPOINT(1 1)', 4326))")
    assert all("point_count" not in f["properties"] for f in features(points))


def test_the_ladder_of_a_table_that_is_gone_is_swept_away(points):
    ladder = Ladder.objects.get()
    assert building.sweep() == []
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {ladder.source}")
    assert building.sweep() == [ladder.source]
    assert not Ladder.objects.exists()


def test_what_is_no_table_with_a_key_and_a_place_is_refused():
    with low_thresholds(), pytest.raises(LookupError):
        building.build("layer_data.nothing")
    with low_thresholds(), pytest.raises(LookupError):
        building.build("django_migrations")


def test_properties_are_dropped_where_the_fullest_tile_cannot_carry_them(monkeypatch):
    monkeypatch.setattr("tiles.ladder.budget.MOST_BYTES", 10)
    source = make_table("crowd", "Point", CROWD + EDGES)
    build(source)
    said = omissions(vector_layer(source, "Point"), None)
    assert said["levels"][0]["properties"] == []
    assert all("name" not in f["properties"] for f in features(vector_layer(source, "Point")))


def test_geometry_of_another_srid_lands_in_the_same_cells():
    degrees = build(make_table("a", "Point", CROWD[:30]))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE layer_data.b AS SELECT id, name, ST_Transform(geom, 4549)::geometry(Point, 4549) AS geom"
            " FROM layer_data.a; ALTER TABLE layer_data.b ADD PRIMARY KEY (id)"
        )
    metres = build("layer_data.b")
    assert [row[:5] for row in contents(degrees)["cells"]] == [row[:5] for row in contents(metres)["cells"]]
