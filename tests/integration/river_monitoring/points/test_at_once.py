"""Two requests about one point at the same moment: one is written, the other is refused in words."""

from dataclasses import replace

import pytest
from django.contrib.gis.geos import Point

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.registration import NewPoint, register_point
from river_monitoring.rectification.models import PhotoVouch
from river_monitoring.rectification.services import transition_point
from river_monitoring.rectification.vouching import vouch_for
from river_monitoring.works.models import Outfall
from river_monitoring.works.outfall_services import NewOutfall, add_outfall
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("other", ["NEW-1", "new-1"])
def test_a_code_registered_twice_at_once_is_given_once(world, reach, staff, gis, other):
    given = NewPoint(
        code="NEW-1", name="新断面", kind="county", department=world.water, lng=121.325, lat=29.85, river=reach.river
    )
    results = all_at_once(
        MonitoringPoint,
        lambda: register_point(given, staff),
        lambda: register_point(replace(given, code=other, name="另一断面"), gis),
    )
    refused = next(result for result in results if not isinstance(result, MonitoringPoint))
    assert [(error.field, error.code) for error in refused.errors] == [("code", "code-taken")]
    assert MonitoringPoint.objects.count() == 1


def test_an_outfall_registered_twice_at_once_is_given_once(world, officer):
    values = {"name": "一号排口", "subkind": "town_scattered", "state": "fixing", "department": world.water}
    given = NewOutfall("O-1", Point(121.321, 29.851, srid=4326), values)
    results = all_at_once(Outfall, *[lambda: add_outfall(officer, given)] * 2)
    refused = next(result for result in results if not isinstance(result, Outfall))
    assert [(error.field, error.code) for error in refused.errors] == [("code", "code-taken")]
    assert Outfall.objects.count() == 1


def test_a_photo_is_vouched_for_once_by_two_at_once(listed, officer, other_officer, before):
    transition_point(listed.pk, "planned", officer, expected_version=1, note="截污纳管", due_on=listed.due_on)
    event = transition_point(
        listed.pk, "under_way", officer, expected_version=2, attachments=[replace(before, lon=None, lat=None)]
    )
    photo = event.evidence.get(kind="before")
    results = all_at_once(MonitoringPoint, *[lambda: vouch_for(photo.pk, other_officer, "现场核对了岸线")] * 2)
    assert sorted(getattr(result, "code", "") for result in results) == ["", "nothing-to-vouch-for"]
    assert PhotoVouch.objects.count() == 1
