"""Overlay tools against calculations of another kind: pyproj's geodesics, shapely, numpy."""

import itertools
from datetime import timedelta

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import LineString, MultiLineString
from pyproj import Geod, Transformer
from rasterio.transform import from_origin

from accounts.models import Area
from geokit.refusal import Refusal
from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.models import Layer, LayerVersion, OverlayRun
from layers.overlay import result_table, results, runs, saving
from layers.overlay.parameters import Parameters
from layers.storage.rows import rows_of
from layers.storage.versions import undo_layer
from ledger.models import AuditEntry
from river_monitoring.models import Grade, Reach, River
from tests.conftest import EAST, MIDDLE, NORTH, SOUTH, WEST, box
from tests.data.gis_files import write_file
from tests.data.published import make_public
from tests.data.tiffs import hills, write_tiff

pytestmark = pytest.mark.django_db
GEOD = Geod(ellps="WGS84")


@pytest.fixture
def ask(world, gis):
    def run(tool, **parameters) -> OverlayRun:
        made = OverlayRun.objects.create(tool=tool, parameters=Parameters.parse(parameters).as_dict(), created_by=gis)
        runs.compute(made)
        return made

    return run


def _rows(run: OverlayRun) -> list[dict]:
    names = [item["column"] for item in run.fields]
    found = rows_of(result_table.table_of(run)).order_by("id")
    return [{"id": row.pk, **{name: getattr(row, f"f{i}") for i, name in enumerate(names)}} for row in found]


def _by_zone(run: OverlayRun) -> dict[str, dict]:
    return {row["zone"]: row for row in _rows(run)}


@pytest.fixture
def points(load_file, world, tmp_path):
    """Four hundred points in and around the district, the same each time."""
    random = np.random.default_rng(7)
    xy = np.column_stack(
        [random.uniform(WEST - 0.02, EAST + 0.02, 400), random.uniform(SOUTH - 0.02, NORTH + 0.02, 400)]
    )
    shapes = [shapely.Point(x, y) for x, y in xy]
    load_file(
        write_file(tmp_path / "p.gpkg", shapes, [{"n": i} for i in range(400)], geometry_type="Point"), slug="points"
    )
    return xy


@pytest.fixture
def reach(world):
    """A county river of three pieces through the west of the district."""
    river = River.objects.create(code="R1", name="南塘河", grade=Grade.COUNTY)
    line = [(121.305, 29.85), (121.32, 29.852), (121.33, 29.86), (121.345, 29.861)]
    Reach.objects.create(
        code="R1-1",
        name="南塘河西镇段",
        river=river,
        area=world.west_town,
        geom=MultiLineString(LineString(line), srid=4326),
    )
    return line


def _metres_to(line, x, y) -> float:
    """Geodesic distance from a point to a line, by walking it in steps of a metre or so."""
    best = np.inf
    for (x1, y1), (x2, y2) in itertools.pairwise(line):
        steps = max(2, int(GEOD.inv(x1, y1, x2, y2)[2]))
        along = GEOD.npts(x1, y1, x2, y2, steps)
        lng, lat = zip(*[(x1, y1), *along, (x2, y2)], strict=True)
        best = min(best, min(GEOD.inv(np.full(len(lng), x), np.full(len(lng), y), lng, lat)[2]))
    return float(best)


def test_features_within_so_many_metres_of_a_reachs_management_range(ask, points, reach):
    run = ask("within", layer="points", zones="reach-range", distance_m=800)
    distances = {i + 1: _metres_to(reach, x, y) - 5.0 for i, (x, y) in enumerate(points)}
    expected = {pk for pk, metres in distances.items() if metres <= 800}
    found = {row["id"]: row["distance_m"] for row in _rows(run)}
    assert 10 < len(expected) < 390
    assert set(found) == expected
    for pk, metres in found.items():
        assert metres == pytest.approx(max(0, distances[pk]), abs=0.6)  # half a step of the walk
    assert {row["zone"] for row in _rows(run)} == {"南塘河西镇段"}
    assert run.result["features"] == 400
    assert "椭球" in run.result["method"]


