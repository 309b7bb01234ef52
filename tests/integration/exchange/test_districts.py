"""What a package says where the instance holds several districts."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Area
from exchange.sending.records import SHOWN, Showing
from exchange.sending.services import _own_area, export_package
from geokit.refusal import BadInput
from river_monitoring.models import MonitoringPoint
from stations.duty.models import DutyRecord
from stations.models import Deputy, Reception, Station
from tests.data.indicators import make_indicator, say
from tests.integration.papers.conftest import (  # noqa: F401
    assigned,
    congress,
    delivered,
    draft,
    filed,
    signed,
)
from tests.integration.projects.conftest import make_project  # noqa: F401


@pytest.fixture
def ours(world, delivered, make_project):  # noqa: F811
    """Of each kind something in the district of the cast."""
    place, now = Point(121.32, 29.85, srid=4326), timezone.now()
    station = Station.objects.create(
        code="S1", name="望春站", kind="community", area=world.west_town, address="路", geom=place
    )
    deputy = Deputy.objects.create(code="D1", name="陈一", station=station)
    Reception.objects.create(
        station=station, starts_at=now - timedelta(days=5), ends_at=now - timedelta(days=4), status="recorded"
    )
    DutyRecord.objects.create(deputy=deputy, kind="study", on=now.date(), title="学习", source="s", is_confirmed=True)
    say(make_indicator(), world.west_town, now.date().replace(day=1), 30)
    MonitoringPoint.objects.create(
        code="P1",
        name="望春桥",
        kind=MonitoringPoint.Kind.SMALL,
        area=world.west_town,
        department=world.water,
        geom=place,
    )
    make_project("2026-01")


@pytest.fixture
def other(world, ours):
    """A district beside it in the same city, with one town."""
    above = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=above)
    beside = Area.objects.create(code="330299", name="甲区", level="district", parent=above)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=beside)
    cache.clear()
    return beside


def said_by(code, settings):
    """The identifiers that the site of this code says, by kind."""
    settings.DISTRICT_CODE = code
    cache.clear()
    show = Showing(code, None, internal=True, area=_own_area(code))
    return {kind: [record["id"] for record in records(show)] for kind, records in SHOWN.items()}


def test_a_district_says_nothing_of_the_district_beside_it(world, other, settings):
    all_kinds = set(SHOWN)
    first = said_by("330203", settings)
    assert {kind for kind, found in first.items() if found} == all_kinds
    assert not [each for each in first["areas"] if "330299" in each]
    second = said_by("330299", settings)
    assert {kind for kind, found in second.items() if found} == {"areas"}
    assert second["areas"] == [f"330299/areas/{code}" for code in ("3302", "330299", "330299100")]
    city = said_by("3302", settings)
    assert len(city["areas"]) == Area.objects.count() and {kind for kind, found in city.items() if found} == all_kinds


def test_with_one_district_all_is_said_and_with_several_an_unknown_code_is_refused(world, ours, settings, tmp_path):
    assert {kind for kind, found in said_by("330203", settings).items() if found} == set(SHOWN)
    settings.DISTRICT_CODE = "999999"
    assert _own_area("999999") is None
    beside = Area.objects.create(code="330299", name="甲区", level="district")
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=beside)
    cache.clear()
    with pytest.raises(BadInput) as refused:
        export_package(tmp_path / "x.zip")
    assert refused.value.code == "no-area"
