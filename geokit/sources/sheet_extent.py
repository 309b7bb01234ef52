"""How large a workbook's sheets are as tables, looked up before a library holds them in memory as such.

The library makes room for every cell between the first and the last: two cells, A1 and XFD1048576, ask for 550 GB and
end the process. The file says the same in a kilobyte.
"""

import re
import zipfile
from pathlib import Path
from typing import IO
from xml.parsers import expat

from geokit.refusal import BadInput, TooLarge
from geokit.wording import gettext as _

CHUNK = 1024 * 1024
OTHER_WORKBOOKS = ("xl/workbook.bin", "content.xml")
"""What else the library would open as a workbook, of which nothing is looked up here: XLSB and ODS."""
PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
VALUES = ("v", "is", "t")


def check_extent(path: Path, most_cells: int) -> None:
    """Refuse an XLSX file with a sheet whose cells lie in a rectangle from A1 of more than `most_cells`.

    Raises TooLarge `sheet-too-large`, and BadInput `sheet-unreadable` for XML that cannot be read or another workbook.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names or any(name in names for name in OTHER_WORKBOOKS):
            raise BadInput(_("“%s”不是 XLSX 工作簿。") % path.name, code="sheet-unreadable")
        for name in names:
            with archive.open(name) as member:
                if (head := member.read(CHUNK)).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
                    _Extent(most_cells, name).read(head, member)


class _Extent:
    """The last row and column with a value, and how many values there are."""

    def __init__(self, most_cells: int, name: str) -> None:
        self.most, self.name = most_cells, name
        self.row = self.column = 0
        self.last_row = self.last_column = self.values = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EntityDeclHandler = self._refuse_entity

    def read(self, chunk: bytes, rest: IO[bytes]) -> None:
        try:
            while chunk:
                self.parser.Parse(chunk, False)
                chunk = rest.read(CHUNK)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            message = _("“%(name)s”不是可以读取的 XML（%(why)s）。") % {"name": self.name, "why": error}
            raise BadInput(message, code="sheet-unreadable") from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "row":
            self.row, self.column = self._number(attributes.get("r"), self.row + 1), 0
        elif kind == "c":
            self._move(attributes.get("r", ""))
        elif kind in VALUES and self.column:
            self._value()

    def _move(self, place: str) -> None:
        found = PLACE.fullmatch(place)
        if place and not found:
            raise BadInput(_("“%(name)s”里有位置不明的单元格。") % {"name": self.name}, code="sheet-unreadable")
        self.column = _column_number(found[1]) if found else self.column + 1
        self.row = int(found[2]) if found else max(self.row, 1)

    def _number(self, text: str | None, otherwise: int) -> int:
        return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 7 else otherwise

    def _value(self) -> None:
        self.values += 1
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
        if self.values > 2 * self.most or self.last_row * self.last_column > self.most:
            size = {"rows": self.last_row, "columns": self.last_column, "most": self.most}
            message = _("工作表有 %(rows)d 行、%(columns)d 列，超过 %(most)d 格。请删去表格外的单元格，或分几次上传。")
            raise TooLarge(message % size, code="sheet-too-large")

    def _refuse_entity(self, *entity: object) -> None:
        raise BadInput(_("“%(name)s”里有实体定义，没有读取。") % {"name": self.name}, code="xml-entities")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def check_open_document(path: Path, most_cells: int) -> None:
    """Refuse an ODS with a table that its repeated rows and cells make larger than `most_cells`.

    Repetitions at the end that hold nothing are how programs fill a sheet, and count for nothing.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if "content.xml" not in archive.namelist():
            return
        with archive.open("content.xml") as member:
            _Repetitions(most_cells, "content.xml").read(member)


class _Repetitions:
    """Rows and columns of a table of an OpenDocument up to the last that holds something."""

    def __init__(self, most_cells: int, name: str) -> None:
        self.most, self.name = most_cells, name
        self.rows = self.columns = self.width = self.repeated = 0
        self.filled = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse_entity

    def read(self, member: IO[bytes]) -> None:
        try:
            while chunk := member.read(CHUNK):
                self.parser.Parse(chunk, False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            message = _("“%(name)s”不是可以读取的 XML（%(why)s）。") % {"name": self.name, "why": error}
            raise BadInput(message, code="sheet-unreadable") from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.rows = self.width = 0
        elif tag == "table:table-row":
            self.columns, self.filled = 0, False
            self.repeated = _times(attributes.get("table:number-rows-repeated"))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.columns += _times(attributes.get("table:number-columns-repeated"))
            if "office:value-type" in attributes:
                self.filled, self.width = True, max(self.width, self.columns)

    def _end(self, tag: str) -> None:
        if tag != "table:table-row":
            return
        self.rows += self.repeated
        if self.filled and self.rows * self.width > self.most:
            size = {"rows": self.rows, "columns": self.width, "most": self.most}
            message = _("工作表有 %(rows)d 行、%(columns)d 列，超过 %(most)d 格。请删去表格外的单元格，或分几次上传。")
            raise TooLarge(message % size, code="sheet-too-large")

    def _refuse_entity(self, *entity: object) -> None:
        raise BadInput(_("“%(name)s”里有实体定义，没有读取。") % {"name": self.name}, code="xml-entities")


def _times(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else 1
