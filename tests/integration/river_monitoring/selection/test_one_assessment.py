"""One point, one month, several samples that differ: every surface shows the same class."""

import datetime as dt
import re

import mapbox_vector_tile
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.indicators import Scope
from reporting.quarterly import report
from river_monitoring.assessment.models import PointMonth
from river_monitoring.assessment.queries import assess, assess_many
from river_monitoring.assessment.services import refresh_months
from river_monitoring.indicators import point_cases
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.claims_vs_samples import check_claims
from river_monitoring.rectification.evidence import sample_days
from river_monitoring.rectification.relapse import failing_months
from river_monitoring.samples.services import correct_sample
from river_monitoring.standard.averages import Span
from river_monitoring.statistics.appraisal import appraise, appraised_points
from river_monitoring.statistics.overview import district_numbers
from river_monitoring.statistics.period_table import period_table
from river_monitoring.statistics.periods import rate_points
from river_monitoring.statistics.series import load_series
from tests import roles
from tests.integration.river_monitoring.conftest import readings_of, stored

API = "/api/v1/monitoring-points/"
MARCH = Span(2026, 3, "month")
CORE = readings_of(2)


def at(day, hour=9, month=3):
    return timezone.make_aware(dt.datetime(2026, month, day, hour))


@pytest.fixture
def point(make_point):
    """Classes I, VI and II of single samples; by the mean of ammonia, 1.167 rounded to 1.17, class IV."""
    made = make_point(
        target_class=3, status="under_way", listed_on=dt.date(2026, 1, 1), delisted_on=dt.date(2026, 2, 20)
    )
    for day, ammonia in ((3, "0.1"), (10, "3.0"), (20, "0.4")):
        stored(made, at(day), CORE | {"nh3n": ammonia})
    made.refresh_from_db()
    return made


def in_tile(name, month=None):
    answer = Client().get(f"/tiles/{name}/10/857/422.mvt", {"at": month} if month else {})
    return [item["properties"] for item in mapbox_vector_tile.decode(answer.content)[name]["features"]]


def test_every_surface_shows_the_same_class_of_the_same_month(point, make_point):
    expected = assess(point, MARCH).number
    assert expected == 4
    (shown,) = [item for item in in_tile("monitoring_points", "2026-03") if item["code"] == point.code]
    (now,) = [item for item in in_tile("monitoring_points") if item["code"] == point.code]
    (heap,) = in_tile("monitoring_point_clusters", "2026-03")
    (reach,) = in_tile("reaches", "2026-03")
    one = Client().get(f"{API}{point.pk}/", {"at": "2026-03"}).json()["properties"]
    listed = Client().get(API, {"at": "2026-03", "class": expected}).json()["features"]
    counts = Client().get(f"{API}counts/", {"at": "2026-03"}).json()["classes"]
    (rated,) = rate_points([point], MARCH)
    (series,) = load_series([point], ["nh3n"], "month")
    (month,) = district_numbers(None)["months"]
    (case,) = point_cases(None, Scope(), timezone.localdate())
    of_report = report.prepare(MARCH, dt.date(2026, 4, 20)).facts.river
    appraised = appraise(MonitoringPoint.objects.all(), MARCH, "town").total
    (of_point,) = appraised_points([point], MARCH)
    page = " ".join(Client().get(reverse("river:point", args=[point.code]), {"at": "2026-03"}).content.decode().split())
    rows = " ".join(Client().get(reverse("river:point_list"), {"at": "2026-03"}).content.decode().split())
    found = {
        "tile": shown["class"],
        "tile of now": now["class"],
        "cluster": heap["class"],
        "reach": reach["class"],
        "API": one["class"],
        "list": listed[0]["properties"]["class"],
        "counts": next(row["class"] for row in counts if row["count"]),
        "statistics": rated.number,
        "compare": series.values[0].number,
        "claims": check_claims(point).months[0].water_class,
        "relapse": failing_months(point)[0].number,
        "stored": PointMonth.objects.get().water_class,
        "bulk": assess_many([point], MARCH)[point.pk].number,
        "report": of_report.rated.now[0].number,
        "report's table": next(found.number for found, count in of_report.towns.total.shares.counts.items() if count),
        "appraisal": of_point.month.number,
        "page": _only_mark(page.partition('class="card then"')[2].partition("</section>")[0]),
        "page of the list": _only_mark(rows.partition('class="row"')[2].partition("</li>")[0]),
    }
    assert found == dict.fromkeys(found, expected)
    assert (month["rated"], month["good"], month["inferior"]) == (1, 0, 0)
    assert not case.is_inferior
    assert (appraised.month.met, appraised.month.of) == (0, 1)
    assert shown["month"] == now["month"] == one["month"] == "2026-03"
    assert [day.compliant for day in sample_days(point)] == [False]


