"""Working days: the national calendar, and what the district writes over it."""

from datetime import date

import pytest

from accounts.loads.registry import declared
from accounts.loads.services import load_rows, undo
from accounts.models import CalendarDay
from accounts.workdays import add_workdays, calendar, is_workday, workdays_between
from accounts.workdays.services import save_days
from geo_portal.setup.reading import read_file
from geokit.refusal import NotPermitted

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


def load(actor, text, tmp_path):
    path = tmp_path / "holidays.csv"
    path.write_text(text, encoding="utf-8")
    dataset = declared()["holidays"]
    return load_rows(actor, dataset, read_file(dataset, path.name, path))


def test_a_sheet_of_days_moves_the_clocks_and_is_taken_back(world, staff, tmp_path):
    friday = date(2099, 10, 2)
    assert (add_workdays(date(2099, 9, 30), 1), calendar().is_official(2099)) == (date(2099, 10, 1), False)
    spring = "".join(f"2099-02-{day:02},放假,春节\n" for day in range(2, 16) if date(2099, 2, day).weekday() < 5)
    sheet = "日期,放假或上班,说明\n2099-10-01,放假,国庆节\n2099年10月2日,放假,国庆节\n2099-10-10,上班,调休\n"
    answer = load(staff, sheet + spring + "2099-13-01,放假,\n1999-10-01,放假,\n2099-05-01,也许,\n", tmp_path)
    assert (answer.counts["stored"], answer.counts["refused"]) == (13, 3)
    assert add_workdays(date(2099, 9, 30), 1) == date(2099, 10, 5)
    assert is_workday(date(2099, 10, 10))
    assert calendar().is_official(2099)
    undo(staff, answer.load.pk)
    assert is_workday(friday)
    assert not calendar().is_official(2099)


def test_one_day_of_the_districts_own_makes_no_year_official(world, staff, tmp_path):
    load(staff, "日期,放假或上班\n2099-03-03,放假\n", tmp_path)
    assert not is_workday(date(2099, 3, 3))
    assert not calendar().is_official(2099)


@pytest.mark.parametrize("who", ["deputy", "officer", "gis"])
def test_days_off_are_entered_by_the_districts_staff_alone(who, request, world, tmp_path):
    with pytest.raises(NotPermitted):
        load(request.getfixturevalue(who), "日期,放假或上班\n2099-03-03,放假\n", tmp_path)
    with pytest.raises(NotPermitted):
        save_days(request.getfixturevalue(who), [(date(2099, 3, 3), {"is_workday": False})])
    assert not CalendarDay.objects.exists()


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


@pytest.mark.parametrize("words", ["2099", "2098、2099", "2098年、2099年", "２０９９年"])
def test_a_year_of_which_the_days_off_are_entered_is_read_as_people_write_it(words, set_rule):
    set_rule("calendar.official_years", words)
    assert calendar().is_official(2099)
    assert not calendar().is_official(2097)
