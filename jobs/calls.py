"""From a dotted path to a call. Only functions that an app's configuration names can be called, whoever wrote the row.

That a path leads into one of our modules is not enough: a module has names of others in it (`call_command`), and
functions that run what they are given. Who can write a row could run anything with the rights of a worker.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string


class Later(Exception):
    """Raised by a job that cannot be done just now: it comes again after a while, and that is no failure."""

    def __init__(self, after: timedelta = timedelta(seconds=30)) -> None:
        super().__init__(after)
        self.after = after


@cache
def named(attribute: str = "jobs") -> frozenset[str]:
    """The dotted paths that the apps' configurations name together."""
    return frozenset(path for config in apps.get_app_configs() for path in getattr(config, attribute, ()))


def must_be_named(func: str, attribute: str = "jobs") -> None:
    """Raises ValueError unless an app's configuration names the path."""
    if func not in named(attribute):
        raise ValueError(f"{func!r} is no function of this site")


def call(func: str, args: Sequence[Any]) -> Any:
    """Call it. Raises ValueError or ImportError when it may not be called or is not there, and whatever it raises."""
    must_be_named(func)
    found: Callable[..., Any] = import_string(func)
    return found(*args)
