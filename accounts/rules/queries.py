"""Reads of the rules: one small query for each request, however often a rule is asked in it.

Within a request the rules are read once and kept until it ends, so that one answer never mixes two versions. Outside of
one (a job, a command, a test) every call reads them; loops take a `book()`. No process keeps them for longer, so a
change is in force everywhere with the next request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.core.signals import request_finished, request_started
from django.utils import timezone

from accounts.rules.book import Book, Entry
from accounts.rules.models import RuleChange

_kept: ContextVar[list[Book] | None] = ContextVar("rules of this request", default=None)
"""None outside of a request; within one an empty list, then the one book that it has read."""


def book() -> Book:
    """Return all rules as they stand, for any number of questions."""
    kept = _kept.get()
    if kept and kept[0].today == timezone.localdate():
        return kept[0]
    found = _read()
    if kept is not None:
        kept[:] = [found]
    return found


def value(key: str, on: date | None = None) -> Any:
    """Return the value of a rule in force on a local day (default: today); raises KeyError for an unknown key."""
    return book().value(key, on)


def version(on: date | None = None) -> int:
    """Return the number of the rules in force on a day, which a judgment stores."""
    return book().version(on)


def basis(*keys: str, on: date | None = None) -> dict[str, Any]:
    """Return the version and the values of `keys` as JSON, which the event of a judgment stores."""
    return book().basis(*keys, on=on)


def _read() -> Book:
    rows = RuleChange.objects.filter(withdrawal=None).values_list("pk", "key", "value", "effective_from")
    return Book((Entry(*row) for row in rows), timezone.localdate())


def forget() -> None:
    """Read anew at the next question: the rules were changed in this request."""
    if (kept := _kept.get()) is not None:
        kept.clear()


def begin_request(**kwargs: Any) -> None:
    """From here on the rules are read once."""
    _kept.set([])


def end_request(**kwargs: Any) -> None:
    """From here on every question reads the rules anew."""
    _kept.set(None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within this the rules are read once, as within a request: for work of many steps in one transaction."""
    token = _kept.set(_kept.get() or [])
    try:
        yield
    finally:
        _kept.reset(token)


def keep_within_requests() -> None:
    """Called once when the app starts."""
    request_started.connect(begin_request, dispatch_uid="rules of a request begin")
    request_finished.connect(end_request, dispatch_uid="rules of a request end")
