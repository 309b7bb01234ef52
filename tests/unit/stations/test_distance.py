"""Distances as people say them."""

import pytest
from django.contrib.gis.measure import Distance

from stations.pages.forms.lookup import PositionForm
from stations.templatetags.distance import distance


@pytest.mark.parametrize(
    ("metres", "words"), [(4, "0 米"), (344, "340 米"), (999, "1000 米"), (1000, "1.0 千米"), (2149, "2.1 千米")]
)
def test_metres_below_a_kilometre_and_kilometres_above(metres: float, words: str) -> None:
    assert distance(Distance(m=metres)) == words


def test_a_position_is_longitude_then_latitude() -> None:
    point = PositionForm({"lng": "121.55", "lat": "29.87"}).point()
    assert point is not None
    assert (point.x, point.y, point.srid) == (121.55, 29.87, 4326)


@pytest.mark.django_db
@pytest.mark.parametrize("given", [{}, {"lng": "121.5"}, {"lng": "x", "lat": "29"}, {"lng": "29", "lat": "121"}])
def test_half_or_impossible_positions_are_no_position(given: dict) -> None:
    assert PositionForm(given).point() is None
