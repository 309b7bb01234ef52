"""考核: the shares that meet their target, cumulative means and the CWQI, with their denominators, wherever shown."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from river_monitoring.assessment.coverage import count_unrated, reasons_in_words
from river_monitoring.assessment.judgement import judged
from river_monitoring.assessment.kept import assess_to_date
from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.assessment.queries import assess_many, versions_at, x_items_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.signals import samples_written
from river_monitoring.standard.averages import Span, span_of
from river_monitoring.standard.city_index import city_index
from river_monitoring.statistics.appraisal import appraise, appraised_points
from river_monitoring.statistics.appraisal_history import two_years
from river_monitoring.statistics.periods import newest_span
from tests import roles
from tests.integration.river_monitoring.conftest import readings_of, stored
from tests.queries import asked

PAGE, API = "/river/appraisal/", "/api/v1/monitoring-points/appraisal/"
MARCH = Span(2026, 3, "month")


def at(month, day=5, year=2026):
    return timezone.make_aware(datetime(year, month, day, 9))


def everything():
    return MonitoringPoint.objects.all()


@pytest.fixture
def spring(make_point, world):
    """Of the west A meets its target always, B only in March, C lacks phosphorus in March; D of the east never."""
    months = {"A": (2, 2, 2), "B": (6, 6, 3), "C": (2, 2, None), "D": (6, 6, 6)}
    for code, numbers in months.items():
        more = {"area": world.east_town, "department": world.ecology} if code == "D" else {}
        point = make_point(code, target_class=3, **more)
        for month, number in enumerate(numbers, start=1):
            readings = readings_of(number or 2)
            stored(point, at(month), readings if number else {k: v for k, v in readings.items() if k != "tp"})
        stored(point, at(3, year=2025), readings_of(6))
    return everything()


def test_the_month_and_the_year_so_far_have_their_own_denominators(spring):
    found = appraise(spring, MARCH, "town")
    west, east = sorted(found.rows, key=lambda row: row.name != "西镇")
    assert (west.month.met, west.month.of, west.points) == (2, 2, 3)
    assert reasons_in_words(west.month.coverage) == "1 数据不足（缺总磷）"
    # The cumulative mean of B's ammonia is (3.0 + 3.0 + 0.9) / 3 = 2.3; of C the phosphorus of two months is enough.
    assert (west.to_date.met, west.to_date.of) == (2, 3)
    assert (east.to_date.met, east.to_date.of, east.rank) == (0, 1, None)
    assert (found.total.to_date.percent, found.total.year_before.percent) == (50, 0)
    assert found.total.step == 50


def test_cumulative_means_are_means_of_monthly_values_up_to_the_month(spring):
    point = spring.get(code="B")
    stored(point, at(1, day=20), readings_of(1) | {"nh3n": "1.0"})  # January's mean is 2.0
    stored(point, at(4), readings_of(1))  # April is not yet
    to_date, month = assess_to_date([point], MARCH)[point.pk], assess_many([point], MARCH)[point.pk]
    assert to_date.values["nh3n"] == Decimal("1.97")  # (2.0 + 3.0 + 0.9) / 3
    assert month.values["nh3n"] == Decimal("0.9")


def bare(found):
    """A judgement without the place of its means, to compare one that was kept with one that was made anew."""
    return found._replace(row=None, means={})


@pytest.mark.parametrize("by", ["town", "river", "department"])
def test_what_is_kept_and_summed_by_the_database_is_what_the_samples_give(spring, make_point, by):
    make_point("E", target_class=3)  # never sampled
    lake = make_point("L", target_class=2, water="lake")
    stored(lake, at(2), {"ph": "7.4", "nh3n": "0.2"})
    stored(lake, at(3), readings_of(1) | {"ph": "8.6"})
    found, points = appraise(everything(), MARCH, by).total, appraised_points(everything(), MARCH)
    year = Span(2026, 1, "year")
    for name, span, until in (("month", MARCH, None), ("to_date", year, MARCH.last_day)):
        slow = assess_many(everything(), span, until=until)
        shown = {item.point.pk: bare(getattr(item, name)) for item in points}
        assert shown == {pk: bare(judged(each)) for pk, each in slow.items()}
        index = city_index((each.water, each.means) for each in slow.values() if each.means)
        assert getattr(found, f"index_{name}") == index
        assert getattr(found, name).met == sum(each.meets_target is True for each in slow.values())
        assert getattr(found, name).coverage == count_unrated(judged(each).unjudged for each in slow.values())


def test_a_correction_and_its_undoing_change_the_appraisal_and_give_it_back(spring):
    before, each_before = appraise(everything(), MARCH, "town").total, appraised_points(everything(), MARCH)
    sample = spring.get(code="A").samples.get(phenomenon_time__year=2026, phenomenon_time__month=2)
    for readings in (readings_of(6), sample.readings):
        sample.readings = readings
        sample.save()
        samples_written.send(Sample, points=[sample.point], samples=[sample])
        now = appraise(everything(), MARCH, "town").total
        assert (now.index_to_date == before.index_to_date) is (readings != readings_of(6))
    assert now == before
    each_now = appraised_points(everything(), MARCH)
    assert [bare(item.to_date) for item in each_now] == [bare(item.to_date) for item in each_before]


def test_a_verdict_of_before_it_was_kept_is_made_of_the_means_until_it_is_filled(spring):
    before = appraise(everything(), MARCH, "town").total
    PointSpan.objects.update(standard="", reason="", lacking=[], is_complete=False)
    for _round in range(2):
        now = appraise(everything(), MARCH, "town").total
        assert (now.to_date, now.index_to_date) == (before.to_date, before.index_to_date)
        call_command("assess_months", missing=True)
    assert not PointSpan.objects.filter(standard="").exists()


@pytest.mark.parametrize("items", ["all", "9x"])
def test_the_page_shows_a_hundred_points_and_asks_as_often_for_more(spring, make_point, items):
    make_point("M", target_class=3)  # never sampled, as those below
    query = {"month": "2026-03", "items": items}
    few = asked(Client(), PAGE, query)
    for number in range(110):
        make_point(f"M-{number:03}", target_class=3)
    many = asked(Client(), PAGE, query | {"page": 2})
    # "9+X" judges every point of each span in full; only whoever asks first after a change waits for that.
    assert many <= few and many < {"all": 45, "9x": 51}[items]
    with CaptureQueriesContext(connection) as again:
        page = Client().get(PAGE, query | {"page": 2}).content.decode()
    assert len(again) < 25
    assert page.count('<th scope="row"><a href="/river/points/') == 15


def test_the_index_is_the_sum_of_ratios_to_class_three(make_point):
    stored(make_point("P"), at(3), {"ph": "8", "do": "10", "codmn": "3", "nh3n": "0.5", "tp": "0.1"})
    index = appraise(everything(), MARCH, "town").total.index_month
    assert index.value == Decimal("2.5000")
    assert index.sections == 1 and "cod" in index.missing


def test_change_is_over_the_items_that_both_years_have(make_point):
    point = make_point("P")
    stored(point, at(3, year=2025), readings_of(1) | {"nh3n": "1.0"})
    stored(point, at(3), readings_of(1) | {"nh3n": "0.5", "cod": "20"})
    row = appraise(everything(), MARCH, "town").total
    before = row.index_year_before.value
    assert row.change == round(100 * Decimal("-0.5") / before, 1)
    assert row.index_to_date.value == before - Decimal("0.5") + 1


def test_groups_below_the_districts_minimum_have_no_rank_and_the_minimum_is_a_rule(spring, set_rule):
    assert all(row.rank is None for row in appraise(spring, MARCH, "department").rows if row.to_date.of < 3)
    assert [row.rank for row in appraise(spring, MARCH, "town").rows] == [1, None]
    set_rule("ranking.minimum", 1, date(2026, 3, 1))
    assert [row.rank for row in appraise(spring, MARCH, "town").rows] == [1, 2]
    assert [row.rank for row in appraise(spring, Span(2026, 2, "month"), "town").rows] == [1, None]


def test_a_group_whose_items_differ_from_the_wholes_is_not_ranked(spring, world):
    for code in ("E", "F", "G"):
        point = MonitoringPoint.objects.get(code="D")
        point.pk, point.code = None, code
        point.save()
        stored(point, at(3), readings_of(1) | {"cod": "10"})
    rows = {row.name: row for row in appraise(everything(), MARCH, "town").rows}
    assert rows["东镇"].to_date.of == 4 and rows["东镇"].rank == 1
    assert rows["西镇"].rank is None


def test_nine_plus_x_counts_the_basic_items_and_what_exceeded(make_point):
    metal, clean = make_point("M", target_class=3), make_point("N", target_class=3)
    stored(metal, at(11, year=2025), readings_of(1) | {"zn": "3"})
    for point in (metal, clean):
        stored(point, at(3), readings_of(1) | {"f": "1.2", "cod": "18"})
    whole, nine = (assess_many([metal, clean], MARCH, scheme=scheme) for scheme in ("all", "9x"))
    assert (whole[clean.pk].number, nine[clean.pk].number) == (4, 4)  # fluoride exceeds now, so that it is one of the X
    assert "cod" not in nine[clean.pk].values
    assert nine[metal.pk].gaps.missing == ("zn",) and not whole[metal.pk].gaps
    with roles.owner_rights():
        metal.samples.filter(phenomenon_time__year=2026).delete()
    stored(metal, at(3, day=6), readings_of(1) | {"zn": "0.5", "cod": "18"})
    assert assess_many([metal], MARCH, scheme="9x")[metal.pk].number == 2


def test_what_exceeded_in_the_months_before_is_what_these_hold(spring, make_point):
    never = make_point("N", target_class=3)
    found = x_items_of([*spring, never], MARCH)
    held = {point.pk: set() for point in (*spring, never)}
    first = MARCH.first_day - relativedelta(months=versions_at(MARCH)[1].nine_plus_x.look_back_months)
    rows = PointMonth.objects.filter(month__lt=MARCH.first_day, month__gte=first)
    for pk, exceedance in rows.values_list("point", "exceedance"):
        held[pk] |= set(exceedance)
    assert found == held and any(held.values()) and not held[never.pk]
    assert x_items_of([], MARCH) == {}


def test_the_newest_month_is_that_of_the_newest_sample_of_the_points_asked(spring, make_point):
    late = make_point("L", target_class=3)
    stored(late, at(6), readings_of(2))
    stored(late, timezone.now(), readings_of(2))  # its month is not over
    today = timezone.localdate()
    assert newest_span(everything(), "month") == Span(2026, 6, "month")
    assert newest_span(spring.exclude(pk=late.pk), "month") == MARCH
    assert newest_span(everything().none(), "month") == span_of(today, "month").before


def test_the_months_of_two_years_agree_with_the_appraisal_of_each(spring):
    for found in two_years(spring, MARCH):
        month = Span(found.month.year, found.month.month, "month")
        total = appraise(spring, month, "town").total
        assert (found.met, found.judged) == (total.month.met, total.month.of)
        assert found.index.value == total.index_month.value


def test_page_files_and_api_say_the_same(spring):
    query = {"month": "2026-03", "by": "town"}
    page = " ".join(Client().get(PAGE, query).content.decode().split())
    assert "累计达标（2 / 4 个）" in page and "比上年同期 +50.0 个百分点" in page and "1 数据不足（缺总磷）" not in page
    rows = list(csv.reader(io.StringIO(Client().get(PAGE, query | {"format": "csv"}).content.decode("utf-8-sig"))))
    total = dict(zip(rows[0], rows[-1], strict=True))
    assert (total["镇街"], total["累计达标"], total["累计可判断"], total["当月可判断"]) == ("合计", "2", "4", "3")
    book = openpyxl.load_workbook(io.BytesIO(Client().get(PAGE, query | {"format": "xlsx"}).content))
    assert book.sheetnames == ["考核", "断面"] and book["断面"].max_row == 5
    data = Client().get(API, query).json()
    assert data["total"]["to_date"]["met"] == 2 and data["total"]["index_to_date"]["value"] == total["累计 CWQI"]
    assert data["least"] == 3 and [row["rank"] for row in data["rows"]] == [1, None]


@pytest.mark.parametrize("by", ["town", "river", "department"])
@pytest.mark.parametrize("items", ["all", "9x"])
def test_every_choice_of_the_page_answers(spring, by, items):
    assert Client().get(PAGE, {"month": "2026-03", "by": by, "items": items}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "month=2026-13",
        "month=2026-Q1",
        "month=9999-12",
        "month=0001-01",
        "by=moon",
        "items=x",
        "kind=moon",
        "format=pdf",
    ],
)
def test_what_is_not_offered_is_refused(query, world):
    assert Client().get(f"{PAGE}?{query}").status_code == 400
    if not query.startswith("format"):
        assert Client().get(f"{API}?{query}").status_code == 400


def test_without_samples_the_page_says_so(make_point):
    make_point("P")
    assert "没有可评价的水样" in Client().get(PAGE, {"month": "1999-03"}).content.decode()
