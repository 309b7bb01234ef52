"""Exports: what comes out is what went in, in the format and CRS that were asked for."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from django.core.management import call_command
from pyogrio.raw import read

from geokit.refusal import Refusal
from layers.exporting.services import export_version, fitting_zones
from layers.exporting.shapefile_writer import short_names
from layers.models import Layer
from layers.permissions import all_columns
from layers.storage.columns import Column
from layers.storage.rows import rows_of
from ogc.features import plain
from tests.data.gis_files import PONDS, pond_squares, write_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "zip"])
def test_every_format_gives_the_rows_back(ponds: Layer, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out.{suffix}"
    assert export_version(ponds.current_version, target).rows == 3
    meta, _, wkb, data = read(target)
    assert meta["crs"] == "EPSG:4326"
    values = dict(zip(meta["fields"], data, strict=True))
    assert sorted(values["编号"]) == ["0012", "0013", "0014"]
    assert set(values["名称"]) == {row["名称"] for row in PONDS}
    assert shapely.union_all(shapely.from_wkb(wkb)).symmetric_difference(shapely.union_all(pond_squares())).area < 1e-9


def test_gk_coordinates_come_out_as_they_went_in(ponds: Layer, tmp_path: Path) -> None:
    export_version(ponds.current_version, tmp_path / "out.gpkg", "EPSG:4549")
    info = pyogrio.read_info(tmp_path / "out.gpkg", force_total_bounds=True)
    assert info["crs"] == "EPSG:4549"
    assert 620_000 < info["total_bounds"][0] < 640_000


def test_a_shapefile_export_has_prj_and_cpg(ponds: Layer, tmp_path: Path) -> None:
    export_version(ponds.current_version, tmp_path / "out.zip", "EPSG:4528")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = set(archive.namelist())
        assert {"ponds.shp", "ponds.shx", "ponds.dbf", "ponds.prj", "ponds.cpg"} <= names
        assert archive.read("ponds.cpg") == b"UTF-8"


def test_csv_has_wkt(ponds: Layer, tmp_path: Path) -> None:
    export_version(ponds.current_version, tmp_path / "out.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert rows[0]["编号"] == "0012"
    assert rows[0]["wkt"].startswith("MULTIPOLYGON")


@pytest.mark.parametrize(
    ("name", "crs", "code"),
    [
        ("out.doc", "", "format-unsupported"),
        ("out.gpkg", "EPSG:99999", "crs-unknown"),
        ("out.geojson", "EPSG:4549", "format-crs"),
        ("no/out.gpkg", "", "target-missing"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_leaves_no_file(
    ponds: Layer, tmp_path: Path, name: str, crs: str, code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        export_version(ponds.current_version, tmp_path / name, crs)
    assert caught.value.code == code
    assert not (tmp_path / name).exists()


def test_names_are_cut_to_ten_bytes_and_stay_apart() -> None:
    columns = [Column(name, name, "text") for name in ("污水处理设施", "污水处理厂", "name", "NAME")]
    names = short_names(columns)
    assert all(len(name.encode()) <= 10 for name in names)
    assert len({name.lower() for name in names}) == 4


def test_the_page_downloads_what_may_be_seen(ponds: Layer, client: Any) -> None:
    answer = client.get("/layers/ponds/export.geojson")
    assert answer.status_code == 200
    assert "ponds.geojson" in answer["Content-Disposition"]
    assert len(pyogrio.raw.read(b"".join(answer.streaming_content))[2]) == 3
    assert client.get("/layers/ponds/export.exe").status_code == 404


def test_load_and_export_agree_after_a_round_trip(ponds: Layer, tmp_path: Path, load_file: Callable) -> None:
    export_version(ponds.current_version, tmp_path / "again.zip", "EPSG:4549")
    report = load_file(tmp_path / "again.zip", slug="again")
    assert (report.rows_loaded, report.encoding, report.crs) == (3, "UTF-8", "EPSG:4549")


RICH = [
    {
        "编号": "0012",
        "名称": "西塘河“北”段",
        "编码长": 9007199254740993,
        "面积": 1250.5,
        "户数": 12,
        "日期": "2026-03-01",
    },
    {"编号": "0013", "名称": None, "编码长": -9007199254740995, "面积": None, "户数": None, "日期": None},
    {"编号": "0x=1", "名称": "=1+1", "编码长": None, "面积": -0.1, "户数": -7, "日期": "1999-12-31"},
]


@pytest.fixture
def rich(world: Any, tmp_path: Path, load_file: Callable) -> Layer:
    """Leading zeros, 64-bit numbers, NULL in every kind, dates, quotes and a formula."""
    write_file(tmp_path / "rich.gpkg", pond_squares(), RICH)
    load_file(tmp_path / "rich.gpkg", slug="rich", visibility="public", field_types={"日期": "date"})
    return Layer.objects.get(slug="rich")


def rows_as_told(layer: Layer) -> list[tuple]:
    """Every row: values as text (None where there is none), place to a tenth of a millimetre."""
    version = layer.current_version
    assert version
    rows = rows_of(version).order_by("id").values_list("geom", *all_columns(version))
    return [
        (
            shapely.set_precision(shapely.from_wkb(bytes(geom.wkb)), 1e-8).normalize().wkt,
            *(None if value in (None, "") else str(value) for value in values),
        )
        for geom, *values in rows
    ]


TIMES = (
    "0001-01-01 00:00:00",
    "0001-01-01 12:00:00",
    "1700-01-01 01:02:03",
    "1988-07-01 12:00:00",
    "9999-12-31 23:59:59",
)
"""No date as some programs write it, local mean time, summer time, the last moment."""


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "csv", "zip"])
def test_times_far_from_ours_come_back_as_they_were(
    world: Any, tmp_path: Path, load_file: Callable, suffix: str
) -> None:
    (tmp_path / "t.csv").write_text("lng,lat,t\n" + "".join(f"121.3,29.8,{time}\n" for time in TIMES), "utf-8")
    load_file(tmp_path / "t.csv", slug="times", skip_fields=("lng", "lat"))
    version = Layer.objects.get(slug="times").current_version
    export_version(version, tmp_path / f"out.{suffix}", "", encoding="UTF-8")
    load_file(tmp_path / f"out.{suffix}", slug="again", field_types={"t": "datetime"}, crs="EPSG:4326")
    again = rows_of(Layer.objects.get(slug="again").current_version).values_list("f0", flat=True)
    assert sorted(map(str, again)) == list(TIMES)
    assert [plain(time)[-6:] for time in sorted(again)][:2] == ["+08:00"] * 2
    assert plain(sorted(again)[2]) == "1699-12-31T16:56:20Z", "no offset of RFC 3339 has seconds"


@pytest.mark.parametrize(
    ("name", "crs", "encoding"),
    [
        ("again.gpkg", "", "UTF-8"),
        ("again.gpkg", "EPSG:4490", "UTF-8"),
        ("again.gpkg", "EPSG:4528", "UTF-8"),
        ("again.geojson", "", "UTF-8"),
        ("again.fgb", "", "UTF-8"),
        ("again.fgb", "EPSG:4549", "UTF-8"),
        ("again.csv", "", "UTF-8"),
        ("again.zip", "", "UTF-8"),
        ("again.zip", "EPSG:4549", "GBK"),
        ("again.zip", "EPSG:4490", "GBK"),
    ],
)
def test_what_is_loaded_again_is_the_same(
    rich: Layer, tmp_path: Path, load_file: Callable, name: str, crs: str, encoding: str
) -> None:
    target = tmp_path / name
    assert export_version(rich.current_version, target, crs, encoding=encoding).rows == 3
    given = {"crs": "EPSG:4326"} if name.endswith("csv") else {}
    report = load_file(target, slug="again", **given)
    assert (report.rows_loaded, report.rows_rejected) == (3, 0)
    again = rows_as_told(Layer.objects.get(slug="again"))
    told = rows_as_told(rich)
    if name.endswith("fgb"):
        # FlatGeobuf has no dates, only date-times, and its own order.
        told = [(*row[:-1], row[-1] and f"{row[-1]} 00:00:00") for row in told]
        again, told = sorted(again, key=str), sorted(told, key=str)
    if crs:
        assert [row[1:] for row in again] == [row[1:] for row in told]
        for one, other in zip(again, told, strict=True):
            assert shapely.from_wkt(one[0]).hausdorff_distance(shapely.from_wkt(other[0])) < 1e-8
    else:
        assert again == told


def test_a_gbk_shapefile_says_so_in_both_places(rich: Layer, tmp_path: Path) -> None:
    exported = export_version(rich.current_version, tmp_path / "out.zip", "EPSG:4549", encoding="gbk")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("rich.cpg") == b"GBK"
        table = archive.read("rich.dbf")
        assert "CGCS2000" in archive.read("rich.prj").decode()
        archive.extractall(tmp_path / "parts")
    assert table[29] == 0x4D
    assert "名称".encode("gbk") in table
    assert "西塘河“北”段".encode("gbk") in table
    assert exported.warnings == []
    assert list(pyogrio.read_info(tmp_path / "parts" / "rich.shp")["fields"]) == list(RICH[0])
    assert read(tmp_path / "parts" / "rich.shp", columns=["编号"])[3][0][0] == "0012"


def test_a_sign_that_gbk_lacks_is_refused_by_name(world: Any, tmp_path: Path, load_file: Callable) -> None:
    write_file(tmp_path / "a.gpkg", pond_squares()[:1], [{"名称": "𠮷塘"}])
    load_file(tmp_path / "a.gpkg", slug="rare")
    version = Layer.objects.get(slug="rare").current_version
    with pytest.raises(Refusal, match=r"名称.*𠮷.*U\+20BB7") as caught:
        export_version(version, tmp_path / "out.zip", encoding="GBK")
    assert caught.value.code == "export-encoding"
    assert not (tmp_path / "out.zip").exists()
    assert export_version(version, tmp_path / "out.zip").rows == 1


def test_what_a_dbf_cannot_hold_is_cut_at_a_character_and_said(world: Any, tmp_path: Path, load_file: Callable) -> None:
    write_file(tmp_path / "a.gpkg", pond_squares()[:1], [{"污水处理设施名称": "河" * 200}])
    load_file(tmp_path / "a.gpkg", slug="long")
    exported = export_version(Layer.objects.get(slug="long").current_version, tmp_path / "out.zip", encoding="GBK")
    assert len(exported.warnings) == 2
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("fields.txt").decode().splitlines() == exported.warnings
        archive.extractall(tmp_path / "parts")
    meta, _, _, data = read(tmp_path / "parts" / "long.shp")
    assert list(meta["fields"]) == ["污水处理设"]
    assert data[0][0] == "河" * 127


def test_flatgeobuf_has_an_index(ponds: Layer, tmp_path: Path) -> None:
    export_version(ponds.current_version, tmp_path / "out.fgb")
    assert pyogrio.read_info(tmp_path / "out.fgb")["capabilities"]["fast_spatial_filter"]


@pytest.mark.parametrize("name", ["out.gpkg", "out.geojson", "out.fgb", "out.zip", "out.csv"])
def test_a_part_of_the_rows_can_be_written_even_none(rich: Layer, tmp_path: Path, name: str) -> None:
    rows = rows_of(rich.current_version)
    assert export_version(rich.current_version, tmp_path / name, rows=rows.filter(id=2)).rows == 1
    assert export_version(rich.current_version, tmp_path / name, rows=rows.none()).rows == 0
    if name.endswith(("gpkg", "fgb")):
        assert "编号" in pyogrio.read_info(tmp_path / name)["fields"]


def test_the_zones_that_fit_are_proposed(ponds: Layer) -> None:
    assert fitting_zones(ponds.current_version) == [4549, 4528]


def test_memory_is_bounded_by_the_batch(ponds: Layer, tmp_path: Path, monkeypatch: Any) -> None:
    """Two rows at a time give the same file."""
    monkeypatch.setattr("layers.exporting.row_batches.BATCH", 2)
    for suffix in ("gpkg", "geojson", "fgb", "zip", "csv"):
        assert export_version(ponds.current_version, tmp_path / f"out.{suffix}").rows == 3
    assert len(read(tmp_path / "out.fgb")[2]) == 3


def test_the_command_exports_some_rows_in_the_encoding_that_was_asked_for(rich: Layer, tmp_path: Path) -> None:
    out = StringIO()
    target = tmp_path / "some.zip"
    wish = "编码长 IS NULL OR \"日期\" = DATE('2026-03-01')"
    call_command("export_layer", "rich", str(target), "--encoding=GBK", f"--filter={wish}", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "status": "exported", "slug": "rich", "file": str(target), "version": 1, "rows": 2, "warnings": [],
    }  # fmt: skip
    with zipfile.ZipFile(target) as archive:
        assert archive.read("rich.cpg") == b"GBK"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--encoding=BIG5"], "encoding-unsupported"),
        (["--filter=没有 = 1"], "bad-filter"),
        (["--filter=户数 = 'a'"], "bad-filter"),
    ],
)
def test_the_command_refuses_in_one_line(rich: Layer, tmp_path: Path, options: list[str], code: str) -> None:
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("export_layer", "rich", str(tmp_path / "o.zip"), *options, stderr=errors)
    assert ended.value.code == 2
    assert code in errors.getvalue()
    assert len(errors.getvalue().splitlines()) == 1
    assert not (tmp_path / "o.zip").exists()
