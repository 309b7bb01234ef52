"""Statistics read what is kept beside the samples of months, quarters and years, and agree with the samples."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from river_monitoring.assessment import kept
from river_monitoring.assessment.kept import assess_kept, assess_to_date, assess_year
from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.assessment.queries import assess_many
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.signals import samples_written
from river_monitoring.standard.averages import Span, span_of
from river_monitoring.standard.basin import shares_of
from river_monitoring.statistics.period_table import period_table, table_of
from river_monitoring.statistics.periods import classes_of, rate_span
from river_monitoring.statistics.periods import shares_through_time as through_time
from tests.integration.river_monitoring.conftest import readings_of, stored

MARCH = Span(2026, 3, "month")
QUARTER, YEAR = Span(2026, 1, "quarter"), Span(2026, 1, "year")
SPANS = (MARCH, MARCH.before, MARCH.before.before, MARCH.year_before, QUARTER, QUARTER.before, YEAR, YEAR.before)
TABLE_QUERIES = 9


@pytest.fixture
def points(make_point):
    """A point that gets worse and one that is not sampled in the last month."""
    worse, silent = make_point("P-1", target_class=3), make_point("P-2", target_class=3)
    for month, number in ((1, 2), (2, 3), (3, 5)):
        stored(worse, timezone.make_aware(dt.datetime(2026, month, 5, 9)), readings_of(number))
    stored(silent, timezone.make_aware(dt.datetime(2026, 2, 5, 9)), readings_of(4))
    return MonitoringPoint.objects.order_by("code")


def test_what_is_kept_of_a_span_is_what_the_samples_give(points):
    for span in SPANS:
        found = assess_many(points, span)
        assert assess_kept(points, span) == found
        assert assess_kept(points, span, "9x") == assess_many(points, span, scheme="9x")
        assert classes_of(list(points), span) == [found[point.pk].water_class for point in points]
    assert len(set(classes_of(list(points), MARCH))) == 2


def test_a_year_of_its_months_is_the_year_of_its_samples_also_while_it_runs(points):
    for until in (dt.date(2026, 2, 28), YEAR.last_day):
        for scheme in ("all", "9x"):
            found = assess_year(points, YEAR, until, scheme)
            assert found == assess_many(points, YEAR, until=until, scheme=scheme)


@pytest.mark.parametrize("scheme", ["all", "9x"])
def test_a_year_up_to_a_month_is_one_row_and_what_the_samples_give(points, scheme, monkeypatch):
    months = [span_of(dt.date(2026, number, 1), "month") for number in (1, 2, 3, 6)]
    expected = [assess_many(points, YEAR, until=month.last_day, scheme=scheme) for month in months]
    monkeypatch.setattr(kept, "months_kept", None)  # no month is read
    sampled = points.filter(code="P-1")
    for month, found in zip(months, expected, strict=True):
        assert assess_to_date(sampled, month, scheme) == {pk: found[pk] for pk in sampled.values_list("pk", flat=True)}


def test_a_corrected_january_changes_every_month_of_its_year_and_no_other(points):
    worse = points[0]
    before = assess_to_date([worse], MARCH)
    stored(worse, timezone.make_aware(dt.datetime(2026, 1, 20, 9)), readings_of(6))
    for month in (MARCH.before.before, MARCH.before, MARCH):
        found = assess_to_date([worse], month)
        assert found == assess_many([worse], YEAR, until=month.last_day)
    assert found != before
    assert assess_to_date([worse], MARCH.year_before)[worse.pk].samples == 0


def test_years_up_to_each_month_are_filled_after_an_upgrade(points):
    PointSpan.objects.filter(period="to-date").delete()
    expected = assess_to_date(points, MARCH)
    assert expected == assess_many(points, YEAR, until=MARCH.last_day)
    call_command("assess_months", missing=True)
    assert PointSpan.objects.filter(period="to-date").count() == 4
    assert assess_to_date(points, MARCH) == expected


def test_every_way_a_sample_changes_brings_quarter_and_year_up_to_date(points, make_point):
    worse = points[0]
    for sample in worse.samples.all():
        sample.quality = "rejected"
        sample.save()
        samples_written.send(Sample, points=[worse], samples=[sample])
        for span in SPANS:
            assert assess_kept([worse], span) == assess_many([worse], span)
        assert assess_to_date([worse], MARCH) == assess_many([worse], YEAR, until=MARCH.last_day)
    assert not worse.spans.exists()
    assert not worse.months.exists()


def test_months_of_before_means_were_kept_are_assessed_from_samples_until_they_are_filled(points):
    PointMonth.objects.update(means=None)
    PointSpan.objects.all().delete()
    for point in points:
        assert assess_kept([point], MARCH)[point.pk] == assess_many([point], MARCH)[point.pk]
    call_command("assess_months", missing=True)
    assert not PointMonth.objects.filter(means__isnull=True).exists()
    assert assess_kept(points, QUARTER) == assess_many(points, QUARTER)
    assert PointSpan.objects.filter(point=points[0], period="quarter", water_class__gt=0).exists()


def test_a_table_of_two_thousand_points_asks_as_often_as_one_of_two(points):
    for by in ("town", "river", "department"):
        with CaptureQueriesContext(connection) as queries:
            period_table(MonitoringPoint.objects.all(), QUARTER, by)
        assert len(queries) <= TABLE_QUERIES, [each["sql"][:120] for each in queries]
        assert not any("river_monitoring_sample" in each["sql"] for each in queries)


@pytest.mark.parametrize("by", ["town", "river", "department"])
def test_a_table_of_kept_verdicts_is_that_of_assessments_in_full(points, make_point, by):
    """Also of a lake, where more items fail, of rows judged by another target, and of before what exceeds was kept."""
    lake = make_point("P-3", water="lake", target_class=2)
    stored(lake, timezone.make_aware(dt.datetime(2026, 3, 5, 9)), readings_of(6) | {"do": "2.5", "tn": "3"})
    every, spans = MonitoringPoint.objects.all(), (MARCH, QUARTER, YEAR)

    def agree():
        for span in spans:
            assert period_table(every, span, by) == table_of(rate_span(every, span), by)

    agree()
    assert period_table(every, MARCH, by).total.coverage.rated == 2
    for changed in ({"target_class": 5}, {"exceeding": None}):
        for kept_rows in (PointMonth, PointSpan):
            kept_rows.objects.filter(water_class__gt=0).update(**changed)
        agree()
    call_command("assess_months", missing=True)
    assert set(PointMonth.objects.get(point=lake).exceeding) >= {"do"}
    for kept_rows in (PointMonth, PointSpan):
        assert not kept_rows.objects.filter(exceeding__isnull=True).exists()
    agree()


def test_the_shares_of_twelve_months_are_one_question(points):
    with CaptureQueriesContext(connection) as queries:
        found = through_time(points, MARCH, 12)
    assert len(queries) == 1
    assert [str(each.span) for each in found][-2:] == ["2026-02", "2026-03"]
    for each in found:
        rated = [number for number in classes_of(list(points), each.span) if number.number]
        assert (each.shares.rated, each.shares.good) == (len(rated), shares_of(rated).good)
    assert through_time(points, QUARTER, 2)[-1].shares == shares_of(classes_of(list(points), QUARTER))
