"""Wide signs are narrow ones, in a time that grows with the length of the text alone."""

import doctest

from tests.worst_case import assert_linear, costs
from ui.text import width

MARKS = "\u0300\u0316"
"""Two of different classes: as a whole, a hundred thousand took a minute, and no other thread could work meanwhile."""


def test_the_doctest_holds() -> None:
    assert doctest.testmod(width).failed == 0


def test_marks_without_end_are_put_in_order_piece_by_piece() -> None:
    for parser in ("ui.text.codes:typed_code", "accounts.areas.addresses:plain", "ui.text.width:half_width"):
        assert_linear(parser, ["a" + MARKS * 5_000], ["a" + MARKS * 40_000])


def test_a_value_that_is_too_long_for_a_number_is_none() -> None:
    readings = "river_monitoring.standard.readings:parse_reading"
    costs(readings, ["1" + MARKS * 100_000, "9" * 10**6, " " * 10**6 + "3.2"])
