"""The parameters of a tile request: a filter, fewer properties, a month, another grid.

`selection.py` applies them to the layers: it returns ordinary layers with a smaller queryset and fewer fields, so the
engine needs no special case.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from tiles.grids.tile_matrix_sets import WEB_MERCATOR, Grid, grid_named

MAX_FILTER = 2_000
"""Characters of a filter; more is a query language's abuse, not a map's filter."""
MAX_PROPERTIES = 64
MONTH = re.compile(r"(19[5-9][0-9]|20[0-9]{2})-(0[1-9]|1[0-2])")
LANGUAGE = "cql2-text"


@dataclass(frozen=True, slots=True)
class TileRequest:
    """A request's parameters, checked for form. Equal requests have equal keys, however they were written."""

    filter: str = ""
    """CQL2 text; what its names mean is checked against the layer."""
    properties: tuple[str, ...] | None = None
    """Sorted; None for all, empty for none but the id."""
    at: str = ""
    """A month, ``2026-03``."""
    grid: Grid = WEB_MERCATOR

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Parse a query string; parameters of other purposes (a token, a version) are ignored.

        Raises BadInput `bad-filter`, `bad-filter-lang`, `bad-properties`, `bad-at` or `bad-grid`.
        """
        return cls(
            filter=filter_text(query),
            properties=_properties(query.get("properties")),
            at=_month(query.get("at", "")),
            grid=grid_named(query.get("grid", "")),
        )

    @property
    def key(self) -> str:
        """Return the query string that asks for the same, ``""`` when nothing special is asked: for cache keys
        and for the addresses in a TileJSON."""
        parts = {}
        if self.filter:
            parts["filter"] = self.filter
        if self.properties is not None:
            parts["properties"] = ",".join(self.properties)
        if self.at:
            parts["at"] = self.at
        if self.grid != WEB_MERCATOR:
            parts["grid"] = self.grid.name
        return urlencode(parts)

    @property
    def is_plain(self) -> bool:
        return self == PLAIN


def filter_text(query: Mapping[str, str], languages: Sequence[str] = (LANGUAGE,)) -> str:
    """Return the text of `filter=`. Raises BadInput for one that is too long, and for another language."""
    text = query.get("filter", "").strip()
    language = query.get("filter-lang", LANGUAGE)
    if language not in languages:
        message = _("过滤语言“%(language)s”不支持，请用 %(known)s。")
        raise BadInput(message % {"language": language[:40], "known": "、".join(languages)}, code="bad-filter-lang")
    if len(text) > MAX_FILTER:
        raise BadInput(_("过滤条件过长：最多 %(most)d 个字符。") % {"most": MAX_FILTER}, code="bad-filter")
    return text


def _properties(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = {name.strip() for name in text.split(",")} - {""}
    if len(names) > MAX_PROPERTIES:
        raise BadInput(_("属性过多：最多 %(most)d 个。") % {"most": MAX_PROPERTIES}, code="bad-properties")
    # The id is always there, so asking for it changes nothing.
    return tuple(sorted(names - {"id"}))


def _month(text: str) -> str:
    if text and not MONTH.fullmatch(text):
        message = _("时间“%(at)s”无效：请写成年月，例如 2026-03。") % {"at": text[:40]}
        raise BadInput(message, code="bad-at")
    return text


PLAIN = TileRequest()
