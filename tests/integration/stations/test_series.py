"""Reception days by one rule: which days, holidays, one and those that follow; and who may not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import CalendarDay, Notice
from accounts.workdays.calendar import Calendar
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from stations.models import Deputy, Reception, ReceptionSeries
from stations.receptions import bookings
from stations.receptions import services as receptions
from stations.receptions.recurrence import days_of, plan_days, rule_in_words, write_rule
from stations.receptions.series import SeriesPlan, announce_series, cancel_following, change_following, preview
from tests import roles

FIRST_TUESDAY = "FREQ=MONTHLY;BYDAY=+1TU"
FORM = {
    "kind": "routine", "rhythm": "nth", "interval": "1", "week": "1", "weekday": "2", "day": "15", "starts": "08:30",
    "ends": "11:00", "starts_on": "2026-12-01", "ends_on": "2027-03-31", "on_holiday": "move", "capacity": "5",
}  # fmt: skip


@pytest.fixture
def series_plan(plan):
    def make(**given):
        values = {"rule": FIRST_TUESDAY, "starts_on": date(2026, 12, 1), "ends_on": date(2027, 3, 31)}
        return SeriesPlan(**{**values, "on_holiday": "move", "pattern": plan(), **given})

    return make


def local(day):
    return timezone.localtime(day.starts_at)


def dates(days):
    return [str(local(day).date()) for day in days]


def found(days):
    return [(str(day.by_rule), str(day.on) if day.on else "", day.fate.value) for day in days]


def test_a_holiday_is_moved_skipped_or_kept():
    """1 October 2026 is the National Day's holiday, to the 7th; 10 October, a Saturday, is worked."""
    rule, first, last = "FREQ=WEEKLY;BYDAY=TH", date(2026, 9, 24), date(2026, 10, 8)
    assert found(plan_days(rule, first, last, "move", Calendar()))[1] == ("2026-10-01", "", "doubled")
    assert found(plan_days(rule, first, last, "skip", Calendar()))[1] == ("2026-10-01", "", "skipped")
    assert found(plan_days(rule, first, last, "keep", Calendar()))[1] == ("2026-10-01", "2026-10-01", "held")
    tuesdays = plan_days("FREQ=MONTHLY;BYDAY=+1TU", date(2026, 10, 1), date(2026, 10, 31), "move", Calendar())
    assert found(tuesdays) == [("2026-10-06", "2026-10-08", "moved")]


def test_a_saturday_that_the_rule_names_is_meant_and_a_fifteenth_on_a_sunday_is_not():
    saturdays = plan_days("FREQ=WEEKLY;BYDAY=SA", date(2026, 11, 7), date(2026, 11, 7), "move", Calendar())
    assert found(saturdays) == [("2026-11-07", "2026-11-07", "held")]
    fifteenth = plan_days("FREQ=MONTHLY;BYMONTHDAY=15", date(2026, 11, 1), date(2026, 11, 30), "move", Calendar())
    assert found(fifteenth) == [("2026-11-15", "2026-11-16", "moved")]


def test_a_31st_is_in_no_shorter_month():
    assert [day.month for day in days_of("FREQ=MONTHLY;BYMONTHDAY=31", date(2027, 1, 1), date(2027, 7, 1))] == [1, 3, 5]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (FIRST_TUESDAY, "每月第一个星期二"),
        (write_rule("weekly", 2, weekday=3), "每 2 周的星期三"),
        (write_rule("nth", 3, weekday=5, week=-1), "每 3 个月的最后一个星期五"),
        (write_rule("monthly", 1, day=15), "每月15日"),
    ],
)
def test_a_rule_in_words(rule, words):
    assert rule_in_words(rule) == words


def test_the_district_s_own_day_off_moves_a_day(series_plan):
    CalendarDay.objects.create(day=date(2026, 12, 1), is_workday=False)
    days = preview(series_plan())
    assert found(days)[0] == ("2026-12-01", "2026-12-02", "moved")
    assert days[1].guessed  # nobody has published the days off of 2027


def test_a_series_is_announced_at_once_and_its_deputies_are_told_once(
    town_officer, west, receiving, deputy, series_plan
):
    series, days = announce_series(town_officer, west, series_plan())
    assert dates(days) == ["2026-12-01", "2027-01-05", "2027-02-02", "2027-03-02"]
    assert {local(day).strftime("%H:%M") for day in days} == {"08:30"}
    assert [event.detail["series"] for day in days for event in day.events.all()] == [series.pk] * 4
    notice = Notice.objects.get(recipient=deputy)
    assert "每月第一个星期二" in notice.body


