"""Borders of areas and projects in packages: what leaves, for whom, how long it may be, and what is refused."""

import json
import time

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString, Point

from accounts.models import Area
from exchange.receiving.services import take
from exchange.register.models import ForeignRecord, Taking
from exchange.sending.records import SHOWN, Showing
from exchange.standard.checking import parsed
from exchange.standard.shapes import MOST, corners, is_shape, written
from geokit.refusal import Refusal
from projects.models import Project
from tests.integration.exchange.conftest import CITY
from tests.integration.projects.conftest import make_project  # noqa: F401 - fixture

SQUARE = "POLYGON ((121 29, 121.1 29, 121.1 29.1, 121 29.1, 121 29))"
BOWTIE = "POLYGON ((121 29, 121.1 29.1, 121.1 29, 121 29.1, 121 29))"


def area(**more):
    return {"id": f"{CITY}/areas/330200", "code": "330200", "name": "宁波市", "level": "city", "border": SQUARE} | more


def project(**more):
    return {
        "id": f"{CITY}/projects/2026-01", "code": "2026-01", "name": "西塘河综合整治", "year": 2026,
        "category": "water", "stage": "building", "light": "green", "progress": 40, "lead": "市水利局",
        "area": f"{CITY}/areas/330200", "lng": 121.32, "lat": 29.85,
        "is_schematic": False, "starts_on": "2026-01-01", "ends_on": "2026-12-01",
    } | more  # fmt: skip


def said(kind, *, internal=False):
    return {record["code"]: record for record in SHOWN[kind](Showing("330203", None, internal=internal))}


def test_an_areas_border_leaves_as_it_is_kept(world):
    record = said("areas")[world.west_town.code]
    kept = shapely.from_wkb(bytes(Area.objects.get(pk=world.west_town.pk).geom.wkb))
    assert shapely.from_wkt(record["border"]).symmetric_difference(kept).area < 1e-6 * kept.area
    Area.objects.filter(pk=world.west_town.pk).update(geom=None)
    assert "border" not in said("areas")[world.west_town.code]


def test_a_project_leaves_with_its_shape_and_its_partners(world, make_project):  # noqa: F811
    line = LineString((121.3, 29.8), (121.35, 29.9), srid=4326)
    make_project("2026-01", geom=line, summary="清淤", goal="三公里").partners.add(world.water)
    record = said("projects")["2026-01"]
    assert record["shape"] == "LINESTRING (121.3 29.8, 121.35 29.9)"
    assert (record["stage"], record["lead"], record["partners"]) == ("building", world.water.name, [world.water.name])
    assert (record["budget_wan"], record["area"]) == ("200", f"330203/areas/{world.west_town.code}")
    assert 121.3 <= record["lng"] <= 121.35


def test_a_project_that_stood_before_nobody_leaves_only_with_what_is_internal(world, make_project):  # noqa: F811
    make_project("2026-01")
    make_project("2026-02", status=Project.Status.PROPOSED)
    assert set(said("projects")) == {"2026-01"}
    assert set(said("projects", internal=True)) == {"2026-01", "2026-02"}


def test_a_shape_of_very_many_corners_is_made_shorter_and_stays_valid(world):
    ring = shapely.Point(121.5, 29.5).buffer(0.3, quad_segs=20_000)
    text = written(GEOSGeometry(memoryview(shapely.to_wkb(ring)), srid=4326))
    assert len(text) <= MOST and 500 < corners(text) < 10_000 and is_shape(text)
    assert shapely.from_wkt(text).symmetric_difference(ring).area < 1e-3 * ring.area


def test_what_is_no_shape_of_the_standard_is_not_written(world):
    several = GEOSGeometry("GEOMETRYCOLLECTION (POINT (121 29))", srid=4326)
    assert written(several) is None and written(None) is None
    assert written(Point(121, 29, srid=4326)) == "POINT (121 29)"
    assert written(Point(121, 29, srid=4326), ("POLYGON",)) is None


