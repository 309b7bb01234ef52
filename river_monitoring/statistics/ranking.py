"""From how many rated sections on a group is ranked, and the places of those that are."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from accounts import rules

MINIMUM = "ranking.minimum"


def ranking_basis(day: date) -> dict[str, Any]:
    """The rule that places are given by: the one of that day, of today where it is to come, with its version.

    ``basis[MINIMUM]`` is the least number of rated sections that a group needs to be ranked.
    """
    return rules.basis(MINIMUM, on=min(day, timezone.localdate()))


def in_places[T](
    rows: Iterable[T], order: Callable[[T], Any], is_ranked: Callable[[T], bool]
) -> list[tuple[T, int | None]]:
    """Sort rows by `order`, those that are not ranked last, each with its place; equal ones share theirs."""
    found: list[tuple[T, int | None]] = []
    for row in sorted(rows, key=lambda row: (not is_ranked(row), order(row))):
        place: int | None = len(found) + 1 if is_ranked(row) else None
        if place and found and order(found[-1][0]) == order(row):
            place = found[-1][1]
        found.append((row, place))
    return found
