"""Text of files that looks almost right, growing: what reads it takes time in proportion to its length."""

import pytest

from geokit.formats.signatures import is_dxf
from geokit.readers.csv_reader import TextGuess
from geokit.readers.kml_fields import NAMED
from geokit.readers.place_cells import read_cells
from geokit.records.coordinate_columns import UNITS
from geokit.sources.preparation import OTHER_TABLES
from tests import worst_case
from tests.worst_case import assert_linear, costs

THOUSAND = 1000


def _sizes(*makers):
    """The inputs at 2,000 units and at eight times as many."""
    return [make(2 * THOUSAND) for make in makers], [make(16 * THOUSAND) for make in makers]


def test_a_drawing_of_nothing_but_comments_is_looked_through_once():
    # The pattern could divide blank lines between a comment and the space after it in any way: 15 comments never ended.
    comments = [b"999\n\n\n\n" * lines for lines in (10, 20, 40, 8 * THOUSAND)]
    costs("geokit.formats.signatures:is_dxf", [*comments, b"0" + b"\n" * 64 * 1024, b"999" + b" \n" * 32 * 1024])


def test_a_drawing_may_begin_with_comments_and_blank_lines():
    assert is_dxf(b"999\nmade by somebody\n\n 999\r\n\r\n  0\r\nSECTION\r\n")
    assert not is_dxf(b"999\nSECTION\n0\nHEADER")


@pytest.mark.parametrize("name", ["VERSION", "CODE_PAGE"])
def test_the_header_of_a_drawing_is_searched_once(name):
    word = {"VERSION": b"$ACADVER", "CODE_PAGE": b"$DWGCODEPAGE"}[name]
    assert_linear(
        f"geokit.readers.dxf_reader:{name}.search", *_sizes(lambda n: word + b"\n" * 5 * n, lambda n: word * n)
    )


def test_elements_that_never_end_and_names_that_never_close_are_searched_once():
    inputs = _sizes(
        lambda n: ("", "<Data " * n),
        lambda n: ("", "<Data name=\"' " * n),
        lambda n: ("", '<Data name="' + "<Data name='" * n),
        lambda n: ("", "<Data " + "name " * n),
        lambda n: ("", "<Data name=" + " " * n),
    )
    assert_linear("geokit.readers.kml_fields:NAMED.sub", *inputs)


def test_names_of_fields_are_still_found_in_every_spelling():
    texts = ['<Data name="编号">', "<kml:SimpleField type='int' name = '名 称'/>", '<SimpleData\n x="1"\n name="a\'b">']
    assert [NAMED.search(text)[3] for text in texts] == ["编号", "名 称", "a'b"]


def test_a_cell_of_a_hundred_thousand_digits_is_looked_at_once():
    assert_linear("tests.unit.geokit.test_worst_cases:_guess", *_sizes(lambda n: "1" * 4 * n + "x", lambda n: "1." * n))


@pytest.mark.parametrize(
    ("text", "kind"),
    [("0.5", "double"), (".5", "double"), ("-12.25e-3", "double"), ("5.", "text"), ("00.5", "text"), ("1e5", "double"),
     ("12", "integer"), ("1.2.3", "text"), ("-", "text"), ("1" * 30, "text")],
)  # fmt: skip
def test_what_a_number_is_stays_the_same(text, kind):
    assert _guess(text) == kind


def _guess(text):
    guess = TextGuess()
    guess.look(text)
    return guess.kind


def test_collections_within_collections_are_refused_before_the_library_reads_them():
    # A hundred thousand levels overflow the stack of GEOS and end the process.
    nested = ["GEOMETRYCOLLECTION(" * n + "POINT(1 2)" + ")" * n for n in (1000, 100 * THOUSAND)]
    costs(
        "tests.unit.geokit.test_worst_cases:_read_wkt", [*nested, "GeometryCollection (" * 100 * THOUSAND, "(" * 10**6]
    )
    assert all("WKT" in _read_wkt(text) for text in nested)
    assert _read_wkt("GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4))").geom_type == "GeometryCollection"


def _read_wkt(text):
    return read_cells([text]).shapes[0]


