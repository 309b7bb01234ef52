"""What is not rated is named with its reason wherever points are counted."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from reporting.quarterly import report
from reporting.quarterly.blocks import Paragraph, Table
from river_monitoring.assessment.coverage import unrated_in_words
from river_monitoring.assessment.queries import assess_many
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from river_monitoring.standard.basin import Quality
from river_monitoring.statistics.coverage import coverage_now, coverage_of_months, now_in_words, now_of
from river_monitoring.statistics.period_table import period_table
from tests.integration.river_monitoring.conftest import readings_of, stored

MARCH, QUARTER = Span(2026, 3, "month"), Span(2026, 1, "quarter")
SENTENCE = "4 个未评价：2 数据不足（缺总磷），1 数据不足（铅检出限过高），1 无水样"
NO_TP = {code: value for code, value in readings_of(2).items() if code != "tp"}


def at(day, month=3):
    return timezone.make_aware(dt.datetime(2026, month, day, 9))


@pytest.fixture
def seven(make_point):
    """Two rated, one "at least", two without phosphorus, one whose method cannot see lead, one never sampled."""
    for code, readings in {
        "GOOD": readings_of(2), "FAIR": readings_of(3), "BAD": {"nh3n": "1.8"}, "NO-TP-1": NO_TP, "NO-TP-2": NO_TP,
        "BLIND": readings_of(2) | {"pb": "0.3L"},
    }.items():  # fmt: skip
        point = make_point(code, target_class=3)
        for day in (5, 15):
            stored(point, at(day), readings)
    make_point("NEVER", target_class=3)
    return MonitoringPoint.objects.order_by("code")


def test_months_and_now_say_how_many_are_rated_and_why_the_others_are_not(seven):
    for found in (
        coverage_now(seven)[""],
        coverage_of_months(seven, [MARCH.first_day])[MARCH.first_day],
        period_table(seven, MARCH, "town").total.coverage,
        period_table(seven, QUARTER, "town").total.coverage,
    ):
        assert (found.points, found.rated, found.at_least) == (7, 3, 1)
        assert unrated_in_words(found) == SENTENCE


@pytest.mark.parametrize("address", ["/river/", "/numbers/", "/river/statistics/?period=month&span=2026-03"])
def test_pages_that_count_name_the_reasons(seven, address):
    page = Client().get(address).content.decode()
    assert "2 数据不足（缺总磷），1 数据不足（铅检出限过高），1 无水样" in page


def test_the_water_the_file_and_the_api_name_them_too(seven, river):
    page = Client().get(river.get_absolute_url() + "?period=month").content.decode()
    assert "2 数据不足（缺总磷）" in page
    sheet = Client().get("/river/statistics/?period=month&span=2026-03&format=csv").content.decode()
    assert '4,"2 数据不足' in sheet or "4,2 数据不足" in sheet
    counted = Client().get("/api/v1/monitoring-points/counts/", {"at": "2026-03"}).json()["coverage"]
    assert (counted["points"], counted["rated"], counted["at_least"]) == (7, 3, 1)
    assert counted["unrated"][0] == {"reason": "too-little", "points": 2, "items": {"tp": 2}}
    assert Client().get("/api/v1/monitoring-points/counts/").json()["coverage"] == counted


def test_the_report_names_them_in_its_sentence_its_table_and_each_town(seven):
    document = report.prepare(QUARTER, dt.date(2026, 4, 20)).document
    (table,) = [block for block in document.blocks if isinstance(block, Table) and block.sheet == "未评价"]
    assert ["全区", "合计", "4 / 7", SENTENCE.partition("：")[2]] in [list(row) for row in table.rows]
    texts = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert sum("2数据不足（缺总磷）" in text for text in texts) >= 2
    marks = {row[1]: row[6] for block in document.tables if block.sheet == "点位" for row in block.rows}
    assert (marks["NEVER 号池塘"], marks["NO-TP-1 号池塘"], marks["BAD 号池塘"]) == ("无水样", "数据不足", "至少Ⅴ类")


def test_one_reading_of_a_quarter_is_too_few_and_says_so(make_point):
    stored(make_point("ONCE"), at(5), readings_of(2))
    assert unrated_in_words(period_table(MonitoringPoint.objects.all(), QUARTER, "town").total.coverage) == (
        "1 个未评价：1 数据不足（读数太少）"
    )


def test_now_names_its_month_and_those_whose_month_is_older(seven, make_point):
    stored(make_point("OLD"), at(5, month=1), readings_of(2))
    assert now_in_words(now_of(MonitoringPoint.objects.all())) == (
        "现状为最近有水样的月份：2026年3月（6 个点位），另有 1 个点位的水样更早。"
    )
    assert "现状为最近有水样的月份：2026年3月" in Client().get("/river/").content.decode()


def test_a_town_or_department_is_never_averaged_and_a_river_of_few_sections_is(make_point, river):
    for code, number in (("A", 1), ("B", 6)):
        stored(make_point(code), at(5), readings_of(number))
    points = MonitoringPoint.objects.all()
    for by in ("town", "department"):
        table = period_table(points, MARCH, by)
        for row in (*table.rows, table.total):
            assert (row.state.averaged, row.state.water_class, row.state.quality) == (False, None, Quality.SHARES_ONLY)
    (of_river,) = period_table(points, MARCH, "river").rows
    assert (of_river.state.averaged, of_river.state.water_class.number) == (True, 5)
    assert "不足五个断面，只列占比" in Client().get("/river/statistics/?period=month&span=2026-03").content.decode()


def test_five_sections_of_a_town_have_a_state_by_their_shares(make_point):
    for number in range(5):
        stored(make_point(f"S-{number}"), at(5), readings_of(1 if number else 6))
    row = period_table(MonitoringPoint.objects.all(), MARCH, "town").rows[0]
    assert (row.state.quality, row.state.averaged) == (Quality.GOOD, False)


def test_every_assessment_of_many_points_has_its_reason(seven):
    found = assess_many(seven, MARCH).values()
    assert all(each.number or each.reasons for each in found)
