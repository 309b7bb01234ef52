"""Tables that somebody sends: which files are read, what a head may say, what is refused."""

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from geokit.refusal import BadInput, TooLarge
from tests.worst_case import assert_linear
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


def raw_workbook(sheet, target="worksheets/sheet1.xml", **more):
    """A workbook with this XML as its only sheet, whatever it says."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{document}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1"'
        f' Type="{document}/worksheet" Target="{target}"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{document}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        f"xl/{target}": sheet.replace("<worksheet>", f'<worksheet xmlns="{main}"><sheetData>').replace(
            "</worksheet>", "</sheetData></worksheet>"
        ),
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def cell(place, text="x"):
    said = f' r="{place}"' if place else ""
    return f'<c{said} t="inlineStr"><is><t>{text}</t></is></c>'


def sheet_of(*cells):
    return f"<worksheet><row>{''.join(cells)}</row></worksheet>"


FAR = {
    "the last cell there is": sheet_of(cell("A1"), cell("XFD1048576")),
    "the last column of the five thousandth row": sheet_of(cell("A1"), cell("XFD5000")),
    "rows that only say their number": f'<worksheet><row r="1">{cell("A1")}</row>'
    f'<row r="1048576">{cell("")}{cell("")}</row></worksheet>',
    "small letters": sheet_of(cell("a1"), cell("xfd1048576")),
    "a prefix": '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row>'
    '<x:c r="A1"><x:v>1</x:v></x:c><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
}


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "worksheets/sheet1.png"])
def test_two_cells_far_apart_are_refused_before_room_is_made_for_all_between(far, target):
    """Room for all between is 550 GB, and the library ends the whole process when it gets none."""
    with pytest.raises(TooLarge) as refused:
        read_cells("a.xlsx", raw_workbook(FAR[far], target))
    assert refused.value.code == "sheet-too-large"


def test_a_workbook_of_another_kind_inside_is_refused():
    for other in ("xl/workbook.bin", "content.xml"):
        with pytest.raises(BadInput):
            read_cells("a.xlsx", raw_workbook(sheet_of(cell("A1")), **{other: b"x"}))


@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "worksheets/sheet1.txt"])
def test_entities_are_refused_whatever_the_member_is_called(target):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    with pytest.raises(BadInput):
        read_cells("a.xlsx", raw_workbook(f"<!DOCTYPE x [{laughs}]>" + sheet_of(cell("A1", "&l9;")), target))


def test_xml_that_only_the_library_would_read_is_refused():
    with pytest.raises(BadInput):
        read_cells("a.xlsx", raw_workbook("<worksheet><row></oops>" + cell("XFD1048576") + "</row></worksheet>"))


def test_formatted_cells_without_a_value_do_not_count():
    empty = "".join(f'<row r="{row}"><c r="XFD{row}" s="1"/></row>' for row in (1, 1_048_576))
    book = raw_workbook(f'<worksheet><row r="1">{cell("A1", "编码")}</row>{empty}</worksheet>')
    assert read_cells("a.xlsx", book)[0][0] == "编码"


def test_sheets_made_to_be_slow_cost_time_in_proportion_to_their_size():
    def books(size):
        shared = "<sst>" + "<si><t>x</t></si>" * size + "</sst>"
        return [
            ("a.xlsx", raw_workbook("<worksheet>" + "<row/>" * size + "</worksheet>")),
            ("a.xlsx", raw_workbook(sheet_of(*[cell("")] * min(size, 16_000)))),
            ("a.xlsx", raw_workbook(sheet_of(cell("A1")), **{"xl/sharedStrings.xml": shared})),
            ("a.csv", (b'"' + b"x," * size)),
            ("a.csv", (b"," * size + b"\n") * 3),
        ]

    assert_linear("ui.sheets:read_cells", books(2_000), books(16_000))
