"""The map, the list, the API and the counts say the same of the same filters, now and in a month.

tests/data/point_filters.json holds addresses and the filters that the map makes of them (web/tests/time.test.ts holds
the map's code to the same file).
"""

import datetime as dt
import json
import re
from pathlib import Path
from urllib.parse import parse_qs

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from tests.integration.river_monitoring.conftest import readings_of, stored

CASES = json.loads((Path(__file__).parents[3] / "data" / "point_filters.json").read_text(encoding="utf-8"))
POINTS = "/api/v1/monitoring-points/"
TILE = "/tiles/{name}/10/857/422.mvt"
MONTH = "2026-03"
OTHER_PLACE = Point(121.38, 29.86, srid=4326)


def day(month, number=10):
    return timezone.make_aware(dt.datetime(2026, month, number, 12))


@pytest.fixture
def points(make_point, world):
    """Points whose class and state in March 2026 are others than today's."""
    late = timezone.localdate() - dt.timedelta(days=30)
    made = {
        "A": make_point("A", current_class=6, status="under_way", due_on=late),
        "B": make_point("B", current_class=3, status="delisted", geom=Point(121.33, 29.86, srid=4326)),
        "C": make_point("C", kind="city", current_class=5, area=world.east_town, reach=None, geom=OTHER_PLACE),
        "D": make_point("D", name="O'Neil 塘", river=None, reach=None, department=world.ecology, geom=OTHER_PLACE),
        "F-1": make_point("F-1", name="o'neil f-塘", current_class=3, status="listed", area=world.east_town),
    }
    now = {code: point.current_class for code, point in made.items()}
    classes = {"A": {2: 3, 3: 3}, "B": {3: 6, 4: 3}, "C": {3: 5}, "D": {2: 6}, "F-1": {3: 2}}
    for code, months in classes.items():
        for month, water_class in months.items():
            stored(made[code], day(month), readings_of(water_class))
    for code, number in now.items():  # as if later months had brought it
        MonitoringPoint.objects.filter(code=code).update(current_class=number)
    for month, source, target in ((2, "none", "listed"), (5, "listed", "delisted")):
        RectificationEvent.objects.create(
            point=made["B"], at=day(month), from_status=source, to_status=target, department=world.water
        )
    return made


@pytest.fixture(params=["anonymous", "staff"])
def client(request, as_user):
    return as_user(None if request.param == "anonymous" else request.getfixturevalue("staff"))


def listed(client, query, at):
    answer = client.get(POINTS, parse_qs(query) | ({"at": at} if at else {}))
    assert answer.status_code == 200, answer.content
    return {feature["id"]: feature["properties"] for feature in answer.json()["features"]}


def drawn(client, name, cql, at):
    wish = {"filter": cql, "at": at}
    answer = client.get(TILE.format(name=name), {key: value for key, value in wish.items() if value})
    assert answer.status_code in (200, 204), answer.content
    return mapbox_vector_tile.decode(answer.content)[name]["features"] if answer.content else []


def said(properties):
    return {name: properties[name] for name in ("code", "class", "status", "overdue")}


@pytest.mark.parametrize("at", [None, MONTH, "2025-01"])
@pytest.mark.parametrize("case", CASES, ids=[case["query"] or "nothing" for case in CASES])
def test_tiles_hold_what_the_api_lists_with_the_same_filter_and_month(client, points, case, at):
    expected = listed(client, case["query"], at)
    shown = {item["id"]: item["properties"] for item in drawn(client, "monitoring_points", case["cql"], at)}
    assert {pk: said(one) for pk, one in shown.items()} == {pk: said(one) for pk, one in expected.items()}


@pytest.mark.parametrize("at", [None, MONTH])
@pytest.mark.parametrize("case", CASES, ids=[case["query"] or "nothing" for case in CASES])
def test_clusters_and_counts_add_up_to_the_list(client, points, case, at):
    expected = listed(client, case["query"], at)
    heaps = [item["properties"] for item in drawn(client, "monitoring_point_clusters", case["cql"], at)]
    assert sum(heap["count"] for heap in heaps) == len(expected)
    classes = [one["class"] for one in expected.values()]
    assert max((heap["class"] for heap in heaps), default=None) == max(classes, default=None)
    counts = client.get(f"{POINTS}counts/", parse_qs(case["query"]) | ({"at": at} if at else {})).json()
    assert counts["total"] == len(expected)
    assert {row["class"]: row["count"] for row in counts["classes"] if row["count"]} == {
        number: classes.count(number) for number in set(classes)
    }


