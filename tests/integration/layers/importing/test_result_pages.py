"""Looking through an import: findings, the difference, CSV, what is remembered, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from layers.importing import jobs
from layers.importing.inspection import work_tables
from layers.models import ImportJob, Layer
from tests.data.gis_files import PONDS, bow_tie, gbk_ponds, pond_squares, project, square, write_file

pytestmark = pytest.mark.django_db

UPDATE = {
    "mode": "upsert",
    "slug": "ponds",
    "key": "编号",
    "datum": "wgs84",
    "invalid": "repair",
}


@pytest.fixture
def gis_client(gis: Any, as_user: Callable) -> Any:
    return as_user(gis)


def inspected(client: Any, path: Path, **more: str) -> ImportJob:
    client.post("/layers/import/", {"file": [SimpleUploadedFile(path.name, path.read_bytes())], **more})
    job = ImportJob.objects.latest("pk")
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    return job


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig") if answer.streaming else answer.content.decode()


@pytest.fixture
def next_ponds(tmp_path: Path) -> Path:
    """The layer `ponds` later: one renamed, one moved 96.6 m east, one gone, one new, one twice, one bow-tie."""
    first, second, _ = pond_squares()
    moved = shapely.transform(second, lambda places: places + [0.001, 0.0])  # noqa: RUF005
    rows = [
        PONDS[0] | {"名称": "西塘河南段"}, PONDS[1], PONDS[1] | {"编号": "0099", "名称": "=新塘"},
        PONDS[1] | {"编号": "0099"}, PONDS[1] | {"编号": "0100"},
    ]  # fmt: skip
    shapes = [first, moved, square(121.4, 29.9), square(121.41, 29.9), bow_tie(121.42, 29.9)]
    return write_file(tmp_path / "next.gpkg", shapes, rows)


@pytest.fixture
def update(gis_client: Any, ponds: Layer, next_ponds: Path) -> ImportJob:
    return inspected(gis_client, next_ponds, layer="ponds")


def test_choosing_a_layer_compares_at_once_with_what_is_remembered(update: ImportJob) -> None:
    difference = update.preview["difference"]
    assert [difference[name] for name in ("new", "changed", "unchanged", "missing")] == [2, 2, 0, 1]
    assert update.options["language"] == "zh-hans"
    assert (update.options["mode"], update.options["key"], update.options["slug"]) == ("upsert", "编号", "ponds")


def test_encoding_crs_types_and_aliases_are_remembered(gis_client: Any, world: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path, with_prj=False))
    names = [item["name"] for item in job.preview["source_fields"]] or ["编号", "名称", "面积", "户数"]
    choices = {
        "mode": "create",
        "slug": "ponds",
        "title": "水体",
        "crs": "EPSG:4549",
        "encoding": "GB18030",
    }
    gis_client.post(f"/layers/import/{job.pk}/confirm/", choices | {"do": "inspect"})
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    names = [item["name"] for item in job.preview["source_fields"]]
    fields = {
        f"type_{names.index('户数')}": "text",
        f"alias_{names.index('名称')}": "水体名称",
        f"skip_{names.index('面积')}": "on",
    }
    for _ in range(2):
        gis_client.post(f"/layers/import/{job.pk}/confirm/", choices | fields | {"key": "编号"})
        jobs.inspect_upload(job.pk)
    jobs.run_import(job.pk)
    layer = Layer.objects.get(slug="ponds")
    told = [(item["name"], item["kind"], item.get("alias", "")) for item in layer.current_version.fields]
    assert told == [("编号", "text", ""), ("名称", "text", "水体名称"), ("户数", "text", "")]

    (tmp_path / "later").mkdir()
    later = inspected(gis_client, gbk_ponds(tmp_path / "later", with_prj=False), layer="ponds")
    assert later.error_code == ""
    assert later.preview["source"]["crs"] == "EPSG:4549"
    assert later.preview["difference"]["unchanged"] == 3
    assert later.options["aliases"] == {"名称": "水体名称"}
    assert later.options["skip_fields"] == ["面积"]


def test_the_difference_is_a_table_with_filters(gis_client: Any, update: ImportJob) -> None:
    address = f"/layers/import/{update.pk}/changes/"
    page = body(gis_client.get(address))
    assert "<del>西塘河北段</del> → <ins>西塘河南段</ins>" in page
    assert "豪斯多夫距离" in page
    only = {row["key"] for row in gis_client.get(address, {"status": "new"}).context["rows"]}
    assert only == {"0099", "0100"}
    assert [row["key"] for row in gis_client.get(address, {"field": "名称"}).context["rows"]] == ["0012"]
    (moved,) = gis_client.get(address, {"field": "geom"}).context["rows"]
    assert (moved["key"], moved["moved_m"]) == ("0013", pytest.approx(96.6, abs=0.2))
    assert gis_client.get(address, {"status": "odd", "page": "999"}).status_code == 200


def test_the_difference_is_drawn_before_and_after(gis_client: Any, update: ImportJob) -> None:
    features = gis_client.get(f"/layers/import/{update.pk}/changes.geojson").json()["features"]
    kinds = sorted(feature["properties"]["kind"] for feature in features)
    assert kinds == ["before", "before", "changed", "changed", "missing", "new", "new"]
    moved = {
        f["properties"]["kind"]: shapely.geometry.shape(f["geometry"]).bounds[0]
        for f in features
        if f["properties"]["key"] == "0013"
    }
    assert moved["changed"] - moved["before"] == pytest.approx(0.001, abs=1e-6)


def test_the_difference_can_be_downloaded(gis_client: Any, update: ImportJob) -> None:
    lines = body(gis_client.get(f"/layers/import/{update.pk}/changes.csv")).splitlines()
    assert lines[0] == "status,key,row,id,field,before,after,moved_m,moved_by"
    assert "changed,0012,1,1,名称,西塘河北段,西塘河南段,," in lines
    moved = next(line.split(",") for line in lines if line.startswith("changed,0013"))
    assert (moved[4], moved[8]) == ("geom", "hausdorff")
    assert sum(line.startswith("missing,0014,") for line in lines) == 1


def test_findings_are_filtered_and_lead_to_their_place(gis_client: Any, update: ImportJob) -> None:
    address = f"/layers/import/{update.pk}/findings/"
    page = gis_client.get(address)
    counts = {item["code"]: item["count"] for item in page.context["counts"]}
    assert (counts["key-duplicate"], counts["geometry-repaired"]) == (1, 1)
    (twice,) = gis_client.get(address, {"code": "key-duplicate"}).context["rows"]
    assert (twice["row"], twice["box"]) == (4, pytest.approx((121.41, 29.9, 121.412, 29.902)))
    assert 'data-zoom="121.4100000,29.9000000,121.4120000,29.9020000"' in body(page)
    assert list(gis_client.get(address, {"code": "nothing"}).context["rows"]) == []


def test_a_repair_is_drawn_as_sent_and_as_repaired(gis_client: Any, update: ImportJob) -> None:
    answer = gis_client.get(f"/layers/import/{update.pk}/findings.geojson", {"code": "geometry-repaired"})
    shapes = {f["properties"]["kind"]: shapely.geometry.shape(f["geometry"]) for f in answer.json()["features"]}
    assert set(shapes) == {"before", "repaired"}
    assert not shapes["before"].is_valid
    assert shapes["repaired"].is_valid
    assert gis_client.get(f"/layers/import/{update.pk}/findings.geojson", {"page": "²"}).status_code == 200


def test_findings_can_be_downloaded_before_and_after_the_import(gis_client: Any, update: ImportJob) -> None:
    address = f"/layers/import/{update.pk}/findings.csv"
    before = body(gis_client.get(address)).splitlines()
    assert before[0] == "row,field,code,reason,outcome"
    assert any(line.startswith("4,编号,key-duplicate,") and line.endswith(",rejected") for line in before)
    gis_client.post(f"/layers/import/{update.pk}/confirm/", UPDATE)
    jobs.run_import(update.pk)
    update.refresh_from_db()
    assert update.state == "done"
    assert body(gis_client.get(address)).splitlines() == before


def test_a_layer_that_changed_after_the_preview_is_not_overwritten(
    gis_client: Any, update: ImportJob, load_file: Callable, tmp_path: Path
) -> None:
    gis_client.post(f"/layers/import/{update.pk}/confirm/", UPDATE)
    load_file(
        write_file(tmp_path / "b.gpkg", [square(121.3, 29.8)], [PONDS[0]]), slug="ponds", mode="replace", key="编号"
    )
    jobs.run_import(update.pk)
    update.refresh_from_db()
    assert (update.state, update.error_code) == ("failed", "layer-changed")
    assert Layer.objects.get(slug="ponds").current_version.number == 2
    assert "重新检查" in body(gis_client.get(f"/layers/import/{update.pk}/"))


def test_another_key_or_way_is_compared_again_before_it_counts(gis_client: Any, update: ImportJob) -> None:
    gis_client.post(f"/layers/import/{update.pk}/confirm/", UPDATE | {"mode": "replace"})
    update.refresh_from_db()
    assert update.state == "uploaded"
    jobs.inspect_upload(update.pk)
    update.refresh_from_db()
    assert update.preview["difference"]["missing_are"] == "removed"


def test_a_file_of_a_known_layer_is_offered_as_its_update(gis_client: Any, ponds: Layer, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    job = inspected(gis_client, gbk_ponds(tmp_path / "again"))
    assert 'name="update" value="ponds"' in body(gis_client.get(f"/layers/import/{job.pk}/"))
    gis_client.post(f"/layers/import/{job.pk}/confirm/", {"update": "ponds"})
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert job.preview["difference"]["unchanged"] == 3
    assert gis_client.post(f"/layers/import/{job.pk}/confirm/", {"update": "nothing"}).status_code == 404


def test_the_same_file_is_looked_at_again_without_another_upload(gis_client: Any, tmp_path: Path) -> None:
    (tmp_path / "fake.gpkg").write_bytes(b"not a database at all")
    job = inspected(gis_client, tmp_path / "fake.gpkg")
    assert (job.state, job.error_code) == ("failed", "source-unreadable")
    assert "重新检查" in body(gis_client.get(f"/layers/import/{job.pk}/"))
    gis_client.post(f"/layers/import/{job.pk}/retry/")
    job.refresh_from_db()
    assert job.state == "uploaded"
    gis_client.post(f"/layers/import/{job.pk}/retry/")
    jobs.options_of(job).path.unlink()
    ImportJob.objects.filter(pk=job.pk).update(state="cancelled")
    gis_client.post(f"/layers/import/{job.pk}/retry/")
    job.refresh_from_db()
    assert job.state == "cancelled", "the file is gone, so there is nothing to look at"


def test_a_finished_import_cannot_be_cancelled_or_confirmed_again(gis_client: Any, update: ImportJob) -> None:
    gis_client.post(f"/layers/import/{update.pk}/confirm/", UPDATE)
    jobs.run_import(update.pk)
    for step in ("cancel", "confirm", "retry"):
        gis_client.post(f"/layers/import/{update.pk}/{step}/", UPDATE)
        update.refresh_from_db()
        assert update.state == "done"
    assert Layer.objects.get(slug="ponds").current_version.number == 2


def test_tables_of_cancelled_imports_go(gis_client: Any, update: ImportJob, tmp_path: Path) -> None:
    assert work_tables.exists(work_tables.table("difference", update.pk))
    gis_client.post(f"/layers/import/{update.pk}/cancel/")
    work_tables.drop_expired()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'layer_work'")
        assert cursor.fetchone() == (0,)
    assert gis_client.get(f"/layers/import/{update.pk}/changes/").status_code == 404


def test_a_crs_that_misses_the_district_is_answered_with_those_that_hit_it(
    gis_client: Any, world: Any, tmp_path: Path
) -> None:
    """Easting and northing of CM 120 E, said to be CM 117 E."""
    shapes = project(pond_squares(), 4549)
    job = inspected(gis_client, write_file(tmp_path / "wrong.gpkg", shapes, PONDS, crs="EPSG:4548"))
    assert [warning["code"] for warning in job.preview["warnings"]] == ["outside-district"]
    page = body(gis_client.get(f"/layers/import/{job.pk}/"))
    assert 'name="pick_crs" value="EPSG:4549"' in page
    assert 'value="EPSG:4548"' not in page
    assert "落在本区" in page


def test_an_old_datum_asks_for_its_shift_before_it_counts(gis_client: Any, world: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, write_file(tmp_path / "old.gpkg", [square(121.3, 29.8)], [{"n": 1}], crs="EPSG:4610"))
    assert job.preview["reading"]["transformation"]["stated"] is False
    choices = {"mode": "create", "slug": "old", "title": "旧"}
    refused = gis_client.post(f"/layers/import/{job.pk}/confirm/", choices, follow=True)
    assert "请先写明" in body(refused)
    assert ImportJob.objects.get(pk=job.pk).state == "previewed"
    for _ in range(2):
        gis_client.post(f"/layers/import/{job.pk}/confirm/", choices | {"transformation": "ballpark"})
        jobs.inspect_upload(job.pk)
    jobs.run_import(job.pk)
    report = Layer.objects.get(slug="old").current_version.report
    assert (report["reading"]["transformation"]["key"], report["reading"]["transformation"]["stated"]) == (
        "ballpark",
        True,
    )


def test_a_huge_geometry_is_drawn_light(gis_client: Any, world: Any, tmp_path: Path) -> None:
    circle = shapely.Point(121.3, 29.8).buffer(0.1, quad_segs=20_000)
    job = inspected(gis_client, write_file(tmp_path / "big.gpkg", [circle, square(121.3, 29.8)], [{"n": 1}, {"n": 2}]))
    features = job.preview["geojson"]["features"]
    assert [feature["properties"]["row"] for feature in features] == [1, 2]
    drawn = shapely.geometry.shape(features[0]["geometry"])
    assert shapely.get_num_coordinates(drawn) < 2_000
    assert drawn.symmetric_difference(circle).area < 0.01 * circle.area


def test_several_sources_at_once_are_several_imports(gis_client: Any, tmp_path: Path) -> None:
    write_file(tmp_path / "a.gpkg", [square(121.3, 29.8)], [{"n": 1}])
    write_file(tmp_path / "b.shp", [square(121.3, 29.8)], [{"n": 1}])
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in sorted(tmp_path.iterdir()) if path.is_file()]
    answer = gis_client.post("/layers/import/", {"file": files}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (201, {"location": "/layers/import/history/"})
    assert sorted(ImportJob.objects.values_list("file_name", flat=True)) == ["a.gpkg", "b.shp"]


def test_a_picture_and_its_world_file_are_one_import(gis_client: Any) -> None:
    files = [SimpleUploadedFile(name, b"x") for name in ("photo.tfw", "photo.tif", "other.tif")]
    assert gis_client.post("/layers/import/", {"file": files}).status_code == 302
    assert sorted(ImportJob.objects.values_list("file_name", flat=True)) == ["other.tif", "photo.tif"]
    assert gis_client.post("/layers/import/", {"file": files[:1]}).status_code == 400


def test_scripts_get_the_refusal_of_an_upload_as_json(gis_client: Any) -> None:
    files = [SimpleUploadedFile("a.dbf", b"x")]
    answer = gis_client.post("/layers/import/", {"file": files}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "shapefile-parts-missing")
    many = [SimpleUploadedFile(f"{number}.gpkg", b"x") for number in range(21)]
    assert "最多 20 份" in gis_client.post("/layers/import/", {"file": many}).content.decode()
    assert not ImportJob.objects.exists()


def test_history_is_filtered(gis_client: Any, update: ImportJob, staff: Any, as_user: Callable) -> None:
    def names(**query: str) -> list[str]:
        return [job.file_name for job in gis_client.get("/layers/import/history/", query).context["page"]]

    assert names() == ["next.gpkg"]
    assert names(state="open", q="NEXT") == ["next.gpkg"]
    assert names(state="failed") == []
    assert names(q="other") == []
    mine = as_user(staff).get("/layers/import/history/", {"who": "me"}).context["page"]
    assert list(mine) == []


@pytest.mark.parametrize(
    "part", ["changes/", "changes.geojson", "changes.csv", "findings/", "findings.geojson", "findings.csv"]
)
def test_what_an_import_found_is_for_gis_staff_only(
    update: ImportJob, deputy: Any, officer: Any, as_user: Callable, part: str
) -> None:
    address = f"/layers/import/{update.pk}/{part}"
    assert as_user(None).get(address).status_code == 302
    for user in (deputy, officer):
        assert as_user(user).get(address).status_code == 404


def test_only_gis_staff_and_above_look_again(update: ImportJob, deputy: Any, as_user: Callable) -> None:
    ImportJob.objects.filter(pk=update.pk).update(state="failed")
    assert as_user(None).post(f"/layers/import/{update.pk}/retry/").status_code == 302
    assert as_user(deputy).post(f"/layers/import/{update.pk}/retry/").status_code == 404
    update.refresh_from_db()
    assert update.state == "failed"
