"""What the clean-up of layers goes by: the most generous value of the last 30 days."""

from datetime import date, timedelta

import pytest

from accounts.rules import Book
from accounts.rules.book import Entry
from layers.rules import KEEP_DAYS, KEEP_VERSIONS, UPLOAD_DAYS, most_kept

TODAY = date(2026, 12, 1)


def book(*changes: tuple[str, int, int]) -> Book:
    """Rules of today; each change is key, value, and how many days ago it began."""
    entries = (Entry(pk, key, value, TODAY - timedelta(days=ago)) for pk, (key, value, ago) in enumerate(changes))
    return Book(entries, TODAY)


def test_without_a_change_the_defaults_are_kept() -> None:
    assert [most_kept(book(), key) for key in (KEEP_VERSIONS, KEEP_DAYS, UPLOAD_DAYS)] == [10, 90, 30]


@pytest.mark.parametrize(("ago", "expected"), [(0, 90), (29, 90), (30, 30)])
def test_a_smaller_number_counts_after_thirty_days_and_a_larger_one_at_once(ago: int, expected: int) -> None:
    assert most_kept(book((KEEP_DAYS, 30, ago)), KEEP_DAYS) == expected
    assert most_kept(book((KEEP_DAYS, 400, ago)), KEEP_DAYS) == 400


def test_what_was_in_force_for_one_day_of_the_last_thirty_counts() -> None:
    assert most_kept(book((KEEP_VERSIONS, 50, 20), (KEEP_VERSIONS, 2, 19)), KEEP_VERSIONS) == 50


def test_a_number_from_when_less_was_allowed_is_raised_to_the_least() -> None:
    old = book((KEEP_VERSIONS, 0, 400), (KEEP_DAYS, 1, 400), (UPLOAD_DAYS, 1, 400))
    assert [most_kept(old, key) for key in (KEEP_VERSIONS, KEEP_DAYS, UPLOAD_DAYS)] == [2, 30, 7]
