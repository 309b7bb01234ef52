"""What is asked of the catalogue: words, place, time, kinds, ids; all of it must fit."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from accounts import looking
from geokit.refusal import BadInput
from ogc.crs import CRS84, box_of_text, crs_named
from ogc.moments import days_of
from ogc.query import limit_of

PARAMETERS = ("f", "bbox", "bbox-crs", "datetime", "limit", "offset", "q", "type", "ids", "externalIds", looking.NAME)
MOST_WORDS = 20
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """The records that a request asks for, and which of them first."""

    boxes: tuple[tuple[float, float, float, float], ...]
    days: tuple[dt.date | None, dt.date | None]
    phrases: tuple[tuple[str, ...], ...]
    types: frozenset[str]
    ids: frozenset[str]
    has_external_ids: bool
    limit: int
    offset: int

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Raises BadInput for a parameter that is not known or does not make sense."""
        for name in query:
            if name not in PARAMETERS:
                message = _("没有名为“%(name)s”的参数或属性，可用的属性：%(known)s。")
                raise BadInput(message % {"name": name[:60], "known": "、".join(PARAMETERS)}, code="bad-parameter")
        if crs_named(query.get("bbox-crs", ""), "bbox-crs") is not CRS84:
            raise BadInput(_("目录里的范围须是 CRS84（经度在前）。"), code="bad-crs")
        return cls(
            boxes=box_of_text(query["bbox"]) if query.get("bbox") else (),
            days=days_of(query["datetime"]) if query.get("datetime") else (None, None),
            phrases=_phrases(query.get("q", "")),
            types=_listed(query.get("type", "")),
            ids=_listed(query.get("ids", "")),
            has_external_ids=bool(query.get("externalIds")),
            limit=limit_of(query.get("limit", "")),
            offset=_offset(query.get("offset", "")),
        )

    def fits(self, record: Record) -> bool:
        """Whether a record meets all that is asked; none of ours has an identifier elsewhere."""
        said = record["properties"]
        return (
            not self.has_external_ids
            and (not self.types or said["type"] in self.types)
            and (not self.ids or record["id"] in self.ids)
            and (not self.phrases or self._says(record))
            and (not self.boxes or self._lies_there(record))
            and self._is_of_that_time(record)
        )

    def _says(self, record: Record) -> bool:
        said = record["properties"]
        text = " ".join([record["id"], said["title"], said["description"], *said["keywords"]]).casefold().split()
        return any(" ".join(phrase) in " ".join(text) for phrase in self.phrases)

    def _lies_there(self, record: Record) -> bool:
        if record["geometry"] is None:
            return False
        ring = record["geometry"]["coordinates"][0]
        (west, south), (east, north) = ring[0], ring[2]
        return any(w <= east and west <= e and s <= north and south <= n for w, s, e, n in self.boxes)

    def _is_of_that_time(self, record: Record) -> bool:
        """A record without a time fits every one, as a feature without one does."""
        start, end = self.days
        if record["time"] is None:
            return True
        day = dt.date.fromisoformat(record["time"]["date"])
        return (start is None or day >= start) and (end is None or day <= end)


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """Commas mean or; words between them stand in this order."""
    found = tuple(words for part in text.casefold().split(",") if (words := tuple(part.split())))
    if sum(map(len, found)) > MOST_WORDS:
        raise BadInput(_("q 最多 %s 个词。") % MOST_WORDS, code="bad-q")
    return found


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _offset(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BadInput(_("offset 须是不为负的整数，“%s”不是。") % text[:40], code="bad-offset")
    return int(text or 0)