@pytest.mark.parametrize(("grade", "metres"), [(Grade.CITY, 7), (Grade.COUNTY, 5), (Grade.TOWN, 2)])
def test_the_range_goes_by_the_rivers_grade(ask, load_file, reach, tmp_path, grade, metres):
    River.objects.update(grade=grade)
    (x, y), (x2, y2) = reach[0], reach[1]
    bearing = GEOD.inv(x, y, x2, y2)[0]
    middle = GEOD.fwd(x, y, bearing, GEOD.inv(x, y, x2, y2)[2] / 2)[:2]
    beside = [GEOD.fwd(*middle, bearing + 90, away)[:2] for away in (metres - 0.5, metres + 0.5)]
    shapes = [shapely.Point(*place) for place in beside]
    load_file(write_file(tmp_path / "b.gpkg", shapes, [{"n": 0}, {"n": 1}], geometry_type="Point"), slug="beside")
    assert [row["n"] for row in _rows(ask("within", layer="beside", zones="reach-range"))] == [0]


def test_features_in_a_town_and_only_that_town(ask, points, world):
    west = shapely.box(WEST, SOUTH, MIDDLE, NORTH)
    expected = {i + 1 for i, (x, y) in enumerate(points) if west.covers(shapely.Point(x, y))}
    run = ask("within", layer="points", zones="areas:town", only=["西镇"])
    assert {row["id"] for row in _rows(run)} == expected
    assert {row["distance_m"] for row in _rows(run)} == {0.0}


def test_features_near_those_of_another_layer_with_the_nearest_named(ask, points, ponds):
    run = ask("within", layer="points", zones="layer:ponds", distance_m=1500, name_field="名称")
    squares = {row.f1: shapely.from_wkb(bytes(row.geom.wkb)) for row in rows_of(ponds.current_version)}
    move = Transformer.from_crs(4326, 4549, always_xy=True).transform
    flat = {name: shapely.transform(shape, move, interleaved=False) for name, shape in squares.items()}
    for row in _rows(run):
        place = shapely.Point(*move(*points[row["id"] - 1]))
        near = {name: place.distance(shape) for name, shape in flat.items()}
        assert row["zone"] == min(near, key=near.get)
        assert row["distance_m"] == pytest.approx(near[row["zone"]], rel=3e-4, abs=0.05)  # the plane's scale error
        assert row["zone_count"] == sum(metres <= 1500 for metres in near.values())


def test_points_are_counted_once_even_on_the_border_between_two_towns(ask, load_file, tmp_path, world):
    shapes = [shapely.Point(MIDDLE, 29.85), shapely.Point(121.31, 29.85), shapely.Point(122, 30)]
    load_file(
        write_file(tmp_path / "p.gpkg", shapes, [{"n": i} for i in range(3)], geometry_type="Point"), slug="three"
    )
    run = ask("summary", layer="three", zones="areas:town")
    assert {zone: row["feature_count"] for zone, row in _by_zone(run).items()} == {"西镇": 2, "东镇": 0}
    assert (run.result["features"], run.result["counted"], run.result["outside"]) == (3, 2, 1)
    west = _by_zone(run)["西镇"]
    assert west["count_share_pct"] == pytest.approx(200 / 3)
    area = abs(GEOD.geometry_area_perimeter(shapely.segmentize(shapely.box(WEST, SOUTH, MIDDLE, NORTH), 1e-4))[0])
    assert west["zone_area_km2"] == pytest.approx(area / 1e6, rel=1e-5)
    assert west["count_per_km2"] == pytest.approx(2 / (area / 1e6), rel=1e-5)


@pytest.fixture
def fields(load_file, world, tmp_path):
    """Squares of 0.02 degrees: one in the west, one across the border by three to one, one mostly outside."""
    shapes = [
        shapely.box(121.31, 29.82, 121.33, 29.84),
        shapely.box(121.345, 29.85, 121.365, 29.87),
        shapely.box(121.395, 29.81, 121.415, 29.83),
    ]
    load_file(write_file(tmp_path / "f.gpkg", shapes, [{"n": i} for i in range(3)]), slug="fields")
    return shapes


def _area(shape) -> float:
    return abs(GEOD.geometry_area_perimeter(shape)[0])


