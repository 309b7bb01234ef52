"""Other rooms' figures for the same area, department and time, so that one filter narrows the whole page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts.indicators import Indicator, Ratio, Source
from accounts.permissions import Asker
from reporting.dashboard.selection import Selection
from reporting.indicators.room_figures import MATTERS, sources


@dataclass(frozen=True, slots=True)
class RelatedFigure:
    """One indicator of another room, and the list of the same things."""

    indicator: Indicator
    ratio: Ratio
    url: str
    part_url: str = ""
    whole_url: str = ""
    """The lists of what is counted; empty where no list holds just that."""


@dataclass(frozen=True, slots=True)
class Related:
    """What other rooms count in the question's area, department and time."""

    figures: list[RelatedFigure]
    on_map: dict[str, list[int]]
    """Ids per tileset of what is counted."""
    note: str


def related(asker: Asker, choice: Selection, today: date) -> Related:
    """Measure every indicator that a room other than supervision offers."""
    figures: list[RelatedFigure] = []
    on_map: dict[str, set[int]] = defaultdict(set)
    others = [source for source in sources().values() if source.code != MATTERS and source.indicators]
    for source in others:
        cases = list(source.cases(asker, choice, today))
        figures += _figures(source, cases, choice)
        if source.tileset and cases:
            on_map[source.tileset] |= {case.pk for case in cases}  # a project once, however many rated it
    notes = [str(source.note) for source in others]
    ids = {tileset: sorted(found) for tileset, found in on_map.items()}
    return Related(figures, ids, "".join([*notes, _("类别和答复用时只用于意见建议。")]))


def _figures(source: Source, cases: list[Any], choice: Selection) -> list[RelatedFigure]:
    url = source.address(choice) if source.address else ""
    return [
        RelatedFigure(
            each,
            each.of(cases),
            url,
            part_url=_narrowed(url, each.part_list) if each.part_list else "",
            whole_url=_narrowed(url, each.whole_list) if each.whole_list or each.counts_all else "",
        )
        for each in source.indicators
    ]


def _narrowed(url: str, words: str) -> str:
    """The list at `url` narrowed by a figure of its own or by a query; empty where there is no list."""
    query = words if "=" in words else f"figure={words}"
    if not url or not words:
        return url
    return f"{url}{'&' if urlsplit(url).query else ''}{query}"
