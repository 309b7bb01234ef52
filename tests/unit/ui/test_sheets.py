"""Tables that somebody sends: which files are read, what a head may say, what is refused."""

import io

import pytest
from xlsxwriter import Workbook

from geokit.refusal import BadInput, TooLarge
from ui.downloads import csv_text, table_bytes
from ui.sheets import SheetLimits, read_cells, read_sheet, read_workbook, text_cells

HEADS = {"编码": "code", "code": "code", "名称": "name"}
ROWS = [["编码", "名称", "备注"], ["P1", "鄞江桥", "x"], ["", "", ""], ["P2", "=1", "y"]]


def workbook(**sheets):
    out = io.BytesIO()
    with Workbook(out) as book:
        for title, rows in sheets.items():
            page = book.add_worksheet(title)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [csv_text(ROWS).encode(), csv_text(ROWS)[1:].encode("gb18030"), table_bytes(ROWS, "xlsx")],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_what_goes_out_comes_back_in_as_it_was(content):
    rows = read_sheet("a", content, HEADS, ["code"])
    assert [(row.number, row["code"], row["name"]) for row in rows] == [(2, "P1", "鄞江桥"), (4, "P2", "=1")]
    assert "name" in rows[0] and "remark" not in rows[0]
    assert rows[0]["remark"] == ""


@pytest.mark.parametrize("text", ["a\tb\n1\t2", "a,b\n1,2", "a;b\n1;2", "\ufeff\na\tb\n1\t2"])
def test_pasted_cells_are_parted_by_what_stands_between_them(text):
    assert [row for row in text_cells(text) if row] == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("备注\nx", "sheet-head"),
        ("编码,code\nP1,P1", "sheet-head"),
        ("编码\n\n", "sheet-empty"),
        ("", "sheet-head"),
        ('编码\n"P1', "sheet-unreadable"),
    ],
)
def test_what_is_no_such_table_is_refused_by_name(content, code):
    with pytest.raises(BadInput) as refused:
        read_sheet("a.csv", content.encode(), HEADS, ["code"])
    assert refused.value.code == code


def test_a_head_that_is_missing_is_named_as_people_write_it():
    with pytest.raises(BadInput, match="“编码”"):
        read_sheet("a.csv", "名称\nx".encode(), HEADS, ["code"])


@pytest.mark.parametrize("content", [b"\xff\xff", b"PK\x03\x04broken"])
def test_a_file_of_another_kind_is_refused(content):
    with pytest.raises(BadInput):
        read_cells("a.bin", content)


def test_a_workbook_cut_short_is_refused():
    with pytest.raises(BadInput):
        read_cells("a.xlsx", table_bytes(ROWS, "xlsx")[:-200])


@pytest.mark.parametrize("limits", [SheetLimits(bytes=10), SheetLimits(rows=1)], ids=["bytes", "rows"])
def test_a_table_over_its_limits_is_refused(limits):
    with pytest.raises(TooLarge) as refused:
        read_sheet("a.csv", csv_text(ROWS).encode(), HEADS, ["code"], limits)
    assert refused.value.code == "sheet-too-large"


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    with pytest.raises((BadInput, TooLarge)):
        read_cells("a.xlsx", table_bytes(ROWS * 2000, "xlsx"), SheetLimits(inflated=10_000))


def test_sheets_of_a_workbook_are_read_by_name():
    content = workbook(甲=[["a", 1], ["b", 2.5]], base=[["k"]], 丙=[["c"]], 丁=[["d"]])
    assert read_workbook("a.xlsx", content) == {"甲": [["a", "1"], ["b", "2.5"]], "base": [["k"]], "丙": [["c"]]}
    assert read_cells("a.xlsx", content) == [["a", "1"], ["b", "2.5"]]
