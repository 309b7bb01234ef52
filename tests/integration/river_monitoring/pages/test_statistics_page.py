"""Statistics by period: groups with their denominators, in the page and in the file alike."""

import csv
import html
import io
import re
from datetime import date, datetime

import pytest
from django.utils import timezone

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from river_monitoring.statistics.period_table import period_table
from river_monitoring.statistics.periods import newest_span, parameter_trend, span_bounds
from tests.integration.river_monitoring.conftest import BAD, GOOD, stored

MAY = Span(2026, 5, "month")


@pytest.fixture
def may(make_point, world):
    """Three good points and a bad one in the west, one bad one in the east, one that was never sampled."""
    points = [make_point(f"W-{number}") for number in range(4)]
    east = make_point("E-1", area=world.east_town, department=world.ecology)
    make_point("E-2", area=world.east_town, department=world.ecology)
    for point, readings in zip([*points, east], [GOOD, GOOD, GOOD, BAD, BAD], strict=True):
        stored(point, at(2026, 5, 10), readings)
    return points


def at(year, month, day, hour=9):
    return timezone.make_aware(datetime(year, month, day, hour))


def everything():
    return MonitoringPoint.objects.all()


def test_towns_are_compared_on_their_rated_points_only(may):
    table = period_table(everything(), MAY, "town")
    west, east = table.rows
    assert (west.name, west.rated, west.points, west.rank, west.ranked) == ("西镇", 4, 4, 1, True)
    assert (west.shares.good, west.shares.inferior) == (75, 25)
    assert (east.rated, east.points, east.rank, east.ranked) == (1, 2, None, False)
    assert (table.total.rated, table.total.points) == (5, 6)


def test_the_month_ends_at_midnight_in_shanghai(make_point):
    point = make_point("P")
    stored(point, at(2026, 5, 31, 23), GOOD)
    stored(point, at(2026, 6, 1, 0), BAD)
    assert period_table(everything(), MAY, "town").total.shares.good == 100
    assert [timezone.localtime(edge).date() for edge in span_bounds(MAY)] == [date(2026, 5, 1), date(2026, 6, 1)]
    assert timezone.localtime(span_bounds(Span(2026, 4, "quarter"))[1]).date() == date(2027, 1, 1)


def test_a_change_is_told_against_the_span_before(may):
    for point in may:
        stored(point, at(2026, 6, 3), GOOD)
    west = period_table(everything(), Span(2026, 6, "month"), "town").rows[0]
    assert west.change.value == "much_better"
    assert west.change_from_year.value == "unknown"


def test_points_without_a_river_are_in_no_row_of_rivers_and_in_the_total(may, make_point):
    make_point("POND", river=None, reach=None)
    table = period_table(everything(), MAY, "river")
    assert [row.points for row in table.rows] == [6]
    assert table.total.points == 7


def test_a_trend_of_few_months_is_not_told(make_point):
    point = make_point("P")
    for month in range(1, 5):
        stored(point, at(2026, month, 5), {"nh3n": str(month)})
    assert parameter_trend(point, "nh3n", "month").trend.direction == "too-few"
    stored(point, at(2026, 5, 5), {"nh3n": "5"})
    assert parameter_trend(point, "nh3n", "month").trend.direction == "rising"


def test_the_newest_span_is_the_last_one_that_is_over(may):
    assert newest_span(everything(), "month") == MAY