def test_a_series_is_refused_whole_where_one_of_its_days_cannot_be(town_officer, west, series_plan, plan):
    receptions.announce(town_officer, west, plan(starts_at=datetime(2027, 1, 5, 2, tzinfo=UTC)))
    with pytest.raises(BadInput) as refused:
        announce_series(town_officer, west, series_plan())
    assert refused.value.code == "taken"
    assert "2027年1月5日" in refused.value.message
    with pytest.raises(BadInput):
        announce_series(town_officer, west, series_plan(starts_on=date(2026, 11, 24), rule="FREQ=WEEKLY;BYDAY=WE"))
    assert (Reception.objects.count(), ReceptionSeries.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "given",
    [
        {"ends_on": date(2026, 11, 1)},
        {"ends_on": date(2099, 1, 1)},
        {"rule": "FREQ=WEEKLY;BYDAY=MO", "ends_on": date(2028, 12, 1)},
        {"rule": "FREQ=MONTHLY;BYMONTHDAY=31", "ends_on": date(2026, 12, 3)},
    ],
)
def test_too_many_days_too_far_away_or_none_are_refused(town_officer, west, series_plan, given):
    with pytest.raises(BadInput) as refused:
        announce_series(town_officer, west, series_plan(**given))
    assert refused.value.errors[0].field == "ends_on"


@pytest.mark.parametrize("who", ["eastern_officer", "east_staff", "deputy"])
def test_a_stranger_to_the_station_announces_no_series(who, request, west, series_plan):
    with pytest.raises(NotPermitted):
        announce_series(request.getfixturevalue(who), west, series_plan())
    assert not ReceptionSeries.objects.exists()


def test_one_day_is_changed_alone_and_then_with_those_that_follow(town_officer, west, series_plan, plan, deputies):
    _series, days = announce_series(town_officer, west, series_plan())
    alone = plan(starts_at=datetime(2026, 12, 2, 1, tzinfo=UTC))
    receptions.change(town_officer, days[0].pk, alone, version=1)
    later = plan(starts_at=datetime(2027, 1, 6, 6, tzinfo=UTC), deputies=deputies[:1], capacity=3)
    changed = change_following(town_officer, days[1].pk, later, version=1)
    rows = list(Reception.objects.order_by("starts_at"))
    assert dates(rows) == ["2026-12-02", "2027-01-06", "2027-02-03", "2027-03-03"]
    assert [local(day).hour for day in rows] == [9, 14, 14, 14]
    assert [day.capacity for day in rows] == [10, 3, 3, 3]
    assert len(changed) == 3
    with pytest.raises(StaleEdit):
        change_following(town_officer, days[1].pk, later, version=1)


def test_a_change_of_those_that_follow_brings_nobody_back_from_leave(town_officer, west, series_plan, plan, deputies):
    _series, days = announce_series(town_officer, west, series_plan())
    other = Deputy.objects.create(code="D-四", name="陈四", station=west)
    receptions.take_leave(town_officer, days[2].pk, deputy=deputies[0], reason="住院", version=1)
    receptions.take_leave(town_officer, days[3].pk, deputy=deputies[0], reason="住院", version=1)
    receptions.substitute(town_officer, days[3].pk, days[3].leaves.get().pk, deputy=other)
    elsewhere = plan(starts_at=days[1].starts_at, ends_at=days[1].ends_at, place="村民活动室")
    change_following(town_officer, days[1].pk, elsewhere, version=1)
    names = [sorted(day.deputies.values_list("name", flat=True)) for day in days]
    assert names[1:] == [["陈一", "陈二"], ["陈二"], ["陈二", "陈四"]]
    assert days[2].leaves.get().substitute is None
    assert {day.place for day in Reception.objects.filter(pk__in=[day.pk for day in days[1:]])} == {"村民活动室"}


def test_all_or_none_of_those_that_follow(town_officer, west, series_plan, plan):
    _series, days = announce_series(town_officer, west, series_plan())
    bookings.book(days[3].pk, name="王", phone="13800000000", people=5)
    few = plan(starts_at=days[1].starts_at, capacity=2)
    with pytest.raises(BadInput) as refused:
        change_following(town_officer, days[1].pk, few, version=1)
    assert "2027年3月2日" in refused.value.message
    assert set(Reception.objects.values_list("capacity", "version")) == {(10, 1)}


