"""The import in the browser: upload, preview, confirm, progress - and who may not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from layers.importing import jobs
from layers.models import ImportJob, Layer
from ledger.models import AuditEntry
from tests.data.gis_files import ESRI_4549, bow_tie, gbk_ponds, project, square, write_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def gis_client(gis: Any, as_user: Callable) -> Any:
    return as_user(gis)


def upload(client: Any, *paths: Path) -> Any:
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    return client.post("/layers/import/", {"file": files})


def inspected(client: Any, *paths: Path) -> ImportJob:
    assert upload(client, *paths).status_code == 302
    job = ImportJob.objects.latest("pk")
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    return job


CHOICES = {
    "mode": "create",
    "slug": "ponds",
    "title": "小微水体",
    "datum": "wgs84",
    "invalid": "repair",
}


def test_gis_staff_load_a_gbk_zip_and_it_is_on_the_map(gis_client: Any, client: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path))
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert "西塘河北段" in page
    assert "GB18030" in page
    assert "EPSG:4549" in page
    assert f'data-preview-src="/layers/import/{job.pk}/preview.geojson"' in page
    assert len(gis_client.get(f"/layers/import/{job.pk}/preview.geojson").json()["features"]) == 3

    answer = gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    assert answer.status_code == 302
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done) == ("done", 3)
    assert "/layers/ponds/" in gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert "ponds" in gis_client.get("/tiles/").content.decode()
    assert "ponds" not in client.get("/tiles/").content.decode(), "until somebody publishes it"
    assert Layer.objects.get().current_version.created_by.username == "a-gis"


def test_the_job_is_queued_with_the_upload_and_delivered_twice_counts_once(gis_client: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path))
    assert Job.objects.count() == 1
    gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    for _ in range(2):
        jobs.run_import(job.pk)
        jobs.inspect_upload(job.pk)
    assert Layer.objects.get().versions.count() == 1


def test_without_prj_the_preview_asks_for_the_crs_and_then_loads(gis_client: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path, with_prj=False))
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert "EPSG:4549" in page
    assert "西塘河北段" in page
    assert 'hx-select="unset"' in page and 'id="crs-candidates"' in page, "the list below the field is no panel"
    typed = gis_client.get(f"/layers/import/crs/?job={job.pk}&crs=2000 120E").content.decode()
    assert "落在本区" in typed and 'data-zoom-name="EPSG:4549"' in typed and 'value="EPSG:4549"' in typed
    elsewhere = gis_client.get(f"/layers/import/crs/?job={job.pk}&crs=4548").content.decode()
    assert "离本区约" in elsewhere and "落在本区" not in elsewhere
    assert "data-zoom" not in gis_client.get("/layers/import/crs/?job=0&crs=4549").content.decode()
    assert ">crs-missing<" not in page and 'data-code="crs-missing"' in page, "a code is nothing to read"
    gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    assert ImportJob.objects.get(pk=job.pk).state == "previewed"

    gis_client.post(f"/layers/import/{job.pk}/confirm/", {**CHOICES, "crs": "EPSG:4549"})
    job.refresh_from_db()
    assert job.state == "uploaded", "another way of reading is shown again before it counts"
    jobs.inspect_upload(job.pk)
    gis_client.post(f"/layers/import/{job.pk}/confirm/", {**CHOICES, "crs": "EPSG:4549"})
    jobs.run_import(job.pk)
    assert Layer.objects.get().current_version.rows == 3


def test_a_key_that_the_preview_knows_does_not_read_the_file_again(gis_client: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("lng,lat,code,kind\n121.31,29.85,A,river\n121.32,29.86,B,river\n", "utf-8")
    for key, state in (("kind", "uploaded"), ("code", "queued")):
        job = inspected(gis_client, path)
        gis_client.post(f"/layers/import/{job.pk}/confirm/", {**CHOICES, "key": key})
        assert ImportJob.objects.get(pk=job.pk).state == state, key


def test_a_candidate_is_picked_with_one_button(gis_client: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path, with_prj=False))
    assert 'name="pick_crs" value="EPSG:4549"' in gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    gis_client.post(f"/layers/import/{job.pk}/confirm/", {**CHOICES, "pick_crs": "EPSG:4549"})
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert (job.state, job.preview["source"]["crs"], job.preview["rows_loaded"]) == ("previewed", "EPSG:4549", 3)


def test_candidates_are_drawn_side_by_side_before_one_is_chosen(gis_client: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path, with_prj=False))
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    address = f"/layers/import/{job.pk}/preview.geojson"
    assert page.count(f'data-preview-src="{address}"') == 1
    drawn = gis_client.get(address).json()["features"]
    candidates = job.preview["crs_candidates"]
    dots = [each["properties"]["label"] for each in drawn if each["geometry"]["type"] == "Point"]
    assert sorted("\n".join(dots).split("\n")) == sorted(each["crs"] for each in candidates)
    assert len(dots) < len(candidates), "grids of three datums at one place have one label"
    assert drawn[0]["properties"] == {"kind": "inside"} and dots[0].startswith("EPSG:4549\n")
    west, south, east, north = candidates[0]["bbox"]
    corners = drawn[0]["geometry"]["coordinates"][0]
    assert [min(lng for lng, _lat in corners), max(lat for _lng, lat in corners)] == pytest.approx([west, north])
    assert f'data-zoom="{west},{south},{east},{north}"' in page


def test_rows_that_are_not_drawn_or_too_small_are_dots(gis_client: Any, tmp_path: Path) -> None:
    shapes = [square(121.3 + n % 30 / 100, 29.7 + n // 30 / 100, 0.000_05) for n in range(600)]
    path = tmp_path / "many.geojson"
    write_file(path, shapes, [{"n": n} for n in range(600)], crs="EPSG:4326")
    job = inspected(gis_client, path)
    drawn = gis_client.get(f"/layers/import/{job.pk}/preview.geojson").json()["features"]
    dots = [each for each in drawn if each["properties"].get("kind") == "place"]
    assert (len(drawn) - len(dots), sum(each["properties"]["count"] for each in dots)) == (500, 600)
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert "前 500 个要素" in page and "小圆点是全部各行所在的地方" in page


def test_loose_parts_of_a_shapefile_are_taken_together(gis_client: Any, tmp_path: Path) -> None:
    made = tmp_path / "made"
    write_file(
        made / "Ponds.shp",
        project([square(121.31, 29.85)], 4549),
        [{"名称": "西塘河"}],
        crs="EPSG:4549",
        encoding="GBK",
    )
    (made / "Ponds.prj").write_text(ESRI_4549)
    (made / "Ponds.cpg").unlink()
    job = inspected(gis_client, *sorted(made.iterdir()))
    assert job.preview["rows_read"] == 1
    assert job.preview["sample"] == [["西塘河"]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("broken.zip", b"PK\x03\x04 and then nothing", "zip-corrupt"),
        ("empty.zip", b"", "source-empty"),
        ("fake.gpkg", b"not a database at all", "source-unreadable"),
    ],
)
def test_a_bad_file_ends_in_a_clear_error_and_changes_nothing(
    gis_client: Any, ponds: Layer, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    job = inspected(gis_client, tmp_path / name)
    assert (job.state, job.error_code) == ("failed", code)
    assert job.error_message in gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    ponds.refresh_from_db()
    assert ponds.current_version.number == 1


def test_a_table_whose_columns_nobody_knows_asks_which_they_are(gis_client: Any, world: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_bytes("名称,甲,乙\n西塘河,121.31,29.85\n".encode())
    job = inspected(gis_client, tmp_path / "notes.csv")
    assert (job.state, job.error_code) == ("previewed", "csv-no-coordinates")
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert 'name="x_column"' in page and 'href="#reading-title"' in page
    assert "found-title" not in page, "nothing was read that could be shown"
    data = {"slug": "notes", "mode": "create", "do": "inspect", "x_column": "甲", "y_column": "乙"}
    gis_client.post(f"/layers/import/{job.pk}/confirm/", data)
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert (job.error_code, job.preview["rows_loaded"]) == ("", 1)


def test_a_damaged_coordinate_costs_its_row_and_not_the_import(gis_client: Any, world: Any, tmp_path: Path) -> None:
    rows = "121.3100001,29.8500001,x\n" * 4_000  # what is looked at to tell a text from other files is shorter
    (tmp_path / "a.csv").write_text(f"lng,lat,n\n{rows}12\0.3,29.85,y\n", "utf-8")
    job = inspected(gis_client, tmp_path / "a.csv")
    assert (job.state, job.error_code, job.preview["rows_rejected"]) == ("previewed", "", 1)
    gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.version.rows) == ("done", 4_000)
    assert job.version.rejections.get().code == "coordinate-invalid"


def test_two_coordinates_in_one_column_are_read_as_all_rows_tell_or_a_person_says(
    gis_client: Any, world: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text('名称,坐标\n甲,"29.85，121.31"\n乙,"0,0"\n', "utf-8")
    job = inspected(gis_client, tmp_path / "a.csv")
    assert (job.error_code, job.preview["reading"]["axis"], job.preview["sample"][0][1]) == (
        "",
        "swap",
        "29.85，121.31",
    )
    assert "pairs-read" in [item["code"] for item in job.preview["warnings"]]
    assert job.preview["geojson"]["features"][0]["geometry"]["coordinates"] == [[121.31, 29.85]]

    (tmp_path / "b.csv").write_text('名称,坐标\n甲,"29.85，121.31"\n乙,"121.32,29.86"\n', "utf-8")
    job = inspected(gis_client, tmp_path / "b.csv")
    assert (job.state, job.error_code) == ("previewed", "pair-order")
    assert 'href="#id_axis"' in gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    data = {"slug": "pairs", "mode": "create", "do": "inspect", "axis": "swap"}
    gis_client.post(f"/layers/import/{job.pk}/confirm/", data)
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert (job.error_code, job.preview["rows_loaded"], job.preview["rows_rejected"]) == ("", 1, 1)


@pytest.mark.parametrize(
    ("name", "part"), [("a.exe", "不认识"), ("a.dwg", "“a.dwg”：暂不支持 DWG"), ("a.dbf", "只是 Shapefile 的一部分")]
)
def test_an_upload_that_is_no_gis_file_is_refused_at_once(
    gis_client: Any, tmp_path: Path, name: str, part: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    answer = upload(gis_client, tmp_path / name)
    assert answer.status_code == 400
    assert part in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_no_file_is_told(gis_client: Any) -> None:
    answer = gis_client.post("/layers/import/", {})
    assert answer.status_code == 400
    assert "请先选择一个文件" in answer.content.decode()


def test_an_upload_over_the_limit_is_told_with_the_limit(gis_client: Any, tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024
    (tmp_path / "big.zip").write_bytes(b"x" * 1025)
    answer = upload(gis_client, tmp_path / "big.zip")
    assert answer.status_code == 413
    assert "上限" in answer.content.decode()
    (tmp_path / "fits.zip").write_bytes(b"x" * 1024)
    assert upload(gis_client, tmp_path / "fits.zip").status_code == 302


def test_a_slug_that_is_taken_keeps_the_form_and_names_the_way_out(
    gis_client: Any, ponds: Layer, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    job = inspected(gis_client, gbk_ponds(tmp_path / "second"))
    answer = gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"slug"})
    said = str(answer.context["form"].errors["slug"])
    assert "ponds" in said and "小微水体" not in said, "it may be another district's layer, of which nobody is to read"
    assert "更新它，先看差异" in answer.content.decode()
    replacing = {**CHOICES, "mode": "replace", "title": "别的名称"}
    gis_client.post(f"/layers/import/{job.pk}/confirm/", replacing)
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert job.state == "previewed", "what an update changes is shown before it counts"
    assert job.preview["difference"]["unchanged"] == 3
    gis_client.post(f"/layers/import/{job.pk}/confirm/", replacing)
    jobs.run_import(job.pk)
    ponds.refresh_from_db()
    assert ponds.current_version.number == 2
    assert ponds.title == "小微水体"


def test_a_bad_form_says_which_field(gis_client: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path))
    answer = gis_client.post(f"/layers/import/{job.pk}/confirm/", {**CHOICES, "slug": "Not Good!", "mode": "upsert"})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"slug", "key"}


def test_a_cancelled_import_changes_nothing(gis_client: Any, tmp_path: Path) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path))
    gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    gis_client.post(f"/layers/import/{job.pk}/cancel/")
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not Layer.objects.exists()


def test_an_import_that_was_done_meanwhile_is_not_called_cancelled(
    gis_client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path))
    gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    cancel = jobs.cancel

    def done_just_then(found: ImportJob) -> bool:
        jobs.run_import(found.pk)
        return cancel(found)

    monkeypatch.setattr(jobs, "cancel", done_just_then)
    page = gis_client.post(f"/layers/import/{job.pk}/cancel/", follow=True).content.decode()
    assert "已取消，没有改动任何数据" not in page
    assert "不能取消；可以撤销这个版本" in page
    assert Layer.objects.get().current_version is not None


def test_a_version_is_the_deed_of_who_confirmed_it_not_of_who_sent_the_file(
    gis_client: Any, gis: Any, staff: Any, as_user: Callable, tmp_path: Path
) -> None:
    job = inspected(gis_client, gbk_ponds(tmp_path))
    as_user(staff).post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    jobs.run_import(job.pk)
    job.refresh_from_db()
    layer = Layer.objects.get()
    assert (job.created_by, layer.current_version.created_by) == (gis, staff)
    assert AuditEntry.objects.get(verb="layer.create").actor == staff


def test_progress_polls_while_running_and_fetches_the_page_when_done(gis_client: Any, tmp_path: Path) -> None:
    upload(gis_client, gbk_ponds(tmp_path))
    job = ImportJob.objects.get()
    page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    assert 'http-equiv="refresh"' in page
    waiting = gis_client.get(f"/layers/import/{job.pk}/status/")
    assert "hx-get" in waiting.content.decode()
    assert "HX-Location" not in waiting
    assert "马上开始" in page and "every 3s" in gis_client.get("/layers/import/history/").content.decode()
    upload(gis_client, gbk_ponds(tmp_path))
    assert "另有 1 份" in gis_client.get(f"/layers/import/{job.pk}/status/").content.decode()
    jobs.inspect_upload(job.pk)
    done = gis_client.get(f"/layers/import/{job.pk}/status/")
    assert f"/layers/import/{job.pk}/" in done["HX-Location"]
    gis_client.post(f"/layers/import/{job.pk}/confirm/", CHOICES)
    queued = gis_client.get(f"/layers/import/{job.pk}/status/").content.decode()
    assert "等待导入" in queued and "排队中" in queued
    assert "正在读取" not in queued and "已用" not in queued, "nothing is left there of the inspection"


def test_repairs_are_in_the_row_report(gis_client: Any, tmp_path: Path, load_file: Callable) -> None:
    load_file(write_file(tmp_path / "a.gpkg", [bow_tie(121.31, 29.85), None], [{"n": 1}, {"n": 2}]), slug="a")
    report = b"".join(gis_client.get("/layers/a/versions/1/rows.csv").streaming_content).decode("utf-8-sig")
    lines = report.splitlines()
    assert lines[0] == "row,field,code,reason,outcome"
    assert [line.split(",")[2] for line in lines[1:]] == ["geometry-repaired", "area-changed", "geometry-missing"] or (
        [line.split(",")[2] for line in lines[1:]] == ["geometry-repaired", "geometry-missing"]
    )


def test_undo_in_the_browser_takes_the_version_back(
    gis_client: Any, ponds: Layer, load_file: Callable, tmp_path: Path
) -> None:
    load_file(write_file(tmp_path / "b.gpkg", [square(121.3, 29.8)], [{"n": 1}]), slug="ponds", mode="replace")
    for _pressed in range(2):
        assert gis_client.post("/layers/ponds/undo/", {"shown": "2"}).status_code == 302
        ponds.refresh_from_db()
        assert ponds.current_version.number == 1
    gis_client.post("/layers/ponds/undo/", {"to_version": "2"})
    ponds.refresh_from_db()
    assert ponds.current_version.number == 2
    for wrong in ("x", "²", "9" * 5000):
        assert gis_client.post("/layers/ponds/undo/", {"to_version": wrong}).status_code == 400


def test_editing_changes_visibility_and_a_bad_form_keeps_the_text(gis_client: Any, ponds: Layer) -> None:
    said = {"title": "水体", "visibility": "internal", "review_number": "浙S(2026)1号", "revision": ponds.revision}
    gis_client.post("/layers/ponds/edit/", said)
    ponds.refresh_from_db()
    assert (ponds.title, ponds.visibility, ponds.review_number) == ("水体", "internal", "浙S(2026)1号")
    answer = gis_client.post("/layers/ponds/edit/", {"title": "", "visibility": "internal", "source": "水利局"})
    assert answer.status_code == 400
    assert "水利局" in answer.content.decode()


PLACES = [
    ("get", "/layers/import/"),
    ("post", "/layers/import/"),
    ("get", "/layers/import/1/"),
    ("get", "/layers/import/1/status/"),
    ("get", "/layers/import/1/preview.geojson"),
    ("post", "/layers/import/1/confirm/"),
    ("post", "/layers/import/1/cancel/"),
    ("post", "/layers/ponds/undo/"),
    ("post", "/layers/ponds/edit/"),
    ("get", "/layers/ponds/versions/1/rows.csv"),
]
OFFICERS_OWN = {("get", "/layers/import/"): 200, ("post", "/layers/import/"): 400}
"""What an officer may do without a layer or an upload of her department; the post sends no file."""


@pytest.mark.parametrize(("method", "address"), PLACES)
def test_only_who_keeps_layers_may_import_and_an_officer_only_her_departments(
    ponds: Layer, deputy: Any, officer: Any, gis: Any, as_user: Callable, method: str, address: str
) -> None:
    ImportJob.objects.create(pk=1, file="imports/a/a.gpkg", file_name="a.gpkg", state="done", created_by=gis)
    assert getattr(as_user(None), method)(address).status_code == 302
    assert getattr(as_user(deputy), method)(address).status_code == 404
    assert getattr(as_user(officer), method)(address).status_code == OFFICERS_OWN.get((method, address), 404)
    ponds.refresh_from_db()
    assert ponds.current_version.number == 1


def test_a_stranger_who_sends_a_large_file_is_stopped_before_a_byte_is_read(client: Any, gis_client: Any) -> None:
    """Layer files pass the proxy unbuffered: who sends slowly would hold a thread until the end."""

    class Unread:
        def read(self, *args: Any) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    large = {"CONTENT_LENGTH": str(1024**3), "wsgi.input": Unread()}
    kind = "multipart/form-data; boundary=x"
    assert client.generic("POST", "/layers/import/", b"", content_type=kind, **large).status_code == 413
    inside = gis_client.generic("POST", "/layers/import/", b"", content_type=kind, CONTENT_LENGTH=str(1024**3))
    assert inside.status_code != 413
