"""Somebody of a city sees all its districts by the pages that each of them has."""

from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.cache import cache

from accounts.areas.locator import district_frame, locator_for
from accounts.looking import bounds_shown, codes_shown, districts_shown
from accounts.models import Area, District

EAST = (122.0, 30.0, 122.2, 30.2)


@pytest.fixture
def second(world: Any) -> Area:
    """A second district of the city, east of the cast's, with one town."""
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    outline = MultiPolygon(Polygon.from_bbox(EAST), srid=4326)
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city, geom=outline)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=second, geom=outline)
    cache.clear()
    return second


def _at(user: Any, area: Area | None) -> Any:
    type(user).objects.filter(pk=user.pk).update(area=area)
    return type(user).objects.get(pk=user.pk)


def _own(style: dict[str, Any]) -> list[str]:
    land = next(layer for layer in style["layers"] if layer["id"] == "land")
    return sorted(land["filter"][2][1])


def test_the_map_of_the_city_opens_on_all_its_districts(as_user: Any, staff: Any, world: Any, second: Area) -> None:
    style = as_user(_at(staff, second.parent)).get("/styles/district.json").json()
    west, south, _east, _north = world.district.geom.extent
    found = style["metadata"]["bounds"]
    assert found == [pytest.approx(min(west, EAST[0])), pytest.approx(min(south, EAST[1])), EAST[2], EAST[3]]
    assert _own(style) == [world.district.code, second.code]


def test_the_city_s_page_of_the_map_is_called_and_drawn_so(as_user: Any, staff: Any, second: Area) -> None:
    page = as_user(_at(staff, second.parent)).get("/map/").content.decode()
    assert "<h1>宁波市一张图</h1>" in page
    assert "<h1>全区一张图</h1>" in as_user(_at(staff, second)).get("/map/").content.decode()


def test_the_map_of_a_district_opens_on_it(as_user: Any, staff: Any, second: Area) -> None:
    style = as_user(_at(staff, second)).get("/styles/district.json").json()
    assert style["metadata"]["bounds"] == list(EAST)
    assert _own(style) == [second.code]


def test_a_district_without_outline_is_shown_by_its_box(staff: Any, world: Any, second: Area) -> None:
    Area.objects.filter(pk=second.pk).update(geom=None)
    west, south, east, north = EAST
    District.objects.create(code=second.code, name="甲区", slug="jia", west=west, south=south, east=east, north=north)
    cache.clear()
    city_staff = _at(staff, second.parent)
    assert bounds_shown(city_staff)[2:] == (east, north)
    assert list(districts_shown(city_staff).order_by("code")) == [world.district, second]


def test_drawings_show_the_districts_that_are_looked_at(staff: Any, world: Any, second: Area) -> None:
    """Those of the city all; a place is drawn in its own."""
    whole = district_frame(codes_shown(_at(staff, second.parent)))
    own = district_frame(codes_shown(_at(staff, second)))
    assert whole is not None and own is not None
    assert (whole.district.count("M"), own.district.count("M")) == (2, 1)
    place = second.geom.point_on_surface
    locator = locator_for(place)
    assert locator is not None and locator.frame == own
    assert whole.frame.holds(*whole.at(place.x, place.y))


def test_with_one_district_a_page_asks_nothing_for_its_small_drawing(
    world: Any, districts_kept: None, django_assert_num_queries: Any
) -> None:
    """It stands on every page of a place: what it shows is drawn once an hour."""
    place = world.district.geom.point_on_surface
    drawn = locator_for(place)
    assert drawn is not None
    with django_assert_num_queries(0):
        assert locator_for(place) == drawn
