"""Workbooks, drawings and tracks made on the spot, as bureaus send them."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="29.85" lon="121.31"><ele>4.5</ele><time>2026-11-23T00:30:00Z</time><name>西塘河</name></wpt>
<wpt lat="29.86" lon="121.32"><name>南塘河</name></wpt>
<trk><name>巡河</name><trkseg><trkpt lat="29.85" lon="121.31"/><trkpt lat="29.86" lon="121.33"/></trkseg></trk>
</gpx>
"""


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """An `.xlsx` with one sheet for each entry; Python's own kinds of value, dates in a date format."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
    book.close()
    return path


def with_member(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The same zip with one member changed."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, change(content) if member == name else content)
    path.write_bytes(held.getvalue())
    return path


def drawing(entities: str, *, version: str = "AC1015", code_page: str = "ANSI_936", blocks: str = "") -> str:
    """The text of a DXF: `entities` and `blocks` are pairs of code and value, one to a line."""
    head = f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\n{version}\n9\n$DWGCODEPAGE\n3\n{code_page}\n0\nENDSEC\n"
    made = f"0\nSECTION\n2\nBLOCKS\n{blocks}0\nENDSEC\n" if blocks else ""
    return f"{head}{made}0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n"


def dxf_text(x: float, y: float, text: str, layer: str) -> str:
    return f"0\nTEXT\n8\n{layer}\n10\n{x}\n20\n{y}\n30\n0\n40\n2.5\n1\n{text}\n"


def dxf_line(x0: float, y0: float, x1: float, y1: float, layer: str) -> str:
    return f"0\nLINE\n8\n{layer}\n10\n{x0}\n20\n{y0}\n30\n0\n11\n{x1}\n21\n{y1}\n31\n0\n"


def dxf_insert(block: str, x: float, y: float, layer: str) -> str:
    return f"0\nINSERT\n8\n{layer}\n2\n{block}\n10\n{x}\n20\n{y}\n30\n0\n"


def dxf_block(name: str, entities: str) -> str:
    return f"0\nBLOCK\n8\n0\n2\n{name}\n70\n0\n10\n0\n20\n0\n30\n0\n{entities}0\nENDBLK\n8\n0\n"


def dxf_hatch(corners: Sequence[tuple[float, float]], layer: str) -> str:
    """A filled area: one polyline path."""
    vertices = "".join(f"10\n{x}\n20\n{y}\n" for x, y in corners)
    head = f"0\nHATCH\n8\n{layer}\n10\n0\n20\n0\n30\n0\n210\n0\n220\n0\n230\n1\n2\nSOLID\n70\n1\n71\n0\n"
    head += "91\n1\n92\n2\n72\n0\n73\n1\n"
    return f"{head}93\n{len(corners)}\n{vertices}97\n0\n75\n0\n76\n1\n98\n0\n"
