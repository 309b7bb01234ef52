"""`make verify-class`: foreign tables are read as they come, each disagreement has a kind, and nothing is shared."""

import ast
import doctest
import io
import json
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from river_monitoring.standard.evaluation import evaluate_water_class
from tests.verification import kinds, published, verify_class
from tests.verification.grading import class_of
from tests.verification.published import Problems, read_file

ROOT = Path(__file__).parents[3]
INVENTED = ROOT / "tests/data/published/invented.csv"


def test_doctests_hold():
    assert doctest.testmod(published).failed == 0


def rows_of(path):
    problems = Problems()
    return list(read_file(path, problems)), problems.lines


def report_of(*paths, capsys):
    status = verify_class.main([*map(str, paths), "--json", "--without-product"])
    return status, json.loads(capsys.readouterr().out)


def test_the_second_implementation_imports_nothing_of_the_product():
    rooms = {marker.parent.name for marker in ROOT.glob("*/__init__.py")} - {"tests"}
    for path in (ROOT / "tests/verification").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [n.name for n in getattr(node, "names", [])]
            assert not any(str(name).partition(".")[0] in rooms for name in names), path


def test_each_kind_of_disagreement_has_its_row(capsys):
    status, report = report_of(INVENTED, capsys=capsys)
    assert status == 0
    assert report["left_out"] == {kinds.UNRATED: 1, kinds.IMPOSSIBLE: 1}
    assert report["kinds"] == {
        kinds.AGREES: 3, kinds.LAKE: 5, kinds.REPEATED: 1, kinds.ROUNDED: 0, kinds.NEAR: 1, kinds.NITROGEN: 1,
        kinds.LEFT_OUT: 1, kinds.NEIGHBOUR: 0, kinds.FAR: 1,
    }  # fmt: skip
    assert report["lake_sections"] == ["虚构省 乙水库"]
    assert (report["agree_by_river_table"], report["agree_with_lake_table_where_it_applies"]) == (3, 8)


def test_the_product_and_the_second_implementation_agree_on_every_row(capsys):
    assert verify_class.main([str(INVENTED)]) == 0
    said = capsys.readouterr().out
    assert "0 rows differ" in said
    assert kinds.LEFT_OUT in said


def test_a_product_that_grades_otherwise_is_found_out(capsys, monkeypatch):
    monkeypatch.setattr(verify_class, "product_classes", lambda rows, water: [1] * len(rows))
    assert verify_class.main([str(INVENTED)]) == 1
    assert "product 1, second implementation 6" in capsys.readouterr().out


VALUES = st.decimals(0, 60, places=3)
ITEMS = ["pH", "溶解氧", "高锰酸盐指数", "化学需氧量", "氨氮", "总磷", "汞", "石油类", "六价铬"]


@given(st.dictionaries(st.sampled_from(ITEMS), VALUES, min_size=1), st.sampled_from(["river", "lake"]))
def test_both_implementations_grade_any_water_alike(row, water):
    row = {name: value if name != "pH" else min(value, 14) for name, value in row.items()}
    own = class_of({name: Fraction(value) for name, value in row.items()}, lake=water == "lake")
    theirs = evaluate_water_class({verify_class.CODES[name]: value for name, value in row.items()}, water)
    assert theirs.water_class.number in (own, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_encodings_and_separators_are_recognised(encoding, separator, tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(INVENTED.read_text("utf-8").replace(",", separator).encode(encoding))
    assert rows_of(path)[0] == [
        replace(row, where=row.where.replace("invented", "export"), table="export.csv") for row in rows_of(INVENTED)[0]
    ]


def test_tables_of_the_same_days_do_not_explain_each_other(tmp_path, capsys):
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_bytes(INVENTED.read_bytes())
    _status, report = report_of(tmp_path, capsys=capsys)
    assert (report["kinds"][kinds.REPEATED], report["kinds"][kinds.FAR], report["compared"]) == (3, 3, 39)


def test_a_workbook_is_read_with_a_title_above_its_columns(tmp_path):
    book = Workbook()
    book.active.append(["全国地表水水质月报"])
    book.active.append([])
    book.active.append(["断面", "时间", "类别", "pH", "DO（mg/L）", "氨氮/(μg/L)", "TP"])
    book.active.append(["甲", "2021-04-01 00:00", "Ⅱ类", 7.4, 8, 310, "0.01L"])
    book.create_sheet("空")
    path = tmp_path / "book.xlsx"
    book.save(path)
    [row], problems = rows_of(path)
    assert row.values == {"pH": Fraction("7.4"), "溶解氧": 8, "氨氮": Fraction("0.31"), "总磷": Fraction("0.005")}
    assert (row.label, problems) == (2, {})


def test_missing_columns_dirty_cells_and_unknown_classes_are_told_and_lose_no_row(tmp_path):
    path = tmp_path / "dirty.csv"
    path.write_text(
        "断面名称,水质类别,氨氮,总磷\n甲,Ⅱ,０.３１,约0.1\n乙,优,*,--\n断面名称,水质类别,氨氮,总磷\n丙,劣Ⅴ类,2.4\n\n,,,\n",
        "utf-8",
    )
    rows, problems = rows_of(path)
    assert [(row.section, row.label, len(row.values)) for row in rows] == [("甲", 2, 1), ("乙", 0, 0), ("丙", 6, 1)]
    assert sorted(problems) == [
        "dirty.csv: a cell of 总磷 is neither a number nor empty ('约0.1')",
        "dirty.csv: no class is called '优'",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        b"PK\x03\x04 no workbook",
        b"a,b\n1,2\n",
        b"\xff\xfe\x00",
        bytes(range(256)) * 40,
        "断面\n".encode() * 99,
    ],
)
def test_what_is_no_table_is_a_line_and_no_crash(content, tmp_path, capsys):
    (tmp_path / "a.csv").write_bytes(content)
    status, report = report_of(tmp_path, capsys=capsys)
    assert status == 2
    assert len(report["problems"]) == 1


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_table_never_ends_in_a_traceback(seed, tmp_path, capsys):
    chance = random.Random(seed)
    data = bytearray(INVENTED.read_bytes())
    for _ in range(chance.randrange(1, 60)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    (tmp_path / "damaged.csv").write_bytes(data)
    status, report = report_of(tmp_path, capsys=capsys)
    assert status in (0, 2)
    assert report["compared"] <= 15


def test_a_damaged_workbook_is_told(tmp_path, capsys):
    book, held = Workbook(), io.BytesIO()
    book.active.append(["断面名称", "水质类别", "pH", "氨氮"])
    book.save(held)
    (tmp_path / "a.xlsx").write_bytes(held.getvalue()[:-200])
    _status, report = report_of(tmp_path, INVENTED, capsys=capsys)
    assert any("a.xlsx: cannot be read" in line for line in report["problems"])
    assert report["compared"] == 13


def test_a_file_that_is_not_there_is_refused_with_where_to_get_one(tmp_path, capsys):
    assert verify_class.main([str(tmp_path / "none")]) == 2
    assert "China National Environmental Monitoring Centre" in capsys.readouterr().err
