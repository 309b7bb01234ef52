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
ATTRIBUTE = re.compile(r'(?<![\w:])([\w:]+)\s*=\s*"([^"]*)"')
FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\b[^<>]*>([^<]?)|<(?:\w+:)?(is)\b|)"
)
"""A cell's attributes, the first letter of its result, and whether its text stands within."""
IS_TEXT = re.compile(rb"\bt\s*=\s*\"str\"")
"""A formula may well result in an empty text."""


def formulas_without_results(path: Path, sheet: str) -> int:
    """How many cells of the sheet hold a formula and no result; 0 for a file that is no `.xlsx` inside."""
    with contextlib.suppress(*UNREADABLE), zipfile.ZipFile(path) as archive:
        return sum(map(_open_ones, _cells(archive, _part_of(archive, sheet))))
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
    """The part in pieces that end with a cell."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            text = rest + chunk
            end = max(text.rfind(b"</c>"), text.rfind(b":c>")) + len(b"</c>")
            yield text[:end]
            rest = text[end:][-LONGEST_CELL:]


def _open_ones(text: bytes) -> int:
    if b"<f" not in text and b":f" not in text:  # as in most sheets, of which nothing more is read
        return 0
    return sum(not found[2] and not found[3] and not IS_TEXT.search(found[1]) for found in FORMULA_CELL.finditer(text))
