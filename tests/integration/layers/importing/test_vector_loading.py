"""Loading: from a bureau's file to rows of a version, or to a refusal that changes nothing."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from django.db import connection

from geokit.refusal import Refusal
from layers.catalogue.publication import withdraw
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer, LayerRejection, LayerVersion
from layers.storage import tables
from layers.storage.rows import rows_of
from tests.data.gis_files import PONDS, bow_tie, gbk_ponds, pond_squares, square, write_file
from tests.data.published import make_public

pytestmark = pytest.mark.django_db


def load_file(path: Path, **options: Any) -> Report:
    report = Report()
    load(LoadOptions(path=path, file_name=path.name, **options), report)
    return report


def refusal_of(path: Path, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        load_file(path, **options)
    return caught.value


def values(version: LayerVersion, name: str) -> list[Any]:
    position = [item["name"] for item in version.fields].index(name)
    return list(rows_of(version).order_by("id").values_list(f"f{position}", flat=True))


@pytest.mark.parametrize(("with_cpg", "told_by"), [(True, "cpg"), (False, "gb18030")])
def test_a_zipped_gbk_shapefile_in_gk_cm_120e_is_loaded_where_it_lies(
    world: Any, tmp_path: Path, with_cpg: bool, told_by: str
) -> None:
    report = load_file(gbk_ponds(tmp_path, with_cpg=with_cpg), slug="ponds")
    assert (report.encoding, report.encoding_from) == ("GB18030", told_by)
    assert (report.crs, report.crs_from) == ("EPSG:4549", "prj")
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (3, 3, 0)
    assert report.warnings == []
    layer = Layer.objects.get(slug="ponds")
    assert values(layer.current_version, "名称") == [row["名称"] for row in PONDS]
    assert values(layer.current_version, "编号") == ["0012", "0013", "0014"]
    assert values(layer.current_version, "户数") == [12, None, 3]
    stored = shapely.from_wkb(bytes(rows_of(layer.current_version).get(id=1).geom.wkb))
    assert stored.geom_type == "MultiPolygon"
    assert stored.distance(pond_squares()[0]) == 0
    assert stored.symmetric_difference(pond_squares()[0]).area / stored.area < 1e-5


def test_without_prj_it_is_refused_with_the_crs_that_would_fit_the_district(world: Any, tmp_path: Path) -> None:
    report = Report()
    path = gbk_ponds(tmp_path, with_prj=False)
    with pytest.raises(Refusal) as caught:
        load(LoadOptions(path=path, file_name=path.name, slug="ponds"), report)
    assert caught.value.code == "crs-missing"
    assert "EPSG:4549" in caught.value.message
    assert report.crs_candidates[0]["crs"] == "EPSG:4549"
    assert report.crs_candidates[0]["in_district"]
    assert not Layer.objects.exists()


def test_without_prj_a_stated_crs_loads_it(world: Any, tmp_path: Path) -> None:
    report = load_file(gbk_ponds(tmp_path, with_prj=False), slug="ponds", crs="EPSG:4549")
    assert (report.crs, report.crs_from, report.rows_loaded) == ("EPSG:4549", "option", 3)


def test_a_crs_that_puts_the_data_elsewhere_is_warned_of(world: Any, tmp_path: Path) -> None:
    report = load_file(gbk_ponds(tmp_path), slug="ponds", crs="EPSG:4548")
    warning = next(item for item in report.warnings if item["code"] == "outside-district")
    assert "EPSG:4549" in warning["message"]


def test_a_table_of_survey_coordinates_names_the_crs_even_when_x_is_north(world: Any, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("点号,X,Y\nA1,3304000.5,630000.1\n", "utf-8")
    refusal = refusal_of(path, slug="points")
    assert refusal.code == "crs-missing"
    assert "EPSG:4549" in refusal.message
    report = load_file(path, slug="points", crs="EPSG:4549")
    assert [item["code"] for item in report.warnings] == ["axis-swapped"]
    assert report.bbox[:2] == pytest.approx((121.345, 29.852), abs=0.01)


def test_every_row_becomes_a_feature_or_a_rejection(world: Any, tmp_path: Path) -> None:
    rows = [{"n": index} for index in range(4)]
    geometries = [square(121.31, 29.85), None, bow_tie(121.33, 29.85), square(121.34, 29.85)]
    report = load_file(write_file(tmp_path / "mixed.gpkg", geometries, rows), slug="mixed")
    assert (report.rows_read, report.rows_loaded, report.rows_repaired, report.rows_rejected) == (4, 3, 1, 1)
    rejection = LayerRejection.objects.get(rejected=True)
    assert (rejection.row, rejection.code) == (2, "geometry-missing")
    version = Layer.objects.get().current_version
    assert list(rows_of(version).values_list("id", flat=True)) == [1, 3, 4]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT source_row, ST_IsValid(geom), ST_IsValid(geom_original) FROM layer_data.{version.table_name}"
            " WHERE geom_original IS NOT NULL"
        )
        assert cursor.fetchall() == [(3, True, False)]


def test_invalid_geometry_is_skipped_when_asked(world: Any, tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.gpkg", [square(121.31, 29.85), bow_tie(121.33, 29.85)], [{"n": 1}, {"n": 2}])
    report = load_file(path, slug="a", invalid="skip")
    assert [issue.code for issue in report.issues] == ["geometry-invalid"]
    assert (report.rows_loaded, report.rows_rejected, report.rows_repaired) == (1, 1, 0)


def test_invalid_geometry_refuses_the_whole_when_asked(world: Any, tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.gpkg", [square(121.31, 29.85), bow_tie(121.33, 29.85)], [{"n": 1}, {"n": 2}])
    assert refusal_of(path, slug="a", invalid="refuse").code == "geometry-invalid"
    assert not Layer.objects.exists()


def test_a_dry_run_counts_everything_and_writes_nothing(world: Any, tmp_path: Path) -> None:
    report = load_file(gbk_ponds(tmp_path), slug="ponds", dry_run=True)
    assert (report.status, report.rows_loaded, report.version) == ("previewed", 3, None)
    assert not Layer.objects.exists()


def test_the_table_has_typed_columns_an_index_and_the_names_as_comments(world: Any, tmp_path: Path) -> None:
    load_file(gbk_ponds(tmp_path), slug="ponds")
    table = f"layer_data.{Layer.objects.get().current_version.table_name}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0",
            [table],
        )
        columns = {name: (kind, comment) for name, kind, comment in cursor.fetchall()}
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'layer_data' AND tablename = %s", [table[11:]]
        )
        indexes = " ".join(row[0] for row in cursor.fetchall())
    assert columns["geom"][0] == "geometry(MultiPolygon,4326)"
    assert columns["编号"] == ("text", "编号")
    assert columns["面积"][0] == "double precision"
    assert columns["户数"][0] == "bigint"
    assert "gist (geom)" in indexes


def test_create_refuses_a_slug_that_is_taken(world: Any, tmp_path: Path) -> None:
    load_file(gbk_ponds(tmp_path), slug="ponds")
    assert refusal_of(gbk_ponds(tmp_path), slug="ponds").code == "layer-exists"
    assert LayerVersion.objects.count() == 1


@pytest.mark.parametrize("mode", ["replace", "append", "upsert"])
def test_updating_refuses_a_layer_that_is_not_there(world: Any, tmp_path: Path, mode: str) -> None:
    assert refusal_of(gbk_ponds(tmp_path), slug="ponds", mode=mode, key="编号").code == "layer-missing"


def test_a_key_that_comes_twice_rejects_the_second_row(world: Any, tmp_path: Path) -> None:
    rows = [{"code": "A"}, {"code": "A"}, {"code": None}]
    path = write_file(tmp_path / "a.gpkg", [square(121.31 + i / 100, 29.85) for i in range(3)], rows)
    report = load_file(path, slug="a", key="code")
    assert [(issue.row, issue.code) for issue in report.issues] == [(2, "key-duplicate"), (3, "key-missing")]
    assert report.rows_loaded == 1


def test_an_unknown_key_is_refused(world: Any, tmp_path: Path) -> None:
    assert refusal_of(gbk_ponds(tmp_path), slug="ponds", key="没有").code == "key-not-found"


def test_a_layer_without_a_single_good_row_is_refused(world: Any, tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.gpkg", [None, None], [{"n": 1}, {"n": 2}])
    assert refusal_of(path, slug="a").code == "no-valid-rows"
    assert not Layer.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lng,lat\n", "no-rows"),
        ("lng;lat\n121,3;29,8\n", "no-valid-rows"),
        (
            f"lng,lat,{','.join(f'c{n}' for n in range(1_200))}\n121.3,29.8{',9007199254740991' * 1_200}\n",
            "row-too-wide",
        ),
    ],
)
def test_a_table_that_cannot_be_loaded_says_why(world: Any, tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    assert refusal_of(tmp_path / "a.csv", slug="a").code == code
    assert refusal_of(tmp_path / "a.csv", slug="a", dry_run=True).code == code, "before anything is confirmed"
    assert not Layer.objects.exists()


def test_an_empty_layer_is_refused(world: Any, tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.gpkg", [square(121.31, 29.85)], [{"n": 1}])
    import sqlite3

    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("DELETE FROM a")
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 0")
    assert refusal_of(path, slug="a").code == "no-rows"


def test_gcj02_is_undone_only_when_stated(world: Any, tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.gpkg", [square(121.35, 29.85)], [{"n": 1}])
    load_file(path, slug="plain")
    load_file(path, slug="shifted", datum="gcj02")
    plain, shifted = (rows_of(Layer.objects.get(slug=slug).current_version).get().geom for slug in ("plain", "shifted"))
    metres = plain.centroid.transform(4549, clone=True).distance(shifted.centroid.transform(4549, clone=True))
    assert 480 < metres < 520
    assert refusal_of(path, slug="b", datum="mars").code == "option-invalid"


def test_what_is_said_of_a_layer_while_its_next_version_loads_stays(
    world: Any, gis: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = gbk_ponds(tmp_path)
    load_file(path, slug="ponds", title="小微水体")
    make_public("ponds")
    finish = tables.finish

    def withdraw_meanwhile(*args: Any) -> None:
        layer = Layer.objects.get(slug="ponds")
        withdraw(layer, layer.revision, gis)
        finish(*args)

    monkeypatch.setattr(tables, "finish", withdraw_meanwhile)
    load_file(path, slug="ponds", mode="replace")
    layer = Layer.objects.get(slug="ponds")
    assert (layer.visibility, layer.revision, layer.title) == ("internal", 2, "小微水体")
    assert layer.current_version is not None and layer.current_version.number == 2


def test_a_code_that_comes_as_a_floating_point_number_meets_the_same_code_as_text(world: Any, tmp_path: Path) -> None:
    """As ArcGIS writes the codes of a table that Excel gave it; the difference says the same as the load."""
    texts = [{"code": "330203001", "n": 1}, {"code": "330203002", "n": 2}]
    load_file(write_file(tmp_path / "a.gpkg", [square(121.3, 29.8)] * 2, texts), slug="codes", key="code")
    numbers = [{"code": 330203001.0, "n": 5}, {"code": 330203003.0, "n": 3}]
    path = write_file(tmp_path / "b.gpkg", [square(121.3, 29.8)] * 2, numbers)
    said = load_file(path, slug="codes", key="code", mode="upsert", dry_run=True).difference
    assert said is not None and (said["new"], said["changed"]) == (1, 1)
    load_file(path, slug="codes", key="code", mode="upsert")
    version = Layer.objects.get(slug="codes").current_version
    assert version is not None
    found = dict(zip(values(version, "code"), values(version, "n"), strict=True))
    assert found == {"330203001": 5, "330203002": 2, "330203003": 3}
