"""What a report consists of, whatever file it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _


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


MOST_COLUMNS = 10
"""Tables with more stand on pages that lie across."""
Cell = str | int | float | Share | None


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 begins a chapter; `anchor` is where the contents lead, and `own_page` begins a page."""

    text: str
    level: int = 1
    anchor: str = ""
    own_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Key numbers: value, unit, what it is, and what it is of."""

    items: Sequence[tuple[str, str, str, str]]


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

    @property
    def is_wide(self) -> bool:
        return len(self.columns) > MOST_COLUMNS

    @property
    def on_paper(self) -> Sequence[Sequence[Cell]]:
        return self.rows[: self.most]

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
