"""Photos of a form that came back: kept for a while, so that nobody has to choose them again.

A browser forgets chosen files when a page is shown again. The photos are re-encoded already; the form carries a signed
ticket that names them. What is not sent again is deleted by the daily job.
"""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import rules
from supervision.findings.intake import clean_photos
from ui.pictures.photos import CleanPhoto, PhotoRefused

FOLDER = "findings/held"
SALT = "supervision.held"


def keep(photos: Sequence[CleanPhoto]) -> str:
    """Keep the photos and return the ticket for them; an empty one for none."""
    return signing.dumps([_store(photo) for photo in photos], salt=SALT, compress=True) if photos else ""


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
    return [photo for entry in _entries(ticket) if (photo := _load(entry)) is not None]


def delete(ticket: str) -> None:
    """Delete the photos of a ticket: they have been filed, or are not wanted."""
    for entry in _entries(ticket):
        default_storage.delete(entry["name"])


def delete_expired(now: datetime | None = None) -> int:
    """Delete the photos of forms that were not sent again in time; return how many."""
    before = (now or timezone.now()) - _kept_for()
    if not default_storage.exists(FOLDER):
        return 0
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    old = [name for name in names if default_storage.get_modified_time(name) < before]
    for name in old:
        default_storage.delete(name)
    return len(old)


def _kept_for() -> timedelta:
    """How long photos of a form that came back are kept, by the rule of the district."""
    return timedelta(hours=rules.value("reports.held_hours"))


def _entries(ticket: str) -> list[dict[str, Any]]:
    if not ticket:
        return []
    try:
        return list(signing.loads(ticket, salt=SALT, max_age=_kept_for()))
    except signing.BadSignature:
        return []


def _store(photo: CleanPhoto) -> dict[str, Any]:
    name = f"{FOLDER}/{secrets.token_urlsafe(24)}{photo.suffix}"
    return {
        "name": default_storage.save(name, ContentFile(photo.content)),
        "size": [photo.width, photo.height],
        "type": photo.content_type,
        "suffix": photo.suffix,
        "sha256": photo.sha256,
        "sent": photo.sent_sha256,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "place": [photo.lon, photo.lat],
    }


def _load(entry: dict[str, Any]) -> CleanPhoto | None:
    try:
        with default_storage.open(entry["name"], "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return None
    if sha256(content).hexdigest() != entry["sha256"]:
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
