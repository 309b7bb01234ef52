"""Rules tried on the past, warnings that join and come back, and what people decide about them."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist

from accounts.models import Area, Notice, Role
from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from reporting.indicators import periods
from reporting.observations.models import Observation
from reporting.warnings.models import EarlyWarning, EarlyWarningEvent, WarningRule
from reporting.warnings.permissions import warnings_visible_to
from reporting.warnings.rules import precision_of, save_rule, switch, try_rule
from reporting.warnings.watch import watch
from reporting.warnings.workflow import decide
from supervision.models import Suggestion
from tests.data.cast import person
from tests.data.indicators import make_indicator, more_towns, say, say_months

NIGHT = datetime(2026, 6, 9, 21, tzinfo=UTC)
TODAY = date(2026, 6, 10)
LIMIT = {"kind": "limit", "indicator": "pm25", "beyond": "above", "value": 35}


@pytest.fixture
def pm25(world):
    return make_indicator(department=world.ecology, due_days=10)


def rule_of(staff, *conditions, code="pm25-high", on=True, **more):
    since = {"effective_from": date(2020, 1, 1)}
    rule = save_rule(staff, code, title="PM2.5 偏高", conditions=list(conditions), **since | more)
    if on:
        WarningRule.objects.filter(pk=rule.pk).update(is_on=True)
    return rule


def months_back(count):
    return periods.shift("month", date(2026, 6, 1), -count)


def tried(staff, *conditions, **more):
    trial = try_rule(rule_of(staff, *conditions, on=False, **more), TODAY)
    return [(hit.place.name, hit.period.month) for hit in reversed(trial.hits)]


def test_each_kind_of_condition_finds_what_it_is_for_in_the_past(world, staff, pm25):
    say_months(pm25, world.west_town, date(2025, 1, 1), *([20] * 12), 21, 24, 36, 37, 50)
    say_months(pm25, world.east_town, date(2025, 1, 1), *([30] * 17))
    assert tried(staff, LIMIT) == [("西镇", 3), ("西镇", 4), ("西镇", 5)]
    assert tried(staff, LIMIT | {"kind": "runs", "periods": 3}) == [("西镇", 5)]
    assert tried(staff, {"kind": "worsening", "indicator": "pm25", "periods": 5}) == [("西镇", 5)]
    year = {"kind": "year", "indicator": "pm25", "percent": 100}
    assert tried(staff, year) == [("西镇", 5)]
    assert tried(staff, LIMIT, year) == [("西镇", 5)]
    assert tried(staff, LIMIT, year, at_least=1) == [("西镇", 3), ("西镇", 4), ("西镇", 5)]


def test_peers_are_compared_by_median_and_spread_and_only_where_there_are_enough(world, staff, pm25):
    for area, value in zip([world.west_town, world.east_town], (90, 20), strict=True):
        say(pm25, area, months_back(1), value)
    peers = {"kind": "peers", "indicator": "pm25", "times": 3}
    assert tried(staff, peers) == []
    for area, value in zip(more_towns(world)[2:], (21, 22, 20, 19, 23), strict=True):
        say(pm25, area, months_back(1), value)
    assert tried(staff, peers) == [("西镇", 5)]


def test_a_change_of_level_is_found_while_it_is_new_and_only_for_the_worse(world, staff, pm25):
    first = date(2024, 6, 1)
    say_months(pm25, world.west_town, first, *([20, 22, 21, 19, 20, 21] * 3), 31, 33, 32, 30, 34, 31)
    say_months(pm25, world.east_town, first, *([31, 33, 32, 30, 34, 31] * 3), 20, 22, 21, 19, 20, 21)
    change = {"kind": "change", "indicator": "pm25", "periods": 24}
    assert tried(staff, change) == [("西镇", 4), ("西镇", 5)]
    [newest, *_rest] = try_rule(WarningRule.objects.get(), TODAY).hits
    assert "2025年12月起由 20.5 变为 31.5" in newest.causes[0].words
    assert tried(staff, change | {"periods": 12}) == [("西镇", 4), ("西镇", 5)]


def test_conditions_count_by_their_weight(world, staff, pm25):
    say_months(pm25, world.west_town, date(2026, 1, 1), 20, 40, 60)
    over = [LIMIT | {"value": value, "weight": weight} for value, weight in ((10, 1), (30, 2), (50, 3))]
    assert tried(staff, *over, at_least=3) == [("西镇", 2), ("西镇", 3)]
    assert tried(staff, *over) == tried(staff, *over, at_least=6) == [("西镇", 3)]
    assert [cause.words for cause in try_rule(WarningRule.objects.get(), TODAY).hits[0].causes][1].endswith(
        "（权重 2）"
    )
    for refused in (0, 7):
        with pytest.raises(BadInput):
            rule_of(staff, *over, at_least=refused)
    with pytest.raises(BadInput):
        rule_of(staff, LIMIT | {"weight": 10})


def test_a_day_is_compared_with_the_year_before(world, staff):
    daily = make_indicator("daily", period_kind="day")
    say(daily, world.west_town, date(2026, 6, 9), 40)
    say(daily, world.west_town, date(2025, 6, 9), 20)
    assert tried(staff, {"kind": "year", "indicator": "daily", "percent": 50}) == [("西镇", 6)]
    WarningRule.objects.update(is_on=True)
    assert watch(NIGHT) == {"raised": 1}


def test_behind_plan_is_told_by_the_plan_of_the_same_period(world, staff):
    works = make_indicator("works", unit="%", direction="up")
    say(works, world.west_town, months_back(1), 80, plan=100)
    say(works, world.east_town, months_back(1), 95, plan=100)
    assert tried(staff, {"kind": "plan", "indicator": "works", "percent": 10}) == [("西镇", 5)]


def test_what_came_late_is_found_also_where_it_was_corrected_since(world, staff, pm25):
    late = {"kind": "late", "indicator": "pm25", "days": 5}
    in_time, too_late = datetime(2026, 5, 5, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    row = say(pm25, world.west_town, months_back(2), 20, at=in_time)
    say(pm25, world.east_town, months_back(2), 20, at=too_late)
    row.value, row.said_at = 21, too_late
    row.save()
    assert tried(staff, late) == [("东镇", 4)]


def test_too_small_a_denominator_and_a_missing_value_warn_of_nothing(world, staff):
    share = make_indicator("share", unit="%", minimum=5)
    say(share, world.west_town, months_back(1), 90, whole=3)
    say(share, world.east_town, months_back(1), 90, whole=30)
    assert tried(staff, LIMIT | {"indicator": "share"}) == [("东镇", 5)]


@pytest.mark.parametrize(
    "condition",
    [
        {}, "x", {"kind": "limit", "indicator": "none"}, {"kind": "limit", "indicator": "pm25", "beyond": "above"},
        LIMIT | {"value": "35"}, LIMIT | {"value": float("inf")}, LIMIT | {"beyond": "over"},
        {"kind": "runs", "indicator": "pm25", "beyond": "above", "value": 1, "periods": 10**9},
        {"kind": "plan", "indicator": "neutral", "percent": 5}, {"kind": "late", "indicator": "neutral", "days": 1},
        {"kind": "peers", "indicator": "yearly", "times": 3}, {"kind": "change", "indicator": "pm25", "periods": 11},
        {"kind": "change", "indicator": "pm25", "periods": 37}, LIMIT | {"weight": 0}, LIMIT | {"weight": "2"},
    ],
)  # fmt: skip
def test_conditions_that_mean_nothing_are_refused(world, staff, pm25, condition):
    make_indicator("neutral", direction="none")
    make_indicator("yearly", period_kind="year")
    with pytest.raises(BadInput):
        rule_of(staff, LIMIT, condition)


def test_a_rule_that_warned_on_half_of_the_past_or_was_never_tried_stays_off(world, staff, pm25):
    rule_of(staff, LIMIT, on=False)
    with pytest.raises(BadInput, match="没有数据"):
        switch(staff, "pm25-high", on=True, today=TODAY)
    say_months(pm25, world.west_town, date(2026, 1, 1), 36, 37, 20, 20)
    with pytest.raises(BadInput) as refused:
        switch(staff, "pm25-high", on=True, today=TODAY)
    assert refused.value.code == "too-noisy"
    say_months(pm25, world.east_town, date(2026, 1, 1), 20, 20, 20, 20)
    assert switch(staff, "pm25-high", on=True, today=TODAY).summary() == {"asked": 8, "hits": 2}
    assert WarningRule.objects.get().is_on


def test_a_new_wording_switches_the_rule_off_and_leaves_the_old_one_on_record(world, staff, pm25):
    rule = rule_of(staff, LIMIT)
    rule_of(staff, LIMIT | {"value": 50}, on=False, version=1)
    rule.refresh_from_db()
    assert not rule.is_on
    assert [one.conditions[0]["value"] for one in rule.versions.all()] == [50, 35]
    with pytest.raises(StaleEdit):
        rule_of(staff, LIMIT, version=1)


def test_a_warning_is_raised_once_joined_while_it_lasts_and_said_to_be_back(world, staff, pm25):
    rule_of(staff, LIMIT)
    say(pm25, world.west_town, months_back(1), 40)
    assert watch(NIGHT) == {"raised": 1}
    assert watch(NIGHT) == {}
    say(pm25, world.west_town, date(2026, 6, 1), 50)
    assert watch(datetime(2026, 7, 9, 21, tzinfo=UTC)) == {"repeated": 1}
    say(pm25, world.west_town, date(2026, 7, 1), 20)
    assert watch(datetime(2026, 8, 9, 21, tzinfo=UTC)) == {"back": 1}
    warning = EarlyWarning.objects.get()
    assert (warning.state, warning.back_since) == ("new", date(2026, 7, 1))
    assert warning.causes[0]["value"] == "50"
    assert list(warning.events.values_list("verb", flat=True)) == ["raised", "repeated", "back"]
    assert Notice.objects.filter(kind="data-warning", recipient=staff).count() == 1


def correct(indicator, area, period, value):
    """Replace a value, as its reporter does later."""
    Observation.objects.filter(indicator=indicator, area=area, period=period).update(value=value)


def test_a_value_of_long_ago_that_is_corrected_to_a_bad_one_is_warned_of_once(world, staff, pm25):
    rule_of(staff, LIMIT)
    for town in (world.west_town, world.east_town):
        say_months(pm25, town, date(2025, 10, 1), *([20] * 8))
    assert watch(NIGHT) == {}
    correct(pm25, world.west_town, date(2026, 1, 1), 60)
    assert watch(NIGHT) == {"raised": 1, "back": 1}
    assert watch(NIGHT) == {}
    warning = EarlyWarning.objects.get()
    assert (warning.area, warning.first_period, warning.causes[0]["value"]) == (world.west_town, date(2026, 1, 1), "60")
    decide(staff, warning.pk, "dismiss", version=warning.version, text="笔误")
    assert watch(NIGHT) == {}
    assert Notice.objects.filter(kind="data-warning", recipient=staff).count() == 1


def test_a_correction_joins_the_warning_that_is_open_and_leaves_its_newest_values(world, staff, pm25):
    rule_of(staff, LIMIT)
    say_months(pm25, world.west_town, date(2026, 1, 1), 20, 20, 20, 20, 50)
    assert watch(NIGHT) == {"raised": 1}
    correct(pm25, world.west_town, date(2026, 1, 1), 60)
    assert watch(NIGHT) == {"repeated": 1}
    assert watch(NIGHT) == {}
    warning = EarlyWarning.objects.get()
    assert (warning.first_period, warning.last_period, warning.back_since) == (date(2026, 1, 1), months_back(1), None)
    assert warning.causes[0]["value"] == "50"


def test_a_correction_before_warnings_that_are_over_is_warned_of_and_brings_none_of_them_back(world, staff, pm25):
    rule_of(staff, LIMIT)
    say_months(pm25, world.west_town, date(2026, 1, 1), 20, 20, 20, 20, 50)
    watch(NIGHT)
    decide(staff, EarlyWarning.objects.get().pk, "dismiss", version=1, text="统计口径")
    correct(pm25, world.west_town, date(2026, 1, 1), 60)
    assert watch(NIGHT) == {"raised": 1}
    assert watch(NIGHT) == {}
    assert EarlyWarning.objects.get(state="new").last_period == date(2026, 1, 1)


def test_a_correction_is_judged_in_the_periods_that_look_at_it_and_not_further_back_than_a_trial(world, staff, pm25):
    rule_of(staff, LIMIT | {"kind": "runs", "periods": 3})
    say_months(pm25, world.west_town, date(2022, 1, 1), 20, 40, 40)
    say_months(pm25, world.west_town, date(2025, 12, 1), 40, 20, 40, 20, 20, 20)
    correct(pm25, world.west_town, date(2022, 1, 1), 40)
    assert watch(NIGHT) == {}
    correct(pm25, world.west_town, date(2026, 1, 1), 40)
    assert watch(NIGHT) == {"raised": 1, "back": 1}
    assert EarlyWarning.objects.get().first_period == date(2026, 2, 1)


def test_confirmed_it_is_a_matter_of_the_department_with_its_clock(world, staff, pm25):
    rule_of(staff, LIMIT, department=world.ecology)
    say(pm25, world.west_town, months_back(1), 40)
    watch(NIGHT)
    warning = EarlyWarning.objects.get()
    with pytest.raises(MissingEvidence):
        decide(staff, warning.pk, "confirm", version=1, text="", department=None)
    decide(staff, warning.pk, "confirm", version=1, text="请说明", department=world.ecology, days=10)
    suggestion = Suggestion.objects.get()
    assert (suggestion.department, suggestion.state, suggestion.area) == (world.ecology, "assigned", world.west_town)
    assert "40" in suggestion.text
    assert suggestion.due_on is not None
    warning.refresh_from_db()
    assert (warning.state, warning.suggestion) == ("confirmed", suggestion)
    decide(staff, warning.pk, "close", version=warning.version, text="已整改")
    assert precision_of([warning.rule])[warning.rule_id].confirmed == 1


def test_dismissed_it_says_why_and_does_not_come_again_for_the_same_period(world, staff, pm25):
    rule_of(staff, LIMIT)
    say(pm25, world.west_town, months_back(1), 40)
    watch(NIGHT)
    warning = EarlyWarning.objects.get()
    with pytest.raises(MissingEvidence):
        decide(staff, warning.pk, "dismiss", version=1, text=" ")
    with pytest.raises(StaleEdit):
        decide(staff, warning.pk, "dismiss", version=7, text="统计口径")
    decide(staff, warning.pk, "dismiss", version=1, text="统计口径")
    assert watch(NIGHT) == {}
    say(pm25, world.west_town, date(2026, 6, 1), 40)
    assert watch(datetime(2026, 7, 9, 21, tzinfo=UTC)) == {"raised": 1}


def test_nobody_but_the_districts_staff_decides_or_makes_rules(world, staff, officer, other_officer, deputy, pm25):
    rule_of(staff, LIMIT, department=world.ecology)
    say(pm25, world.west_town, months_back(1), 40)
    watch(NIGHT)
    warning = EarlyWarning.objects.get()
    town = person("town-staff", Role.STAFF, area=world.west_town)
    elsewhere = person("east-staff", Role.STAFF, area=world.east_town)
    for stranger in (officer, other_officer, deputy, town, elsewhere):
        with pytest.raises((NotPermitted, BadInput, ObjectDoesNotExist)):
            decide(stranger, warning.pk, "dismiss", version=1, text="不是问题")
        with pytest.raises(NotPermitted):
            rule_of(stranger, LIMIT, on=False)
        with pytest.raises(NotPermitted):
            switch(stranger, "pm25-high", on=False)
    assert EarlyWarningEvent.objects.count() == 1


def test_the_department_of_a_rule_sees_what_it_warned_of_in_its_own_district(world, staff, other_officer, pm25):
    rule_of(staff, LIMIT, department=world.ecology)
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    there = Area.objects.create(code="330299100", name="甲镇", level="town", parent=second)
    cache.clear()
    for town in (world.west_town, there):
        say(pm25, town, months_back(1), 40)
    watch(NIGHT)
    EarlyWarning.objects.update(state="confirmed")
    other_officer.refresh_from_db()
    assert [str(one.place) for one in warnings_visible_to(other_officer)] == ["西镇"]


def test_who_may_decide_finds_it_in_the_inbox_and_walks_through_it(world, as_user, staff, officer, pm25):
    rule = rule_of(staff, LIMIT, department=world.ecology)
    say(pm25, world.west_town, months_back(1), 40)
    watch(NIGHT)
    page = as_user(staff)
    warning = EarlyWarning.objects.get()
    assert warning.get_absolute_url() in page.get("/work/").content.decode()
    assert "实际 40，对照 35" in page.get(warning.get_absolute_url()).content.decode()
    assert as_user(officer).get(warning.get_absolute_url()).status_code == 404
    assert "会预警 1 次" in page.get(f"{rule.get_absolute_url()}?try=1").content.decode()
    step = f"{warning.get_absolute_url()}dismiss/"
    assert page.post(step, {"version": 1, "text": ""}).status_code == 400
    assert page.post(step, {"version": 1, "text": "统计口径"}).status_code == 302
    assert as_user(officer).post(step, {"version": 2, "text": "统计口径"}).status_code == 404
