"""What stands in a person's calendar: every room offers its own, by `calendar_entries` of its AppConfig."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.apps import apps
from django.utils.module_loading import import_string

from accounts.directory.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One appointment. `uid` stays for good, `sequence` grows with each change: so subscribers see it."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    url: str
    """An address of this site, without host."""
    location: str = ""
    description: str = ""
    place: tuple[float, float] | None = None
    """Latitude, longitude."""
    is_cancelled: bool = False


type Offer = Callable[[User, datetime], Iterable[Entry]]


@cache
def _offers() -> tuple[Offer, ...]:
    paths = (path for config in apps.get_app_configs() for path in getattr(config, "calendar_entries", ()))
    return tuple(import_string(path) for path in paths)


def entries_for(user: User, since: datetime) -> list[Entry]:
    """Return what `user` has to attend, from `since` on, of every room, in the order of time."""
    return sorted((entry for offer in _offers() for entry in offer(user, since)), key=lambda entry: entry.starts_at)
