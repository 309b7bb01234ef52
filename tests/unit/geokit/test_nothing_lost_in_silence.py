"""What the reading library loses or changes without a word: kept here, or said of the row."""

import json
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from openpyxl import Workbook
from pyogrio.raw import write

from tests.data.gis_files import square, write_file

LONG_ID = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":12345678901234567890,'
    '"t":"\\": 12345678901234567890, "},"geometry":{"type":"Point","coordinates":[121.3,29.8]}}]}'
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12345678901234567890\n1", "text"),  # floating-point numbers would lose its last digits
        ("9223372036854775807\n1", "bigint"),
        ("9007199254740993\n1.5", "text"),
    ],
)
def test_numbers_keep_every_digit(tmp_path: Path, read: Callable, text: str, kind: str) -> None:
    rows = "".join(f"121.3°,29.8,{cell}\n" for cell in text.split("\n"))
    (tmp_path / "a.csv").write_text(f"lng,lat,n\n{rows}", "utf-8")
    reader, batch = read(tmp_path / "a.csv")
    assert reader.fields[2].kind == kind and not batch.issues
    assert [str(value) for value in batch.columns[2]] == text.split("\n")


@pytest.mark.parametrize("text", ["①" * 16, "9" * 400, "9" * 5000])
def test_what_looks_like_digits_and_is_no_number_is_text(tmp_path: Path, read: Callable, text: str) -> None:
    (tmp_path / "a.csv").write_text(f"lng,lat,n\n121.3,29.8,{text}\n", "utf-8")
    reader, batch = read(tmp_path / "a.csv")
    assert (reader.fields[2].kind, batch.columns[2], batch.issues) == ("text", [text], [])


def test_a_day_in_full_width_digits_is_a_day(tmp_path: Path, read: Callable) -> None:
    (tmp_path / "a.csv").write_text("lng,lat,日期\n121.3,29.8,２０２４/３/５\n121.3,29.8,2024-03-06\n", "utf-8")
    reader, batch = read(tmp_path / "a.csv")
    assert (reader.fields[2].kind, batch.issues) == ("date", [])
    assert batch.columns[2] == [date(2024, 3, 5), date(2024, 3, 6)]


@pytest.mark.parametrize("name", ["a.geojson", "a.geojsonl"])
def test_a_json_keeps_every_digit_too(tmp_path: Path, read: Callable, name: str) -> None:
    (tmp_path / name).write_text(LONG_ID)
    assert read(tmp_path / name)[1].columns == [["12345678901234567890"], ['": 12345678901234567890, ']]


def test_a_shapefile_that_is_damaged_a_little_is_read_for_the_rest(tmp_path: Path, read: Callable) -> None:
    names = ["西塘河", "南塘河", "姚江"] * 10
    path = write_file(
        tmp_path / "a.shp", [square(121.3, 29.8)] * 30, [{"名称": name} for name in names], crs="EPSG:4326",
        encoding="UTF-8",
    )  # fmt: skip
    table, index = path.with_suffix(".dbf"), path.with_suffix(".shx")
    table.write_bytes(table.read_bytes().replace("姚江".encode(), b"\xff" + "姚江".encode()[1:], 1))
    index.write_bytes(index.read_bytes()[:-20])
    path.with_suffix(".cpg").write_text("UTF-8")
    reader, batch = read(path)
    assert (reader.encoding.name, [code for code, _message in reader.warnings]) == ("utf-8", ["shx-rebuilt"])
    assert [(issue.row, issue.code) for issue in batch.issues] == [(3, "text-undecodable")]
    assert batch.columns[0][3:] == names[3:]


def test_what_the_names_of_columns_say_is_heard(tmp_path: Path, read: Callable) -> None:
    (tmp_path / "a.csv").write_text("百度经度,百度纬度,geom\n121.3,29.8,圆形\n", "utf-8")
    reader, batch = read(tmp_path / "a.csv")
    assert [code for code, _message in reader.warnings] == ["datum-unsure"]
    assert batch.columns[2] == ["圆形"] and shapely.get_coordinates(batch.geometry).tolist() == [[121.3, 29.8]]


def test_one_damaged_byte_costs_its_row_and_not_the_encoding_of_the_rest(tmp_path: Path, read: Callable) -> None:
    text = "lng,lat,名称\n121.3,29.8,西塘河\n".encode() + b"121.3,29.8,\xff\n" + "121.3,29.8,姚江\n".encode()
    (tmp_path / "a.csv").write_bytes(text)
    reader, batch = read(tmp_path / "a.csv")
    assert (reader.encoding.name, reader.fields[2].name) == ("utf-8", "名称")
    assert [(issue.row, issue.code) for issue in batch.issues] == [(2, "text-undecodable")]
    assert [batch.columns[2][0], batch.columns[2][2]] == ["西塘河", "姚江"]


def test_what_is_no_number_in_a_number_column_of_a_geopackage_is_said(tmp_path: Path, read: Callable) -> None:
    """SQLite keeps a text there; GDAL reads 0, and 1 for 1.5 in a column of whole numbers."""
    path = tmp_path / "ponds.gpkg"
    values = [np.array([1, 2, 3, 4]), np.array([0.5, 1.5, 2.5, 3.5])]
    shapes = shapely.to_wkb(shapely.points([[121.3, 29.8, 4.0]] * 4), output_dimension=3)
    said = {"driver": "GPKG", "crs": "EPSG:4326", "geometry_type": "Unknown", "spatial_index": False}
    write(path, shapes, values, ["count", 'len"gth'], **said)
    with sqlite3.connect(path) as file:
        file.execute("UPDATE ponds SET count = '约三百' WHERE fid = 2")
        file.execute('UPDATE ponds SET count = 1.5, "len""gth" = \'n/a\' WHERE fid = 4')
    file.close()
    reader, batch = read(path)
    assert batch.columns == [[1, None, 3, None], [0.5, 1.5, 2.5, None]]
    assert [(issue.row, issue.field, issue.code, issue.rejected) for issue in batch.issues] == [
        (2, "count", "value-invalid", True),
        (4, "count", "value-invalid", True),
        (4, 'len"gth', "value-invalid", True),
    ]
    assert "约三百" in batch.issues[0].reason
    assert reader.dimensions == "Z"  # a layer of any kind of geometry does not say so itself


