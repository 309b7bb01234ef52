"""What the database and the disk hold after a drill, beside what was acknowledged."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

from supervision.findings.models import Finding, FindingPhoto
from supervision.matters.models import Suggestion
from tests.drills.writes import Report


@dataclass(frozen=True)
class Found:
    """Counts of one drill's reports."""

    acknowledged: int
    found: int
    """Of the acknowledged, those that are there exactly once with their number and all photos."""
    half: int
    """Rows of this drill with a part of them missing, acknowledged or not."""
    chain_is_sound: bool

    @property
    def is_well(self) -> bool:
        return self.acknowledged == self.found and not self.half and self.chain_is_sound


def look(reports: Iterable[Report]) -> Found:
    """Compare; rows and files are read anew, every photo's bytes against its row's digest."""
    connection.close()
    reports = list(reports)
    rows = Finding.objects.filter(client_id__in=[one.client_id for one in reports])
    by_id = {
        str(row.client_id): row for row in rows.select_related("suggestion").prefetch_related("photos", "sent_photos")
    }
    numbers = Counter(Suggestion.objects.values_list("number", flat=True))
    acknowledged = [one for one in reports if one.number]
    whole = [one for one in acknowledged if _is_whole(one, by_id.get(one.client_id)) and numbers[one.number] == 1]
    half = [row for row in by_id.values() if _is_half(row)]
    return Found(len(acknowledged), len(whole), len(half), chain_is_sound())


def _is_whole(report: Report, row: Finding | None) -> bool:
    if row is None or row.suggestion.number != report.number:
        return False
    arrived = {sent.sha256 for sent in row.sent_photos.all() if sent.arrived_at}
    return arrived == report.digests() and row.photos.count() == len(report.photos)


def _is_half(row: Finding) -> bool:
    """No suggestion, or a photo without its file or with other bytes."""
    has_suggestion = Suggestion.objects.filter(finding=row).exists()
    return not has_suggestion or any(not _file_is_right(photo) for photo in row.photos.all())


def _file_is_right(photo: FindingPhoto) -> bool:
    try:
        with photo.file.open("rb") as file:
            return hashlib.sha256(file.read()).hexdigest() == photo.sha256
    except OSError:
        return False


def chain_is_sound() -> bool:
    try:
        call_command("verify_chain", no_files=True, json=True, stdout=_Nowhere())
    except SystemExit as ended:
        return not ended.code
    return True


class _Nowhere:
    def write(self, _text: str) -> None:
        """The drill's table says whether it is sound; `verify_chain` by hand says what is not."""

    def flush(self) -> None: ...
