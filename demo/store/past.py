"""Services called as if it were another day: what the demo tells of the past goes the same way as what happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything that asks Django for the time hear `moment`."""
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield
