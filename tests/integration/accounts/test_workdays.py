"""Working days: the national calendar, and what the district writes over it."""

from datetime import date

import pytest

from accounts.models import CalendarDay
from accounts.workdays import add_workdays, is_workday, workdays_between

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),  # a Tuesday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 2, 14), True),  # a Saturday worked for the Spring Festival
        (date(2026, 10, 1), False),  # the National Day
        (date(2026, 10, 10), True),  # a Saturday worked for it
    ],
)
def test_the_national_calendar_knows_feasts_and_bridge_days(day, works):
    assert is_workday(day) is works


def test_a_day_of_the_district_goes_before_the_national_calendar():
    CalendarDay.objects.create(day=date(2026, 11, 24), is_workday=False, name="停电检修")
    CalendarDay.objects.create(day=date(2026, 11, 28), is_workday=True)
    assert not is_workday(date(2026, 11, 24))
    assert is_workday(date(2026, 11, 28))
    assert add_workdays(date(2026, 11, 23), 1) == date(2026, 11, 25)


def test_the_day_it_starts_on_is_not_counted_and_feasts_are_skipped():
    assert add_workdays(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_workdays(date(2026, 11, 27), 0) == date(2026, 11, 27)


def test_there_is_no_negative_period():
    with pytest.raises(ValueError, match="not negative"):
        add_workdays(date(2026, 11, 27), -1)


def test_days_between_are_counted_both_ways():
    start, end = date(2026, 9, 30), date(2026, 10, 10)
    assert workdays_between(start, end) == 3
    assert workdays_between(end, start) == -3
    assert workdays_between(start, start) == 0