def test_areas_are_split_at_the_border(ask, fields):
    run = ask("summary", layer="fields", zones="areas:town", split="intersection")
    for zone, town in (
        ("西镇", shapely.box(WEST, SOUTH, MIDDLE, NORTH)),
        ("东镇", shapely.box(MIDDLE, SOUTH, EAST, NORTH)),
    ):
        row = _by_zone(run)[zone]
        pieces = [town.intersection(shape) for shape in fields if town.intersection(shape).area > 0]
        assert row["feature_count"] == len(pieces) == 2
        assert row["area_m2"] == pytest.approx(sum(map(_area, pieces)), rel=1e-6)
        assert row["area_share_pct"] == pytest.approx(row["area_m2"] / row["zone_area_km2"] / 1e4)
    assert run.result["total_area_m2"] == pytest.approx(sum(map(_area, fields)), rel=1e-6)
    assert run.result["counted_area_m2"] < run.result["total_area_m2"]


def test_areas_go_whole_to_the_side_that_holds_most_or_to_none(ask, fields):
    run = ask("summary", layer="fields", zones="areas:town", split="largest")
    rows = _by_zone(run)
    assert (rows["西镇"]["feature_count"], rows["东镇"]["feature_count"]) == (1, 1)
    assert rows["东镇"]["area_m2"] == pytest.approx(_area(fields[1]), rel=1e-6)
    assert (run.result["counted"], run.result["outside"]) == (2, 1)  # three quarters of the third lie in no town


def test_lengths_are_cut_at_the_border_and_measured_on_the_ellipsoid(ask, load_file, tmp_path, world):
    line = shapely.LineString([(121.32, 29.84), (121.38, 29.86)])
    load_file(write_file(tmp_path / "l.gpkg", [line], [{"n": 1}], geometry_type="LineString"), slug="line")
    rows = _by_zone(ask("summary", layer="line", zones="areas:town"))
    for zone, part in (
        ("西镇", shapely.box(WEST, SOUTH, MIDDLE, NORTH)),
        ("东镇", shapely.box(MIDDLE, SOUTH, EAST, NORTH)),
    ):
        assert rows[zone]["length_m"] == pytest.approx(GEOD.geometry_length(line.intersection(part)), rel=1e-6)


def test_the_zones_can_be_ranges_of_reaches(ask, points, reach):
    row = _by_zone(ask("summary", layer="points", zones="reach-range"))["南塘河西镇段"]
    length = sum(GEOD.inv(*a, *b)[2] for a, b in itertools.pairwise(reach))
    assert row["zone_area_km2"] * 1e6 == pytest.approx(length * 10 + np.pi * 25, rel=0.01)  # five metres to each side


@pytest.fixture
def dem(world, tmp_path):
    values = hills(400, 400)
    values[100:140, 40:90] = -999
    path = write_tiff(
        tmp_path / "dem.tif", values, transform=from_origin(121.28, 29.92, 3e-4, 3e-4), nodata=-999, unit="m"
    )
    raster_loading.load(LoadOptions(path=path, file_name="dem.tif", slug="dem", title="高程"), Report())
    return values


def _cover(values, zone, west, north, cell):
    """The share of every cell that a rectangle covers, by hand."""
    left = np.arange(values.shape[1]) * cell + west
    top = north - np.arange(values.shape[0]) * cell
    wide = np.clip(np.minimum(left + cell, zone.bounds[2]) - np.maximum(left, zone.bounds[0]), 0, None) / cell
    high = np.clip(np.minimum(top, zone.bounds[3]) - np.maximum(top - cell, zone.bounds[1]), 0, None) / cell
    return high[:, None] * wide[None, :]


def test_zonal_statistics_weigh_cells_by_the_part_that_is_covered(ask, dem):
    rows = _by_zone(ask("zonal", layer="dem", zones="areas:town"))
    for zone, shape in (
        ("西镇", shapely.box(WEST, SOUTH, MIDDLE, NORTH)),
        ("东镇", shapely.box(MIDDLE, SOUTH, EAST, NORTH)),
    ):
        cover = _cover(dem, shape, 121.28, 29.92, 3e-4)
        weights = np.where(dem == -999, 0, cover)
        mean = (weights * dem).sum() / weights.sum()
        row = rows[zone]
        assert row["cell_count"] == pytest.approx(weights.sum(), rel=1e-5)
        assert row["sum"] == pytest.approx((weights * dem).sum(), rel=1e-5)
        assert row["mean"] == pytest.approx(mean, rel=1e-5)
        assert row["stdev"] == pytest.approx(np.sqrt((weights * (dem - mean) ** 2).sum() / weights.sum()), rel=1e-4)
        assert row["min"] == dem[weights > 1e-9].min()
        assert row["max"] == dem[weights > 1e-9].max()
        assert row["nodata_pct"] == pytest.approx(100 * (1 - weights.sum() / cover.sum()), abs=1e-3)


