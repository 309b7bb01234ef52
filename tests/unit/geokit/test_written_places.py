"""Whole places in one cell: two coordinates in any order, WKB of PostGIS, texts in UTF-16 without a mark."""

import csv
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from openpyxl import Workbook

from geokit.readers.place_cells import read_cells
from geokit.records.coordinate_columns import ChosenColumns
from geokit.records.coordinate_pairs import LAT_LON, LON_LAT, MIXED, UNSURE, Pair, pair_of
from geokit.records.geometry_bytes import from_wkb
from geokit.refusal import Refusal
from tests.worst_case import assert_linear, costs

PLACE = shapely.Point(121.54, 29.87)


def table(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize(
    ("text", "first", "second", "order"),
    [
        ("121.54,29.87", 121.54, 29.87, LON_LAT),
        ("29.87,121.54", 29.87, 121.54, LAT_LON),
        ("121.54 29.87", 121.54, 29.87, LON_LAT),
        ("（１２１．５４，２９．８７）", 121.54, 29.87, LON_LAT),
        ("[121.54， 29.87]", 121.54, 29.87, LON_LAT),
        ("121.54、29.87", 121.54, 29.87, LON_LAT),
        ("29.5°N 121.5°E", 29.5, 121.5, LAT_LON),
        ("东经121°30′，北纬29°30′", 121.5, 29.5, LON_LAT),
        ("纬度：29.5；经度：121.5", 29.5, 121.5, LAT_LON),
        ("121 30 0 29 30 0", 121.5, 29.5, LON_LAT),
        ("87.6, 43.8", 87.6, 43.8, LON_LAT),
        ("43.8, 87.6", 43.8, 87.6, LAT_LON),
        ("-0.5, 151.2", -0.5, 151.2, LAT_LON),
        ("2.35, 48.85", 2.35, 48.85, UNSURE),
        ("N1.5 E2.5", 1.5, 2.5, LAT_LON),
        ("40512345.6,3301234.5", 40512345.6, 3301234.5, ""),
    ],
)
def test_two_coordinates_in_one_cell(text: str, first: float, second: float, order: str) -> None:
    pair = pair_of(text)
    assert pair is not None
    assert (pair.first, pair.second, pair.height, pair.order) == (first, second, None, order)


def test_a_third_number_is_a_height() -> None:
    assert pair_of("121.54,29.87,12.5") == Pair(121.54, 29.87, 12.5)


@pytest.mark.parametrize(
    "text",
    ["", "121.54", "古林镇布政村", "121 33 12.5", "1,2,3,4", "2024-01-01 10:20", "POINT (1 2)", "a,b", "1," * 90],
)
def test_what_is_no_pair(text: str) -> None:
    assert pair_of(text) is None


@pytest.mark.parametrize(
    "name", ["坐标", "经纬度", "位置坐标", "lonlat", "Location", "GPS定位", "中心点（WGS84）", "geom"]
)
def test_a_column_of_pairs_is_found_by_its_name_and_its_cells(tmp_path: Path, read: Callable, name: str) -> None:
    path = table(tmp_path / "a.csv", ("名称", name), ("甲", "121.54,29.87"), ("乙", ""), ("丙", "待定"))
    reader, batch = read(path)
    assert (batch.geometry[0], batch.geometry[1:].tolist()) == (PLACE, [None, None])
    assert [(issue.row, issue.code) for issue in batch.issues] == [(3, "coordinate-invalid")]
    assert (reader.pair_order, reader.crs.epsg, [field.name for field in reader.fields]) == (
        LON_LAT, 4326, ["名称", name],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "cells", "order"),
    [
        ("坐标", ["29.87,121.54", "0,0"], LAT_LON),
        ("坐标", ["29.87,121.54", "121.54,29.87"], MIXED),
        ("坐标", ["2.35,48.85"], UNSURE),
        ("latlng", ["2.35,48.85"], LAT_LON),
        ("Lon/Lat", ["2.35,48.85"], LON_LAT),
        ("latlng", ["121.54,29.87"], LON_LAT),
    ],
)
def test_all_rows_tell_the_order_and_the_name_only_what_they_leave_open(
    tmp_path: Path, read: Callable, name: str, cells: list[str], order: str
) -> None:
    path = table(tmp_path / "a.csv", ("n", name), *((index, cell) for index, cell in enumerate(cells)))
    assert read(path)[0].pair_order == order


