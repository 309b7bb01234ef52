"""The calendar of working days as data: which years are official, and what counts in the others. No database.

The State Council's yearly notice fixes days off and the weekends that are worked for them. The package `holidays` has
the notices of the years in `NATIONAL_YEARS`. Of another year nobody knows its days off until the notice comes, so
nothing is guessed: only weekends count there, and whoever shows such a day says so (`is_official`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _national() -> holidays.HolidayBase:
    """The national calendar; it works out a year when it is first asked about it."""
    return holidays.country_holidays("CN")


NATIONAL_YEARS = frozenset(getattr(_national(), "special_public_holidays", {}))
"""Years whose notice the package has: those with weekends that are worked."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The national calendar with what the district knows beyond it: more days off, days worked, official years."""

    days_off: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()
    official_years: frozenset[int] = frozenset()

    def is_official(self, year: int) -> bool:
        """Tell whether the year's days off are known."""
        return year in NATIONAL_YEARS or year in self.official_years

    def is_workday(self, day: date) -> bool:
        """Tell whether offices work on `day`; in a year that is not official, whether it is no weekend."""
        if day in self.make_up or day in self.days_off:
            return day in self.make_up
        return _national().is_working_day(day) if day.year in NATIONAL_YEARS else day.weekday() < SATURDAY

    def is_holiday(self, day: date) -> bool:
        """Tell whether `day` is off by the notice or by the district, not merely as a weekend.

        In a year that is not official only the district's own days off are known.
        """
        if day in self.make_up or day in self.days_off:
            return day not in self.make_up
        if day.year not in NATIONAL_YEARS or _national().is_working_day(day):
            return False
        return day.weekday() < SATURDAY or day in _national()

    def add(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`. Raises ValueError for a negative count."""
        if count < 0:
            raise ValueError("a period of working days is not negative")
        while count:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def first_from(self, day: date) -> date:
        """Return `day`, or the first working day after it when it is a day off (民法典 Art. 203)."""
        return day if self.is_workday(day) else self.add(day, 1)


NATIONAL = Calendar()
