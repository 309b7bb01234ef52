"""Samples: rated on the way in, never typed; what cannot be is refused and changes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from geokit.refusal import BadInput, NotPermitted
from ledger.models import AuditEntry
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.services import point_to_newest, record_sample
from tests.integration.river_monitoring.conftest import BAD, GOOD


def test_a_sample_sets_the_class_of_its_point_in_the_same_write(point, sample, sampler):
    stored = sample(point, BAD)
    point.refresh_from_db()
    assert (point.current_class, point.current_sample) == (6, stored)
    assert stored.limiting == ["nh3n"]
    assert stored.exceedance == {"nh3n": "1.4", "tp": "0.6"}
    assert stored.standard == "GB3838-2002"
    entry = AuditEntry.objects.get(verb="record-sample")
    assert (entry.actor, entry.object_id) == (sampler, str(point.pk))


def test_a_late_entry_of_an_older_sample_does_not_change_the_class(point, sample):
    sample(point, GOOD, days_ago=2)
    sample(point, BAD, days_ago=40)
    point.refresh_from_db()
    assert point.current_class == 2


def test_a_lake_point_is_rated_by_the_lake_limits(make_point, sample):
    lake = make_point("LAKE", water="lake", river=None, reach=None)
    assert sample(lake, GOOD).water_class == 4


def test_a_sample_without_ratable_parameters_leaves_the_point_unrated(point, sample):
    stored = sample(point, {"temp": "21.5", "tn": "3.1"})
    point.refresh_from_db()
    assert point.current_class == 0
    assert "没有可参评的指标" in stored.note


def test_the_department_of_the_works_may_hand_in_a_sample(point, sample, officer):
    assert sample(point, GOOD, actor=officer).by_works


@pytest.mark.parametrize("who", ["deputy", "other_officer", "gis", "staff", "admin_user"])
def test_others_may_not_hand_in_a_sample(who, point, sample, request):
    with pytest.raises(NotPermitted, match="区水利局"):
        sample(point, GOOD, actor=request.getfixturevalue(who))
    assert not Sample.objects.exists()


@pytest.mark.parametrize(
    ("readings", "field", "code"),
    [
        (GOOD | {"ph": "77"}, "ph", "impossible-value"),
        (GOOD | {"tp": "-1"}, "tp", "impossible-value"),
        (GOOD | {"do": "20L"}, "do", "impossible-value"),
        (GOOD | {"ph": "<7"}, "ph", "impossible-value"),
        (GOOD | {"tp": "很低"}, "tp", "unreadable-value"),
        (GOOD | {"mud": "1"}, "mud", "unknown-parameter"),
        ({"ph": "", "do": "--"}, "readings", "required"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name_and_nothing_is_kept(point, sample, readings, field, code):
    with pytest.raises(BadInput) as caught:
        sample(point, readings)
    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]
    assert not Sample.objects.exists()


def test_a_sample_from_the_future_is_refused(point, sample):
    with pytest.raises(BadInput, match="晚于现在"):
        sample(point, GOOD, days_ago=-1)


def test_a_second_sample_of_the_same_time_is_refused(point, officer):
    at = timezone.now() - timedelta(hours=1)
    record_sample(point.pk, GOOD, at, officer)
    with pytest.raises(BadInput, match="不能重复录入"):
        record_sample(point.pk, BAD, at, officer)
    assert Sample.objects.count() == 1


def test_many_points_name_their_newest_sample_by_two_statements(make_point, sample, django_assert_num_queries):
    points = [make_point(f"P{number}") for number in range(3)]
    newest = [sample(points[0], GOOD), sample(points[1], BAD)]
    sample(points[1], GOOD, days_ago=20)
    MonitoringPoint.objects.update(current_sample=None)
    MonitoringPoint.objects.filter(pk=points[2].pk).update(current_sample=newest[0])
    with django_assert_num_queries(2):
        point_to_newest(points)
    assert [point.current_sample_id for point in points] == [newest[0].pk, newest[1].pk, None]
    stored = dict(MonitoringPoint.objects.values_list("pk", "current_sample"))
    assert stored == {point.pk: point.current_sample_id for point in points}
