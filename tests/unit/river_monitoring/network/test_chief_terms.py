"""Which term of a chief a row of a sheet means: somebody may leave a post and come back to it."""

from datetime import date
from typing import Any

import pytest

from river_monitoring.network.chief_register import GivenChief, terms_meant
from river_monitoring.network.models import Chief, River


def day(year: int | None) -> date | None:
    return date(year, 1, 1) if year else None


def term(pk: int, since: int | None, until: int | None, name: str = "虚构甲") -> Chief:
    return Chief(pk=pk, river_id=1, level="county", duty="chief", name=name, since=day(since), until=day(until))


def row(name: str = "虚构甲", **years: int | None) -> GivenChief:
    """A row with these days; one that is None stands in an empty cell, one that is not named has no column."""
    facts: dict[str, Any] = {key: day(year) for key, year in years.items() if key == "until" or year}
    return GivenChief(River(pk=1), None, None, "county", "chief", name, facts)


FIRST, NOW = term(1, 2016, 2018), term(2, 2021, None)
EARLIER = term(3, None, 2018)
"""A term of which nobody knows the first day."""


@pytest.mark.parametrize(
    ("there", "given", "meant"),
    [
        ([FIRST, NOW], [row(since=2016, until=2018), row(since=2021, until=None)], [1, 2]),
        ([FIRST, NOW], [row(since=2021, until=2025), row(since=2016, until=2019)], [2, 1]),
        ([FIRST], [row(since=2021, until=None)], [None]),
        ([EARLIER, NOW], [row(until=2018), row(since=2021, until=None)], [3, 2]),
        ([EARLIER], [row(since=2021, until=None)], [None]),
        ([], [row(since=2016, until=2018), row(since=2021, until=None)], [None, None]),
        ([NOW], [row("虚构乙", since=2021, until=None)], [None]),
    ],
)
def test_a_term_is_known_by_its_first_day(there: list[Chief], given: list[GivenChief], meant: list[int | None]) -> None:
    assert [chief and chief.pk for chief in terms_meant(given, there)] == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (row(since=2022, until=None), 2),  # a day that was wrong
        (row(since=2022), 2),
        (row(since=2015, until=2018), None),
        (row(until=None), 2),
        (row(until=2025), 2),
        (row(until=2018), 1),  # before she came back
        (row(until=2010), None),
        (row(), 2),
    ],
)
def test_a_row_of_another_day_or_of_none_goes_on_with_a_term_where_it_can(given: GivenChief, meant: int | None) -> None:
    [found] = terms_meant([given], [FIRST, NOW])
    assert (found and found.pk) == meant


def test_a_row_without_days_means_the_newest_of_terms_that_are_over() -> None:
    for there in ([FIRST, term(4, 2019, 2020)], [term(4, 2019, 2020), FIRST]):
        assert terms_meant([row()], there) == [term(4, 2019, 2020)]
        assert terms_meant([row(until=None)], there) == [None]  # she is in office again


def test_what_a_row_names_by_its_day_is_no_other_row_s_in_either_order() -> None:
    """She leaves, and comes back, in one sheet."""
    there, leaves, comes = [term(5, 2016, None)], row(since=2016, until=2018), row(since=2021, until=None)
    assert terms_meant([leaves, comes], there) == [there[0], None]
    assert terms_meant([comes, None, leaves], there) == [None, None, there[0]]
