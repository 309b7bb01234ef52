"""Photos of a form that came back: kept for a while, so that nobody has to choose them again.

A browser forgets chosen files when a page is shown again. The photos are re-encoded already; the form carries a signed
ticket that names them. What is not sent again is deleted by the daily job.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts import rules
from ledger.filestore.held import HeldFiles
from supervision.findings.intake import clean_photos
from ui.pictures.photos import CleanPhoto, PhotoRefused

HELD = HeldFiles("findings/held", "supervision.held")


def keep(photos: Sequence[CleanPhoto]) -> str:
    """Keep the photos and return the ticket for them; an empty one for none."""
    return HELD.keep((photo.content, photo.suffix, _facts(photo)) for photo in photos)


def keep_with(kept: Sequence[CleanPhoto], sent: Iterable[Any], ticket: str) -> str:
    """Keep photos of before and those files of `sent` that are in order, under a new ticket in place of `ticket`."""
    found = {photo.sha256: photo for photo in kept}
    for file in sent:
        file.seek(0)
        with suppress(PhotoRefused):
            found |= {photo.sha256: photo for photo in clean_photos([file])}
    delete(ticket)
    return keep(list(found.values()))


def read(ticket: str) -> list[CleanPhoto]:
    """Return the photos of a ticket; those that are gone, and those of a false ticket, are missing."""
    return [photo for entry in HELD.entries(ticket, _kept_for()) if (photo := _load(entry)) is not None]


def delete(ticket: str) -> None:
    """Delete the photos of a ticket: they have been filed, or are not wanted."""
    HELD.delete(ticket, _kept_for())


def delete_expired(now: datetime | None = None) -> int:
    """Delete the photos of forms that were not sent again in time; return how many."""
    return HELD.delete_before((now or timezone.now()) - _kept_for())


def _kept_for() -> timedelta:
    """How long photos of a form that came back are kept, by the rule of the district."""
    return timedelta(hours=rules.value("reports.held_hours"))


def _facts(photo: CleanPhoto) -> dict[str, Any]:
    return {
        "size": [photo.width, photo.height],
        "type": photo.content_type,
        "suffix": photo.suffix,
        "sent": photo.sent_sha256,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "place": [photo.lon, photo.lat],
    }


def _load(entry: Mapping[str, Any]) -> CleanPhoto | None:
    content = HELD.content(entry)
    if content is None:
        return None
    (width, height), (lon, lat) = entry["size"], entry["place"]
    return CleanPhoto(
        content=content,
        width=width,
        height=height,
        content_type=entry["type"],
        suffix=entry["suffix"],
        sha256=entry["sha256"],
        taken_at=datetime.fromisoformat(entry["taken_at"]) if entry["taken_at"] else None,
        lon=lon,
        lat=lat,
        sent_sha256=entry.get("sent", ""),
    )
