"""Tables to take away: nothing in them runs, and their names are in any language."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from ui.downloads import (
    SafeWorkbook,
    Share,
    Sheet,
    csv_stream,
    csv_text,
    file_response,
    plain_cell,
    table_response,
    unguarded,
    xlsx,
)

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\tx", "\r=1", "\n=1", "  =1", "\u3000=1", "＝1", "＋1", "－1", "＠x",
    " ＝1", "\xa0=1", "\ufeff=1", "\u200b=1", "'=1",
]  # fmt: skip
HARMLESS = ["", "鄞江", "a=1", "3-1", "  甲", "'甲'", "1+1", "（-1）"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_run_gets_an_apostrophe(text):
    assert plain_cell(text) == f"'{text}"
    assert unguarded(f"'{text}") == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text):
    assert plain_cell(text) == text
    assert unguarded(text) == text


@pytest.mark.parametrize("value", [-3, -0.5, Decimal("-1.2"), None, True, date(2026, 3, 5)])
def test_values_that_are_no_text_stay_what_they_are(value):
    assert plain_cell(value) is value


def test_a_text_translated_late_is_guarded_too():
    assert plain_cell(gettext_lazy("=1")) == "'=1"


def test_a_csv_opens_in_a_spreadsheet_and_its_head_is_guarded_like_its_cells():
    text = csv_text([["=名称", "深度"], ["甲,乙", -3], ["-1", date(2026, 3, 5)], [None, Share(0.25)]])
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [["'=名称", "深度"], ["甲,乙", "-3"], ["'-1", "2026-03-05"], ["", "0.25"]]


def test_a_csv_without_rows_is_a_file_all_the_same():
    assert csv_text([]) == "\ufeff"


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers():
    rows = [["名称", "=深度", "占比"], ["=1+1", -3, Share(0.25)], ["http://甲.example", Decimal("1.50"), None]]
    book = load_workbook(io.BytesIO(xlsx(Sheet(rows, "甲", widths=[20]), Sheet([], "乙"))))
    assert book.sheetnames == ["甲", "乙"]
    page = book["甲"]
    assert [[cell.value for cell in row] for row in page.rows] == [
        ["名称", "'=深度", "占比"], ["'=1+1", -3, 0.25], ["http://甲.example", 1.5, None],
    ]  # fmt: skip
    assert page["A2"].data_type == "s" and page["A3"].hyperlink is None
    assert page["A1"].font.bold and not page["A2"].font.bold
    assert page["C2"].number_format == "0.0%"
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["A"].width > 20


def test_a_head_further_down_is_bold_and_nothing_is_frozen():
    page = load_workbook(io.BytesIO(xlsx(Sheet([["截至", "今天"], [], ["名称"]], head=2)))).active
    assert page["A3"].font.bold and not page["A1"].font.bold
    assert page.freeze_panes is None


def test_a_workbook_of_ones_own_is_as_safe():
    out = io.BytesIO()
    with SafeWorkbook(out) as book:
        sheet = book.add_worksheet("一个比三十一个字符还要长的表格名称，在表格软件里是放不下的，要截短")
        sheet.write(0, 0, "=1")
        sheet.write_row(1, 0, ["＝1", 2])
        sheet.write_string(2, 0, "=原样")
    page = load_workbook(io.BytesIO(out.getvalue())).active
    assert [cell.value for cell in page["A"]] == ["'=1", "'＝1", "=原样"]
    assert page["A3"].data_type == "s"
    assert len(page.title) == 31


def test_a_text_too_long_for_a_cell_is_cut_and_shows_it():
    (cell,) = load_workbook(io.BytesIO(xlsx(Sheet([["河" * 40_000]])))).active["A"]
    assert len(cell.value) == 32_767
    assert cell.value.endswith("河…")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_is_a_file_with_a_name_and_a_kind(suffix):
    answer = table_response([["名称"], ["甲"]], f"matters.{suffix}")
    assert answer["Content-Disposition"] == f'attachment; filename="matters.{suffix}"'
    assert answer["Content-Type"].startswith("text/csv" if suffix == "csv" else "application/vnd.openxmlformats")
    assert answer.content.startswith(b"\xef\xbb\xbf" if suffix == "csv" else b"PK")


def test_names_may_be_chinese_and_break_no_header():
    answer = file_response(b"", '河道"\r\n.csv')
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E6%B2%B3%E9%81%93%22%0D%0A.csv"
    assert file_response(b"x", "a.ics", content_type="text/calendar", inline=True)["Content-Disposition"].startswith(
        "inline"
    )
    assert file_response(b"x", "a.unknown")["Content-Type"] == "application/octet-stream"


def test_a_long_table_is_sent_while_it_is_read():
    read = []

    def rows():
        for number in range(3):
            read.append(number)
            yield [number, "=1"]

    answer = csv_stream(rows(), "wells.csv")
    parts = iter(answer.streaming_content)
    assert next(parts) == b"\xef\xbb\xbf0,'=1\r\n"
    assert read == [0]
    assert b"".join(parts) == b"1,'=1\r\n2,'=1\r\n"
