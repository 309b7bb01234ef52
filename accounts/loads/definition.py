"""What a dataset is: columns, code lists, examples, the key of a row, and the service that writes one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Model, QuerySet

from accounts.permissions import Asker
from ui.sheet_rows import in_every_language
from ui.sheets import USUAL, SheetLimits, SheetRow

SHAPE = "shape"
"""The name under which the place of a row stands among its cells, as hexadecimal EWKB."""


class Shape(StrEnum):
    """What a row looks like on the map."""

    NONE = "none"
    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
    POLYGON_OR_POINT = "polygon-or-point"
    ANY = "any"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of geometry that are taken, by the names of GEOS."""
        return KINDS[self]


POLYGONS, LINES = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString")
KINDS: dict[str, tuple[str, ...]] = {
    Shape.NONE: (),
    Shape.POINT: ("Point",),
    Shape.LINE: LINES,
    Shape.POLYGON: POLYGONS,
    Shape.POLYGON_OR_POINT: (*POLYGONS, "Point"),
    Shape.ANY: (*POLYGONS, *LINES, "Point", "MultiPoint"),
}


@dataclass(frozen=True, slots=True)
class GivenRow(SheetRow):
    """One row of a sheet or feature of a layer; `shape` is EPSG:4326."""

    shape: GEOSGeometry | None = None
    is_restored: bool = False
    """Whether this is how the thing was before a load that is taken back: what is empty here was empty."""


def row_of(number: int, cells: Mapping[str, Any]) -> GivenRow:
    """Return cells of a thing as the row that would write them."""
    shape = GEOSGeometry(cells[SHAPE]) if cells.get(SHAPE) else None
    plain = {name: value for name, value in cells.items() if name != SHAPE}
    return GivenRow(number, plain, shape, is_restored=True)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `head` is what its first cell says in a template, `aliases` what else it may say (any case)."""

    name: str
    head: Any
    example: Any = ""
    needed: bool = False
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    aliases: tuple[str, ...] = ()
    parts: int = 1
    """Over how many columns of a workbook a long text may go, since a cell there holds `ui.downloads.CELL_LENGTH`."""

    @property
    def part_names(self) -> list[str]:
        """The columns of its parts: ``body``, ``body 2``, ``body 3``."""
        return [self.name, *(f"{self.name} {number}" for number in range(2, self.parts + 1))]

    def part_heads(self, word: str) -> list[str]:
        """What a head cell says above each part, where the first one says `word`."""
        return [word, *(f"{word} {number}" for number in range(2, self.parts + 1))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Things of one kind, as rows. `cells` and `write` are each other's inverse, which difference and undo rest on."""

    slug: str
    title: Any
    about: Any
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns by which a row is known again."""
    rows: Callable[[], QuerySet[Any]]
    """All things of this kind."""
    find: Callable[[SheetRow], Model | None]
    """The thing that a row's key names."""
    write: Callable[[Asker, GivenRow], Model]
    """Enter or change one thing; columns that the row has not stay as they are. Raises Refusal."""
    find_many: Callable[[Sequence[SheetRow]], Sequence[Any]] | None = None
    """What `find` returns for each of many rows, in a query or two."""
    write_many: Callable[[Asker, Sequence[GivenRow]], Sequence[Any]] | None = None
    """What `write` does for each of many rows, in a number of queries that does not grow with them.

    For each the thing, or the Refusal; None where a row has to be written by itself. Only of an instance's own loads:
    a district that is set up beside others goes row by row.
    """
    cells: Callable[[Any], dict[str, str]]
    """A thing as a row would say it; its place under `SHAPE`."""
    remove: Callable[[Asker, Any], None] | None = None
    """Take back what a load entered, unless something rests on it (Refusal); None where rows are history."""
    remove_many: Callable[[Asker, Sequence[Any]], None] | None = None
    """What `remove` does with each of many things, all or none, in a number of queries that does not grow with them."""
    finish: Callable[[], Any] | None = None
    """Called once after rows were written."""
    recorded: Callable[[Any], Any] | None = None
    """Called with the record of a load whose rows were kept."""
    next_step: Callable[[Any], tuple[Any, str]] | None = None
    """Words and address of where what a load (its record) brought is to be dealt with; None where nothing waits."""
    limits: SheetLimits = USUAL
    """How much of a sheet is read at once."""
    is_needed: bool = False
    """Whether a district cannot work without it."""
    shape: Shape = Shape.NONE
    leaves: Callable[[], QuerySet[Any]] | None = None
    """What another instance is built from, where that is more than `rows`: of samples not only those of years past."""
    leaves_with: Mapping[str, str] = field(default_factory=dict)
    """Cells that every row has then: what somebody confirmed when it was entered is confirmed in the other instance."""
    leaves_too: Callable[[Any], Mapping[str, str]] = lambda thing: {}
    """What a thing says to another instance besides its cells: when, and why, it was said."""
    stays: tuple[str, ...] = ()
    """Columns that mean something in this instance only, such as its accounts."""
    more_heads: Callable[[], Mapping[str, str]] = field(default=dict)
    """Further heads, in small letters, to names of columns, for tables whose columns are a list of their own."""
    unfold: Callable[[GivenRow], Iterable[GivenRow]] | None = None
    """A row of a wide sheet as several rows, where one of a file says several things."""
    areas: Callable[[Any], Iterable[Any]] = lambda thing: [thing.area]
    """Where a thing lies, None for the whole instance; a further district's folder changes its own (`beside`)."""
    is_shared: Callable[[Any], bool] = lambda thing: False
    """Whether a thing stands above every district: such a folder may name and enter it, never change it."""
    lists_missing: bool = True
    """Whether a file is asked what it leaves out; not for series, of which a file is always a part."""

    def heads(self) -> dict[str, str]:
        """Return what a head cell may say, in small letters, to the name of its column."""
        found: dict[str, str] = {}
        for column in self.columns:
            for word in (*in_every_language(column.head), column.name, *column.aliases):
                for head, name in zip(column.part_heads(word.strip().lower()), column.part_names, strict=True):
                    found.setdefault(head, name)
        return {**self.more_heads(), **found}

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.needed)

    def labels(self) -> dict[str, Any]:
        """Return the head of each column by its name."""
        return {column.name: column.head for column in self.columns}

    def key_of(self, cells: Mapping[str, str]) -> str:
        """Return the key of a row in words."""
        return " · ".join(cells.get(name, "") for name in self.key)
