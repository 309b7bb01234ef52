"""Rows as they are read: types that stay what they are, and CSVs with places."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio.raw import write

from geokit.readers.factory import open_reader
from geokit.records.rows import Batch, Field, Reader, as_kind, convert_column
from geokit.refusal import BadInput
from geokit.sources.discovery import open_layers
from tests.data.gis_files import square, write_file


def reader_of(path: Path, **options: Any) -> Reader:
    work = path.parent / "work"
    work.mkdir(exist_ok=True)
    return open_reader(open_layers(path, work)[0], **options)


def only_batch(reader: Reader) -> Batch:
    (batch,) = reader.batches(1000)
    return batch


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "a.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_null_does_not_turn_large_integers_into_floats(tmp_path: Path) -> None:
    big = 9_007_199_254_740_993  # 2**53 + 1, which no double holds
    rows = [{"n": big}, {"n": None}, {"n": 7}]
    path = write_file(tmp_path / "a.shp", [square(121 + i / 10, 29) for i in range(3)], rows)
    batch = only_batch(reader_of(path))
    assert batch.columns == [[big, None, 7]]
    assert all(isinstance(value, int) for value in batch.columns[0] if value is not None)


def test_codes_with_leading_zeros_stay_text(tmp_path: Path) -> None:
    reader = reader_of(csv_file(tmp_path, "code,lng,lat\n0012,121.3,29.8\n0100,121.4,29.9\n"))
    assert {item.name: item.kind for item in reader.fields} == {"code": "text", "lng": "double", "lat": "double"}
    assert only_batch(reader).columns[0] == ["0012", "0100"]


def test_kinds_are_told_from_every_value(tmp_path: Path) -> None:
    text = "lng,lat,n,big,x,day,mixed,none\n121.3,29.8,1,3000000000,1.5,2026-1-2,1,\n121.4,29.9,,4,2,2026/03/04,a,\n"
    reader = reader_of(csv_file(tmp_path, text))
    assert [item.kind for item in reader.fields][2:] == ["integer", "bigint", "double", "date", "text", "text"]
    batch = only_batch(reader)
    assert batch.columns[2] == [1, None]
    assert batch.columns[5] == [dt.date(2026, 1, 2), dt.date(2026, 3, 4)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_csvs_are_read_in_every_usual_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = delimiter.join(("名称", "经度", "纬度")) + "\n" + delimiter.join(("西塘河", "121.3", "29.8")) + "\n"
    reader = reader_of(csv_file(tmp_path, text, encoding))
    batch = only_batch(reader)
    assert batch.columns[0] == ["西塘河"]
    assert batch.geometry[0].equals(shapely.Point(121.3, 29.8))
    assert (reader.crs.label, reader.crs.found_in) == ("EPSG:4326", "columns")


def test_wkt_is_read_with_or_without_its_srid(tmp_path: Path) -> None:
    text = 'n,wkt\n1,"POLYGON((121 29,122 29,122 30,121 29))"\n2,"SRID=4326;POLYGON((121 29,122 29,122 30,121 29))"\n'
    reader = reader_of(csv_file(tmp_path, text))
    assert reader.geometry_type == "Polygon"
    assert [item.name for item in reader.fields] == ["n"]
    assert (reader.crs.epsg, reader.crs.found_in) == (4326, "file")
    assert all(geometry.geom_type == "Polygon" for geometry in only_batch(reader).geometry)


def test_projected_columns_need_a_crs(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "x,y\n630000,3300000\n")
    assert reader_of(path).crs is None
    assert reader_of(path, crs="EPSG:4549").crs.epsg == 4549


def test_a_bad_coordinate_costs_its_row_only(tmp_path: Path) -> None:
    batch = only_batch(reader_of(csv_file(tmp_path, "n,lng,lat\n1,121.3,29.8\n2,east,29.8\n3,,\n4,121,29,5\n")))
    assert [(issue.row, issue.code) for issue in batch.issues] == [(2, "coordinate-invalid"), (4, "csv-extra-columns")]
    assert batch.geometry[2] is None


@pytest.mark.parametrize(("text", "code"), [("a,b\n1,2\n", "csv-no-coordinates"), ("\n", "csv-no-header")])
def test_a_csv_without_places_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        reader_of(csv_file(tmp_path, text))
    assert caught.value.code == code


def test_undecodable_text_costs_its_row_and_not_the_file(tmp_path: Path) -> None:
    path = write_file(
        tmp_path / "a.shp", [square(121, 29), square(122, 29)], [{"名称": "西塘河"}, {"名称": "plain"}], encoding="GBK"
    )
    batch = only_batch(reader_of(path, encoding="UTF-8"))
    assert [(issue.row, issue.code) for issue in batch.issues] == [(1, "text-undecodable")]
    assert batch.columns[0] == [None, "plain"]


def test_batches_together_hold_every_row_in_order(tmp_path: Path) -> None:
    for name in ("a.shp", "a.gpkg", "a.csv"):
        if name == "a.csv":
            path = csv_file(tmp_path, "n,lng,lat\n" + "".join(f"{i},121,29\n" for i in range(7)))
        else:
            path = write_file(tmp_path / name, [square(121, 29)] * 7, [{"n": i} for i in range(7)])
        batches = list(reader_of(path).batches(3))
        assert [batch.first_row for batch in batches] == [1, 4, 7]
        assert [value for batch in batches for value in batch.columns[0]] == list(range(7))


def test_z_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "z.gpkg"
    write(
        path,
        shapely.to_wkb(shapely.points([[121.0, 29.0, 5.0]])),
        [np.array([1])],
        ["n"],
        geometry_type="Point Z",
        crs="EPSG:4326",
    )
    assert reader_of(path).dimensions == "Z"


@pytest.mark.parametrize(
    ("value", "kind", "result"),
    [
        ("2026-11-23T08:00:00Z", "datetime", dt.datetime(2026, 11, 23, 16, 0)),
        ("2026/11/23 08:00:00", "datetime", dt.datetime(2026, 11, 23, 8, 0)),
        (["a", 1], "text", '["a", 1]'),
        ("a\0b", "text", "ab"),
        ("是", "boolean", True),
        (float("nan"), "double", None),
        (3.0, "bigint", 3),
    ],
)
def test_values_become_what_their_column_holds(value: Any, kind: str, result: Any) -> None:
    assert as_kind(value, kind) == result


@pytest.mark.parametrize(
    ("value", "kind"), [("x", "double"), (2**31, "integer"), (2**63, "bigint"), (1.5, "bigint"), ("maybe", "boolean")]
)
def test_a_value_that_does_not_fit_rejects_its_row(value: Any, kind: str) -> None:
    issues: list[Any] = []
    assert convert_column([value], Field("n", kind), 5, issues) == [None]
    assert [(issue.row, issue.code, issue.rejected) for issue in issues] == [(5, "value-invalid", True)]


def test_the_largest_values_still_fit() -> None:
    assert as_kind(2**31 - 1, "integer") == 2**31 - 1
    assert as_kind(2**63 - 1, "bigint") == 2**63 - 1
