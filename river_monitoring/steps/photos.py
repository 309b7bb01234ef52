"""Which photos prove that a water was put in order: different pictures, near the point, before and after the works.

Pure Python. A photo's own time and place are claims (`geokit.photo_claims`): one that contradicts the file is refused.
One that says nothing of its place, or an after photo of its time, counts once somebody else than its uploader has
vouched for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from river_monitoring.standard.message import Message
from ui.pictures.picture_hash import same_picture

Kind = Literal["before", "after", "earlier"]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that is on file or handed in now; `earlier` ones belong to a listing of the point that is over.

    `away_m` are metres from the point to the place in the photo, None without one; `looks_offset` says that the gap is
    that of GCJ-02. `used_by` names another point whose file holds the same picture.
    """

    kind: Kind
    hashes: Sequence[str]
    kept_at: datetime
    taken_at: datetime | None = None
    away_m: float | None = None
    looks_offset: bool = False
    is_vouched: bool = False
    used_by: str = ""

    @property
    def time(self) -> datetime:
        """When it was taken at the latest: a clock that says later than the hand-in is wrong."""
        return min(self.taken_at or self.kept_at, self.kept_at)

    @property
    def has_time(self) -> bool:
        return self.taken_at is not None and self.taken_at <= self.kept_at

    @property
    def says_enough(self) -> bool:
        """Whether it tells its place, and after the works its time."""
        return self.away_m is not None and (self.kind == "before" or self.has_time)


def usable(kind: Kind, photos: Sequence[Photo], completions: Sequence[datetime], most_m: float) -> list[Photo]:
    """The photos of a kind without a fault; whether somebody vouched for them is not asked."""
    return [photo for photo in photos if photo.kind == kind and not fault_of(photo, photos, completions, most_m)]


def proven(kind: Kind, photos: Sequence[Photo], completions: Sequence[datetime], most_m: float) -> list[Photo]:
    """The usable photos that say enough of themselves, or that somebody vouched for."""
    return [photo for photo in usable(kind, photos, completions, most_m) if photo.says_enough or photo.is_vouched]


def fault_of(photo: Photo, photos: Iterable[Photo], completions: Sequence[datetime], most_m: float) -> Message | None:
    """The first thing that keeps a photo from proving anything; `completions` are when the measures were complete."""
    return next(_faults(photo, photos, completions, most_m), None)


def _faults(photo: Photo, photos: Iterable[Photo], completions: Sequence[datetime], most_m: float) -> Iterator[Message]:
    if not photo.hashes:
        yield Message("照片打不开，无法比对")
    if photo.used_by:
        yield Message("与“%(point)s”档案里的照片是同一张", {"point": photo.used_by})
    if photo.away_m is not None and photo.away_m > most_m and not photo.looks_offset:
        yield Message(
            "拍摄位置离点位%(metres)s米，超过%(most)s米", {"metres": round(photo.away_m), "most": round(most_m)}
        )
    if photo.kind == "after" and any(_is_copy(photo, other) for other in photos):
        yield Message("与治理前或以前的照片是同一张")
    if photo.kind == "before" and completions and photo.time >= min(completions):
        yield Message("拍摄于措施完成（%(day)s）之后", {"day": min(completions).date()})
    if photo.kind == "after" and completions and photo.time <= max(completions):
        yield Message("拍摄于措施完成（%(day)s）之前", {"day": max(completions).date()})


def _is_copy(photo: Photo, other: Photo) -> bool:
    return other.kind != "after" and same_picture(photo.hashes, other.hashes)
