"""From how many rated sections on a group is ranked."""

from datetime import date

USUAL = 3


def least_ranked(day: date | None = None) -> int:
    """The least number of rated sections that a town, river or department needs to be ranked."""
    return USUAL
