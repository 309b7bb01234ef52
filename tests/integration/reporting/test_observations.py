"""Values of indicators: who may say them, what is refused, and that what was said before is kept."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.indicators import Scope
from accounts.models import ApiToken, Role
from accounts.tokens.services import issue
from geokit.refusal import BadInput, NotPermitted
from ledger.actors import SITE
from reporting.boards.models import Board
from reporting.boards.selection import Choice
from reporting.boards.services import save_board
from reporting.boards.showing import show_board
from reporting.indicators.models import Indicator
from reporting.indicators.room_figures import measure
from reporting.indicators.services import save_indicator
from reporting.observations.from_rooms import measure_rooms
from reporting.observations.models import EarlierValue, Observation, Way
from reporting.observations.recording import Given, record_value, record_values
from tests.data.cast import person
from tests.data.indicators import make_indicator, say

MAY = date(2026, 5, 1)


@pytest.fixture
def pm25(world):
    return make_indicator(department=world.ecology)


def given(indicator, area, value, period=MAY, **more):
    return Given(indicator, area, period, None if value is None else Decimal(str(value)), **more)


def test_a_correction_says_why_and_what_was_said_before_stays_on_record(world, staff, other_officer, pm25):
    first = record_value(other_officer, given(pm25, world.west_town, 31), Way.API)
    with pytest.raises(BadInput, match="已有 31"):
        record_value(staff, given(pm25, world.west_town, 30), Way.PAGE)
    record_value(staff, given(pm25, world.west_town, 30, reason="漏了一个站"), Way.PAGE)
    now, [before] = Observation.objects.get(pk=first.pk), EarlierValue.objects.all()
    assert (now.value, now.said_by, now.reason) == (30, staff, "漏了一个站")
    assert (before.value, before.said_by, before.way, before.observation_id) == (31, other_officer, "api", first.pk)


def test_the_page_says_which_plan_and_denominator_stood_there_before_and_why_each_was_changed(
    world, client, other_officer, pm25
):
    record_value(other_officer, given(pm25, world.west_town, 31, plan=Decimal(50), whole=9), Way.API)
    record_value(other_officer, given(pm25, world.west_town, 31, plan=Decimal(40), whole=9, reason="下达调整"), Way.API)
    record_value(other_officer, given(pm25, world.west_town, 31, plan=Decimal(30), reason="再次调整"), Way.API)
    page = client.get("/boards/indicators/pm25/").content.decode()
    assert "原为 31；计划 50；分母 9（" in page and "原为 31；计划 40；分母 9（" in page
    assert "下达调整" in page and "再次调整" in page


def test_the_database_itself_keeps_what_was_said_whoever_writes(world, pm25):
    row = say(pm25, world.west_town, MAY, 31)
    Observation.objects.filter(pk=row.pk).update(value=9)
    assert EarlierValue.objects.get().value == 31
    for statement in ("DELETE FROM supervision_report_observation", "DELETE FROM supervision_report_earliervalue"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("wrong-level", {"area": "district"}), ("future", {"period": date(2031, 1, 1)}),
        ("bad-period", {"period": date(2026, 5, 2)}), ("leap", {"value": 31_000}), ("leap", {"value": "0.031"}),
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused_with_their_field(world, staff, pm25, code, facts):
    say(pm25, world.west_town, date(2026, 4, 1), 31)
    area = getattr(world, facts.pop("area", "west_town"))
    value = facts.pop("value", 30)
    with pytest.raises(BadInput) as refused:
        record_value(staff, given(pm25, area, value, **facts), Way.PAGE)
    assert refused.value.errors[0].code == code


def test_a_day_begins_where_the_district_lies(world, staff, time_machine):
    """At seven in the morning it is still yesterday in Greenwich."""
    daily = make_indicator("pm25_day", period_kind="day", department=world.ecology)
    time_machine.move_to(datetime(2026, 6, 1, 7, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False)
    assert record_value(staff, given(daily, world.west_town, 30, date(2026, 6, 1)), Way.PAGE).value == 30


def test_a_leap_is_asked_about_and_taken_when_it_is_confirmed(world, staff, pm25):
    say(pm25, world.west_town, date(2026, 4, 1), 31)
    row = record_value(staff, given(pm25, world.west_town, 31_000, confirmed=True), Way.PAGE)
    assert row.value == 31_000


def test_a_leap_within_one_sheet_is_asked_about_too(world, staff, pm25):
    def months(*values, **more):
        return [given(pm25, world.west_town, value, date(2026, 1 + n, 1), **more) for n, value in enumerate(values)]

    outcomes = record_values(staff, months(31, 0, 31_000, 30), Way.SHEET)
    assert [outcome.what for outcome in outcomes] == ["stored", "stored", "", "stored"]
    assert outcomes[2].refusal.errors[0].code == "leap"
    confirmed = record_values(staff, months(31, 0, 31_000, confirmed=True)[2:], Way.SHEET)
    assert [outcome.what for outcome in confirmed] == ["stored"]


def test_in_a_sheet_that_begins_with_the_newest_month_each_is_held_against_it(world, staff, pm25):
    rows = [given(pm25, world.west_town, value, date(2026, month, 1)) for month, value in ((5, 900), (4, 30), (3, 0.5))]
    assert [outcome.what for outcome in record_values(staff, rows, Way.SHEET)] == ["stored", "stored", ""]


def test_a_closed_period_and_the_same_cell_twice_are_refused(world, staff, pm25):
    pm25.closed_before = date(2026, 6, 1)
    with pytest.raises(BadInput, match="封账"):
        record_value(staff, given(pm25, world.west_town, 30), Way.PAGE)
    pm25.closed_before = None
    one, two = record_values(staff, [given(pm25, world.west_town, 30), given(pm25, world.west_town, 31)], Way.API)
    assert one.what == "stored"
    assert two.refusal.errors[0].code == "key-duplicate"


def test_only_its_department_and_the_districts_staff_say_a_value(world, officer, other_officer, deputy, pm25):
    town_staff = person("town-staff", Role.STAFF, area=world.west_town)
    for stranger in (officer, deputy, town_staff, None):
        with pytest.raises(NotPermitted):
            record_value(stranger, given(pm25, world.west_town, 30), Way.API)
    assert record_value(other_officer, given(pm25, world.west_town, 30), Way.API).value == 30


def test_a_formula_follows_its_parts_and_is_no_data_where_it_divides_by_nothing(world, staff):
    spent = make_indicator("spent", unit="万元", direction="none")
    plan = make_indicator("plan", unit="万元", direction="none")
    facts = {"title": "进度", "unit": "%", "period_kind": "month", "level": "town", "way": "formula", "decimals": 1}
    pace = save_indicator(staff, "pace", facts | {"formula": "spent / plan * 100"})
    record_value(staff, given(spent, world.west_town, 30), Way.PAGE)
    record_value(staff, given(plan, world.west_town, 40), Way.PAGE)
    row = Observation.objects.get(indicator=pace)
    assert row.value == 75
    record_value(staff, given(plan, world.west_town, 0, reason="撤项"), Way.PAGE)
    row.refresh_from_db()
    assert row.value is None
    with pytest.raises(BadInput, match="自动计算"):
        record_value(staff, given(pace, world.west_town, 30), Way.PAGE)


def test_a_formula_does_not_tell_a_part_that_is_out_of_too_few(world, staff):
    part = make_indicator("part", unit="%", minimum=5)
    facts = {"title": "两倍", "unit": "%", "period_kind": "month", "level": "town", "way": "formula"}
    twice = save_indicator(staff, "twice", facts | {"formula": "part * 2"})
    record_values(
        staff, [given(part, world.west_town, 30, whole=3), given(part, world.east_town, 30, whole=9)], Way.PAGE
    )
    rows = Observation.objects.filter(indicator=twice).order_by("area__code").values_list("area__name", "value")
    assert dict(rows) == {"东镇": 60}


def test_a_value_without_the_denominator_that_decides_about_it_is_refused(world, staff, pm25):
    assert record_value(staff, given(pm25, world.west_town, 30), Way.PAGE).whole is None
    for code, facts in (("few", {"minimum": 5}), ("weighted", {"total": "weighted"})):
        asked = make_indicator(code, **facts)
        with pytest.raises(BadInput) as refused:
            record_value(staff, given(asked, world.west_town, 30), Way.PAGE)
        assert refused.value.errors[0].as_dict()["field"] == "whole"
        assert record_value(staff, given(asked, world.west_town, None, plan=Decimal(9)), Way.PAGE).plan == 9
        row = record_value(staff, given(asked, world.west_town, 30, whole=8, reason="补报"), Way.PAGE)
        with pytest.raises(BadInput, match="分母"):
            record_value(staff, given(asked, world.west_town, 31, reason="更正"), Way.PAGE)
        assert row.whole == 8


def test_a_definition_with_a_circle_a_misfit_or_another_period_is_refused(world, staff, other_officer):
    make_indicator("spent", unit="万元")
    make_indicator("yearly", unit="万元", period_kind="year")
    common = {"title": "甲", "unit": "万元", "period_kind": "month", "level": "town", "way": "formula"}
    save_indicator(staff, "one", common | {"formula": "spent * 2"})
    save_indicator(staff, "two", common | {"formula": "one + spent"})
    circle = "formula-circle"
    faults = {"two + 1": circle, "one + 1": circle, "yearly + 1": "period-misfit", "none + 1": "unknown"}
    for formula, code in faults.items():
        with pytest.raises(BadInput) as refused:
            save_indicator(staff, "one", common | {"formula": formula})
        assert refused.value.code == code
    with pytest.raises(BadInput, match="对不上"):
        save_indicator(staff, "three", common | {"unit": "人", "formula": "spent * 2"})
    with pytest.raises(NotPermitted):
        save_indicator(other_officer, "three", common | {"formula": "spent * 2"})


def test_what_values_mean_does_not_change_under_them(world, staff, pm25):
    say(pm25, world.west_town, MAY, 31)
    with pytest.raises(BadInput, match="另建一个指标"):
        save_indicator(staff, "pm25", {"unit": "mg/m³"})
    assert save_indicator(staff, "pm25", {"title": "细颗粒物"}).title == "细颗粒物"
    facts = {"title": "两倍", "unit": "µg/m³", "period_kind": "month", "level": "town", "way": "formula"}
    twice = save_indicator(staff, "twice", facts | {"formula": "pm25 * 2"})
    record_value(staff, given(pm25, world.east_town, 31), Way.PAGE)
    assert Observation.objects.get(indicator=twice).value == 62
    with pytest.raises(BadInput, match="另建一个指标"):
        save_indicator(staff, "twice", {"formula": "pm25 / 2"})
    assert save_indicator(staff, "twice", {"formula": "pm25*2", "title": "加倍"}).title == "加倍"
    mean = make_indicator("mean", unit="mg/L", level="town", way="room", figure="at-target")
    say(mean, world.west_town, MAY, 31)
    with pytest.raises(BadInput, match="另建一个指标"):
        save_indicator(staff, "mean", {"figure": "satisfied"})


def test_the_rooms_figure_is_the_same_on_board_numbers_page_and_api(world, staff, client, as_user, matter):
    for day, took in enumerate((3, 5, 10, 20, 40, None), start=1):
        matter(date(2026, 4, day), world.west_town, world.water, took, promised=30)
    code = "answered_in_time"
    facts = {"unit": "%", "direction": "up", "period_kind": "quarter", "way": "room", "figure": "answered-in-time"}
    make_indicator(code, level="district", **facts)
    make_indicator("by_town", **facts)
    today = date(2026, 8, 1)
    measure_rooms(today)
    row = Observation.objects.get(indicator__code=code)
    there = measure("answered-in-time", SITE, Scope(since=date(2026, 4, 1), until=date(2026, 6, 30)), today)
    assert (row.value, row.whole) == (there.percent, there.whole) == (67, 6)
    assert Observation.objects.get(indicator__code="by_town").area == world.west_town
    assert measure_rooms(today) == 0
    block = [{"kind": "figure", "indicators": [code]}]
    save_board(staff, "answers", title="答复", readers="public", period_kind="quarter", blocks=block)
    [shown] = show_board(None, Board.objects.get(), Choice("quarter", date(2026, 4, 1)))
    assert (shown.number, shown.facts[-1]) == ("67", ("分母", "6"))
    assert "67<span" in client.get("/boards/answers/?period=2026-Q2").content.decode().replace("\n", "")
    [by_api] = client.get("/api/v1/observations/?indicator=answered_in_time").json()["results"]
    assert (Decimal(by_api["value"]), by_api["whole"]) == (67, 6)
    page = as_user(staff).get("/numbers/?since=2026-04-01&until=2026-06-30").context["total"]
    assert page.ratio("answered-in-time").percent == 67


def test_a_token_reports_values_of_its_department_and_of_no_other(world, client, other_officer, pm25):
    make_indicator("flow", department=world.water)
    scopes = [ApiToken.Scope.INDICATORS]
    _token, text = issue(
        other_officer, department=world.ecology, name="环境", scopes=scopes, expires_on=date(2027, 6, 1)
    )
    rows = [
        {"indicator": "pm25", "area": world.west_town.code, "period": "2026-05", "value": "31"},
        {"indicator": "flow", "area": world.west_town.code, "period": "2026-05", "value": "31"},
        {"indicator": "pm25", "area": "999", "period": "2026-05", "value": "31"},
        {"indicator": "pm25", "area": world.east_town.code, "period": "May", "value": "31"},
    ]
    answer = client.post("/api/v1/observations/", rows, "application/json", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 207
    assert [row["outcome"] for row in answer.json()["rows"]] == ["stored", "refused", "refused", "refused"]
    assert Observation.objects.get().indicator == pm25
    assert client.post("/api/v1/observations/", rows[:1], "application/json").status_code in (401, 403)
    broken = [rows[0], rows[0] | {"value": "31.0000001"}]
    headers = {"Authorization": f"Bearer {text}"}
    for body, field in ((broken, "1.value"), (broken[1], "value")):
        answer = client.post("/api/v1/observations/", body, "application/json", headers=headers)
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])


def test_a_number_that_is_not_public_is_in_no_list_for_others(world, client, as_user, officer, other_officer, pm25):
    Indicator.objects.update(is_public=False)
    say(pm25, world.west_town, MAY, 31)
    for reader, count in ((None, 0), (officer, 0), (other_officer, 1)):
        assert as_user(reader).get("/api/v1/observations/").json()["count"] == count
        assert as_user(reader).get("/boards/indicators/pm25/").status_code == (200 if count else 404)
