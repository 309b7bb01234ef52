"""Which town a place lies in is asked in one place: inside, on a border, outside, and without outlines."""

import pytest
from django.contrib.gis.geos import Point

from accounts.areas.position import nearest_town, town_at, town_in_district
from accounts.models import Area
from geokit.refusal import BadInput
from tests.conftest import MIDDLE, NORTH, WEST

pytestmark = pytest.mark.django_db


def at(lon, lat):
    return Point(lon, lat, srid=4326)


def test_the_town_that_holds_a_place(world):
    assert town_at(at(WEST + 0.01, 29.85)) == world.west_town
    assert town_at(at(WEST - 1, 29.85)) is None


def test_a_place_on_a_shared_border_has_one_town_always_the_same(world):
    assert {town_at(at(MIDDLE, 29.85)) for _turn in range(3)} == {
        min(world.west_town, world.east_town, key=lambda t: t.code)
    }


def test_the_nearest_town_of_a_place_outside(world):
    assert nearest_town(at(WEST - 0.01, 29.85)) == world.west_town


def test_a_place_outside_the_district_is_refused_at_its_field(world):
    with pytest.raises(BadInput) as refused:
        town_in_district(at(WEST, NORTH + 1), "lng")
    assert [(error.field, error.code) for error in refused.value.errors] == [("lng", "outside-district")]
    assert world.district.name in refused.value.message


def test_without_outlines_no_town_is_guessed(world):
    Area.objects.update(geom=None)
    assert (town_at(at(MIDDLE, 29.85)), nearest_town(at(MIDDLE, 29.85))) == (None, None)