def test_what_leaves_is_what_readers_take_and_a_border_is_said_by_its_corners(city, maker, staff, as_user, world):
    take(city, maker.file({"areas": [area()], "projects": [project(shape=SQUARE)]}), actor=staff)
    kept = ForeignRecord.objects.get(kind="areas")
    assert kept.data["border"] == SQUARE
    page = as_user(staff).get(kept.get_absolute_url()).content.decode()
    assert "5 个拐点" in page and "POLYGON" not in page
    assert as_user(staff).get(ForeignRecord.objects.get(kind="projects").get_absolute_url()).status_code == 200


HOSTILE = {
    "crossing itself": {"border": BOWTIE},
    "off the earth": {"border": SQUARE.replace("29.1", "290.1")},
    "not closed": {"border": "POLYGON ((121 29, 121.1 29, 121.1 29.1, 121 29.1))"},
    "with heights": {"border": "POLYGON ((121 29 5, 121.1 29 5, 121.1 29.1 5, 121 29 5))"},
    "a point for a border": {"border": "POINT (121 29)"},
    "several in one": {"border": f"GEOMETRYCOLLECTION ({SQUARE})"},
    "nothing in it": {"border": "POLYGON EMPTY"},
    "not a number": {"border": SQUARE.replace("121.1", "nan")},
    "digits without end": {"border": SQUARE.replace("29.1", "9" * 500)},
    "words behind it": {"border": f"{SQUARE}; DROP TABLE accounts_area"},
    "a line break behind it": {"border": f"{SQUARE}\n"},
    "too long": {"border": f"POLYGON (({', '.join(['121 29'] * (MOST // 7))}))"},
    "brackets alone": {"border": f"POLYGON ({'(' * 50_000}{')' * 50_000})"},
    "an object": {"border": {"type": "Polygon", "coordinates": []}},
}


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_border_has_the_package_refused_whole(city, maker, staff, given):
    with pytest.raises(Refusal) as refused:
        take(city, maker.file({"areas": [area(**given)]}), actor=staff)
    assert refused.value.code == "not-the-standard"
    assert not ForeignRecord.objects.exists() and not Taking.objects.exists()


@pytest.mark.parametrize(
    "given", [{"progress": 101}, {"light": "purple"}, {"area": "330203/papers/1"}, {"shape": BOWTIE}, {"phone": "1"}]
)
def test_a_hostile_project_has_the_package_refused_whole(city, maker, staff, given):
    with pytest.raises(Refusal) as refused:
        take(city, maker.file({"projects": [project(**given)]}), actor=staff)
    assert refused.value.code == "not-the-standard"
    assert not ForeignRecord.objects.exists()


def test_the_longest_comb_is_judged_in_a_moment(world):
    """The worst of its length: every tooth of a comb is to be compared with its neighbours."""
    teeth = ", ".join(f"{x / 50:g} {(x % 2) * 50}" for x in range(8_000))
    text = f"POLYGON (({teeth}, 160 -9, 0 -9, 0 0))"
    assert len(text) < MOST
    began = time.process_time()
    assert parsed(json.dumps(area(border=text)).encode(), "areas", "x")["border"] == text
    assert time.process_time() - began < 5


def test_thousands_of_parts_that_cannot_be_made_shorter_are_left_out():
    parts = [shapely.box(120 + at * 1e-3, 29, 120 + at * 1e-3 + 5e-4, 29.0005) for at in range(3_000)]
    assert written(GEOSGeometry(shapely.to_wkt(shapely.MultiPolygon(parts)), srid=4326)) is None
    dots = shapely.MultiPoint([(120 + at * 1e-4, 29 + at % 7 * 1e-4) for at in range(9_000)])
    assert written(GEOSGeometry(shapely.to_wkt(dots), srid=4326)) is None


def test_a_shape_that_crosses_itself_leaves_mended():
    found = written(GEOSGeometry(BOWTIE, srid=4326))
    assert found is not None and found.startswith("MULTIPOLYGON") and is_shape(found)
