"""The overlay tools on their pages and on the command line, from question to saved layer."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from layers.models import Layer, OverlayRun
from layers.overlay import runs
from tests.data.tiffs import hills, write_tiff


@pytest.fixture
def done(ponds: Layer, gis: Any) -> OverlayRun:
    run = OverlayRun.objects.create(
        tool="summary", parameters={"layer": "ponds", "zones": "areas:town"}, created_by=gis
    )
    runs.compute(run)
    return run


@pytest.mark.django_db
def test_gis_staff_ask_and_the_question_is_queued(ponds, as_user, gis):
    client = as_user(gis)
    page = client.get("/layers/overlay/?tool=within")
    assert "小微水体" in page.content.decode()
    sent = {"tool": "within", "layer": "ponds", "zones": "areas:town", "distance_m": "100"}
    answer = client.post("/layers/overlay/", sent)
    run = OverlayRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/layers/overlay/{run.pk}/")
    assert (run.state, run.created_by, run.parameters["distance_m"]) == ("queued", gis, 100.0)
    assert "overlay-status" in client.get(answer["Location"]).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"tool": "within", "layer": "ponds", "zones": "areas:town", "distance_m": "-5"}, "0"),
        (
            {"tool": "within", "layer": "ponds", "zones": "areas:town", "distance_m": "1", "name_field": "x"},
            "error-summary",
        ),
        ({"tool": "zonal", "layer": "ponds", "zones": "areas:town", "band": "1"}, "error-summary"),
    ],
)
def test_a_question_that_makes_no_sense_is_said_to_and_not_queued(ponds, as_user, gis, sent, said):
    if "name_field" in sent:
        sent["zones"] = "layer:ponds"
    answer = as_user(gis).post("/layers/overlay/", sent)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not OverlayRun.objects.exists()


@pytest.mark.django_db
def test_the_answer_has_numbers_chart_map_and_file(done, as_user, staff):
    client = as_user(staff)
    page = client.get(f"/layers/overlay/{done.pk}/").content.decode()
    for expected in ("西镇", "东镇", "bars__bar", "data-preview-src", "椭球面", "result.csv"):
        assert expected in page
    shapes = client.get(f"/layers/overlay/{done.pk}/result.geojson").json()
    assert [feature["properties"]["kind"] for feature in shapes["features"]] == ["zone", "zone"]
    lines = b"".join(client.get(f"/layers/overlay/{done.pk}/result.csv")).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,分区,分区面积（平方千米）,数量")
    assert len(lines) == 3


@pytest.mark.django_db
def test_an_answer_is_saved_as_an_internal_layer_with_its_origin(done, as_user, gis, client):
    answer = as_user(gis).post(
        f"/layers/overlay/{done.pk}/save/", {"slug": "per-town", "title": "分镇统计", "mode": "create"}
    )
    assert answer["Location"] == "/layers/per-town/"
    layer = Layer.objects.get(slug="per-town")
    assert layer.visibility == "internal"
    assert "小微水体 v1" in layer.description
    assert client.get("/layers/per-town/").status_code == 404
    assert as_user(gis).get("/layers/per-town/").status_code == 200
    again = as_user(gis).post(f"/layers/overlay/{done.pk}/save/", {"slug": "per-town", "title": "x", "mode": "create"})
    assert again.status_code == 400
    replaced = as_user(gis).post(
        f"/layers/overlay/{done.pk}/save/", {"slug": "per-town", "title": "x", "mode": "replace"}
    )
    assert replaced.status_code == 302
    layer.refresh_from_db()
    assert (layer.current_version.number, layer.title) == (2, "分镇统计")


@pytest.mark.django_db
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(done, as_user, gis):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE layer_data.{done.table_name} SET zone = '=cmd()' WHERE id = 1")
    assert "'=cmd()" in b"".join(as_user(gis).get(f"/layers/overlay/{done.pk}/result.csv")).decode()


@pytest.mark.django_db(transaction=True)
def test_the_worker_answers_once_and_tells_how_far_it_is(ponds, gis):
    run = OverlayRun.objects.create(tool="within", parameters={"layer": "ponds", "zones": "areas:town"}, created_by=gis)
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.rows, run.total) == ("done", 3, 2)
    finished = run.finished
    runs.work(run.pk)
    run.refresh_from_db()
    assert run.finished == finished


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_stops_and_leaves_no_table(ponds, gis, monkeypatch):
    run = OverlayRun.objects.create(tool="within", parameters={"layer": "ponds", "zones": "areas:town"}, created_by=gis)
    real = runs.within.create_zone_table

    def cancel_then_go_on(*given, **named):
        line = connection.copy()
        with line.cursor() as cursor:
            cursor.execute("UPDATE layers_overlayrun SET state = 'cancelled' WHERE id = %s", [run.pk])
        line.close()
        return real(*given, **named)

    monkeypatch.setattr(runs.within, "create_zone_table", cancel_then_go_on)
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.table_name) == ("cancelled", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"layer_data.overlay_{run.pk}"])
        assert cursor.fetchone() == (None,)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_breaks_says_so_and_can_be_asked_again(ponds, gis, monkeypatch):
    run = OverlayRun.objects.create(tool="within", parameters={"layer": "ponds", "zones": "areas:town"}, created_by=gis)
    with monkeypatch.context() as broken:
        broken.setattr(runs.tables, "finish", lambda *_: (_ for _ in ()).throw(RuntimeError("disk full")))
        with pytest.raises(RuntimeError):
            runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "internal-error")
    Layer.objects.all().update(visibility="internal")
    OverlayRun.objects.update(created_by=None, state="queued")
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "layer-missing")


@pytest.mark.django_db
def test_the_command_line_asks_prints_and_saves(ponds, capsys, tmp_path: Path):
    Layer.objects.update(visibility="internal")
    out = tmp_path / "answer.csv"
    call_command(
        "overlay", "within", layer="ponds", zones="areas:town", only="西镇", save_as="in-west", csv=out, json=True
    )
    body = json.loads(capsys.readouterr().out)
    assert (body["status"], body["rows"], body["slug"], body["version"]) == ("done", 3, "in-west", 1)
    assert body["inputs"][0] == {**body["inputs"][0], "slug": "ponds", "version": 1}
    assert [row["zone"] for row in body["answer"]] == ["西镇"] * 3
    assert out.read_text("utf-8-sig").count("\n") == 4


@pytest.mark.django_db
def test_the_command_line_refuses_with_one_line_and_leaves_no_run(ponds, capsys):
    with pytest.raises(SystemExit) as left:
        call_command("overlay", "within", layer="ponds", zones="areas:moon", json=True)
    assert left.value.code == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["code"] == "zones-unknown"
    assert said.err.startswith("overlay: zones-unknown: ")
    assert said.err.count("\n") == 1
    assert not OverlayRun.objects.exists()


@pytest.mark.django_db
def test_zonal_statistics_on_the_command_line(world, capsys, tmp_path):
    call_command("load_layer", write_tiff(tmp_path / "dem.tif", hills(), unit="m"), slug="dem", json=True)
    loaded = json.loads(capsys.readouterr().out)
    assert (loaded["status"], loaded["geometry_type"], loaded["raster"]["bands"][0]["unit"]) == (
        "loaded",
        "Raster",
        "m",
    )
    call_command("overlay", "zonal", layer="dem", zones="areas:town", json=True)
    body = json.loads(capsys.readouterr().out)
    assert [row["zone"] for row in body["answer"]] == ["西镇", "东镇"]
    assert all(0 < row["mean"] < 210 for row in body["answer"])