def test_an_address_is_no_place_and_two_columns_come_before_one(tmp_path: Path, read: Callable) -> None:
    with pytest.raises(Refusal) as caught:
        read(table(tmp_path / "a.csv", ("名称", "位置"), ("甲", "古林镇布政村"), ("乙", "121.5,29.8"), ("丙", "桥东")))
    assert caught.value.code == "csv-no-coordinates"
    path = table(tmp_path / "b.csv", ("位置", "x", "y"), ("121.5,29.8", "121.54", "29.87"))
    assert read(path)[1].geometry[0] == PLACE
    chosen = read(path, columns=ChosenColumns(wkt="位置"))
    assert (chosen[1].geometry[0], chosen[0].pair_order) == (shapely.Point(121.5, 29.8), LON_LAT)


def test_titles_and_missing_heads_above_pairs(tmp_path: Path, read: Callable) -> None:
    titled = table(tmp_path / "a.csv", ("点位坐标表", ""), ("坐标", "名称"), ("121.54,29.87", "甲"))
    headless = table(tmp_path / "b.csv", ("121.54 29.87", "甲"), ("121.55 29.88", "乙"))
    for path, code in ((titled, "rows-above-head"), (headless, "header-missing")):
        reader, batch = read(path)
        assert batch.geometry[0] == PLACE and code in [code for code, _message in reader.warnings]


def test_pairs_in_a_workbook(tmp_path: Path, read: Callable) -> None:
    book = Workbook()
    for row in (("监测点", None), ("名称", "位置"), ("甲", "29.87，121.54，3")):
        book.active.append(row)
    book.create_sheet("说明").append(("位置", "备注"))
    book.save(tmp_path / "a.xlsx")
    reader, batch = read(tmp_path / "a.xlsx")
    assert (reader.pair_order, reader.dimensions) == (LAT_LON, "Z")
    assert batch.geometry[0] == shapely.Point(29.87, 121.54, 3)


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("start", ["", "0x", "\\x"])
def test_wkb_of_postgis_brings_its_srid(tmp_path: Path, read: Callable, order: int, start: str) -> None:
    shapes = [shapely.set_srid(shape, 4549) for shape in (shapely.box(5e5, 33e5, 501e3, 331e4), shapely.Polygon())]
    cells = [start + shapely.to_wkb(shape, hex=True, include_srid=True, byte_order=order) for shape in shapes]
    path = table(tmp_path / "a.csv", ("wkb_geometry", "n"), *((cell, 1) for cell in cells), ("0100", 2), ("", 3))
    reader, batch = read(path)
    assert (reader.crs.epsg, reader.crs.found_in, reader.geometry_type) == (4549, "file", "Polygon")
    assert batch.geometry.tolist() == [*shapes, None, None]
    assert [(issue.row, issue.code) for issue in batch.issues] == [(3, "coordinate-invalid")]
    assert [field.name for field in reader.fields] == ["n"]


def test_rows_of_another_srid_than_most_are_rejected_and_a_person_overrules_it(tmp_path: Path, read: Callable) -> None:
    rows = ("SRID=4490;POINT(121.5 29.8)", "SRID=4490;POINT(121.6 29.8)", "SRID=4549;POINT(121.5 29.8)", "POINT(1 2)")
    path = table(tmp_path / "a.csv", ("geom", "n"), *((row, 1) for row in rows))
    reader, batch = read(path)
    assert (reader.crs.epsg, [(issue.row, issue.code) for issue in batch.issues]) == (4490, [(3, "srid-differs")])
    assert read(path, crs="EPSG:4326")[0].crs.found_in == "option"
    unknown = table(tmp_path / "b.csv", ("geom", "n"), ("SRID=999999;POINT(121.5 29.8)", 1))
    assert read(unknown)[0].crs.found_in == "assumed"


