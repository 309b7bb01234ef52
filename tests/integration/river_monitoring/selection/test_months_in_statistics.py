"""Statistics of months read the class that is kept beside the samples, and agree with the samples themselves."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from river_monitoring.standard.basin import shares_of
from river_monitoring.statistics.periods import classes_of, period_table, rate_points, rate_span, table_of
from river_monitoring.statistics.periods import shares_through_time as through_time
from tests.integration.river_monitoring.conftest import readings_of, stored

MARCH = Span(2026, 3, "month")


@pytest.fixture
def points(make_point):
    """A point that gets worse and one that is not sampled in the last month."""
    worse, silent = make_point("P-1", target_class=3), make_point("P-2", target_class=3)
    for month, number in ((1, 2), (2, 3), (3, 5)):
        stored(worse, timezone.make_aware(dt.datetime(2026, month, 5, 9)), readings_of(number))
    stored(silent, timezone.make_aware(dt.datetime(2026, 2, 5, 9)), readings_of(4))
    return MonitoringPoint.objects.order_by("code")


def test_the_kept_class_of_each_month_is_the_one_that_the_samples_give(points):
    for span in (MARCH, MARCH.before, MARCH.before.before, MARCH.year_before):
        found = [item.assessment.water_class for item in rate_points(points, span)]
        assert classes_of(list(points), span) == found
    assert len(set(classes_of(list(points), MARCH))) == 2


def test_a_table_of_kept_months_is_that_of_assessed_ones(points):
    assert period_table(points, MARCH, "town") == table_of(rate_span(points, MARCH), "town")


def test_the_shares_of_twelve_months_are_one_question(points):
    with CaptureQueriesContext(connection) as queries:
        found = through_time(points, MARCH, 12)
    assert len(queries) == 1
    assert [str(each.span) for each in found][-2:] == ["2026-02", "2026-03"]
    for each in found:
        rated = [number for number in classes_of(list(points), each.span) if number.number]
        assert (each.shares.rated, each.shares.good) == (len(rated), shares_of(rated).good)


def test_quarters_are_assessed_from_their_samples(points):
    quarter = Span(2026, 1, "quarter")
    found = [item.assessment.water_class for item in rate_points(points, quarter)]
    assert classes_of(list(points), quarter) == found
    assert through_time(points, quarter, 2)[-1].shares == shares_of(found)
