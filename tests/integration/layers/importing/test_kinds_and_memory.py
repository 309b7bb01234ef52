"""Several kinds and layers in one upload, in one commit; and what is remembered never speaks against the file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio.raw import write

from geokit.refusal import Refusal
from layers.importing import jobs
from layers.importing.import_report import Report
from layers.importing.memory import with_memory
from layers.importing.options import LoadOptions
from layers.importing.services import every_layer, load
from layers.models import ImportJob, Layer
from layers.storage.rows import rows_of
from tests.data.gis_files import ESRI_4549, gbk_ponds, project, square, write_file, zip_files

pytestmark = pytest.mark.django_db
POINT, LINE, AREA = (
    shapely.Point(121.31, 29.85),
    shapely.LineString([(121.31, 29.85), (121.32, 29.86)]),
    square(121.3, 29.8),
)
ESRI_XIAN = ESRI_4549.replace("CGCS2000_3_Degree_GK_CM_120E", "Xian_1980_3_Degree_GK_CM_120E").replace(
    '"GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]]',
    '"GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]]',
)


@pytest.fixture
def gis_client(gis: Any, as_user: Callable) -> Any:
    return as_user(gis)


def mixed(path: Path, layers: tuple[str, ...] = ("things",)) -> Path:
    both = shapely.GeometryCollection([POINT, LINE])
    for name in layers:
        write(
            path, np.array([*map(shapely.to_wkb, (AREA, POINT, LINE, AREA, both)), None], object),
            [np.arange(6, dtype="int32")], ["n"], geometry_type="Unknown", crs="EPSG:4326", driver="GPKG", layer=name,
            append=path.exists(),
        )  # fmt: skip
    return path


def loaded(path: Path, **options: Any) -> Report:
    report = Report()
    load(LoadOptions(path=path, file_name=path.name, **options), report)
    return report


def refusal_of(path: Path, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        loaded(path, **options)
    return caught.value


def test_mixed_kinds_are_split_into_layers_of_one_commit_and_no_row_is_lost(world: Any, tmp_path: Path) -> None:
    report = loaded(mixed(tmp_path / "a.gpkg"), slug="mixed", title="混合")
    made = {layer.slug: (layer.geometry_type, layer.current_version.rows) for layer in Layer.objects.all()}
    assert made == {
        "mixed": ("MultiPolygon", 2), "mixed_point": ("MultiPoint", 2), "mixed_line": ("MultiLineString", 2)
    } or set(made.values()) == {("MultiPolygon", 2), ("MultiPoint", 2), ("MultiLineString", 2)}  # fmt: skip
    assert report.rows_loaded == 6  # the collection counts twice
    assert {issue.code for issue in report.issues if issue.rejected} == {"geometry-missing"}
    assert "kinds-split" in [item["code"] for item in report.warnings]
    assert json.loads(json.dumps(report.as_json()))["parts"][0]["slug"] == "mixed"


def test_one_kind_is_chosen_and_the_others_are_told(world: Any, tmp_path: Path) -> None:
    report = loaded(mixed(tmp_path / "a.gpkg"), slug="lines", kind="line")
    assert (report.rows_loaded, report.rows_elsewhere, report.kinds) == (2, 3, {"point": 2, "line": 2, "polygon": 2})
    assert "kinds-elsewhere" in [item["code"] for item in report.warnings]
    again = loaded(tmp_path / "a.gpkg", slug="lines", mode="replace")  # the layer's own kind
    assert (again.geometry_type, again.rows_loaded) == ("MultiLineString", 2)
    assert (
        refusal_of(write_file(tmp_path / "b.gpkg", [AREA], [{"n": 1}]), slug="b", kind="nonsense").code
        == "option-invalid"
    )


def test_every_layer_is_loaded_together_or_none_is(world: Any, tmp_path: Path) -> None:
    path = mixed(tmp_path / "a.gpkg", ("河道", "井盖"))
    options = LoadOptions(path=path, file_name="a.gpkg", slug="all")
    picks = every_layer(options)
    assert len(picks) == 6
    refusal = refusal_of(path, slug="all", picks=[*picks, {"layer": "没有", "kind": ""}])
    assert refusal.code == "layer-not-found" and not Layer.objects.exists()
    assert loaded(path, slug="all", picks=picks).rows_loaded == 12
    assert Layer.objects.count() == 6


def test_a_remembered_crs_fills_a_gap_and_a_contradiction_is_a_question(
    world: Any, tmp_path: Path, load_file: Callable[..., Report]
) -> None:
    load_file(gbk_ponds(tmp_path, with_prj=False), slug="ponds", crs="EPSG:4549", key="编号", encoding="GBK")
    gap = with_memory(
        LoadOptions(path=gbk_ponds(tmp_path, with_prj=False), file_name="a.zip", slug="ponds", mode="upsert")
    )
    assert (gap.key, gap.crs, set(gap.remembered)) == ("编号", "EPSG:4549", {"crs", "encoding", "key"})
    report = Report()
    load(gap, report)
    assert "crs-remembered" in [item["code"] for item in report.warnings]
    folder = tmp_path / "xian"
    squares = project([square(121.31, 29.85)], 4549)
    write_file(folder / "p.shp", squares, [{"编号": "0012", "名称": "西塘"}], encoding="UTF-8")
    (folder / "p.prj").write_text(ESRI_XIAN)
    said = with_memory(LoadOptions(path=folder / "p.shp", file_name="p.shp", slug="ponds", mode="upsert"))
    report = Report()
    with pytest.raises(Refusal) as caught:
        load(said, report)
    assert caught.value.code == "crs-contradiction"
    assert [item["crs"] for item in report.crs_candidates] == ["EPSG:2385", "EPSG:4549"]
    chosen = loaded(folder / "p.shp", slug="ponds", mode="upsert", key="编号", crs="EPSG:2385")
    assert chosen.crs == "EPSG:2385"
    assert "crs-overruled" in [w["code"] for w in loaded(folder / "p.shp", slug="x", crs="EPSG:4549").warnings]


def test_the_page_shows_the_tree_and_loads_what_is_ticked(gis_client: Any, world: Any, tmp_path: Path) -> None:
    path = zip_files(tmp_path / "a.zip", {"a.gpkg": mixed(tmp_path / "a.gpkg", ("河道", "井盖")).read_bytes()})
    with path.open("rb") as file:
        gis_client.post("/layers/import/", {"file": file})
    job = ImportJob.objects.get()
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("previewed", "layer-choice")
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert page.count('name="pick"') == 6 and "河道" in page and "btn-row--sticky" in page
    data = {"pick": ["0", "4", "99", "x"], "slug": "both", "mode": "create", "do": "load"}
    gis_client.post(f"/layers/import/{job.pk}/confirm/", data)
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_message) == ("done", "")
    assert Layer.objects.count() == 2
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert all(layer.slug in page and f">{layer.title}</a>" in page for layer in Layer.objects.all())
    rows = sum(layer.current_version.rows for layer in Layer.objects.all())
    assert f"<dd>{rows} 行</dd>" in page and "2 个图层已导入" in page and "缩小后的地图" not in page
    assert rows_of(job.version).count() == 2
    found = gis_client.get("/layers/import/crs/?crs=西安80 120E").content.decode()
    assert 'value="EPSG:2385"' in found and gis_client.get("/layers/import/crs/").content.decode().strip() == ""
