"""Rows and files compared both ways: rows without their file are told, files without a row are removed after a while.

Nothing is removed where the store may not be what it seems: another site keeps files there, it looks empty or not
mounted, this site came to it only now, or half of it would go.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.utils import timezone

from ledger.filestore import addressed, marks, names, references, removal
from ledger.filestore.addressed import Listed
from ledger.filestore.references import Naming
from ledger.filestore.signals import files_checked
from ledger.models import AuditEntry

VERB, KIND = "files-checked", "ledger.filestore"
BATCH = 500
FEW = 100
"""So many files without a row are not yet a sign that something is wrong with the rows."""
MANY = 2000
"""So many rows without a file are a store that is away, and need not be asked for one by one."""
MOST_SHOWN = 20
MARGIN = timedelta(hours=1)
SHARED, UNMOUNTED, NEW_HERE, TOO_MANY = "shared", "unmounted", "new-here", "too-many"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `held_back` says why nothing was removed: "", or one of the words above."""

    files: int = 0
    bytes: int = 0
    named: int = 0
    missing: int = 0
    unnamed: int = 0
    """Files without a row, the young ones with them."""
    removed: int = 0
    held_back: str = ""
    lost: list[Naming] = field(default_factory=list)
    """The first rows without their file."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class _Found:
    files: int = 0
    bytes: int = 0
    unnamed: int = 0
    old: list[str] = field(default_factory=list)


def grace() -> timedelta:
    """How old a file without a row must be: longer than the longest upload or transaction takes."""
    longest = timedelta(seconds=settings.IMPORT_SECONDS) + MARGIN
    return max(timedelta(hours=settings.FILE_GRACE_HOURS), longest)


def compare(*, remove: bool = False, force: bool = False, now: datetime | None = None) -> Report:
    """Compare rows and files; with `remove` take away old files that no row names. `force`: however many they are."""
    waiting = references.names_in_rows()
    named, before = len(waiting), (now or timezone.now()) - grace()
    found = _look(waiting, before)
    lost = _still_lost(waiting)
    report = Report(found.files, found.bytes, named, len(lost), found.unnamed, lost=_shown(lost))
    report = replace(report, held_back=_doubt(report, found, force))
    if remove and not report.held_back:
        report = replace(report, removed=sum(map(removal.remove_all_unnamed, batched(found.old, BATCH, strict=False))))
    return report


def nightly() -> Report:
    """Compare, remove what is due, write down what was found, and tell whoever listens."""
    report = compare(remove=True)
    addressed.store().make_mark(marks.own_mark())
    AuditEntry.objects.create(verb=VERB, object_type=KIND, object_id="", detail=report.as_json())
    files_checked.send(Report, report=report)
    return report


def last_check() -> AuditEntry | None:
    """What the last comparison found and when."""
    return AuditEntry.objects.filter(object_type=KIND, object_id="").order_by("-pk").first()


def _look(waiting: set[str], before: datetime) -> _Found:
    """Go through the store; of `waiting`, the names in rows, those that it does not have are left."""
    found, ours = _Found(), {names.POOL, names.RASTERS, *references.roots()}
    for each in _kept(ours):
        found.files += 1
        found.bytes += each.size
        if each.name in waiting:
            waiting.discard(each.name)
            continue
        found.unnamed += 1
        if each.modified < before:
            found.old.append(each.name)
    return found


def _kept(ours: set[str]) -> Iterator[Listed]:
    """Files that rows keep, and halves of such; derived files, work under way and others' files are not looked at."""
    for each in addressed.store().listed():
        top = names.top_of(each.name)
        if top == names.INCOMING or (top in ours and not names.is_passing(each.name)):
            yield each


def _doubt(report: Report, found: _Found, force: bool) -> str:
    """Why nothing may be removed from this store now; "" where nothing speaks against it."""
    there, own = addressed.store().marks(), marks.own_mark()
    if there - {own}:
        return SHARED
    if report.missing * 2 > report.named or (found.files and not report.named):
        return UNMOUNTED
    if own not in there:
        return NEW_HERE
    return TOO_MANY if not force and len(found.old) > max(FEW, found.files // 2) else ""


def _still_lost(waiting: set[str]) -> set[str]:
    """Names without a file, but for those of rows that went and files that came while the store was gone through."""
    if len(waiting) > MANY:
        return waiting
    return {name for name in references.named_among(waiting) if not addressed.store().exists(name)}


def _shown(lost: set[str]) -> list[Naming]:
    return references.rows_naming(sorted(lost)[:MOST_SHOWN])[:MOST_SHOWN]
