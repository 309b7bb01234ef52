"""Read a CSV with columns of coordinates, or one of whole places.

A code such as `0012` stays text, a column is a number only when all its values are. Empty cells are NULL.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from geokit.readers.table_reader import TITLE_ROWS, TableReader, head_names, head_row
from geokit.records.angles import number_of
from geokit.records.coordinate_columns import (
    NOTHING_CHOSEN,
    ChosenColumns,
    find_coordinate_columns,
    is_surely_place,
)
from geokit.records.rows import Issue
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import text_encoding
from geokit.refusal import BadInput
from geokit.wording import gettext as _

DELIMITERS = ",;\t|"
INTEGER = re.compile(r"-?(0|[1-9]\d{0,18})")
EXACT_DIGITS = 15
"""A whole number of more digits may lose some of them as a floating-point number."""
LONGEST_DOUBLE = 308
"""Digits of the largest floating-point number."""
NUMBER = re.compile(r"-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?")
DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?")
TRUTHS = ("true", "false")
GUARDED = re.compile(r"''*[=+\-@\t\r]")
csv.field_size_limit(16 * 1024 * 1024)  # a polygon's WKT is long


@dataclass(slots=True)
class TextGuess:
    """Which kinds the texts of a column still allow."""

    integer: bool = True
    double: bool = True
    date: bool = True
    datetime: bool = True
    boolean: bool = True
    exact: bool = True
    """A floating-point number holds every whole number that was seen, digit by digit."""
    wide: bool = False
    seen: bool = False

    def look(self, value: str) -> None:
        value = value.strip()
        if not value:
            return
        self.seen = True
        whole = INTEGER.fullmatch(value) and -(2**63) <= int(value) < 2**63
        if self.exact and len(value) > EXACT_DIGITS and value.lstrip("-").isdecimal():
            self.exact = len(value) <= LONGEST_DOUBLE and int(float(value)) == int(value)
        if self.integer and not whole:
            self.integer = False
        if self.integer and len(value) > 9 and abs(int(value)) >= 2**31:
            self.wide = True
        if self.double and not self.integer and (not NUMBER.fullmatch(value) or re.match(r"-?0\d", value)):
            self.double = False
        if self.date and not (DATE.fullmatch(value) and _is_date(value)):
            self.date = False
        if self.datetime and not (MOMENT.fullmatch(value) and _is_moment(value)):
            self.datetime = False
        if self.boolean and value.lower() not in TRUTHS:
            self.boolean = False

    @property
    def kind(self) -> str:
        if not self.seen:
            return "text"
        if self.integer:
            return "bigint" if self.wide else "integer"
        ranked = (
            ("double", self.double and self.exact), ("date", self.date), ("datetime", self.datetime),
            ("boolean", self.boolean),
        )  # fmt: skip
        return next((kind for kind, fits in ranked if fits), "text")


def _is_date(value: str) -> bool:
    try:
        dt.date(*map(int, re.split("[-/]", value)))
    except ValueError:
        return False
    return True


def _is_moment(value: str) -> bool:
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _normal_date(value: str) -> str:
    year, month, day = re.split("[-/]", value)
    return f"{int(year):04}-{int(month):02}-{int(day):02}"


class CsvReader(TableReader):
    """A CSV opened for reading."""

    driver = "CSV"

    def __init__(
        self,
        layer: SourceLayer,
        encoding: str | None = None,
        crs: str | None = None,
        kinds: Mapping[str, str] | None = None,
        columns: ChosenColumns = NOTHING_CHOSEN,
    ) -> None:
        self._file = layer.path
        self._head_rows = 1
        self.encoding = text_encoding(layer.path, encoding)
        self._delimiter = self._find_delimiter()
        super().__init__(layer, crs, kinds, columns)

    def _open(self) -> Iterator[list[str]]:
        with self._file.open(encoding=_codec(self.encoding.name), errors="replace", newline="") as file:
            try:
                yield from csv.reader(file, delimiter=self._delimiter, strict=True)
            except csv.Error as error:
                message = _("CSV 无法解析（%s），请检查引号是否成对。") % error
                raise BadInput(message, code="csv-unreadable") from error

    def _find_delimiter(self) -> str:
        with self._file.open(encoding=_codec(self.encoding.name), errors="replace") as file:
            lines = list(islice(file, TITLE_ROWS))
        line = next((line for line in lines if any(sign in line for sign in DELIMITERS)), "")
        return max(DELIMITERS, key=line.count)

    def _read_header(self) -> list[str]:
        top = [[name.replace("\0", "").strip() for name in row] for row in islice(self._open(), TITLE_ROWS)]
        head = head_row(top, self._chosen.names)
        self._head_rows = head + 1
        header = head_names(top, head)
        self._tell_title(sum(map(any, top[:head])))
        if not any(header):
            raise BadInput(_("CSV 没有表头行。请在第一行写上各列的名称。"), code="csv-no-header")
        if is_data(header):
            self._head_rows = 0
            self.headless = True
            return [_("列%d") % (index + 1) for index in range(len(header))]
        return [name or _("列%d") % (index + 1) for index, name in enumerate(header)]

    def _data_rows(self) -> Iterator[list[str]]:
        return (row for row in islice(self._open(), self._head_rows, None) if any(row))

    def _new_guess(self) -> TextGuess:
        return TextGuess()

    def _check_row(self, row: Sequence[Any], number: int, issues: list[Issue]) -> None:
        super()._check_row(row, number, issues)
        if any("\ufffd" in cell for cell in row):
            reason = _("文字不是 %s 编码，无法解读。") % self.encoding.name
            issues.append(Issue(number, "", "text-undecodable", reason))

    def _values(self, cells: list[Any], kind: str) -> list[Any]:
        values = [(cell or "").strip() or None for cell in cells]
        if kind == "date":
            return [value and _normal_date(value) for value in values]
        if kind == "text":
            return [value and _plain_text(value) for value in values]
        return values


def is_data(cells: Sequence[str]) -> bool:
    """Whether the first row of a table is no head: two cells or more are numbers or angles, or one is a place."""
    if find_coordinate_columns(cells):
        return False
    return sum(number_of(cell) is not None for cell in cells) >= 2 or any(map(is_surely_place, cells))


def _plain_text(value: str) -> str:
    """Take away the apostrophe that spreadsheets, and our own export, put before what would be a formula."""
    return value[1:] if GUARDED.match(value) else value


def _codec(name: str) -> str:
    return "utf-8-sig" if name == "utf-8" else name
