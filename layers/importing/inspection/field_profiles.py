"""Profiles of a source's fields, gathered batch by batch: samples, gaps, and which could be the key."""

import re
from dataclasses import dataclass, field
from typing import Any

from geokit.geometry.geojson import plain
from layers.importing.row_checks import CheckedBatch
from layers.storage.columns import Column

SAMPLES = 3
SAMPLE_LENGTH = 40
UNIQUE_ROWS = 200_000
"""Rows in which uniqueness is followed; memory stays bounded, and the load itself checks every row."""
KEY_LENGTH = 64
KEY_KINDS = ("text", "integer", "bigint")
# Names that stand for an identity, the likeliest first; those that software numbers anew on each export come last.
KEY_NAMES = (
    r"(编码|编号|代码)$", r"(^|_)(code|guid|uuid|globalid|bsm|标识码)$", r"(^|_)(id|no|bh|bm|dm|key)$",
    r"(编码|编号|代码|号)", r"(code|id|no)$",
)  # fmt: skip
RENUMBERED = r"^(objectid(_\d+)?|fid(_.*)?|ogc_fid|gid|row(_?id)?|序号|shape_.*)$"


@dataclass(slots=True)
class FieldProfile:
    """One field as far as it has been read."""

    column: Column
    nulls: int = 0
    samples: list[str] = field(default_factory=list)
    seen: set[Any] | None = field(default_factory=set)
    """Values so far while each came once; None when one came again or was missing."""
    followed: int = 0

    def take(self, values: list[Any]) -> None:
        missing = sum(value is None or value == "" for value in values)
        self.nulls += missing
        if len(self.samples) < SAMPLES:
            self._sample(values)
        if self.seen is not None:
            self._follow(values, missing)

    def _sample(self, values: list[Any]) -> None:
        for value in values:
            text = str(plain(value))[:SAMPLE_LENGTH] if value not in (None, "") else ""
            if text and text not in self.samples:
                self.samples.append(text)
                if len(self.samples) == SAMPLES:
                    return

    def _follow(self, values: list[Any], missing: int) -> None:
        if missing or self.column.kind not in KEY_KINDS:
            self.seen = None
        elif self.followed < UNIQUE_ROWS and self.seen is not None:
            before = len(self.seen)
            self.seen.update(values)
            self.followed += len(values)
            too_long = any(isinstance(value, str) and len(value) > KEY_LENGTH for value in values)
            if len(self.seen) - before < len(values) or too_long:
                self.seen = None


class Profile:
    """The fields of one source."""

    def __init__(self, columns: list[Column]) -> None:
        self.fields = [FieldProfile(column) for column in columns]

    def collect(self, checked: CheckedBatch) -> None:
        for one, values in zip(self.fields, checked.values, strict=True):
            one.take(values)

    def described(self) -> list[dict[str, Any]]:
        return [
            one.column.as_dict() | {"samples": one.samples, "nulls": one.nulls, "unique": bool(one.seen)}
            for one in self.fields
        ]

    def keys(self) -> list[dict[str, Any]]:
        """Fields that are there and different in every row, the likeliest name first."""
        found = [one for one in self.fields if one.seen]
        return [
            {"field": one.column.name, "rows": one.followed, "renumbered": is_renumbered(one.column.name)}
            for one in sorted(found, key=lambda one: rank(one.column.name))
        ]


def rank(name: str) -> int:
    """Where a field stands among possible keys; smaller is likelier."""
    if is_renumbered(name):
        return len(KEY_NAMES) + 1
    plain_name = name.lower()
    return next((place for place, words in enumerate(KEY_NAMES) if re.search(words, plain_name)), len(KEY_NAMES))


def is_renumbered(name: str) -> bool:
    """Names under which software numbers rows anew each time it writes a file."""
    return re.fullmatch(RENUMBERED, name.lower()) is not None
