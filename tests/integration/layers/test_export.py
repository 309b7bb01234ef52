"""Exports: what comes out is what went in, in the format and CRS that were asked for."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from pyogrio.raw import read

from geokit.refusal import Refusal
from layers.columns import Column
from layers.export import export_version, short_names
from layers.models import Layer
from tests.data.gis_files import PONDS, pond_squares

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "zip"])
def test_every_format_gives_the_rows_back(ponds: Layer, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out.{suffix}"
    assert export_version(ponds.current_version, target) == 3
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


def test_csv_has_wkt_and_no_formula(ponds: Layer, tmp_path: Path) -> None:
    export_version(ponds.current_version, tmp_path / "out.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert rows[0]["编号"] == "0012"
    assert rows[0]["wkt"].startswith("MULTIPOLYGON")
    from layers.export import csv_cell

    assert csv_cell("=1+1") == "'=1+1"


@pytest.mark.parametrize(
    ("name", "crs", "code"),
    [
        ("out.doc", "", "format-unsupported"),
        ("out.pmtiles", "", "format-unsupported"),
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
