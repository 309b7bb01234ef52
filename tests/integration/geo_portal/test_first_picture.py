"""What the map's page draws before the map is there: the asker's own tiles, and no more than they hold."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.utils import timezone

from projects.models import Project
from river_monitoring.models import MonitoringPoint, Reach, River
from stations.models import Station
from tests.benchmark.first_paint import blocking_files

pytestmark = pytest.mark.django_db
POINT = "西塘河口"
MOST_BYTES = 70_000
"""Of gzip that may come before the points are painted; the goal of the whole is 350 kB."""


def picture_of(client, address: str = "/map/") -> str:
    page = client.get(address).content.decode()
    return "".join(re.findall(r'<svg class="first-picture".*</svg>(?=\s*<div class="map-bar")', page, re.DOTALL))


def thing_picture_of(client, address: str) -> str:
    page = client.get(address).content.decode()
    return "".join(
        re.findall(
            r'<svg class="first-picture first-picture--thing".*</svg>(?=\s*<div class="map-bar")', page, re.DOTALL
        )
    )


def classes_in(picture: str) -> list[int]:
    return [int(value) for value in re.findall(r'class="sign sign--(\d)"', picture)]


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def points(world, staff):
    """Three points far from one another."""

    def made(code: str, lng: float, lat: float, value: int) -> MonitoringPoint:
        return MonitoringPoint.objects.create(
            code=code, name=f"{POINT}{code}", kind="small", area=world.west_town, department=world.water,
            geom=Point(lng, lat, srid=4326), current_class=value,
        )  # fmt: skip

    west, south, east, north = world.district.geom.extent
    return [
        made("C-1", west + (east - west) * 0.1, south + (north - south) * 0.1, 6),
        made("C-2", west + (east - west) * 0.9, south + (north - south) * 0.9, 2),
        made("C 3&<", west + (east - west) * 0.1, south + (north - south) * 0.9, 0),
    ]


def test_every_point_has_its_class_and_leads_to_its_page(points, client):
    picture = picture_of(client)
    assert sorted(classes_in(picture)) == [0, 2, 6]
    links = re.findall(r'<a href="([^"]+)" tabindex="-1">', picture)
    assert len(links) == 3
    assert client.get(links[0]).status_code == 200
    assert all("<" not in link for link in links)


def test_the_entrance_shows_what_the_map_shows(points, client):
    assert picture_of(client, "/") == picture_of(client)
    assert picture_of(client, "/?in-district=330203") == ""


def test_what_lies_together_is_the_worst_of_it_with_a_number(points, client, monkeypatch):
    middle = points[1].geom
    far = (middle.x - 0.5, middle.y - 0.3, middle.x + 0.5, middle.y + 0.3)  # where a phone's map shows clusters
    monkeypatch.setattr("geo_portal.map_sheet.first_picture._begins_with", lambda user: far)
    for number in range(4):
        MonitoringPoint.objects.create(
            code=f"D-{number}", name="同一处", kind="small", area=points[0].area, department=points[0].department,
            geom=Point(middle.x + number * 1e-6, middle.y, srid=4326), current_class=5 if number == 2 else 1,
        )  # fmt: skip
    picture = picture_of(client)
    assert "<text" in picture, "no plate"
    assert re.search(r'sign--[56]"[^>]*/><text[^>]*>[5-7]<', picture)


def test_a_changed_class_and_water_show_at_once(points, client):
    assert 4 not in classes_in(picture_of(client))
    MonitoringPoint.objects.filter(code="C-1").update(current_class=4)
    west, south, east, north = points[0].area.geom.extent
    before = picture_of(client)
    assert 4 in classes_in(before) and 'class="water' not in before
    river = River.objects.create(code="R1", name="西塘河")
    course = MultiLineString(LineString((west, south), (east, north), srid=4326), srid=4326)
    Reach.objects.create(code="R1-1", river=river, area=points[0].area, name="西塘河", geom=course)
    assert 'class="water' in picture_of(client)


@pytest.mark.parametrize(
    "query", ["?class=6", "?at=2026-01", "?c=121.3,29.8&z=14", "?layers=stations", "?sel=projects:1"]
)
def test_an_address_that_asks_for_another_map_has_no_picture(points, client, query):
    assert picture_of(client, f"/map/{query}") == ""


def test_it_draws_nothing_but_what_the_asker_s_tiles_hold(points, client, monkeypatch):
    asked = []

    def hidden(name, user, address, wish):
        asked.append((name, user.is_anonymous))
        return b""

    monkeypatch.setattr("geo_portal.map_sheet.first_picture.tile_of", hidden)
    picture = picture_of(client)
    assert picture and classes_in(picture) == [] and "<path class" not in picture
    assert {name for name, anonymous in asked if anonymous} >= {"areas", "reaches"}


def test_a_district_without_points_has_its_land_alone(staff, client):
    picture = picture_of(client)
    assert 'class="land"' in picture and classes_in(picture) == []


@pytest.fixture
def things(points, world):
    """A point, a project and a station, with the addresses of their pages."""
    place = Point(points[0].geom.x, points[0].geom.y, srid=4326)
    common = {"code": "S-1", "name": "联络站", "area": world.west_town, "geom": place}
    station = Station.objects.create(kind="town", address="1号", opening="15日", **common)
    today = timezone.localdate()
    project = Project.objects.create(
        category="water", status="building", year=2026, lead=world.water, starts_on=today, ends_on=today,
        **common | {"code": "2026-01"},
    )  # fmt: skip
    return {"point": points[0], "project": project, "station": station}


@pytest.mark.parametrize("kind", ["point", "project", "station"])
def test_the_page_of_a_thing_shows_where_it_is(things, client, kind):
    address = things[kind].get_absolute_url()
    picture = thing_picture_of(client, address)
    assert picture.count('class="lit"') == 1
    assert picture.count('href="data:image/png;base64,') == 1
    assert classes_in(picture) == ([6] if kind == "point" else []), "only a point's picture has points"
    assert thing_picture_of(client, f"{address}?at=2026-01") == ""
    assert "first-picture" not in client.get(address, headers={"HX-Request": "true"}).content.decode()


def test_beside_a_point_stand_those_that_the_asker_s_tiles_hold(things, client, world):
    here = things["point"].geom
    MonitoringPoint.objects.create(
        code="F-1", name="邻近", kind="small", area=world.west_town, department=world.water,
        geom=Point(here.x + 0.004, here.y, srid=4326), current_class=5,
    )  # fmt: skip
    address = things["point"].get_absolute_url()
    assert sorted(classes_in(thing_picture_of(client, address))) == [5, 6]
    MonitoringPoint.objects.filter(code="F-1").update(current_class=3)
    assert sorted(classes_in(thing_picture_of(client, address))) == [3, 6]


def _gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def _file_of(address: str) -> bytes:
    found = finders.find(address.removeprefix(settings.STATIC_URL))
    assert found, f"{address} is not among the static files"
    return Path(found).read_bytes()


def test_a_district_of_four_hundred_points_is_painted_from_seventy_kilobytes(world, staff, client):
    west, south, east, north = world.district.geom.extent
    places = [(west + (east - west) * (at % 20) / 20, south + (north - south) * (at // 20) / 20) for at in range(400)]
    MonitoringPoint.objects.bulk_create(
        MonitoringPoint(
            code=f"E-{number}", name=f"{POINT}{number}", kind="small", area=world.west_town, department=world.water,
            geom=Point(*place, srid=4326), current_class=number % 7,
        )
        for number, place in enumerate(places)
    )  # fmt: skip
    page = client.get("/map/").content
    files = blocking_files(page.decode())
    assert len([name for name in files if name.endswith(".css")]) == 1, files
    assert len(classes_in(picture_of(client))) > 50
    sizes = {name: _gzipped(_file_of(name)) for name in files} | {"/map/": _gzipped(page)}
    assert sum(sizes.values()) < MOST_BYTES, sizes
