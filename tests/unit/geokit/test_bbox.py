"""Bounding boxes as addresses carry them."""

import doctest

import pytest

from geokit.geometry import bbox
from geokit.geometry.bbox import parse_bbox
from geokit.refusal import BadInput


def test_doctests_hold() -> None:
    assert doctest.testmod(bbox).failed == 0


@pytest.mark.parametrize(
    "text",
    ["", "a,b,c,d", "1,2,3", "1,2,3,4,5", "nan,1,2,3", "121.6,29.8,121.5,29.9", "121,29.9,122,29.8", "0,0,999,1"],
)
def test_a_bad_box_is_refused_and_named(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_bbox(text)
    assert caught.value.errors[0].field == "in_bbox"
