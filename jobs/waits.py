"""How long to wait before another attempt at what lies outside: twice as long each time."""

from datetime import timedelta

LONGEST_WAIT = timedelta(hours=6)
_MOST_DOUBLINGS = 12


def wait_after(failures: int, first: timedelta) -> timedelta:
    """Return the wait after so many failures one after the other, `LONGEST_WAIT` at most.

    >>> [wait_after(number, timedelta(minutes=1)) // timedelta(minutes=1) for number in (1, 2, 9, 10, 500)]
    [1, 2, 256, 360, 360]
    """
    return min(first * 2 ** min(failures - 1, _MOST_DOUBLINGS), LONGEST_WAIT)
