"""Pinyin keys and bounding boxes."""

import doctest

import pytest

from geokit import bbox, search_key
from geokit.bbox import parse_bbox
from geokit.refusal import BadInput


def test_doctests_hold() -> None:
    assert doctest.testmod(search_key).failed == 0
    assert doctest.testmod(bbox).failed == 0


def test_a_name_is_found_by_its_initials_and_by_its_full_spelling() -> None:
    key = search_key.search_key("南塘河整治")
    assert "nth" in key.split()[1]
    assert key.startswith("nantanghezhengzhi")


@pytest.mark.parametrize(
    "text",
    ["", "a,b,c,d", "1,2,3", "1,2,3,4,5", "nan,1,2,3", "121.6,29.8,121.5,29.9", "121,29.9,122,29.8", "0,0,999,1"],
)
def test_a_bad_box_is_refused_and_named(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_bbox(text)
    assert caught.value.errors[0].field == "in_bbox"
