"""Downloads over the page: rows by condition, columns by person, large ones by the worker under the same address."""

import csv
import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from pyogrio.raw import read

from jobs.lanes import Lane, longest
from jobs.models import Job
from layers.exporting import jobs as export_jobs
from layers.exporting import shapefile_writer, waiting
from layers.models import Layer
from layers.pages.exporting import views as export_views
from layers.storage import derived

pytestmark = pytest.mark.django_db
ADDRESS = "/layers/ponds/export.csv"


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def prepared(*suffixes: str) -> list[Path]:
    """Files of exports on disk, of these kinds only if any are named."""
    found = (path for path in derived.root(derived.EXPORTS).rglob("*") if path.is_file())
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def names_in(answer: Any) -> list[str]:
    return [row["名称"] for row in csv.DictReader(io.StringIO(content(answer).decode("utf-8-sig")))]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was handed to the worker, and has not been done yet."""
    jobs: list[tuple[Any, ...]] = []
    monkeypatch.setattr(export_jobs, "enqueue", lambda name, *args, **more: jobs.append(args))
    monkeypatch.setattr(export_views, "AT_ONCE_ROWS", 2)
    return jobs


def test_the_rows_that_meet_a_filter_are_downloaded(ponds: Layer, client: Any) -> None:
    assert names_in(client.get(ADDRESS, {"filter": "面积 > 500"})) == ["西塘河北段", "南塘河"]
    assert names_in(client.get(ADDRESS, {"filter": "名称 LIKE '南%'"})) == ["南塘河"]
    assert names_in(client.get(ADDRESS, {"filter": "面积 > 9999"})) == []


def test_the_conditions_of_the_attribute_table_count_too(ponds: Layer, client: Any) -> None:
    assert names_in(client.get(ADDRESS, {"名称__contains": "河"})) == ["西塘河北段", "南塘河"]
    both = {"名称__contains": "河", "filter": "面积 < 1000"}
    assert names_in(client.get(ADDRESS, both)) == ["南塘河"]


def test_the_form_offers_what_fits_and_its_answer_is_a_file(ponds: Layer, client: Any) -> None:
    page = client.get("/layers/ponds/").content.decode()
    assert 'value="EPSG:4549"' in page
    assert 'value="GBK"' in page
    answer = client.get("/layers/ponds/export/", {"format": "zip", "crs": "EPSG:4528", "encoding": "GBK", "filter": ""})
    with zipfile.ZipFile(io.BytesIO(content(answer))) as archive:
        assert archive.read("ponds.cpg") == b"GBK"


@pytest.mark.parametrize(
    ("extension", "query", "words"),
    [
        ("csv", {"filter": "没有 = 1"}, "没有名为“没有”的属性"),
        ("csv", {"crs": "EPSG:99999"}, "EPSG:99999"),
        ("zip", {"encoding": "BIG5"}, "BIG5"),
        ("geojson", {"crs": "EPSG:4549"}, "GeoJSON 只能是 WGS 84"),
        ("pmtiles", {"filter": "面积 > 1"}, "PMTiles 是整层的瓦片"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_queued(
    ponds: Layer, client: Any, queued: list, extension: str, query: dict[str, str], words: str
) -> None:
    answer = client.get(f"/layers/ponds/export.{extension}", query)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert queued == []


def test_a_format_that_there_is_not_is_404(ponds: Layer, client: Any) -> None:
    assert client.get("/layers/ponds/export.exe").status_code == 404
    assert client.get("/layers/ponds/export/", {"format": "../x"}).status_code == 404


def test_a_large_export_is_prepared_and_then_there(ponds: Layer, client: Any, queued: list, tmp_path: Path) -> None:
    first = client.get("/layers/ponds/export.gpkg")
    assert (first.status_code, first["Refresh"]) == (202, "3")
    assert client.get("/layers/ponds/export.gpkg").status_code == 202
    assert len(queued) == 1, "asking again does not queue it again"
    export_jobs.run(*queued[0])
    answer = client.get("/layers/ponds/export.gpkg")
    (out := tmp_path / "out.gpkg").write_bytes(content(answer))
    assert len(read(out)[2]) == 3
    assert [path.suffix for path in prepared()] == [".gpkg"]


def test_a_small_part_of_a_large_layer_comes_at_once(ponds: Layer, client: Any, queued: list) -> None:
    assert names_in(client.get(ADDRESS, {"filter": "面积 > 500"})) == ["西塘河北段", "南塘河"]
    assert queued == []


def test_tiles_are_always_prepared(ponds: Layer, client: Any, queued: list) -> None:
    assert client.get("/layers/ponds/export.pmtiles").status_code == 202
    export_jobs.run(*queued[0])
    assert content(client.get("/layers/ponds/export.pmtiles")).startswith(b"PMTiles")


def test_what_the_worker_could_not_write_is_said(ponds: Layer, client: Any, queued: list, monkeypatch: Any) -> None:
    client.get("/layers/ponds/export.zip")

    def refuse(*args: Any) -> None:
        raise export_views.BadInput("Shapefile 不能超过 2 GB", code="export-too-large")

    monkeypatch.setattr(export_jobs, "write", refuse)
    export_jobs.run(*queued[0])
    answer = client.get("/layers/ponds/export.zip")
    assert answer.status_code == 422
    assert "不能超过 2 GB" in answer.content.decode()
    assert len(queued) == 1


def test_what_the_worker_could_not_write_is_said_in_the_language_of_who_asked(
    ponds: Layer, client: Any, queued: list, monkeypatch: Any
) -> None:
    monkeypatch.setattr(shapefile_writer, "FILE_BYTES", 0)
    english = {"Accept-Language": "en"}
    client.get("/layers/ponds/export.zip", headers=english)
    with translation.override("zh-hans"):  # as a worker begins
        export_jobs.run(*queued[0])
    answer = client.get("/layers/ponds/export.zip", headers=english)
    assert answer.status_code == 422
    assert "A shapefile cannot exceed 2 GB" in answer.content.decode()


def test_a_job_that_died_with_its_worker_is_queued_anew(ponds: Layer, client: Any, queued: list) -> None:
    client.get("/layers/ponds/export.gpkg")
    (note,) = prepared(".json")
    long_ago = time.time() - waiting.GIVEN_UP_S - 1
    os.utime(note, (long_ago, long_ago))
    assert client.get("/layers/ponds/export.gpkg").status_code == 202
    assert len(queued) == 2


def test_the_public_cannot_fill_the_queue(ponds: Layer, client: Any, as_user: Any, gis: Any, queued: list) -> None:
    for number in range(waiting.OF_THE_PUBLIC.most):
        answer = client.get(ADDRESS, {"filter": f"面积 > -{number + 1}"}, REMOTE_ADDR=f"10.0.0.{number}")
        assert answer.status_code == 202
    refused = client.get(ADDRESS, {"filter": "面积 > -99"}, REMOTE_ADDR="10.0.0.99")
    assert refused.status_code == 503
    assert as_user(gis).get(ADDRESS, {"filter": "面积 > -99"}).status_code == 202


def test_one_address_cannot_take_all_places_of_the_public(ponds: Layer, client: Any, queued: list) -> None:
    asked = [client.get(ADDRESS, {"filter": f"面积 > -{number + 1}"}) for number in range(3)]
    assert [answer.status_code for answer in asked] == [202, 202, 503]
    assert "您已有 2 份导出在准备" in asked[2].content.decode()
    assert client.get(ADDRESS, {"filter": "面积 > -3"}, REMOTE_ADDR="10.0.0.7").status_code == 202
    export_jobs.run(*queued[0])
    assert client.get(ADDRESS, {"filter": "面积 > -3"}).status_code == 202, "one is done, so another may wait"


def test_one_account_cannot_take_all_places_of_the_signed_in(
    ponds: Layer, as_user: Any, gis: Any, deputy: Any, queued: list
) -> None:
    mine = as_user(gis)
    for number in range(waiting.OF_THE_SIGNED_IN.most_each):
        assert mine.get(ADDRESS, {"filter": f"面积 > -{number + 1}"}).status_code == 202
    assert mine.get(ADDRESS, {"filter": "面积 > -99"}).status_code == 503
    assert as_user(deputy).get(ADDRESS, {"filter": "面积 > -99"}).status_code == 202


def test_what_the_public_asks_for_holds_up_nobody_elses_work(
    ponds: Layer, client: Any, as_user: Any, gis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_views, "AT_ONCE_ROWS", 2)
    client.get(ADDRESS)
    as_user(gis).get("/layers/ponds/export.gpkg")
    lanes = list(Job.objects.filter(func="layers.exporting.jobs.run").order_by("pk").values_list("lane", flat=True))
    assert lanes == ["public-downloads", "downloads"]
    assert {"imports", "mail", "exports", "clocks"}.isdisjoint(lanes)
    assert longest(Lane.PUBLIC_DOWNLOADS).total_seconds() < waiting.GIVEN_UP_S


def test_files_above_the_budget_go_oldest_first(ponds: Layer, client: Any, queued: list, settings: Any) -> None:
    for number, suffix in enumerate(("gpkg", "fgb", "csv")):
        client.get(f"/layers/ponds/export.{suffix}", REMOTE_ADDR=f"10.0.0.{number}")
        export_jobs.run(*queued.pop())
        (path,) = prepared(f".{suffix}")
        os.utime(path, (time.time() - 100 + number,) * 2)
    settings.EXPORT_KEEP_BYTES = sum(path.stat().st_size for path in prepared(".fgb", ".csv"))
    export_jobs.remove_expired()
    assert {path.suffix for path in prepared()} == {".fgb", ".csv"}


def test_a_prepared_file_is_for_those_who_may_see_the_layer(
    ponds: Layer, client: Any, as_user: Any, gis: Any, queued: list
) -> None:
    client.get("/layers/ponds/export.gpkg")
    export_jobs.run(*queued[0])
    Layer.objects.filter(pk=ponds.pk).update(visibility=Layer.Visibility.INTERNAL)
    assert client.get("/layers/ponds/export.gpkg").status_code == 404
    assert as_user(gis).get("/layers/ponds/export.gpkg").status_code == 202, "it is made anew for those inside"
    export_jobs.run(*queued[1])
    assert as_user(gis).get("/layers/ponds/export.gpkg").status_code == 200


def test_a_prepared_file_with_all_columns_is_not_the_publics(
    ponds: Layer, client: Any, as_user: Any, gis: Any, queued: list
) -> None:
    Layer.objects.filter(pk=ponds.pk).update(public_fields=["编号", "名称"])
    as_user(gis).get(ADDRESS)
    export_jobs.run(*queued[0])
    assert as_user(gis).get(ADDRESS).status_code == 200
    assert client.get(ADDRESS).status_code == 202
    export_jobs.run(*queued[1])
    head = content(client.get(ADDRESS)).decode("utf-8-sig").splitlines()[0]
    assert head == "编号,名称,wkt"
    assert client.get(ADDRESS, {"filter": "面积 > 1"}).status_code == 400
    assert client.get(ADDRESS, {"面积__min": "1"}).status_code == 400


def test_files_go_after_a_day(ponds: Layer, client: Any, queued: list) -> None:
    client.get("/layers/ponds/export.gpkg")
    export_jobs.run(*queued[0])
    (old,) = prepared(".gpkg")
    os.utime(old, (time.time() - export_jobs.KEPT_S - 1,) * 2)
    client.get("/layers/ponds/export.fgb")
    export_jobs.run(*queued[1])
    assert not old.exists()