def test_a_day_and_those_that_follow_are_cancelled_and_told_once(town_officer, west, receiving, deputy, series_plan):
    _series, days = announce_series(town_officer, west, series_plan())
    cancel_following(town_officer, days[2].pk, version=1, reason="换届")
    assert list(Reception.objects.order_by("starts_at").values_list("status", flat=True)) == [
        "announced", "announced", "cancelled", "cancelled",
    ]  # fmt: skip
    assert Notice.objects.filter(recipient=deputy).count() == 2


def test_the_page_shows_the_days_first_and_announces_them_then(as_user, town_officer, west, deputies, noon):
    client = as_user(town_officer)
    address = f"/stations/{west.code}/receptions/series/"
    form = FORM | {"deputies": [one.pk for one in deputies[:2]]}
    shown = client.post(address, form | {"look": "1"})
    assert shown.status_code == 200
    assert "公布这 4 次接待" in shown.content.decode()
    assert not Reception.objects.exists()
    sent = client.post(address, form | {"save": "1"})
    assert sent.status_code == 302
    assert Reception.objects.count() == 4
    listed = client.get(sent["Location"]).content.decode()
    assert listed.count("timeline__item--future") == 4
    page = client.get(Reception.objects.earliest("starts_at").get_absolute_url()).content.decode()
    assert "每月第一个星期二" in page
    assert "这一组里以后的各次也一样" in page


@pytest.mark.parametrize(
    "wrong", [{"interval": "0"}, {"day": "32"}, {"week": "9"}, {"starts_on": "0001-01-01"}, {"rhythm": "x"}]
)
def test_odd_values_are_refused_beside_their_fields(as_user, town_officer, west, deputies, noon, wrong):
    client = as_user(town_officer)
    answer = client.post(f"/stations/{west.code}/receptions/series/", FORM | {"deputies": deputies[0].pk} | wrong)
    assert answer.status_code == 400
    assert not Reception.objects.exists()


def test_the_form_changes_those_that_follow(as_user, town_officer, west, series_plan):
    _series, days = announce_series(town_officer, west, series_plan())
    client = as_user(town_officer)
    client.post(f"/stations/receptions/{days[1].pk}/cancel/", {"version": "1", "reason": "台风", "following": "on"})
    assert Reception.objects.filter(status="cancelled").count() == 3


def test_an_eastern_officer_does_not_cancel_a_western_series(as_user, eastern_officer, town_officer, west, series_plan):
    _series, days = announce_series(town_officer, west, series_plan())
    client = as_user(eastern_officer)
    given = {"version": "1", "reason": "台风", "following": "on"}
    assert client.post(f"/stations/receptions/{days[1].pk}/cancel/", given).status_code == 404
    assert not Reception.objects.filter(status="cancelled").exists()


def test_a_series_is_kept_as_it_was_announced(town_officer, west, series_plan):
    series, _days = announce_series(town_officer, west, series_plan())
    with roles.owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        ReceptionSeries.objects.filter(pk=series.pk).update(rule="FREQ=WEEKLY;BYDAY=MO")


def test_days_of_a_series_move_onto_each_other_and_onto_no_other_day(town_officer, west, plan, series_plan):
    weekly = series_plan(rule=write_rule("weekly", 1, weekday=2), ends_on=date(2026, 12, 22), on_holiday="keep")
    _series, days = announce_series(town_officer, west, weekly)
    week = timedelta(days=7)
    hours = {"ends_at": days[0].ends_at + week, "deputies": list(days[0].deputies.all())}
    moved = change_following(town_officer, days[0].pk, plan(starts_at=days[0].starts_at + week, **hours), version=1)
    assert dates(moved) == ["2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29"]
    alone = receptions.announce(town_officer, west, plan(starts_at=days[3].starts_at + 2 * week))
    with pytest.raises(BadInput) as refused:
        again = plan(starts_at=moved[0].starts_at + week, **hours | {"ends_at": moved[0].ends_at + week})
        change_following(town_officer, moved[0].pk, again, version=2)
    assert refused.value.code == "taken" and "2026" in refused.value.message
    assert Reception.objects.get(pk=alone.pk).version == 1