def test_the_cases_would_notice_a_filter_that_does_nothing(client, points):
    """Each case but the empty ones leaves some and takes some, in the month or today."""
    for case in CASES:
        sizes = {len(listed(client, case["query"], at)) for at in (None, MONTH)}
        if case["cql"]:
            assert sizes - {0, len(points)}, case["query"]
        else:
            assert sizes == {len(points)}


def test_a_month_shows_class_and_state_as_they_were(client, points):
    then = {one["code"]: (one["class"], one["status"]) for one in listed(client, "", MONTH).values()}
    assert then["B"] == (6, "listed")
    assert then["A"][0] == 3
    assert then["D"][0] == 0, "no sample in the month: unrated, whatever was found before"
    now = {one["code"]: (one["class"], one["status"]) for one in listed(client, "", None).values()}
    assert now["B"] == (3, "delisted")


def test_the_months_of_the_slider_run_without_gaps_from_the_first_to_the_last_sample(client, points):
    stored(points["A"], day(6), readings_of(6))
    found = client.get(f"{POINTS}months/").json()
    assert [row["month"] for row in found] == ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
    assert [row["rated"] for row in found] == [2, 4, 1, 0, 1]
    assert [row["inferior"] for row in found] == [1, 1, 0, 0, 1]


def test_a_district_without_samples_has_no_months(client, make_point):
    make_point("EMPTY")
    assert client.get(f"{POINTS}months/").json() == []


@pytest.mark.parametrize("at", ["2026-13", "2026", "March", "2026-3", "0000-01"])
def test_what_is_no_month_is_refused_by_list_counts_and_tile(client, points, at):
    for address in (POINTS, f"{POINTS}counts/"):
        answer = client.get(address, {"at": at})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "at"
    assert client.get(TILE.format(name="monitoring_points"), {"at": at}).status_code == 400


def rows(page):
    return re.findall(r'data-feature="monitoring_points:(\d+)"', page)


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_of_a_month_is_of_that_month_and_leads_on_in_it(client, points):
    page = page_of(client, f"/river/points/?at={MONTH}&class=6")
    assert rows(page) == [str(points["B"].pk)]
    assert "这是2026年3月的情况" in page
    assert "已挂号" in page
    assert f'href="/river/points/B/?at={MONTH}"' in page
    assert "符合条件 1 个，全区共 5 个" in page


def test_the_list_of_a_month_puts_the_worst_of_that_month_first(client, points):
    assert rows(page_of(client, f"/river/points/?at={MONTH}"))[0] == str(points["B"].pk)
    assert rows(page_of(client, "/river/points/"))[0] == str(points["A"].pk)


def test_filters_in_use_stand_as_chips_that_take_each_away_and_keep_the_others(client, points):
    page = page_of(client, f"/river/points/?class=6&class=3&river=NTH&at={MONTH}")
    assert f'href="/river/points/?class=3&amp;river=NTH&amp;at={MONTH}"' in page
    assert f'href="/river/points/?class=6&amp;class=3&amp;at={MONTH}"' in page
    assert f'href="/river/points/?at={MONTH}"' in page, "reset keeps the month"


def test_an_empty_list_says_so_and_how_to_get_out(client, points):
    page = page_of(client, "/river/points/?class=1")
    assert "没有符合条件的点位" in page
    assert "看全部点位" in page


def test_a_point_says_how_it_was_in_the_month_and_how_it_is_now(client, points):
    page = page_of(client, f"/river/points/B/?at={MONTH}")
    assert "2026年3月的情况" in page
    assert "月底的治理状态" in page
    assert "这个月没有能评价的水样" in page_of(client, f"/river/points/D/?at={MONTH}")


@pytest.mark.parametrize("at", ["", "?at=", "?at=2026-13", "?at=x"])
def test_a_point_without_a_month_is_of_now_only(client, points, at):
    page = page_of(client, f"/river/points/B/{at}")
    assert "的情况</h2>" not in page


def test_the_map_page_counts_what_its_filters_and_month_leave(client, points):
    page = page_of(client, f"/map/?at={MONTH}&river=NTH")
    assert "在列表里看符合条件的 4 个（共 5 个）" in page
    assert f"/river/points/?at={MONTH}&amp;river=NTH" in page
    assert f'href="/map/?at={MONTH}&amp;river=NTH&amp;class=6"' in page
    chosen = page_of(client, "/map/?class=6")
    assert re.search(r'href="/map/\?" aria-current="true"', chosen), "a chosen class can be put back"


def test_the_map_page_of_filters_that_leave_nothing_says_so(client, points):
    page = page_of(client, "/map/?class=1")
    assert "没有符合条件的点位" in page
    assert "看全部点位" in page
    assert "没有符合条件的点位" in page_of(client, "/map/?class=9")
