"""Boards in a report: the blocks of each as `reporting.boards` shows them, so that a figure is the board's own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.looking import as_public
from accounts.permissions import Asker
from reporting.boards.export import invented
from reporting.boards.models import Board
from reporting.boards.page import Block as Shown
from reporting.boards.page import Key
from reporting.boards.selection import Choice
from reporting.boards.showing import show_board
from reporting.indicators import periods
from reporting.quarterly.blocks import Block, Drawing, Figures, Heading, Link, Paragraph, Table
from reporting.quarterly.maps import review_words
from river_monitoring.standard.averages import Span
from ui.tokens import page_colours

SIZE = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
LEADS = re.compile(r"</?a\b[^>]*>")
"""Links of a drawing lead within the site; on paper they lead nowhere."""


def boards_in_report(boards: Sequence[Board], reader: Asker, span: Span) -> list[Block]:
    """A chapter for each board, for the board's own period at the end of `span`, as `reader` or the public sees it."""
    reader = reader or as_public(None)
    return [block for board in boards for block in _board(board, reader, span)]


def _board(board: Board, reader: Asker, span: Span) -> Iterator[Block]:
    choice = Choice(board.period_kind, periods.start_of(board.period_kind, span.last_day))
    shown = show_board(reader, board, choice)
    yield Heading(board.title, 1, f"board-{board.slug}")
    told = [choice.words, *([_("演示数据，虚构")] if invented(shown) else [])]
    page = f"{board.get_absolute_url()}?{choice.query()}"
    yield Paragraph(_("；").join(told) + _("。"), is_note=True, links=(Link(0, len(choice.words), page),))
    figures: list[Shown] = []
    for one in shown:
        if one.kind == "figure":
            figures.append(one)
            continue
        yield from _taken(figures)
        yield from _block(board, one)
    yield from _taken(figures)
    if not shown:
        yield Paragraph(_("没有可以列入的内容。"))


def _taken(figures: list[Shown]) -> Iterator[Block]:
    """The figures that stand side by side, once; then there are none."""
    if figures:
        yield Figures([_figure(one) for one in figures], [(one.url, "") for one in figures])
        figures.clear()


def _figure(shown: Shown) -> tuple[str, str, str, str]:
    unit = shown.series.indicator.unit if shown.series else ""
    facts = [shown.note, *(f"{name} {words}" for name, words in shown.facts)]
    return shown.number, unit, shown.title, _("；").join(fact for fact in facts if fact)


def _block(board: Board, shown: Shown) -> Iterator[Block]:
    if shown.kind == "text":
        if shown.title:
            yield Heading(shown.title, 3)
        yield Paragraph(shown.text)
    elif shown.svg:
        yield _drawing(shown)
    elif shown.is_table and (table := _data(shown)) is not None:
        yield table
    elif shown.links:
        rows = [[words, small] for _url, words, small in shown.links]
        table = _table(shown.title, [_("名称"), _("状态")], rows, shown.note)
        yield replace(table, lists=[[url, ""] for url, _words, _small in shown.links])


def _drawing(shown: Shown) -> Drawing:
    found = SIZE.search(shown.svg)
    width, height = (round(float(part)) for part in found.groups()) if found else (400, 300)
    unit = shown.series.indicator.unit if shown.series else ""
    caption = shown.title + (_("（%(numbers)s）") % {"numbers": unit} if unit else "")
    if shown.note:
        caption = f"{caption}　{shown.note}"
    review = review_words() if shown.kind == "map" else ""
    svg, height = _with_legend(LEADS.sub("", shown.svg), shown.legend, width, height)
    return Drawing(svg, width, height, caption, review, data=_data(shown))


def _data(shown: Shown) -> Table | None:
    if len(shown.rows) < 2:
        return None
    head, *rows = shown.rows
    return replace(_table(shown.title, head, rows, shown.note), lists=shown.lists)


def _with_legend(svg: str, legend: Sequence[Key], width: int, height: int) -> tuple[str, int]:
    """The drawing with what its colours and circles mean below it."""
    if not legend:
        return svg, height
    row = max(16, *(round(2 * key.radius) + 3 for key in legend))
    ink = page_colours()["text"]
    rows = "".join(
        _sign(key, height + 4 + row * place + row / 2)
        + f'<text x="36" y="{height + 8 + row * place + row / 2}" font-size="11" fill="{ink}">{key.words}</text>'
        for place, key in enumerate(legend)
    )
    full = height + 10 + row * len(legend)
    sized = re.sub(r'viewBox="[^"]*" width="[^"]*" height="[^"]*"',
                   f'viewBox="0 0 {width} {full}" width="{width}" height="{full}"', svg, count=1)  # fmt: skip
    return sized.replace("</svg>", f"{rows}</svg>"), full


def _sign(key: Key, middle: float) -> str:
    line = page_colours()["line_strong"]
    if key.radius:
        return f'<circle cx="17" cy="{middle}" r="{key.radius}" fill="{key.fill}" stroke="{line}"/>'
    return f'<rect x="8" y="{middle - 5.5}" width="16" height="11" fill="{key.fill}" stroke="{line}"/>'


def _table(caption: str, head: Sequence[Any], rows: Sequence[Sequence[Any]], note: str) -> Table:
    width = len(head) - 1
    return Table(
        caption=f"{caption}　{note}" if note else caption,
        columns=[str(name) for name in head],
        rows=[[float(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in rows],
        sheet=caption,
        numeric=frozenset(range(1, 1 + width)) if width > 1 else frozenset(),
        widths=[30, *[max(10, 70 // width)] * width],
        empty=_("没有。"),
    )
