"""What a DBF holds and GDAL's reading of it loses: digits, dates, names."""

import datetime as dt
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from geokit.readers.factory import open_reader
from geokit.records.rows import Batch, Reader
from geokit.sources.discovery import open_layers
from tests.data.gis_files import shapefile_parts, square, write_file, zip_files

Field = tuple[bytes, str, int, int]


def table(fields: Sequence[Field], rows: Sequence[Sequence[bytes]]) -> bytes:
    """A DBF of these fields (name, kind, width, decimals) with cells as they stand on disk."""
    length = 1 + sum(width for _name, _kind, width, _decimals in fields)
    head = struct.pack("<B3sIHH20x", 3, b"\x7a\x01\x01", len(rows), 33 + 32 * len(fields), length)
    described = b"".join(
        name.ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([width, decimals]) + bytes(14)
        for name, kind, width, decimals in fields
    )
    cells = b"".join(
        b" " + b"".join(cell.ljust(field[2]) for cell, field in zip(row, fields, strict=True)) for row in rows
    )
    return head + described + b"\r" + cells + b"\x1a"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[Reader, Batch]]:
    """Read a shapefile with this table."""

    def opened(fields: Sequence[Field], rows: Sequence[Sequence[bytes]], **parts: bytes) -> tuple[Reader, Batch]:
        made, work = tmp_path / "made", tmp_path / "work"
        write_file(made / "p.shp", [square(121.3, 29.8)] * len(rows), [{"a": 1}] * len(rows))
        work.mkdir()
        files = {**shapefile_parts(made), ".dbf": table(fields, rows)}
        del files[".cpg"]
        files |= {f".{suffix}": content for suffix, content in parts.items()}
        path = zip_files(tmp_path / "a.zip", {f"p{suffix}": content for suffix, content in files.items()})
        reader = open_reader(open_layers(path, work)[0])
        return reader, next(reader.batches(100))

    return opened


def test_wide_numbers_keep_every_digit(read: Callable[..., tuple[Reader, Batch]]) -> None:
    fields = [(b"LAND", "N", 20, 0), (b"BIG", "N", 19, 0), (b"AREA", "N", 19, 11), (b"N18", "N", 18, 0)]
    rows = [
        [b"33020310000112345678", b"9007199254740993", b"1.5", b"999999999999999999"],
        [b"", b"", b"", b""],
        [b"*" * 20, b"-1", b"0", b"0"],
    ]
    reader, batch = read(fields, rows)
    assert [item.kind for item in reader.fields] == ["text", "bigint", "double", "bigint"]
    assert batch.columns[0] == ["33020310000112345678", None, None]
    assert batch.columns[1] == [9007199254740993, None, -1]
    assert batch.columns[3] == [999999999999999999, None, 0]
    assert batch.issues == []


def test_a_wide_field_with_fractions_is_a_double(read: Callable[..., tuple[Reader, Batch]]) -> None:
    reader, batch = read([(b"X", "N", 20, 0)], [[b"1.25"], [b"3"]])
    assert (reader.fields[0].kind, batch.columns[0]) == ("double", [1.25, 3.0])


def test_no_date_is_made_of_what_is_none(read: Callable[..., tuple[Reader, Batch]]) -> None:
    rows = [[b"20261123"], [b"00000000"], [b""], [b"20261332"], [b"99999999"], [b"2026"], [b"20240229"]]
    _reader, batch = read([(b"D", "D", 8, 0)], rows)
    assert batch.columns[0] == [dt.date(2026, 11, 23), None, None, None, None, None, dt.date(2024, 2, 29)]
    assert [(issue.row, issue.code) for issue in batch.issues] == [(row, "value-invalid") for row in (4, 5, 6)]
    assert "20261332" in batch.issues[0].reason


def test_two_fields_cut_to_one_name_are_both_there(read: Callable[..., tuple[Reader, Batch]]) -> None:
    name, code = ("所属行政村名称".encode("gbk")[:10], "C", 20, 0), ("所属行政村编码".encode("gbk")[:10], "C", 20, 0)
    reader, batch = read([name, code, (b"n", "N", 4, 0)], [["芝山村".encode("gbk"), b"0012", b"3"]])
    assert [(item.name, item.kind) for item in reader.fields] == [
        ("所属行政村", "text"),
        ("所属行政村_1", "text"),
        ("n", "integer"),
    ]
    assert batch.columns == [["芝山村"], ["0012"], [3]]


def test_names_cut_in_the_middle_of_a_character_are_told_apart(read: Callable[..., tuple[Reader, Batch]]) -> None:
    fields = [("行政村名称".encode()[:10], "C", 9, 0), ("行政村编码".encode()[:10], "C", 9, 0)]
    reader, batch = read(fields, [["芝山村".encode(), b"1"]])
    assert [item.name for item in reader.fields] == ["行政村", "行政村_1"]
    assert batch.columns == [["芝山村"], ["1"]]


@pytest.mark.parametrize("index", [b"", b"\0" * 108, b"junk"])
def test_a_broken_index_is_made_anew(read: Callable[..., tuple[Reader, Batch]], index: bytes) -> None:
    reader, batch = read([(b"n", "N", 4, 0)], [[b"1"], [b"2"]], shx=index)
    assert [code for code, _message in reader.warnings] == ["shx-rebuilt"]
    assert batch.columns == [[1, 2]]
    assert not any(geometry is None for geometry in batch.geometry)