def test_arcs_in_wkb_become_lines(tmp_path: Path, read: Callable) -> None:
    arc = struct.pack("<BII6d", 1, 0x20000008, 4490, *[0.0] * 6)[:9] + struct.pack("<I6d", 3, 0, 0, 1, 1, 2, 0)
    _reader, batch = read(table(tmp_path / "a.csv", ("geom", "n"), (arc.hex(), 1)))
    assert batch.geometry[0].geom_type == "LineString" and len(batch.geometry[0].coords) > 10
    assert [issue.code for issue in batch.issues] == ["curve-straightened"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
@pytest.mark.parametrize("asked", [None, "UTF-16"])
def test_utf16_is_told_with_a_mark_and_without(
    tmp_path: Path, read: Callable, encoding: str, asked: str | None
) -> None:
    text = "名称\t经度\t纬度\r\n" + "".join(f"西塘河第{n}段\t121.3\t29.8\r\n" for n in range(20))
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    reader, batch = read(tmp_path / "a.txt", encoding=asked)
    assert (reader.encoding.name, reader.rows, batch.columns[0][1]) == (encoding, 20, "西塘河第1段")
    features = '{"type":"Feature","properties":{"名称":"西塘河"},"geometry":{"type":"Point","coordinates":[1,2]}}'
    (tmp_path / "b.geojson").write_bytes(features.encode(encoding))
    assert read(tmp_path / "b.geojson")[1].columns == [["西塘河"]]


@pytest.mark.parametrize("content", [b"\0" * 200, b"x,y\n1,2\n" + b"\0" * 3, bytes(range(256)) * 9, b"a\0\0b" * 90])
def test_zeros_elsewhere_are_no_text(tmp_path: Path, read: Callable, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(Refusal):
        read(tmp_path / "a.csv")


def test_geometries_within_geometries_are_refused_before_the_library_reads_them() -> None:
    # GEOS reads multi-geometries by recursion as well as collections; a point before the next level changes nothing.
    head, point = "01{:02x}00000001000000", "0101000000" + "0" * 32
    nested = [head.format(kind) * n for kind in (4, 5, 6, 7) for n in (1_000, 200_000)]
    nested += [
        ("010700000002000000" + point) * 100_000,
        "00000000070000000" + "1" + ("0000000007" + "0" * 7 + "1") * 10**5,
    ]
    costs("tests.unit.geokit.test_written_places:_shape", nested)
    assert all(isinstance(_shape(text), str) for text in nested)
    held = shapely.GeometryCollection([shapely.MultiPolygon([shapely.box(0, 0, 1, 1)] * 20)] * 20)
    for flavour in ("iso", "extended"):
        wkb = shapely.to_wkb(shapely.force_3d(held), flavor=flavour, output_dimension=3)
        assert shapely.force_2d(from_wkb(np.array([wkb], object))[0]) == held


def _shape(text: str) -> object:
    return read_cells([text]).shapes[0]


def test_cells_are_looked_through_once() -> None:
    def sizes(*makers: Callable[[int], str]) -> tuple[list[str], list[str]]:
        return [make(2_000) for make in makers], [make(16_000) for make in makers]

    assert_linear(
        "tests.unit.geokit.test_written_places:_shape",
        *sizes(
            lambda n: "1," * n, lambda n: "(" * n + "1 2", lambda n: " " * n + "1", lambda n: "POINT" + " " * n,
            lambda n: "东" * n,
            lambda n: "0" * 2 * n, lambda n: "01" * n + "x", lambda n: "SRID=" + "1" * n,
            lambda n: "0101000000" + "00" * n, lambda n: "010600000000ffffff" + "00" * n,
        ),
    )  # fmt: skip
    assert_linear(
        "tests.unit.geokit.test_written_places:_columns", *sizes(lambda n: "坐标" * n, lambda n: "lon_" * n + "lat")
    )


def _columns(name: str) -> object:
    from geokit.records.coordinate_columns import columns_by_name

    return columns_by_name([name], [["121.5,29.8"]] * 200)
