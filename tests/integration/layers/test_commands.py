"""The commands: JSON on stdout, exit code 2 with one line on stderr when they refuse."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command

from layers.models import Layer
from tests.data.gis_files import PONDS, gbk_ponds, pond_squares, write_file

pytestmark = pytest.mark.django_db


def run(*arguments: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_load_layer_tells_what_scripts_rely_on(world: Any, tmp_path: Path) -> None:
    code, out, err = run("load_layer", gbk_ponds(tmp_path), "--slug", "ponds", "--json")
    body = json.loads(out)
    assert (code, err) == (0, "")
    assert body["status"] == "loaded"
    assert (body["slug"], body["version"], body["geometry_type"]) == ("ponds", 1, "MultiPolygon")
    assert body["source"] == {
        "driver": "ESRI Shapefile",
        "layer": "小微水体",
        "encoding": "GB18030",
        "encoding_from": "gb18030",
        "crs": "EPSG:4549",
        "crs_from": "prj",
    }
    assert (body["rows_read"], body["rows_loaded"], body["rows_repaired"], body["rows_rejected"]) == (3, 3, 0, 0)
    assert (body["rejections"], body["warnings"]) == ([], [])
    assert body["bbox"] == pytest.approx([121.31, 29.85, 121.332, 29.852], abs=1e-6)
    assert "error" not in body


def test_loading_opens_nothing_whatever_the_option_says(world: Any, client: Any, tmp_path: Path) -> None:
    code, out, _ = run("load_layer", gbk_ponds(tmp_path), "--slug", "ponds", "--visibility", "public", "--json")
    assert (code, [warning["code"] for warning in json.loads(out)["warnings"]]) == (0, ["publish-apart"])
    assert Layer.objects.get().visibility == "internal"
    assert client.get("/api/v1/layers/ponds/").status_code == 404


FACTS = ("--source", "普查", "--data-date", "2026-03-05", "--licence", "开放", "--review-number", "浙S(2026)1号")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ((*FACTS, "--confirm"), ""),  # no department
        (("--department", "water", "--confirm"), ""),
        ((*FACTS, "--department", "nobody", "--confirm"), "department-unknown"),
        ((*FACTS, "--department", "water"), "not-confirmed"),
        ((*FACTS, "--department", "water", "--confirm", "--fields", "没有"), "field-unknown"),
    ],
)
def test_publish_layer_asks_for_every_fact(world: Any, tmp_path: Path, said: tuple[str, ...], code: str) -> None:
    run("load_layer", gbk_ponds(tmp_path), "--slug", "ponds")
    exit_code, _, err = run("publish_layer", "ponds", *said)
    assert (exit_code, err.count("\n")) == (2, 1)
    assert code in err
    assert Layer.objects.get().visibility == "internal"


def test_publish_layer_opens_the_fields_that_were_named(world: Any, client: Any, tmp_path: Path) -> None:
    run("load_layer", gbk_ponds(tmp_path), "--slug", "ponds")
    code, out, _ = run(
        "publish_layer", "ponds", *FACTS, "--department", "water", "--confirm", "--fields", "编号,名称", "--json"
    )
    assert (code, json.loads(out)) == (0, {"status": "published", "slug": "ponds", "fields": ["编号", "名称"]})
    row = client.get("/api/v1/layers/ponds/features/").json()["features"][0]["properties"]
    assert "户数" not in row


def test_the_slug_comes_from_the_file_name_in_pinyin(world: Any, tmp_path: Path) -> None:
    run("load_layer", gbk_ponds(tmp_path))
    assert Layer.objects.get().slug == "xiao_wei_shui_ti"


def test_a_refusal_is_one_line_and_exit_code_2(world: Any, tmp_path: Path) -> None:
    code, out, err = run("load_layer", gbk_ponds(tmp_path, with_prj=False), "--slug", "ponds", "--json")
    body = json.loads(out)
    assert code == 2
    assert len(err.strip().splitlines()) == 1
    assert (body["status"], body["error"]["code"]) == ("refused", "crs-missing")
    assert not Layer.objects.exists()


def test_a_file_that_is_not_there_is_refused(world: Any, tmp_path: Path) -> None:
    code, out, err = run("load_layer", tmp_path / "no.zip")
    assert (code, out) == (2, "")
    assert "source-missing" in err


def test_undo_layer_and_its_refusal(ponds: Layer) -> None:
    assert run("undo_layer", "ponds", "--to-version", 9)[0] == 2
    code, out, _ = run("undo_layer", "ponds", "--json")
    assert (code, json.loads(out)["version"]) == (0, None)
    assert json.loads(run("undo_layer", "ponds", "--to-version", 1, "--json")[1])["version"] == 1
    assert run("undo_layer", "nothing")[0] == 2


def test_export_layer_and_its_refusal(ponds: Layer, tmp_path: Path) -> None:
    code, out, _ = run("export_layer", "ponds", tmp_path / "out.gpkg", "--crs", "EPSG:4549", "--json")
    assert (code, json.loads(out)["rows"]) == (0, 3)
    assert (tmp_path / "out.gpkg").exists()
    code, _, err = run("export_layer", "ponds", tmp_path / "out.mdb")
    assert code == 2
    assert "format-unsupported" in err
    assert run("export_layer", "nothing", tmp_path / "out.gpkg")[0] == 2


def test_every_choice_of_the_page_is_an_option(world: Any, tmp_path: Path) -> None:
    rows = [
        {"代码": 7, "名称": "甲", "备注": "x", "NAME_LONG_": "一"},
        {"代码": 8, "名称": "乙", "备注": "y", "NAME_LONG_": "二"},
    ]
    turned = [shapely.transform(shape, lambda places: places[:, ::-1]) for shape in pond_squares()[:2]]
    source = write_file(tmp_path / "turned.gpkg", turned, rows, crs="EPSG:4326")
    code, out, err = run(
        "load_layer", source, "--slug", "turned", "--crs", "EPSG:4490", "--datum", "gcj02", "--axis", "swap",
        "--field-type", "代码=text", "--alias", "NAME_LONG_=全称", "--skip-field", "备注", "--key", "代码", "--json",
    )  # fmt: skip
    body = json.loads(out)
    assert (code, err) == (0, "")
    assert (body["reading"]["axis"], body["reading"]["axis_from"], body["reading"]["datum"]) == (
        "swap",
        "option",
        "gcj02",
    )
    version = Layer.objects.get(slug="turned").current_version
    told = [(item["name"], item["kind"], item.get("alias", "")) for item in version.fields]
    assert told == [("代码", "text", ""), ("名称", "text", ""), ("NAME_LONG_", "text", "全称")]
    # GCJ-02 lies some hundreds of metres off here; undone, the squares are west and south of where they were given.
    assert body["bbox"][0] == pytest.approx(121.3055, abs=0.001)
    assert body["bbox"][1] == pytest.approx(29.852, abs=0.003)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--field-type", "编号"], "option-invalid"),
        (["--field-type", "编号=number"], "option-invalid"),
        (["--field-type", "没有=text"], "field-unknown"),
        (["--skip-field", "没有"], "field-unknown"),
        (["--alias", "没有=别名"], "field-unknown"),
        (["--key", "没有"], "key-not-found"),
        (["--layer", "没有"], "layer-not-found"),
        (["--crs", "EPSG:1"], "crs-unknown"),
        (["--encoding", "klingon"], "encoding-unknown"),
    ],
)
def test_a_wrong_option_is_refused_and_changes_nothing(
    world: Any, tmp_path: Path, options: list[str], code: str
) -> None:
    ended, out, err = run("load_layer", gbk_ponds(tmp_path), "--slug", "ponds", *options, "--json")
    assert ended == 2
    assert json.loads(out)["error"]["code"] == code
    assert len(err.strip().splitlines()) == 1
    assert not Layer.objects.exists()


def test_the_difference_on_the_command_line(ponds: Layer, tmp_path: Path) -> None:
    source = write_file(tmp_path / "next.gpkg", pond_squares()[:2], [PONDS[0] | {"名称": "改名"}, PONDS[1]])
    given = ("load_layer", source, "--slug", "ponds", "--mode", "upsert", "--key", "编号", "--dry-run")
    code, out, _ = run(*given, "--json")
    body = json.loads(out)
    assert (code, body["status"], body["version"]) == (0, "previewed", None)
    difference = body["difference"]
    assert [difference[name] for name in ("new", "changed", "unchanged", "missing")] == [0, 1, 1, 1]
    assert difference["rows"][0]["changes"] == {"名称": ["西塘河北段", "改名"]}
    words = run(*given)[1]
    assert "0 new, 1 changed, 1 unchanged, 1 missing (kept)" in words
    assert "'西塘河北段' -> '改名'" in words
    ponds.refresh_from_db()
    assert ponds.current_version.number == 1
