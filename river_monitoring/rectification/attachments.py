"""Files that are handed in with a step, and the photos of a point as the rule on photos reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from geokit.photo_claims import compare
from ledger.filestore.responses import opened
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import Evidence, RectificationEvent
from river_monitoring.steps.photos import Kind, Photo
from ui.pictures.copies import NoPicture, picture_hashes

PHOTO_KINDS = (Evidence.Kind.BEFORE, Evidence.Kind.AFTER)


@dataclass(frozen=True)
class Attachment:
    """A checked file that proves a step: the bytes that are kept, their hash and, for a photo, when it was taken."""

    kind: str
    content: bytes
    suffix: str
    sha256: str
    taken_at: datetime | None = None
    caption: str = ""
    lon: float | None = None
    lat: float | None = None
    """EXIF position, degrees; kept beside the photo, never in it."""

    @property
    def is_photo(self) -> bool:
        return self.kind in PHOTO_KINDS

    @cached_property
    def hashes(self) -> list[str]:
        """What the photo looks like; empty for a paper and for what is no picture."""
        return hashes_of(self.content) if self.is_photo else []


def hashes_of(content: bytes) -> list[str]:
    """The picture hashes of a file; empty when it cannot be read as a picture."""
    try:
        return picture_hashes(content)
    except NoPicture:
        return []


def photos_on_file(point: MonitoringPoint, present: Iterable[RectificationEvent]) -> list[Photo]:
    """Every photo of the point; those of other events than the `present` ones belong to earlier listings."""
    pieces = list(
        Evidence.objects.filter(event__point=point, kind__in=PHOTO_KINDS)
        .select_related("event", "check_result", "vouch")
        .order_by("pk")
    )
    holders, now = _other_holders(point, [piece.sha256 for piece in pieces]), {event.pk for event in present}
    return [_photo(piece, piece.event_id in now, holders) for piece in pieces]


def photo_of(piece: Evidence) -> Photo:
    """A photo on file as the rule reads it, by itself."""
    return _photo(piece, True, {})


def photos_handed_in(point: MonitoringPoint, attachments: Sequence[Attachment], at: datetime) -> list[Photo]:
    """The photos among `attachments`, handed in at `at` for the point."""
    given = [each for each in attachments if each.is_photo]
    holders = _other_holders(point, [each.sha256 for each in given])
    return [_handed_in(point, each, at, holders) for each in given]


type _Holders = dict[str, tuple[datetime, str]]


def _other_holders(point: MonitoringPoint, digests: Sequence[str]) -> _Holders:
    """By digest, since when and for which other point the same file has been kept."""
    rows = Evidence.objects.filter(sha256__in=digests, kind__in=PHOTO_KINDS).exclude(event__point=point)
    newest_first = rows.order_by("-event__at").values_list("sha256", "event__at", "event__point__name")
    return {digest: (at, name) for digest, at, name in newest_first}


def _used_by(digest: str, at: datetime, holders: _Holders) -> str:
    """The other point that had the file before; whoever copies a photo does not spoil the original."""
    since, name = holders.get(digest, (at, ""))
    return name if since < at else ""


def _photo(piece: Evidence, is_present: bool, holders: _Holders) -> Photo:
    check: Any = getattr(piece, "check_result", None)
    return Photo(
        kind=_kind(piece.kind) if is_present else "earlier",
        hashes=piece.picture_hashes or _hashes_of_file(piece),
        kept_at=timezone.localtime(piece.event.at),
        taken_at=timezone.localtime(piece.taken_at) if piece.taken_at else None,
        away_m=check.away_m if check else None,
        looks_offset=bool(check and check.looks_offset),
        is_vouched=hasattr(piece, "vouch"),
        used_by=_used_by(piece.sha256, piece.event.at, holders) if is_present else "",
    )


def _handed_in(point: MonitoringPoint, given: Attachment, at: datetime, holders: _Holders) -> Photo:
    found = compare(given.lon, given.lat, given.taken_at, lon=point.geom.x, lat=point.geom.y, at=at)
    return Photo(
        kind=_kind(given.kind),
        hashes=given.hashes,
        kept_at=timezone.localtime(at),
        taken_at=timezone.localtime(given.taken_at) if given.taken_at else None,
        away_m=found.away_m,
        looks_offset=found.looks_offset,
        used_by=_used_by(given.sha256, at, holders),
    )


def _kind(kind: str) -> Kind:
    return "before" if kind == Evidence.Kind.BEFORE else "after"


def _hashes_of_file(piece: Evidence) -> list[str]:
    """For photos that were kept before their hashes were: read from the file."""
    try:
        with opened(piece.file) as file:
            return hashes_of(file.read())
    except OSError:
        return []
