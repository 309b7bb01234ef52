"""What a report consists of, whatever file it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

from django.utils.translation import gettext as _

from reporting.quarterly.lists import outside


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, which is always said along with it; nothing of nothing is no share.

    >>> str(Share(3, 4)), str(Share(0, 0))
    ('75.0%', '–')
    """

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    def __str__(self) -> str:
        return "–" if self.value is None else f"{100 * self.value:.1f}%"


MOST_COLUMNS = 9
"""Tables with more stand on pages that lie across."""
Cell = str | int | float | Share | None
Linked = tuple[Cell, str]
"""What is shown, and the absolute address of the list that it counts; empty for none."""


def leading[T](value: T, url: str) -> tuple[T, str]:
    """A figure, or what has a list, with the list's address as files have it; what counts nothing leads nowhere.

    >>> leading(0, "/points/"), leading(Share(0, 4), "/points/"), leading("–", "/points/"), leading(None, "/points/")
    ((0, ''), (Share(part=0, whole=4), ''), ('–', ''), (None, ''))
    """
    if value is None or not url:
        return value, ""
    counts = value.part if isinstance(value, Share) else _counts(str(value))
    return value, outside(url) if counts else ""


def _counts(text: str) -> bool:
    """Whether a text counts something: it has a figure that is not nothing, or is a name.

    >>> [_counts(text) for text in ("共 0 个点位", "0.0", "–", "", "12", "修一座桥")]
    [False, False, False, False, True, True]
    """
    digits = {letter for letter in text if letter.isdigit()}
    return digits != {"0"} if digits else text not in ("", "–")


def _with_lists(cells: Sequence[Cell], lists: Sequence[str]) -> list[Linked]:
    return [leading(cell, url) for cell, url in zip_longest(cells, lists, fillvalue="")]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 begins a chapter; `anchor` is where the contents lead."""

    text: str
    level: int = 1
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A part of a text, from a character up to another, that leads to what it counts; `url` lies within the site."""

    begin: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    is_note: bool = False
    links: Sequence[Link] = ()
    """In the order of the text."""

    @property
    def runs(self) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the absolute address that it leads to, or none."""
        at = 0
        for link in self.links:
            yield self.text[at : link.begin], ""
            yield self.text[link.begin : link.end], outside(link.url)
            at = link.end
        yield self.text[at:], ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Key numbers: value, unit, what it is, and what it is of."""

    items: Sequence[tuple[str, str, str, str]]
    lists: Sequence[tuple[str, str]] = ()
    """Of each the list that it counts, and the list of what it is of; addresses within the site, or none."""

    @property
    def linked(self) -> Iterator[tuple[tuple[str, str], str, str, tuple[str, str]]]:
        """The items with absolute addresses beside what counts."""
        lists = self.lists or [("", "")] * len(self.items)
        for (value, unit, name, of), (url, of_url) in zip(self.items, lists, strict=True):
            yield leading(value, url), unit, name, leading(of, of_url)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map or chart as SVG with its size in pixels, and its caption, which also says it to those who do not see it.

    `review` is the review number (审图号) of a map; `number` is given when the report is put together.
    """

    svg: str
    width: int
    height: int
    caption: str
    review: str = ""
    number: int = 0
    data: Table | None = None
    """What it draws, for the workbook alone."""

    @property
    def label(self) -> str:
        """``图3  各镇街水质类别构成``."""
        return _("图%(number)s  %(caption)s") % {"number": self.number, "caption": self.caption}


@dataclass(frozen=True, slots=True)
class Table:
    """`sheet` is its sheet in the workbook, if it has one; `numeric` columns are aligned right; `widths` are parts."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    sheet: str
    numeric: frozenset[int] = frozenset()
    widths: Sequence[int] = ()
    total: Sequence[Cell] = ()
    empty: str = ""
    number: int = 0
    most: int = 200
    """So many rows stand on paper; the workbook has all."""
    lists: Sequence[Sequence[str]] = ()
    """Of each row the list that each cell counts: addresses within the site, or none."""
    total_lists: Sequence[str] = ()

    @property
    def is_wide(self) -> bool:
        return len(self.columns) > MOST_COLUMNS and bool(self.rows)

    @property
    def on_paper(self) -> Sequence[Sequence[Cell]]:
        return self.rows[: self.most]

    @property
    def linked(self) -> Iterator[list[Linked]]:
        """Every row, with the absolute address of the list that each cell counts."""
        for place, cells in enumerate(self.rows):
            yield _with_lists(cells, self.lists[place] if place < len(self.lists) else ())

    @property
    def linked_on_paper(self) -> Iterator[list[Linked]]:
        return islice(self.linked, self.most)

    @property
    def linked_total(self) -> list[Linked]:
        return _with_lists(self.total, self.total_lists)

    @property
    def left_out(self) -> str:
        """Says what is not on paper; empty where all is."""
        if len(self.rows) <= self.most:
            return ""
        words = {"all": len(self.rows), "shown": self.most}
        return _("共 %(all)s 行，这里列前 %(shown)s 行，全部见 Excel 文件。") % words

    @property
    def label(self) -> str:
        """``表3  各镇街水质比较``."""
        return _("表%(number)s  %(caption)s") % {"number": self.number, "caption": self.caption}

    @property
    def percents(self) -> list[float]:
        """Widths of the columns in percent; equal ones where none are given."""
        widths = self.widths or [1] * len(self.columns)
        return [round(100 * width / sum(widths), 2) for width in widths]


Block = Heading | Paragraph | Figures | Drawing | Table


def lying_across(blocks: Sequence[Block]) -> set[int]:
    """Ids of what stands on pages that lie across: wide tables, and the headings and notes right before them.

    A heading would else stand alone on its page.
    """
    found: set[int] = set()
    before: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) or (isinstance(block, Paragraph) and block.is_note):
            before.append(block)
            continue
        if isinstance(block, Table) and block.is_wide:
            found |= {id(each) for each in (*before, block)}
        before.clear()
    return found


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report: what the cover says, and the blocks."""

    title: str
    subtitle: str
    issuer: str
    made_on: str
    data_until: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    anchor: str = ""
    """The newest anchor of the chain of evidence, for the foot of each page; empty for none."""

    @property
    def headings(self) -> list[Heading]:
        """What the contents list."""
        return [block for block in self.blocks if isinstance(block, Heading) and block.anchor]

    @property
    def drawings(self) -> list[Drawing]:
        return [block for block in self.blocks if isinstance(block, Drawing)]

    @property
    def tables(self) -> list[Table]:
        return [block for block in self.blocks if isinstance(block, Table)]

    @property
    def sheets(self) -> list[Table]:
        """What has a sheet in the workbook: tables, and what drawings draw."""
        found = [block.data if isinstance(block, Drawing) else block for block in self.blocks]
        return [block for block in found if isinstance(block, Table) and block.sheet and block.rows]
