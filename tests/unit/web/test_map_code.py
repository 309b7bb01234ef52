"""The code of a place holds an address of our own map, whatever is asked."""

import pytest
from django.test import RequestFactory

from geo_portal.map_sheet.code import map_address


def _address(query: str) -> str:
    return map_address(RequestFactory().get(f"/map/code.svg?{query}"))


def test_camera_and_pin_are_in_the_code() -> None:
    query = "c=121.54300,29.87100&z=15.20&pin=121.54300,29.87100"
    assert _address(query) == f"http://testserver/map/?{query}"


@pytest.mark.parametrize("query", ["", "c=//evil.example", "pin=1,2%0d%0aX", "z=１２", "c=1,2&next=https://x", "z=1e9"])
def test_nothing_else_is(query: str) -> None:
    address = _address(query)
    assert address.startswith("http://testserver/map/")
    assert address.split("?")[-1] in ("http://testserver/map/", "c=1,2")
