"""Every kind of source from the file to rows of a version; hostile ones to a refusal that leaves nothing behind."""

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from geokit.refusal import Refusal
from layers.importing.import_report import Report
from layers.models import Layer
from layers.storage.rows import rows_of
from tests.data import office_files as office
from tests.data.gis_files import project, square, write_file, zip_files

pytestmark = pytest.mark.django_db
Load = Callable[..., Report]
SHEET = [["编号", "名称", "经度", "纬度"], ["0012", "西塘河", 121.31, 29.85], ["0013", "南塘河", 121.32, 29.86]]


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where working folders are made; it must be empty again afterwards."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def places(slug: str) -> list[tuple[float, float]]:
    version = Layer.objects.get(slug=slug).current_version
    return [row.geom.centroid.coords for row in rows_of(version).order_by("id")]


def tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'layer_data'")
        return cursor.fetchone()[0]


def test_a_sheet_becomes_a_layer(world: Any, tmp_path: Path, temp: Path, load_file: Load) -> None:
    path = office.workbook(tmp_path / "点位.xlsx", {"说明": [["填表须知"]], "点位": SHEET})
    report = load_file(path, slug="sheet", key="编号")
    assert (report.status, report.driver, report.crs, report.crs_from) == ("loaded", "XLSX", "EPSG:4326", "columns")
    assert report.fields[0]["kind"] == "text"
    assert places("sheet")[0] == pytest.approx((121.31, 29.85))
    assert list(temp.iterdir()) == []


def test_a_drawing_needs_a_crs_and_a_choice_of_kind(world: Any, tmp_path: Path, temp: Path, load_file: Load) -> None:
    ((x, y),) = project([square(121.31, 29.85).centroid], 4549)[0].coords  # type: ignore[union-attr]
    entities = office.dxf_text(x, y, "西塘河", "注记") + office.dxf_line(x, y, x + 10, y, "河道")
    path = tmp_path / "图.dxf"
    path.write_bytes(office.drawing(entities).encode("gbk"))
    with pytest.raises(Refusal) as caught:
        load_file(path, slug="drawing")
    assert caught.value.code == "layer-choice"
    report = Report()
    with pytest.raises(Refusal) as caught:
        load_file(path, slug="drawing", layer="图 · 点")
    assert caught.value.code == "crs-missing"
    assert "EPSG:4549" in caught.value.message
    report = load_file(path, slug="drawing", layer="图 · 点", crs="EPSG:4549")
    assert (report.driver, report.encoding, report.geometry_type) == ("DXF", "GB18030", "MultiPoint")
    assert places("drawing")[0] == pytest.approx((121.311, 29.851), abs=1e-7)
    assert list(temp.iterdir()) == []


def test_a_track_becomes_a_layer(world: Any, tmp_path: Path, temp: Path, load_file: Load) -> None:
    (tmp_path / "a.gpx").write_text(office.GPX, "utf-8")
    report = load_file(tmp_path / "a.gpx", slug="track", layer="tracks")
    assert (report.driver, report.geometry_type, report.rows_loaded) == ("GPX", "MultiLineString", 1)
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "key", "stated", "code", "east_m"),
    [
        ("", "ballpark", False, "datum-shift-unknown", 0),
        ("ballpark", "ballpark", True, "datum-shift-unknown", 0),
        ("100,0,0,0,0,0,0", "100,0,0,0,0,0,0", True, "datum-shift", -85),
    ],
)
def test_an_old_datum_says_how_it_was_transformed(
    world: Any, tmp_path: Path, load_file: Load, asked: str, key: str, stated: bool, code: str, east_m: float
) -> None:
    path = write_file(tmp_path / "a.shp", [square(121.31, 29.85)], [{"a": 1}], crs="EPSG:4610")
    report = load_file(path, slug="old", transformation=asked)
    assert report.transformation is not None
    assert (report.transformation["key"], report.transformation["stated"]) == (key, stated)
    assert report.transformations
    assert code in [item["code"] for item in report.warnings]
    moved = (places("old")[0][0] - 121.311) * 111_320 * 0.8673
    assert moved == pytest.approx(east_m, abs=1)


def test_a_transformation_that_does_not_exist_is_refused(world: Any, tmp_path: Path, load_file: Load) -> None:
    path = write_file(tmp_path / "a.shp", [square(121.31, 29.85)], [{"a": 1}], crs="EPSG:4610")
    with pytest.raises(Refusal) as caught:
        load_file(path, slug="old", transformation="EPSG:15919")
    assert caught.value.code == "transformation-unknown"
    assert not Layer.objects.exists()


def hostile(folder: Path) -> dict[str, Path]:
    """Files that mean harm, by the code of their refusal."""
    made = {
        "zip-slip": zip_files(folder / "slip.zip", {"../../evil.shp": b"x"}),
        "zip-too-large": zip_files(folder / "bomb.zip", {"a.shp": b"\0" * 40_000_000}),
        "xml-entities": folder / "xxe.gpx",
        "gpkg-unsafe": write_file(folder / "a.gpkg", [square(121.3, 29.8)], [{"a": 1}]),
        "crs-link": folder / "link.geojson",
        "source-unreadable": folder / "vrt.kml",
    }
    with sqlite3.connect(made["gpkg-unsafe"]) as held:
        held.execute("CREATE VIEW v AS SELECT ogr_datasource_load_layers('/etc/passwd')")
    held.close()
    made["xml-entities"].write_text('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><gpx>&a;</gpx>')
    made["crs-link"].write_text('{"type":"FeatureCollection","features":[],"crs":{"type":"link","properties":{}}}')
    made["source-unreadable"].write_text("<OGRVRTDataSource/>")
    return made


@pytest.mark.parametrize(
    "code", ["zip-slip", "zip-too-large", "xml-entities", "gpkg-unsafe", "crs-link", "source-unreadable"]
)
def test_a_hostile_file_leaves_nothing_behind(
    world: Any, tmp_path: Path, temp: Path, load_file: Load, code: str
) -> None:
    path, before = hostile(tmp_path)[code], tables()
    with pytest.raises(Refusal) as caught:
        load_file(path, slug="harm")
    assert caught.value.code == code
    assert list(temp.iterdir()) == []
    assert not Layer.objects.exists()
    assert tables() == before
    assert not (tmp_path.parent / "evil.shp").exists()
