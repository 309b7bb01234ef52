"""The commands: JSON on stdout, exit code 2 with one line on stderr when they refuse."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from layers.models import Layer
from tests.data.gis_files import gbk_ponds

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
    code, _, err = run("export_layer", "ponds", tmp_path / "out.pmtiles")
    assert code == 2
    assert "format-unsupported" in err
    assert run("export_layer", "nothing", tmp_path / "out.gpkg")[0] == 2
