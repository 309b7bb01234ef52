"""Files that somebody handed in and that belong to no row yet: working files, kept for a while under a signed ticket.

A ticket names its files and is good for one owner. It is the only way to them: there is no list.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

type Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeldFiles:
    """The files of one folder of the store (`names.WORKING`); `salt` keeps its tickets apart from all others."""

    folder: str
    salt: str

    def keep(self, files: Iterable[tuple[bytes, str, Facts]], owner: str = "") -> str:
        """Keep contents with their suffix and what is known of them; return the ticket, empty for no file."""
        entries = [self._store(content, suffix, facts) for content, suffix, facts in files]
        return signing.dumps(entries, salt=self._salt(owner), compress=True) if entries else ""

    def entries(self, ticket: str, most_age: timedelta, owner: str = "") -> list[dict[str, Any]]:
        """Return what is known of a ticket's files; nothing for a false, an expired and somebody else's ticket."""
        try:
            return list(signing.loads(ticket, salt=self._salt(owner), max_age=most_age)) if ticket else []
        except signing.BadSignature:
            return []

    def content(self, entry: Facts) -> bytes | None:
        """Return the bytes of a file; None when it is gone or no longer what was kept."""
        try:
            with default_storage.open(entry["name"], "rb") as file:
                content: bytes = file.read()
        except FileNotFoundError:
            return None
        return content if sha256(content).hexdigest() == entry["sha256"] else None

    def delete(self, ticket: str, most_age: timedelta, owner: str = "") -> None:
        """Delete the files of a ticket: they have been filed, or are not wanted."""
        for entry in self.entries(ticket, most_age, owner):
            default_storage.delete(entry["name"])

    def delete_before(self, moment: datetime) -> int:
        """Delete files that were kept before a moment; return how many."""
        if not default_storage.exists(self.folder):
            return 0
        names = [f"{self.folder}/{name}" for name in default_storage.listdir(self.folder)[1]]
        old = [name for name in names if default_storage.get_modified_time(name) < moment]
        for name in old:
            default_storage.delete(name)
        return len(old)

    def _salt(self, owner: str) -> str:
        return f"{self.salt}:{owner}" if owner else self.salt

    def _store(self, content: bytes, suffix: str, facts: Facts) -> dict[str, Any]:
        name = f"{self.folder}/{secrets.token_urlsafe(24)}{suffix}"
        kept = {"name": default_storage.save(name, ContentFile(content)), "sha256": sha256(content).hexdigest()}
        return {**facts, **kept}
