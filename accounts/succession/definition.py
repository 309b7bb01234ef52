"""What a room says of things that are handed on, in its `succession.py`; `settings.SUCCESSIONS` lists the rooms."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.directory.models import User
from accounts.permissions import Asker


def nothing(row: Any, successor: User) -> str:
    """No obstacle."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Things of one kind that wait for one person herself. What waits for a department or a town is not hers alone."""

    kind: str
    title: Any
    rows: Callable[[User], QuerySet[Any]]
    """What is hers and not yet done."""
    words: Callable[[Any], str]
    url: Callable[[Any], str]
    give: Callable[[Asker, Any, User, User], None] | None = None
    """Hand one row (locked) from the first person to the second, with an event; None where it goes by itself."""
    obstacle: Callable[[Any, User], str] = nothing
    """Why this person cannot take this row; empty where she can."""
    note: Any = ""
    of_the_person: bool = False
    """It goes to another account of the same person only, such as her seat."""


@cache
def declared() -> tuple[Belonging, ...]:
    """Everything that rooms hand on, in the order of `settings.SUCCESSIONS`."""
    return tuple(one for module in settings.SUCCESSIONS for one in import_module(module).BELONGINGS)
