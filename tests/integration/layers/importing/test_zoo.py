"""Thirty awkward shapefiles out of the wild, when they lie beside the repository."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from geokit.refusal import Refusal
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer, LayerRejection
from layers.storage.rows import rows_of

ZOO = Path(settings.BASE_DIR).parent / "shared" / "data" / "shapefiles"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not ZOO.is_dir(), reason="no ../shared/data/shapefiles beside the repository"),
]
REFUSED = {"lfs_pointer": "shp-unreadable", "q_empty": "no-rows", "fiona_multipatch_tin": "geometry-unsupported",
           "dj_emptypoints": "no-valid-rows"}  # fmt: skip
CHINESE = {"cn_gbk_hyd1_4l": "克鲁伦河", "cn_ldid4d_taihu": "浙西区", "cn_gbk_points": "北京", "cn_xian80_name_chinese":
           "国界", "tw_utf8_noldid_points": "鄭漢紀念碑"}  # fmt: skip
LOCAL = {"pg_notreallymulti": "EPSG:3857"}


def entries() -> list[dict[str, str]]:
    if not ZOO.is_dir():
        return []
    with (ZOO / "zoo.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def load_entry(entry: dict[str, str], **options: Any) -> Report:
    path = ZOO / entry["folder"] / entry["file"]
    report = Report()
    load(LoadOptions(path=path, file_name=path.name, slug="zoo", **options), report)
    return report


def options_for(entry: dict[str, str]) -> dict[str, str]:
    """Where the file does not say its CRS, a person would."""
    known = entry["crs_gdal"] and "fake" not in entry["crs_gdal"]
    return {} if known else {"crs": LOCAL.get(entry["folder"], "EPSG:4326")}


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["folder"])
def test_every_row_of_the_zoo_is_a_feature_or_a_rejection(entry: dict[str, str], world: Any) -> None:
    if code := REFUSED.get(entry["folder"]):
        with pytest.raises(Refusal) as caught:
            load_entry(entry, **options_for(entry))
        assert caught.value.code == code
        return
    report = load_entry(entry, **options_for(entry))
    layer = Layer.objects.get()
    rejected = LayerRejection.objects.filter(rejected=True).values("row").distinct().count()
    assert report.rows_read == int(entry["features"])
    assert layer.current_version.rows == report.rows_loaded == report.rows_read - report.rows_rejected
    assert rejected == report.rows_rejected >= int(entry["null_shapes"])
    assert report.rows_repaired <= int(entry["invalid"]) + 1
    codes = {item["code"] for item in report.warnings}
    if entry["has_z"] == "True" or entry["shape_type"].endswith(("M", "Z")):
        assert "dimensions-dropped" in codes
    if word := CHINESE.get(entry["folder"]):
        texts = [f"f{i}" for i, item in enumerate(layer.current_version.fields) if item["kind"] == "text"]
        assert any(word == value for row in rows_of(layer.current_version).values_list(*texts) for value in row)


@pytest.mark.parametrize(
    "entry", [e for e in entries() if ".prj" in e["missing_parts"]], ids=lambda entry: entry["folder"]
)
def test_a_file_without_prj_is_never_placed_by_a_guess(entry: dict[str, str], world: Any) -> None:
    if entry["folder"] in REFUSED:
        return
    with pytest.raises(Refusal) as caught:
        load_entry(entry)
    assert caught.value.code == "crs-missing"


def test_xian_1980_carries_a_warning_of_tens_of_metres(world: Any) -> None:
    entry = next(entry for entry in entries() if entry["folder"] == "cn_xian80_name_chinese")
    report = load_entry(entry)
    assert report.crs == "EPSG:4610"
    assert "datum-shift-unknown" in {item["code"] for item in report.warnings}


def test_a_zip_with_a_folder_inside_is_opened(world: Any) -> None:
    report = Report()
    load(LoadOptions(path=ZOO / "zips" / "REL.zip", file_name="REL.zip", slug="rel"), report)
    assert (report.status, report.rows_loaded) == ("loaded", 1)


def test_a_zip_without_a_layer_is_refused(world: Any) -> None:
    with pytest.raises(Refusal) as caught:
        load(LoadOptions(path=ZOO / "zips" / "empty_zipfile.zip", file_name="empty_zipfile.zip", slug="no"), Report())
    assert caught.value.code == "no-layer"