def test_formulas_that_nobody_has_reckoned_are_said(tmp_path: Path, read: Callable) -> None:
    path = tmp_path / "outfalls.xlsx"
    book = Workbook()
    first, second = book.active, book.create_sheet("排口 & 二")
    first.append(["名称", "经度", "纬度", "合计"])
    first.append(["甲", 121.3, 29.8, "=1+2"])
    first.append(["乙", 121.4, 29.9, 3])
    second.append(["名称", "经度", "纬度"])
    second.append(["丙", "=121.3", 29.8])
    second.append(["丁", 121.4, 29.9])
    book.save(path)
    told = []
    for sheet in ("Sheet", "排口 & 二"):
        reader, batch = read(path, sheet)
        told.append([message for code, message in reader.warnings if code == "formula-without-result"])
    assert [len(messages) for messages in told] == [1, 1]
    assert "1 个单元格" in told[0][0]
    assert batch.columns[0] == ["丙", "丁"]


def test_what_gdal_reads_otherwise_than_json_says_it_is_said(tmp_path: Path, read: Callable) -> None:
    """NUL ends a text for GDAL; beside decimals a whole number is a double, whose last digits go."""
    rows = [("西塘河\0二号", "a\\\\u0000", 2**53 + 1), ("丙", "", 0.5)]
    features = [
        {"type": "Feature", "properties": {"name": name, "note": note, "sum": number},
         "geometry": {"type": "Point", "coordinates": [121.3, 29.8]}}
        for name, note, number in rows
    ]  # fmt: skip
    path = tmp_path / "outfalls.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    reader, batch = read(path)
    assert batch.columns[:2] == [["西塘河二号", "丙"], ["a\\\\u0000", ""]]
    assert [code for code, _message in reader.warnings] == ["nul-dropped"]
    assert [(issue.row, issue.field, issue.code, issue.rejected) for issue in batch.issues] == [
        (1, "sum", "value-rounded", False)
    ]


@pytest.mark.parametrize(
    ("crs", "place", "found", "warned"),
    [
        ("", [635357.7, 3298765.2], None, []),
        ('"crs":null,', [635357.7, 3298765.2], None, []),
        ('"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4549"}},', [635357.7, 3298765.2], 4549, []),
        ('"crs":{"type":"EPSG","properties":{"code":4549}},', [635357.7, 3298765.2], 4549, []),
        ('"crs":{"type":"name","properties":{"name":"EPSG:999999"}},', [121.4, 29.8], None, ["crs-unreadable"]),
        ('"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},', [121.4, 29.8], 4326, []),
        ("", [29.8, 121.4], 4326, []),
    ],
)
def test_a_geojson_that_cannot_be_wgs84_is_asked_about(
    tmp_path: Path, read: Callable, crs: str, place: list[float], found: int | None, warned: list[str]
) -> None:
    shape = {"type": "Point", "coordinates": place}
    feature = json.dumps({"type": "Feature", "properties": {"n": 1}, "geometry": shape})
    (tmp_path / "a.geojson").write_text(f'{{"type":"FeatureCollection",{crs}"features":[{feature}]}}')
    reader, batch = read(tmp_path / "a.geojson")
    assert (reader.crs and reader.crs.epsg, [code for code, _message in reader.warnings]) == (found, warned)
    assert shapely.get_coordinates(batch.geometry).tolist() == [place] and reader.bounds


def test_a_track_keeps_its_parts_where_one_has_a_single_point(tmp_path: Path, read: Callable) -> None:
    def track(*parts: int) -> str:
        at = [f'<trkpt lat="29.{n}" lon="121.{n}"><ele>3</ele></trkpt>' for n in range(max(parts))]
        points = "".join(f"<trkseg>{''.join(at[:count])}</trkseg>" for count in parts)
        return f"<trk><name>{parts}</name>{points}</trk>"

    text = "".join((track(3, 1, 2), track(1), track(2)))
    (tmp_path / "a.gpx").write_text(f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{text}</gpx>')
    _reader, batch = read(tmp_path / "a.gpx")
    assert [[len(line.coords) for line in shape.geoms] if shape else None for shape in batch.geometry] == [
        [3, 2], None, [2],
    ]  # fmt: skip
    assert [(issue.row, issue.code, issue.rejected) for issue in batch.issues] == [
        (1, "parts-left-out", False), (2, "geometry-unsupported", True),
    ]  # fmt: skip


def test_a_table_says_that_heights_and_measures_are_dropped_and_straightens_arcs_in_collections(
    tmp_path: Path, read: Callable
) -> None:
    arcs = "GEOMETRYCOLLECTION(CIRCULARSTRING(121 29,121.1 29.1,121.2 29),POINT(121 29))"
    (tmp_path / "a.csv").write_text(f'wkt;n\nPOINT M (121.4 29.8 9);1\nPOINT Z (121.4 29.8 1);2\n"{arcs}";3\n')
    reader, batch = read(tmp_path / "a.csv")
    assert reader.dimensions == "ZM"
    assert [part.geom_type for part in batch.geometry[2].geoms] == ["LineString", "Point"]
    assert [(issue.row, issue.code) for issue in batch.issues] == [(3, "curve-straightened")]