def _only_mark(html):
    (mark,) = set(re.findall(r"class-mark--(\d)", html))
    return int(mark)


def test_a_quarter_is_the_same_in_statistics_report_and_water(point):
    stored(point, at(8, month=2), CORE | {"nh3n": "0.1"})
    quarter = Span(2026, 1, "quarter")
    expected = assess(point, quarter).number  # (0.1 + 3.0 + 0.4 + 0.1) / 4 = 0.9
    assert expected == 3
    facts = report.prepare(quarter, dt.date(2026, 4, 20)).facts.river
    (rated,) = rate_points([point], quarter)
    (series,) = load_series([point], ["nh3n"], "quarter")
    (of_river,) = period_table(MonitoringPoint.objects.all(), quarter, "river").rows
    found = [facts.rated.now[0].number, rated.number, series.values[0].number, of_river.state.water_class.number]
    assert found == [expected] * 4


def test_the_page_says_month_means_and_the_worst_sample_as_a_second_figure(point, anyone):
    for query in ("", "?at=2026-03"):
        page = anyone.get(reverse("river:point", args=[point.code]) + query).content.decode()
        assert "2026年3月均值，3 份水样" in page
        assert "最差的一份水样：劣Ⅴ类" in page
        assert "class-mark--4" in page


@pytest.fixture
def anyone():
    return Client()


def test_now_is_the_newest_month_and_says_which(point, anyone):
    page = anyone.get(reverse("river:point_list")).content.decode()
    assert "2026年3月水质" in " ".join(page.split()).replace("> ", ">")
    assert anyone.get(f"{API}{point.pk}/").json()["properties"]["month"] == "2026-03"


def test_too_little_data_is_said_so_everywhere_and_is_no_class(make_point, anyone):
    bare = make_point("BARE", target_class=3)
    stored(bare, at(5), {"ph": "7.1"})
    (shown,) = in_tile("monitoring_points", "2026-03")
    one = anyone.get(f"{API}{bare.pk}/").json()["properties"]
    page = anyone.get(reverse("river:point", args=[bare.code])).content.decode()
    assert (shown["class"], shown["at_least"]) == (0, False)
    assert (one["class"], one["complete"]) == (0, False)
    assert one["missing"] == ["do", "codmn", "nh3n", "tp"]
    assert "数据不足" in page
    assert "缺溶解氧、高锰酸盐指数、氨氮、总磷" in page
    assert "数据不足" in anyone.get(reverse("river:point_list")).content.decode()


def test_an_item_that_fails_counts_as_at_least_and_nitrogen_hides_nothing(make_point, anyone):
    bad = make_point("BAD", target_class=3)
    stored(bad, at(5), {"nh3n": "1.8"})
    stored(bad, at(6), {"tn": "0.1"})
    (shown,) = in_tile("monitoring_points", "2026-03")
    assert (shown["class"], shown["at_least"]) == (5, True)
    page = anyone.get(reverse("river:point", args=[bad.code])).content.decode()
    assert "至少Ⅴ类" in page
    assert [day.compliant for day in sample_days(bad)] == [False]


def test_automatic_values_come_first_in_the_kept_month_too(make_point):
    station = make_point("AUTO")
    stored(station, at(5), CORE | {"nh3n": "0.1"}, "automatic")
    stored(station, at(6), CORE | {"nh3n": "9"})
    assert PointMonth.objects.get().values["nh3n"] == "0.1"
    assert assess(station, MARCH).evaluation.grades["nh3n"] == 1


def test_a_correction_changes_the_month_and_a_second_month_becomes_now(point, sampler):
    wrong = point.samples.get(phenomenon_time=at(10))
    correct_sample(wrong.pk, CORE | {"nh3n": "0.3"}, "小数点错位", sampler)
    point.refresh_from_db()
    assert (PointMonth.objects.get().water_class, point.current_class) == (2, 2)
    stored(point, at(2, month=4), CORE | {"nh3n": "0.9"})
    point.refresh_from_db()
    assert (point.current_class, point.current_month) == (3, dt.date(2026, 4, 1))


def test_months_are_assessed_anew_as_they_were_kept(point):
    before = list(PointMonth.objects.values_list("month", "water_class", "values", "worst_class"))
    assert refresh_months([point]) == 1
    assert list(PointMonth.objects.values_list("month", "water_class", "values", "worst_class")) == before
    with roles.owner_rights():
        point.samples.exclude(phenomenon_time=at(3)).delete()
    refresh_months([point])
    assert PointMonth.objects.get().water_class == 1


def test_many_points_take_two_queries(make_point, django_assert_num_queries):
    points = [make_point(f"N-{number}") for number in range(5)]
    with django_assert_num_queries(2):
        assert len(assess_many(points, MARCH)) == 5
