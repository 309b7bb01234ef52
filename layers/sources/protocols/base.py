"""What a protocol offers: the layers of a service, and all features of one of them in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _

from layers.sources.client import Client, PageTooLong, unfetched

PAGE_ROWS = 1_000
FEWEST_ROWS = 10
MOST_CHOICES = 500
MOST_COUNT = 10**12

type Progress = Callable[[int, int | None], None]
"""Takes how many features have come, of how many; raises to stop the reading."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One layer of a service."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file with all that was asked for; None for `path` where the other side says that nothing changed."""

    path: Path | None
    name: str = ""
    digest: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read, into which folder; `etag` and `last_modified` are those of the last time."""

    name: str
    folder: Path
    stem: str
    most_bytes: int
    etag: str = ""
    last_modified: str = ""


class Adapter(Protocol):
    """A module of this folder."""

    def choices(self, client: Client) -> list[Choice]: ...

    def fetch(self, client: Client, wanted: Wanted, report: Progress) -> Fetched: ...


def smaller_pages[Page](ask: Callable[[int], Page], rows: int) -> tuple[Page, int]:
    """Return one page and how many rows it was asked for; too long a one is asked for again with fewer rows."""
    while True:
        try:
            return ask(rows), rows
        except PageTooLong:
            if rows <= FEWEST_ROWS:
                raise
            rows = max(FEWEST_ROWS, rows // 4)


def count_in(value: Any) -> int | None:
    """A number of features as services say it; None for `unknown` and for what is no number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_COUNT else None


def list_in(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects in an answer. Raises BadInput where there is none."""
    rows = found.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unfetched("source-unreadable", _("对方的答复里没有“%s”，可能不是这种服务。") % name)
    return rows
