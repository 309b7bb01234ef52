"""Signs of a report's maps: a few one by one, thousands as a path for each class; numbers that can be read."""

import re

import pytest

from reporting.quarterly.maps import CROWDED, FULL_SIZE, LEAST_SIZE, Sign, legible, merged, sized
from ui.tokens import SHAPES, water_class

CORNER = re.compile(r"[ML](-?[\d.]+) (-?[\d.]+)")


def signs(count, number=3, label=False):
    """In rows of a hundred, four apart."""
    return [Sign(place % 100 * 4, place // 100 * 4, number, 4.6, str(place) if label else "") for place in range(count)]


def test_a_path_holds_every_sign_of_its_class_with_the_corners_of_the_single_sign():
    (one,) = merged(signs(1000))
    shapes = one.path.split("Z")[:-1]
    assert len(shapes) == 1000
    corners = [(float(x), float(y)) for x, y in CORNER.findall(shapes[205])]
    single = [(20 + x * 4.6, 8 + y * 4.6) for x, y in SHAPES[water_class(3)["shape"]]]
    assert [pytest.approx(corner, abs=0.06) for corner in single] == corners


def test_the_worst_class_lies_on_top_and_what_has_no_class_below_as_rings():
    found = merged([*signs(2, 6), *signs(3, 0), *signs(1, 2)])
    assert [(each.number, each.path.count("M")) for each in found] == [(0, 3), (2, 1), (6, 2)]
    assert "a3.68 3.68 0 1 0 7.36 0" in found[0].path


def test_many_signs_are_smaller_and_few_are_not():
    assert sized(signs(FULL_SIZE)) == signs(FULL_SIZE)
    assert sized(signs(4 * FULL_SIZE))[0].radius == pytest.approx(4.6 / 2)
    assert sized(signs(100 * FULL_SIZE))[0].radius == pytest.approx(4.6 * LEAST_SIZE)


def test_in_a_crowd_a_number_covers_no_other_and_no_sign_is_lost():
    few, many = signs(CROWDED, label=True), signs(1000, label=True)
    assert legible(few) == few
    found = legible(many)
    assert [(sign.x, sign.y, sign.number) for sign in found] == [(sign.x, sign.y, sign.number) for sign in many]
    shown = [sign for sign in found if sign.label]
    assert shown[0].label == "0" and 20 < len(shown) < 1000
    pairs = [(one, other) for place, one in enumerate(shown) for other in shown[:place]]
    assert all(abs(one.y - other.y) >= 10 or abs(one.x - other.x) > 5 for one, other in pairs)
