"""Formulas of an Excel sheet whose results the file does not hold: programs that write formulas do not reckon them."""

import contextlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

CHUNK = 1 << 20
LONGEST_CELL = 1 << 20
"""What goes on for longer without an end is no cell that a result could be looked for in."""
UNREADABLE = (OSError, KeyError, zipfile.BadZipFile, zlib.error, UnicodeDecodeError, NotImplementedError)
ELEMENTS = r"<(?:\w+:)?{}\b([^<>]*)>"
ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
END = re.compile(rb"</(?:\w+:)?c>")
CELL = re.compile(rb"<(?:\w+:)?c[\s>]")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
RESULT = re.compile(rb"<(?:\w+:)?v[^<>]*>[^<]|<(?:\w+:)?is>")
TEXT = re.compile(rb"\bt\s*=\s*\"str\"")
"""A formula may well result in an empty text."""


def formulas_without_results(path: Path, sheet: str) -> int:
    """How many cells of the sheet hold a formula and no result; 0 for a file that is no `.xlsx` inside."""
    with contextlib.suppress(*UNREADABLE), zipfile.ZipFile(path) as archive:
        return sum(map(_is_open, _cells(archive, _part_of(archive, sheet))))
    return 0


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the sheet's part. Raises KeyError where the workbook names none."""
    sheets = {each["name"]: each.get("r:id", "") for each in _elements(archive, "xl/workbook.xml", "sheet")}
    parts = {each["Id"]: each["Target"] for each in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")}
    target = parts[sheets[sheet]]
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _elements(archive: zipfile.ZipFile, part: str, name: str) -> list[dict[str, str]]:
    text = archive.read(part).decode()
    return [
        {key: unescape(value) for key, value in ATTRIBUTE.findall(found)}
        for found in re.findall(ELEMENTS.format(name), text)
    ]


def _cells(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """What stands before each end of a cell, since the end before it."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            *whole, rest = END.split(rest + chunk)
            yield from whole
            rest = rest[-LONGEST_CELL:]


def _is_open(text: bytes) -> bool:
    starts = [found.start() for found in CELL.finditer(text)]  # empty cells have no end of their own
    if not starts:
        return False
    cell = text[starts[-1] :]
    return bool(FORMULA.search(cell)) and not RESULT.search(cell) and not TEXT.search(cell[: cell.find(b">")])
