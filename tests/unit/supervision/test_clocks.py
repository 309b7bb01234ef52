"""The periods of the law, at month ends, on the last day and one day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.workdays.calendar import NATIONAL_YEARS, Calendar
from supervision.deadlines import clocks

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 3, 5), 3, date(2026, 6, 5)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_a_period_in_months_ends_on_the_same_day_or_the_last_of_the_month(start, months, end):
    assert clocks.Period("x", months=months).ends_on(start) == end


@given(DAYS, st.integers(min_value=1, max_value=24))
def test_adding_months_always_lands_in_the_wanted_month(day, months):
    later = clocks.Period("x", months=months).ends_on(day)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_a_reply_is_due_within_three_months_and_six_when_the_matter_is_wide():
    assigned = date(2026, 5, 31)
    assert clocks.reply_due_on(assigned) == date(2026, 8, 31)
    assert clocks.reply_due_on(assigned, wide=True) == date(2026, 11, 30)


class Weekdays(Calendar):
    """The calendar of a country without feasts: Monday to Friday."""

    def is_workday(self, day):
        return day.weekday() < 5


WEEKDAYS = Weekdays()


def test_a_fast_lane_brings_the_day_forward_in_working_days():
    friday = date(2026, 5, 1)
    assert clocks.sooner(date(2026, 8, 1), friday, WEEKDAYS, 5) == date(2026, 5, 8)


def test_a_fast_lane_cannot_outlast_the_law():
    assert clocks.sooner(date(2026, 8, 1), date(2026, 5, 1), WEEKDAYS, 365) == date(2026, 8, 1)


def test_a_period_of_working_days_skips_the_weekend():
    period = clocks.Period("本区", workdays=2)
    assert period.ends_on(date(2026, 5, 1), WEEKDAYS) == date(2026, 5, 5)


def test_a_last_day_on_a_weekend_moves_to_monday_where_the_district_says_so():
    moved = clocks.Period("本区", days=1, ends_on_workday=True)
    assert moved.ends_on(date(2026, 5, 1), WEEKDAYS) == date(2026, 5, 4)
    assert moved.ends_on(date(2026, 5, 4), WEEKDAYS) == date(2026, 5, 5)


def test_a_redo_is_due_within_a_month():
    assert clocks.redo_due_on(date(2026, 1, 31)) == date(2026, 2, 28)


def test_the_tenth_day_after_assignment_is_the_last_to_return():
    assert clocks.returnable_until(date(2026, 2, 20)) == date(2026, 3, 2)


def test_the_last_day_is_in_time_and_the_next_is_overdue():
    due = date(2026, 8, 31)
    assert not clocks.is_overdue(due, due)
    assert clocks.is_overdue(due, due + timedelta(days=1))
    assert clocks.days_left(due, due) == 0
    assert clocks.days_left(due, due + timedelta(days=3)) == -3


def test_a_matter_without_a_day_is_never_overdue():
    assert not clocks.is_overdue(None, date(2026, 1, 1))


def test_every_period_names_its_clause():
    assert set(clocks.LAW) == set(clocks.Clock) == set(clocks.CLOCK_NAMES)
    assert all(period.clause for period in clocks.LAW.values())


def test_a_last_day_on_a_day_off_moves_and_the_day_before_it_is_kept():
    ending = clocks.LAW[clocks.Clock.REPLY].ending(date(2026, 4, 4))
    assert (ending.nominal, ending.day, ending.guessed) == (date(2026, 7, 4), date(2026, 7, 6), ())
    worked = clocks.LAW[clocks.Clock.REDO].ending(date(2026, 1, 14))  # 14 February 2026 is a Saturday that is worked
    assert worked.day == worked.nominal == date(2026, 2, 14)
    feast = clocks.LAW[clocks.Clock.REDO].ending(date(2026, 9, 1))
    assert (feast.nominal, feast.day) == (date(2026, 10, 1), date(2026, 10, 8))


def test_a_clock_that_ends_in_a_year_without_official_calendar_counts_weekends_only_and_says_so():
    year = max(NATIONAL_YEARS) + 1
    ending = clocks.LAW[clocks.Clock.REPLY].ending(date(year - 1, 11, 20))
    assert ending.guessed == (year,)
    known = Calendar(days_off=frozenset({ending.nominal}), official_years=frozenset({year}))
    later = clocks.LAW[clocks.Clock.REPLY].ending(date(year - 1, 11, 20), known)
    assert (later.guessed, later.day > later.nominal) == ((), True)


def test_every_clock_cites_its_article_and_the_version_of_the_text():
    for period in clocks.LAW.values():
        assert period.clause
        assert period.text
        assert period.ends_on_workday


def test_a_planned_matter_has_no_period_of_its_own():
    law = clocks.LAW[clocks.Clock.FOLLOW_UP]
    assert (law.months, law.days, law.workdays) == (0, 0, 0)
    assert law.ends_on(date(2026, 9, 1)) == date(2026, 9, 1)


def test_an_ending_is_kept_as_json_and_read_again():
    ending = clocks.LAW[clocks.Clock.REPLY].ending(date(2026, 4, 4))
    assert clocks.Ending.from_json(ending.as_json()) == ending