def test_page_and_file_say_the_same(may, as_user):
    page = as_user(None).get("/river/statistics/?period=month&span=2026-05&by=town")
    assert "2026年5月水质统计" in page.content.decode()
    assert "75.0%" in page.content.decode()
    answer = as_user(None).get("/river/statistics/?period=month&span=2026-05&by=town&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["镇街", "名次", "点位", "已评价"]
    assert [row[:4] for row in rows[1:]] == [["西镇", "1", "4", "4"], ["东镇", "", "2", "1"], ["合计", "", "6", "5"]]
    assert rows[1][10] == "75.0"


@pytest.mark.parametrize(
    "query",
    [
        "period=decade", "by=moon", "kind=moon", "period=month&span=2026-13",
        "period=year&span=0001", "period=month&span=9999-12",
    ],
)  # fmt: skip
def test_what_is_no_statistic_is_refused(query, as_user, world):
    assert as_user(None).get(f"/river/statistics/?{query}").status_code == 400


@pytest.mark.parametrize("page", ["statistics/", "statistics/points/", "lakes/"])
@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_at_the_end_of_the_calendar_is_refused(page, year, as_user, world):
    """The spans before and after it are in no year."""
    assert as_user(None).get(f"/river/{page}?period=year&span={year}").status_code == 400


def test_a_period_without_samples_says_so(as_user, make_point):
    make_point("P")
    assert "没有可评价的水样" in as_user(None).get("/river/statistics/?period=year&span=1999").content.decode()


def test_the_file_of_a_page_holds_no_formula(may, client, world):
    world.west_town.name = "=HYPERLINK(1)"
    world.west_town.save()
    answer = client.get("/river/statistics/?period=month&span=2026-05&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][0] == "'=HYPERLINK(1)"


def test_the_page_says_the_trend_of_the_whole_or_that_there_is_too_little(may, client):
    page = client.get("/river/statistics/?period=month&span=2026-05").content.decode()
    assert "数据太少，不判断趋势（1 期，至少要 5 期）" in page
    assert '<th scope="row">2026年5月</th>' in page
    assert "points=W-3,W-0,W-1,W-2" in page  # the group's points side by side, the worst first


def test_a_point_says_its_trend_on_its_page_and_in_the_api(make_point, client):
    point = make_point("P")
    for month in range(1, 7):
        stored(point, at(2026, month, 5), GOOD | {"nh3n": f"1.{month}"})
    page = client.get(point.get_absolute_url()).content.decode()
    assert "显著上升（0.01 水平）" in page and "临界值 Wp=0.829" in page
    rank = client.get(f"/api/v1/monitoring-points/{point.pk}/trend/?parameter=nh3n").json()["rank"]
    assert (rank["direction"], rank["count"], rank["coefficient"]) == ("rising", 6, 1.0)
    few = client.get(f"/api/v1/monitoring-points/{make_point('Q').pk}/trend/").json()["rank"]
    assert (few["direction"], few["critical"]) == ("too-few", None)


def listed(client, page):
    """Every link on the page that names what it counts, with that number and how many its list has."""
    links = set(re.findall(r'<a\s+href="([^"]*)"\s+data-counts="(\d+)"', client.get(page).text))
    return [(link, int(n), client.get(html.unescape(link)).context["page"].paginator.count) for link, n in links]


@pytest.mark.parametrize(
    "page",
    [
        *(f"/river/statistics/?period=month&span=2026-05&by={by}" for by in ("town", "river", "department")),
        *(f"/river/appraisal/?month=2026-05&by={by}" for by in ("town", "department")),
        "/river/appraisal/?month=2026-05&items=9x",
    ],
)
def test_every_figure_leads_to_the_points_that_it_counts(may, client, page):
    found = listed(client, page)
    assert len(found) >= 4
    heads = re.findall(r'stat__number"><a\s+href="[^"]*figure=(\w+)"', client.get(page).text)
    assert heads == ["met", "met", "measured"] or "appraisal" not in page
    assert [(link, count) for link, count, _listed in found] == [(link, count) for link, _count, count in found]


def test_a_figure_that_is_none_is_refused_and_a_group_that_is_none_is_empty(may, client):
    assert client.get("/river/statistics/points/?figure=class-9").status_code == 400
    assert client.get("/river/statistics/points/?figure=nonsense").status_code == 400
    answer = client.get("/river/statistics/points/?period=month&span=2026-05&group=nowhere&figure=good")
    assert answer.context["page"].paginator.count == 0
