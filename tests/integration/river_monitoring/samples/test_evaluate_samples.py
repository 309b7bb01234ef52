"""`manage.py evaluate_samples`: a table in, the same table with its classes out; a refusal is exit 2 and one line."""

import csv
import io
import json
from contextlib import redirect_stderr

import pytest
from django.core.management import call_command


def run(source, target, *more):
    """Run the command; return its exit status, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stderr(err):
            call_command("evaluate_samples", str(source), str(target), *more, stdout=out, stderr=err)
    except SystemExit as stop:
        return stop.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "in.csv"
        path.write_bytes(text.encode(encoding))
        return path, tmp_path / "out.csv"

    return write


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_come_back_with_class_limiting_exceedance_and_note(table):
    source, target = table("站点,pH,do,codmn,nh3n,tp\n甲,7,8,13.2,0.3,0.3\n乙,7,,,0.025L,\n")
    assert run(source, target)[0] == 0
    first, second = rows(target)
    assert first == {
        "站点": "甲", "pH": "7", "do": "8", "codmn": "13.2", "nh3n": "0.3", "tp": "0.3",
        "class": "V", "limiting": "codmn", "exceedance": "codmn:1.2;tp:0.5", "note": "",
    }  # fmt: skip
    assert (second["nh3n"], second["class"]) == ("0.025L", "I")
    assert "少于基本5项" in second["note"]


def test_water_is_taken_from_the_column_and_else_from_the_option(table):
    source, target = table("water,tp\nlake,0.06\n河流,0.06\n,0.06\n")
    run(source, target, "--water", "lake")
    assert [row["class"] for row in rows(target)] == ["IV", "II", "IV"]


def test_a_gbk_table_with_a_byte_order_mark_or_not_is_read(table):
    source, target = table("站点,tp\n南塘河,0.5\n", "gbk")
    assert run(source, target)[0] == 0
    assert rows(target)[0]["站点"] == "南塘河"


@pytest.mark.parametrize(
    ("row", "words"), [("77,", "pH值"), ("7,-1", "总磷"), ("7,abc", "总磷"), (",", "没有监测数据")]
)
def test_a_row_that_cannot_be_rated_stays_unrated_with_its_reason(table, row, words):
    source, target = table(f"ph,tp\n{row}\n7,0.1\n")
    assert run(source, target)[0] == 0
    first, second = rows(target)
    assert first["class"] == "UNRATED"
    assert words in first["note"]
    assert second["class"] == "II"


def test_json_sums_up(table):
    source, target = table("tp\n0.1\n0.5\n")
    summary = json.loads(run(source, target, "--json")[1])
    assert summary["rows"] == 2
    assert summary["classes"] == {"II": 1, "V-": 1}


@pytest.mark.parametrize(
    "text",
    ["", "名称,备注\n甲,乙\n", "tp,tp\n1,1\n", "tp,class\n1,1\n", "tp,ph\n1\n", 'tp\n"0.1\n'],
    ids=["empty", "no parameter", "column twice", "name taken", "short row", "open quote"],
)
def test_a_file_that_is_no_such_table_is_refused_in_one_line(table, text):
    source, target = table(text)
    status, _out, err = run(source, target)
    assert status == 2
    assert err.strip().count("\n") == 0 and err.strip()
    assert not target.exists()


def test_a_missing_file_and_an_unwritable_target_are_refused(tmp_path, table):
    assert run(tmp_path / "none.csv", tmp_path / "out.csv")[0] == 2
    source, _target = table("tp\n1\n")
    assert run(source, tmp_path / "no" / "folder.csv")[0] == 2
