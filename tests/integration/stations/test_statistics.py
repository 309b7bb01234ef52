"""The stations' numbers are computed from the records, each thing counted once."""

import html
import re
from collections.abc import Callable
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.indicators import Scope
from stations.indicators import reception_cases
from stations.models import Deputy, Reception, Station
from stations.receptions import services as receptions
from stations.statistics.queries import Statistics, numbers, statistics, statistics_by_town, statistics_by_year


@pytest.fixture
def days(west: Station, east: Station, deputies: list[Deputy], receive: Callable) -> list[Reception]:
    return [
        receive(west, "2025-03-15T08:30", deputies[:2], visitors=4, matters=3, settled=2),
        receive(west, "2026-03-15T08:30", deputies, kind=Reception.Kind.THEMED, theme="垃圾分类"),
        receive(east, "2026-05-06T14:00", deputies[:1]),
        receive(east, "2026-12-31T14:00", deputies[:1], status="announced", visitors=0),
    ]


def test_visitors_are_counted_once_however_many_deputies_sat_there(days: list[Reception]) -> None:
    assert statistics(None) == Statistics(sessions=3, themed=1, attendances=6, visitors=10, matters=7, settled=4)


def test_a_period_includes_both_its_days_and_no_other(days: list[Reception]) -> None:
    assert statistics(None, date(2026, 3, 15), date(2026, 5, 6)).sessions == 2
    assert statistics(None, date(2026, 3, 16), date(2026, 5, 5)).sessions == 0
    assert statistics(None, until=date(2025, 12, 31)).sessions == 1


def test_a_day_begins_at_local_midnight(west: Station, deputies: list[Deputy], receive: Callable) -> None:
    receive(west, "2026-01-01T00:30", deputies)
    assert [row.label for row in statistics_by_year(None)] == [2026]
    assert statistics(None, date(2026, 1, 1), date(2026, 1, 1)).sessions == 1
    assert statistics(None, until=date(2025, 12, 31)).sessions == 0


def test_statistics_narrow_by_town_and_station(days: list[Reception], west: Station, world: Any) -> None:
    assert statistics(None, area=world.east_town.code).sessions == 1
    assert statistics(None, station=west).attendances == 5


def test_years_and_towns_add_up_to_the_whole(days: list[Reception]) -> None:
    years, towns = statistics_by_year(None), statistics_by_town(None)
    assert [(row.label, row.figures.sessions) for row in years] == [(2026, 2), (2025, 1)]
    assert [(row.label, row.figures.sessions) for row in towns] == [("西镇", 2), ("东镇", 1)]
    for rows in (years, towns):
        assert sum(row.figures.attendances for row in rows) == 6
        assert sum(row.figures.visitors for row in rows) == 10


def test_nothing_held_is_nothing_counted(west: Station) -> None:
    assert statistics(None) == Statistics()
    assert Statistics().settled_percent is None
    assert numbers(None)["years"] == []


def test_numbers_name_the_stations_they_stand_on(days: list[Reception]) -> None:
    found = numbers(None)
    assert (found["stations"], found["stations_active"], found["deputies"]) == (2, 2, 2)
    assert found["all"].settled_percent == 57


def test_the_numbers_partial_shows_all_years_and_towns(days: list[Reception]) -> None:
    shown = render_to_string("stations/_numbers.html", {"numbers": numbers(None)})
    assert "2 个联络站，其中 2 个有接待记录" in shown
    assert ">2</a> / 4" in shown
    assert "东镇" in shown


@pytest.mark.parametrize("page", ["/numbers/", "/stations/statistics/?step=quarter&since=2026-02-01", "/stations/W1/"])
def test_every_figure_leads_to_the_receptions_that_it_counts(
    page: str, days: list, west: Station, as_user: Any
) -> None:
    page = page.replace("W1", west.code)
    client = as_user(None)
    text = client.get(page).text
    counted = {pair for pair in re.findall(r'<a href="([^"]*)" data-counts="(\d+)"', text) if "receptions" in pair[0]}
    summed = set(re.findall(r'<a href="([^"]*)" data-sums="(\d+)"', text))
    assert counted and summed
    for link, number in counted:
        assert client.get(html.unescape(link)).context["page"].paginator.count == int(number), link
    for link, number in summed:
        assert int(number) in astuple(client.get(html.unescape(link)).context["sums"]), link


@pytest.mark.parametrize("query", ["since=2026-13-01", "since=2026-03-01&until=2026-02-01", "area=nowhere"])
def test_a_file_of_statistics_is_refused_where_the_scope_is_none(
    days: list[Reception], as_user: Any, query: str
) -> None:
    answer = as_user(None).get(f"/stations/statistics.csv?{query}")
    assert answer.status_code == 400 and "csv" not in answer["Content-Type"]
    assert as_user(None).get("/stations/statistics.csv?since=2026-02-01").status_code == 200


def test_a_reception_of_this_evening_is_not_yet_one_that_was_not_held(
    noon: Any, west: Station, deputies: list[Deputy], receive: Callable
) -> None:
    receive(west, "2026-11-24T08:30", deputies)
    receive(west, "2026-11-24T18:30", deputies, status="announced", visitors=0)
    receive(west, "2026-11-23T08:30", deputies, status="announced", visitors=0)
    cases = reception_cases(None, Scope(), date(2026, 11, 24))
    assert [case.is_held for case in cases] == [True, False]


def test_a_day_that_nobody_held_is_not_taken_out_by_calling_it_off_afterwards(
    announced: Reception, town_officer: Any, west: Station, plan: Callable, noon: Any
) -> None:
    other = receptions.announce(town_officer, west, plan(starts_at=announced.starts_at + timedelta(days=1)))
    receptions.cancel(town_officer, other.pk, version=1, reason="台风")
    noon.move_to(announced.starts_at + timedelta(days=3))
    receptions.cancel(town_officer, announced.pk, version=1, reason="没有代表到场")
    cases = reception_cases(None, Scope(), timezone.localdate())
    assert [(case.pk, case.is_held) for case in cases] == [(announced.pk, False)]
