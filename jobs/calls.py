"""From a dotted path to a call. Only functions of our own rooms can be named, whoever wrote the row."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string


class Later(Exception):
    """Raised by a job that cannot be done just now: it comes again after a while, and that is no failure."""

    def __init__(self, after: timedelta = timedelta(seconds=30)) -> None:
        super().__init__(after)
        self.after = after


@cache
def rooms() -> frozenset[str]:
    """The packages whose functions may be jobs: the apps that lie in this folder."""
    own = Path(settings.BASE_DIR)
    return frozenset(config.name for config in apps.get_app_configs() if Path(config.path).parent == own)


def must_be_ours(func: str) -> None:
    """Raises ValueError unless the path leads into one of our rooms."""
    if func.partition(".")[0] not in rooms() or not all(part.isidentifier() for part in func.split(".")):
        raise ValueError(f"{func!r} is no function of this site")


def call(func: str, args: Sequence[Any]) -> Any:
    """Call it. Raises ValueError or ImportError when there is no such function, and whatever it raises."""
    must_be_ours(func)
    found: Callable[..., Any] = import_string(func)
    return found(*args)
