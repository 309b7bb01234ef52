"""Files that somebody handed in and that belong to no row yet: working files, kept for a while under a signed ticket.

A ticket names its files and is good for one owner. It is the only way to them: there is no list.
"""

import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

type Facts = Mapping[str, Any]
HOLDER_ENDS = "."
"""Behind the holder in a file's name; the part by chance has none."""


@dataclass(frozen=True, slots=True)
class HeldFiles:
    """The files of one folder of the store (`names.WORKING`); `salt` keeps its tickets apart from all others."""

    folder: str
    salt: str

    def keep(self, files: Iterable[tuple[bytes, str, Facts]], owner: str = "", holder: str = "") -> str:
        """Keep contents with their suffix and what is known of them; return the ticket, empty for no file.

        What one `holder`, perhaps of several owners' files, has here is counted by `bytes_of`.
        """
        entries = [self._store(content, suffix, facts, holder) for content, suffix, facts in files]
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

    def bytes_of(self, holder: str) -> int:
        """Return how many bytes are kept here for a holder."""
        total = 0
        for name in self._names():
            if name.startswith(f"{self.folder}/{holder}{HOLDER_ENDS}"):
                with suppress(FileNotFoundError):  # deleted meanwhile
                    total += default_storage.size(name)
        return total

    def delete_before(self, moment: datetime) -> int:
        """Delete files that were kept before a moment; return how many."""
        old = [name for name in self._names() if default_storage.get_modified_time(name) < moment]
        for name in old:
            default_storage.delete(name)
        return len(old)

    def _names(self) -> list[str]:
        if not default_storage.exists(self.folder):
            return []
        return [f"{self.folder}/{name}" for name in default_storage.listdir(self.folder)[1]]

    def _salt(self, owner: str) -> str:
        return f"{self.salt}:{owner}" if owner else self.salt

    def _store(self, content: bytes, suffix: str, facts: Facts, holder: str) -> dict[str, Any]:
        whose = f"{holder}{HOLDER_ENDS}" if holder else ""
        name = f"{self.folder}/{whose}{secrets.token_urlsafe(24)}{suffix}"
        kept = {"name": default_storage.save(name, ContentFile(content)), "sha256": sha256(content).hexdigest()}
        return {**facts, **kept}
