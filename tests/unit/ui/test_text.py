"""Chinese names are found by their pinyin, and what was found is marked."""

import doctest

import pytest

from ui.text import highlight, search_key
from ui.text.highlight import pieces


def test_doctests_hold() -> None:
    assert doctest.testmod(search_key).failed == 0
    assert doctest.testmod(highlight).failed == 0


def test_a_name_is_found_by_its_initials_and_by_its_full_spelling() -> None:
    key = search_key.search_key("南塘河整治")
    assert "nth" in key.split()[1]
    assert key.startswith("nantanghezhengzhi")


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("老旧污水管网改造", "wsgw", "污水管网"),
        ("老旧污水管网改造", "shuiguan", "水管"),
        ("老旧污水管网改造", "污水 gz", "污水改造"),
        ("西塘河3号桥", "3hq", "3号桥"),
        ("Park 西塘", "PARK", "Park"),
        ("西塘河", "河", "河"),
        ("西塘河", "xyz", ""),
        ("西塘河", "", ""),
        ("", "x", ""),
    ],
)
def test_what_was_found_is_marked_by_words_or_pinyin(text, query, marked):
    cut = pieces(text, query)
    assert "".join(piece for piece, _ in cut) == text
    assert "".join(piece for piece, hit in cut if hit) == marked