def test_words_of_coordinates_are_read_once():
    inputs = _sizes(
        lambda n: "12°" + " " * n + "x", lambda n: "12°1." + "3" * n, lambda n: "东" * n + "1°", lambda n: "9" * n
    )
    assert_linear("geokit.records.angles:number_of", *inputs)


def test_columns_by_the_ten_thousand_are_named_once():
    inputs = _sizes(lambda n: ["a"] * n, lambda n: [f"c{i}" for i in range(n)], lambda n: ["a", "a_1"] * n)
    assert_linear("geokit.records.rows:numbered", *inputs)


def test_boxes_of_many_numbers_are_read_once():
    assert_linear("geokit.geometry.bbox:parse_bbox", *_sizes(lambda n: "1," * n, lambda n: "9" * n, lambda n: "," * n))


def test_texts_of_a_json_that_never_end_are_passed_over_once():
    inputs = _sizes(
        lambda n: (b"", b'"' + b'\\"' * 4 * n),
        lambda n: (b"", b'"' + b'\\"' * 4 * n + b"\\"),
        lambda n: (b"", b'"\\\n' * 4 * n),
        lambda n: (b"", b": 1" + b"1" * 8 * n),
        lambda n: (b"", b": " * 4 * n),
    )
    assert_linear("geokit.sources.preparation:LONG_NUMBER.sub", *inputs)
    nul = _sizes(lambda n: (b"", b"\\" * 8 * n), lambda n: (b"", b"\\u000" * n))
    assert_linear("geokit.sources.preparation:ESCAPED_NUL.sub", *nul)


def test_the_head_of_a_table_is_searched_once():
    inputs = _sizes(
        lambda n: b"\n" * 8 * n, lambda n: b" \n" * 8 * n, lambda n: b"\"\\IsSeamless\"" * n,
        lambda n: b"Open" + b" " * 8 * n, lambda n: b"\nFile" * n,
    )  # fmt: skip
    assert_linear("geokit.sources.preparation:OTHER_TABLES.search", *inputs)


@pytest.mark.parametrize(
    ("head", "leads_on"),
    [
        (b'!table\n  Open Table "x"', True),
        (b"!table\n\n\n\tcreate  view a", True),
        (b'Definition Table\r\n File "a.tif"\r\n', True),
        (b'begin_metadata\n"\\IsSeamless" = "TRUE"\n', True),
        (b"!table\nDefinition Table\n  Type NATIVE\n", False),
    ],
)
def test_a_table_that_leads_to_others_is_still_known(head, leads_on):
    assert bool(OTHER_TABLES.search(head)) == leads_on


def test_brackets_in_the_name_of_a_column_that_never_close_are_searched_once():
    assert_linear("geokit.records.coordinate_columns:UNITS.sub", *_sizes(lambda n: ("", "(" * 8 * n)))
    assert UNITS.sub("", "经度（°）") == "经度"


def test_cells_and_attributes_of_a_workbook_that_never_end_are_searched_once():
    cells = (b"<c ", b"<c>", b"<c><f>", b"<c><f ", b"<c><f/><v ", b"<x", b"<c>" + b" " * 20, b"<c><f>1</f> ")
    inputs = _sizes(*(lambda n, cell=cell: cell * n for cell in cells), lambda n: b"<" + b"x" * 8 * n)
    assert_linear("geokit.readers.xlsx_formulas:_open_ones", *inputs)
    words = _sizes(lambda n: "a" * 20 * n, lambda n: "a " * n, lambda n: 'a="' * n, lambda n: "a" + " " * 20 * n)
    assert_linear("geokit.readers.xlsx_formulas:ATTRIBUTE.findall", *words)


def test_a_child_that_stands_still_is_killed_and_asked_once_more(monkeypatch):
    monkeypatch.setattr(worst_case, "STUCK_S", 0.5)
    with pytest.raises(AssertionError, match="time:sleep: None"):
        costs("time:sleep", [3600])


def test_a_child_that_works_for_long_is_waited_for(monkeypatch):
    monkeypatch.setattr(worst_case, "STUCK_S", 0.5)
    assert len(costs("tests.unit.geokit.test_worst_cases:_count", [3 * 10**7])) == 1


def _count(to):
    for _ in range(to):
        pass
