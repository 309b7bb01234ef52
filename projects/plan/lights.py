"""The rule of the lights: rules of the district (`lights.*`), as they are in force on the day of the judgment."""

from datetime import date
from typing import Any

from accounts import rules
from accounts.rules import Book
from projects.plan.progress import LightRule

KEYS = ("lights.method", "lights.yellow_from_points", "lights.red_above_points", "lights.red_unstarted_months")


def rule_on(day: date | None = None, book: Book | None = None) -> LightRule:
    """Return the rule in force on a day, today by default."""
    book = book or rules.book()
    return LightRule(**{key.removeprefix("lights."): book.value(key, day) for key in KEYS})


def same_rule(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two bases (`accounts.rules.basis`) give the lights by the same values, whatever their versions."""
    return all(key in one and one[key] == other.get(key) for key in KEYS)