def test_zones_outside_the_raster_have_no_numbers_and_say_so(ask, dem):
    Area.objects.create(code="330203999", name="远镇", level="town", geom=box(122, 30, 122.1, 30.1))
    far = _by_zone(ask("zonal", layer="dem", zones="areas:town"))["远镇"]
    assert (far["cell_count"], far["mean"], far["max"], far["coverage_pct"]) == (0, None, None, 0)


def test_a_raster_of_classes_gives_each_class_its_share(ask, world, tmp_path):
    values = np.ones((100, 200), "uint8")
    values[:, 150:] = 2
    path = write_tiff(tmp_path / "use.tif", values, transform=from_origin(WEST, NORTH, 5e-4, 1e-3))
    raster_loading.load(LoadOptions(path=path, file_name="use.tif", slug="use"), Report())
    run = ask("zonal", layer="use", zones="areas:town")
    rows = _by_zone(run)
    assert rows["西镇"]["class_1_pct"] == pytest.approx(100, abs=1e-6)
    assert rows["东镇"]["class_2_pct"] == pytest.approx(50, abs=1e-6)
    assert (rows["西镇"]["majority"], rows["东镇"]["variety"]) == (1, 2)
    assert results.charted(run)[1].column == "class_1_pct"  # the mean of classes' numbers would say nothing


def test_a_raster_in_metres_meets_zones_in_degrees(ask, world, tmp_path):
    x, y = Transformer.from_crs(4326, 4549, always_xy=True).transform(WEST, NORTH)
    columns = np.tile(np.arange(1200, dtype="float32"), (1400, 1))
    path = write_tiff(tmp_path / "m.tif", columns, crs="EPSG:4549", transform=from_origin(x - 500, y + 500, 10, 10))
    raster_loading.load(LoadOptions(path=path, file_name="m.tif", slug="m"), Report())
    rows = _by_zone(ask("zonal", layer="m", zones="areas:town"))
    assert rows["东镇"]["mean"] - rows["西镇"]["mean"] == pytest.approx(
        GEOD.inv(MIDDLE, 29.85, EAST, 29.85)[2] / 10, rel=0.01
    )
    assert rows["西镇"]["coverage_pct"] == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    ("tool", "parameters", "code"),
    [
        ("within", {"layer": "none", "zones": "areas:town"}, "layer-missing"),
        ("within", {"layer": "ponds", "zones": "areas:moon"}, "zones-unknown"),
        ("within", {"layer": "ponds", "zones": "layer:none"}, "zones-unknown"),
        ("within", {"layer": "ponds", "zones": "areas:town", "distance_m": -1}, "option-invalid"),
        ("within", {"layer": "ponds", "zones": "areas:town", "distance_m": "nan"}, "option-invalid"),
        ("within", {"layer": "ponds"}, "option-missing"),
        ("within", {"layer": "ponds", "zones": "layer:ponds", "name_field": "没有"}, "field-unknown"),
        ("within", {"layer": "ponds", "zones": "areas:town", "only": "没有这个镇"}, "zones-empty"),
        ("within", {"layer": "ponds", "zones": "areas:village"}, "zones-empty"),
        ("summary", {"layer": "ponds", "zones": "areas:town", "split": "by-magic"}, "option-invalid"),
        ("summary", {"layer": "dem", "zones": "areas:town"}, "layer-kind"),
        ("summary", {"layer": "ponds", "zones": "layer:points"}, "zones-not-polygons"),
        ("zonal", {"layer": "ponds", "zones": "areas:town"}, "layer-kind"),
        ("zonal", {"layer": "dem", "zones": "areas:town", "band": 2}, "band-missing"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(ask, ponds, dem, points, tool, parameters, code):
    with pytest.raises(Refusal) as caught:
        ask(tool, **parameters)
    assert caught.value.code == code


def test_what_a_person_may_not_see_cannot_be_asked_about(secret_ponds, world):
    run = OverlayRun.objects.create(
        tool="within", parameters={"layer": "ponds", "zones": "areas:town"}, created_by=None
    )
    with pytest.raises(Refusal) as caught:
        runs.compute(run)
    assert caught.value.code == "layer-missing"


def test_a_run_that_takes_too_long_is_stopped_and_leaves_nothing(ask, points, settings):
    settings.OVERLAY_STATEMENT_TIMEOUT_MS = 1
    with pytest.raises(Refusal) as caught:
        ask("within", layer="points", zones="areas:town", distance_m=5000)
    assert caught.value.code == "overlay-timeout"


def test_an_answer_becomes_a_layer_that_knows_where_it_comes_from_and_can_be_undone(ask, points, gis, client):
    run = ask("within", layer="points", zones="areas:town", only="西镇", distance_m=100)
    version = saving.save_as_layer(run, "near-west", "西镇附近", gis)
    layer = Layer.objects.get(slug="near-west")
    assert (layer.current_version, version.rows, version.number) == (version, run.rows, 1)
    assert client.get("/api/v1/layers/near-west/").status_code == 404, "internal until somebody publishes it"
    make_public("near-west")
    made_from = version.report["derived_from"]
    assert next((item["role"], item["version"]) for item in made_from["inputs"]) == ("layer", 1)
    assert made_from["parameters"]["distance_m"] == 100
    assert "西镇" not in layer.title or layer.description
    assert client.get("/api/v1/layers/near-west/features/").json()["count"] == run.rows
    runs.remove_old(now=run.created + timedelta(days=30))
    assert client.get("/api/v1/layers/near-west/features/").json()["count"] == run.rows  # its table is its own
    assert undo_layer("near-west") is None
    assert client.get("/api/v1/layers/near-west/").status_code == 404


def test_an_answer_can_be_asked_about_again_and_again(ask, points, gis):
    """Each time the columns of the last time are the layer's own."""
    layer = "points"
    for number in range(4):
        run = ask("within", layer=layer, zones="areas:town")
        layer = saving.save_as_layer(run, f"again-{number}", "", gis).layer.slug
    titles = [item["name"] for item in run.fields if item["name"].startswith("最近的分区")]
    assert titles == ["最近的分区", "最近的分区 (2)", "最近的分区 (3)", "最近的分区 (4)"]
    assert len({item["column"] for item in run.fields}) == len(run.fields)


def test_an_answer_that_replaces_a_public_layer_is_inside_until_somebody_publishes_it(
    ask, points, secret_ponds, gis, client
):
    run = ask("within", layer="ponds", zones="areas:town")
    before = Layer.objects.get(slug="points")
    assert client.get("/api/v1/layers/points/features/").status_code == 200
    saving.save_as_layer(run, "points", "", gis, mode="replace")
    layer = Layer.objects.get(slug="points")
    assert (layer.visibility, layer.revision) == ("internal", before.revision + 1)
    assert layer.geometry_type == "MultiPolygon"
    assert client.get("/api/v1/layers/points/features/").status_code == 404
    assert AuditEntry.objects.filter(verb="layer.withdraw", actor=gis).count() == 1


def test_the_same_slug_twice_and_an_empty_answer_are_refused(ask, points, ponds, gis):
    run = ask("within", layer="points", zones="areas:town")
    with pytest.raises(Refusal) as caught:
        saving.save_as_layer(run, "ponds", "x", gis)
    assert caught.value.code == "layer-exists"
    Area.objects.create(code="330203999", name="远镇", level="town", geom=box(122, 30, 122.1, 30.1))
    nothing = ask("within", layer="points", zones="areas:town", only="远镇")
    assert nothing.rows == 0
    with pytest.raises(Refusal) as caught:
        saving.save_as_layer(nothing, "empty", "x", gis)
    assert caught.value.code == "no-rows"
    assert LayerVersion.objects.filter(layer__slug="ponds").count() == 1


def test_answers_that_nobody_saved_go_after_a_while(ask, points):
    run = ask("within", layer="points", zones="areas:town")
    assert runs.remove_old() == 0
    assert runs.remove_old(now=run.created + timedelta(days=8)) == 1
    run.refresh_from_db()
    with pytest.raises(Refusal) as caught:
        runs.must_have_answer(run)
    assert caught.value.code == "overlay-gone"
