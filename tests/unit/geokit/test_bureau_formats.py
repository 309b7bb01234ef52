"""What bureaus send beside shapefiles: each format whole, and the same meant ill."""

import json
import sqlite3
import struct
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyogrio.raw import write

from geokit.readers import curves
from geokit.records.angles import number_of
from geokit.records.coordinate_columns import ChosenColumns
from geokit.refusal import Refusal
from geokit.sources.discovery import open_layers
from geokit.sources.unzip import Limits
from tests.data import archives
from tests.data.bureau_files import ESRI, HEAD, MIF, PARCEL, PLACEMARK, SEQUENCE, TOPOLOGY
from tests.data.gis_files import square, write_file, zip_files

NAMES = (
    "fid",
    "ogc_fid",
    "FID",
    "OGC_FID",
    "id",
    "ID",
    "geom",
    "geometry",
    "GEOMETRY",
    "wkb_geometry",
    "shape",
    "rowid",
)


def refusal_of(path: Path, work: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        open_layers(path, work, limits)
    return caught.value.code


def points(path: Path, name: str, driver: str) -> bool:
    """Write two points with a field of that name; whether the driver can."""
    wkb = shapely.to_wkb(np.array([shapely.Point(121.3, 29.8), shapely.Point(121.4, 29.9)]))
    values = [np.array([7, 8], "int32"), np.array(["a", "b"], object)]
    try:
        with warnings.catch_warnings(action="ignore"):
            write(path, wkb, values, [name, "zz"], geometry_type="Point", crs="EPSG:4326", driver=driver)
    except Exception:
        return False
    return True


@pytest.mark.parametrize(
    ("driver", "suffix"), [("GPKG", "gpkg"), ("GeoJSON", "geojson"), ("FlatGeobuf", "fgb"), ("ESRI Shapefile", "shp"),
                           ("KML", "kml"), ("OpenFileGDB", "gdb"), ("SQLite", "sqlite"), ("GML", "gml")],
)  # fmt: skip
def test_fields_named_as_the_library_names_its_own_columns_keep_their_values(
    tmp_path: Path, read: Callable, driver: str, suffix: str
) -> None:
    written = [name for name in NAMES if points(tmp_path / f"x_{name}.{suffix}", name, driver)]
    assert len(written) > len(NAMES) / 2 - 1
    for name in written:
        _reader, batch = read(tmp_path / f"x_{name}.{suffix}")
        assert [7, 8] in [sorted(column, key=str) for column in batch.columns] or driver in ("GPKG", "SQLite"), name
        assert ["a", "b"] in [sorted(column, key=str) for column in batch.columns], name


def arc() -> bytes:
    numbers = (121.3, 29.8, 121.31, 29.81, 121.32, 29.8)
    return struct.pack("<BII6d", 1, 8, 3, *numbers)


@pytest.mark.parametrize("declared", ["GEOMETRY", "LINESTRING", "COMPOUNDCURVE"])
def test_arcs_of_a_geopackage_become_lines_and_are_told_and_a_code_out_of_range_costs_its_row(
    tmp_path: Path, read: Callable, declared: str
) -> None:
    path = tmp_path / "a.gpkg"
    write(
        path, np.array([None], object), [np.array([1])], ["n"], geometry_type="Unknown", crs="EPSG:4326", driver="GPKG"
    )
    compound = struct.pack("<BII", 1, 9, 1) + arc()
    collection = struct.pack("<BII", 1, 7, 1) + arc()
    with sqlite3.connect(path) as base:
        base.create_function("ST_IsEmpty", 1, lambda _: 0)
        for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            base.create_function(name, 1, lambda _: 0)
        base.execute("DELETE FROM a")
        for wkb in (arc(), compound, collection, struct.pack("<BI", 1, 99_999) + bytes(16), b"\x01\x01"):
            base.execute("INSERT INTO a (n, geom) VALUES (1, ?)", (b"GP\0\x01" + struct.pack("<i", 4326) + wkb,))
        base.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", (declared,))
    base.close()
    _reader, batch = read(path)
    assert [(issue.row, issue.code, issue.rejected) for issue in batch.issues] == [
        (1, "curve-straightened", False), (2, "curve-straightened", False), (3, "curve-straightened", False),
        (4, "geometry-unsupported", True), (5, "geometry-unsupported", True),
    ]  # fmt: skip
    assert batch.geometry[0].geom_type == "LineString" and shapely.get_num_points(batch.geometry[0]) > 20
    assert batch.geometry[2].geoms[0].geom_type == "LineString"


def test_arcs_in_wkt_become_lines_and_are_told(tmp_path: Path, read: Callable) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        'n,wkt\n1,"CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(121 29,121.5 29.5,122 29),(122 29,121 29)))"\n'
        '2,"CIRCULARSTRING(121 29,oops)"\n'
    )
    reader, batch = read(path)
    assert (reader.geometry_type, batch.geometry[0].geom_type, reader.crs.epsg) == ("Polygon", "Polygon", 4326)
    assert [(issue.row, issue.code) for issue in batch.issues] == [(1, "curve-straightened"), (2, "coordinate-invalid")]
    assert curves.straightened([]) == []


def test_a_file_geodatabase_comes_zipped_in_a_folder_and_without_its_folder(
    tmp_path: Path, read: Callable, work: Path
) -> None:
    sent = tmp_path / "sent"
    write_file(sent / "a.gdb", [square(121.31, 29.85)], [{"名称": "西塘河"}], driver="OpenFileGDB")
    files = {file.name: file.read_bytes() for file in (sent / "a.gdb").iterdir()}
    zipped = zip_files(tmp_path / "a.zip", {f"数据/海曙.gdb/{name}": content for name, content in files.items()})
    for path in (sent / "a.gdb", sent, zipped, zip_files(tmp_path / "b.zip", files)):
        reader, batch = read(path)
        assert (reader.driver, batch.columns) == ("OpenFileGDB", [["西塘河"]])
    packed = zip_files(tmp_path / "c.zip", files | {"a00000009.cdf": b"x"})
    assert refusal_of(packed, work) == "source-unreadable"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_mif_is_read_in_the_encoding_of_its_bytes(tmp_path: Path, read: Callable, encoding: str) -> None:
    (tmp_path / "a.mif").write_text(MIF, encoding)
    (tmp_path / "a.mid").write_text('"0012","西塘河"\n', encoding)
    reader, batch = read(tmp_path / "a.mif")
    assert [field.name for field in reader.fields] == ["编号", "名称"]
    assert batch.columns == [["0012"], ["西塘河"]]


def test_a_tab_is_read_and_one_that_leads_elsewhere_is_refused(tmp_path: Path, read: Callable, work: Path) -> None:
    write_file(
        tmp_path / "a.tab", [square(121.31, 29.85)], [{"name": "西塘河"}], driver="MapInfo File", encoding="GB18030"
    )
    assert read(tmp_path / "a.tab")[1].columns == [["西塘河"]]
    head = (tmp_path / "a.tab").read_bytes()
    for said in (b'  File "../../etc/passwd"\n', b'Open Table "/etc/x"\n', b"create view v as\n"):
        (tmp_path / "a.tab").write_bytes(head + b"\n" + said)
        assert refusal_of(tmp_path / "a.tab", work) == "mapinfo-linked"
    (tmp_path / "a.tab").write_bytes(head.replace(b"NATIVE", b"LINKED"))
    assert refusal_of(tmp_path / "a.tab", work) == "mapinfo-linked"
    (tmp_path / "a.dat").unlink()
    assert refusal_of(tmp_path / "a.tab", work) == "mapinfo-parts-missing"


def test_a_gml_keeps_codes_and_opens_no_schema_beside_or_elsewhere(tmp_path: Path, read: Callable, work: Path) -> None:
    write_file(tmp_path / "a.gml", [square(121.31, 29.85)], [{"code": "0012", "n": 3}], crs="EPSG:4490", driver="GML")
    text = (tmp_path / "a.gml").read_text()
    (tmp_path / "a.gml").write_text(text.replace('xsi:schemaLocation="', 'xsi:schemaLocation="http://127.0.0.1:9/x '))
    reader, batch = read(tmp_path / "a.gml")
    assert [(field.name, field.kind) for field in reader.fields][1:] == [("code", "text"), ("n", "integer")]
    assert (batch.columns[1:], reader.crs.epsg) == ([["0012"], [3]], 4490)
    assert shapely.equals(batch.geometry[0], square(121.31, 29.85))
    (tmp_path / "b.gml").write_text('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + text)
    assert refusal_of(tmp_path / "b.gml", work) == "xml-entities"
    (tmp_path / "c.gml").write_text(text[:-20])
    assert refusal_of(tmp_path / "c.gml", work) == "source-unreadable"


@pytest.mark.parametrize(
    ("name", "body", "epsg", "driver"),
    [("a.json", json.dumps(ESRI), 4490, "ESRIJSON"), ("a.json", json.dumps(TOPOLOGY), 4326, "TopoJSON"),
     ("a.geojsonl", SEQUENCE, 4326, "GeoJSON"), ("a.ndjson", "\x1e" + SEQUENCE, 4326, "GeoJSON")],
)  # fmt: skip
def test_kinds_of_json_are_told_by_what_is_in_them(
    tmp_path: Path, read: Callable, name: str, body: str, epsg: int, driver: str
) -> None:
    (tmp_path / name).write_text(body)
    reader, batch = read(tmp_path / name)
    assert (reader.driver, reader.crs.epsg) == (driver, epsg)
    assert ["西塘河"] in batch.columns and shapely.get_coordinates(batch.geometry).tolist() == [[121.3, 29.8]]


@pytest.mark.parametrize(
    "line", ["{oops", '{"type":"FeatureCollection","features":5}', '{"type":"FeatureCollection","features":["x"]}']
)
def test_a_line_that_is_no_feature_is_named(tmp_path: Path, work: Path, line: str) -> None:
    (tmp_path / "a.geojsonl").write_text(SEQUENCE + f"{line}\n" + SEQUENCE)
    with pytest.raises(Refusal, match="第 2 行"):
        open_layers(tmp_path / "a.geojsonl", work)


def test_geoparquet_keeps_kinds_times_and_crs(tmp_path: Path, read: Callable, work: Path) -> None:
    told = {"primary_column": "geom", "columns": {"geom": {"encoding": "WKB", "geometry_types": ["Point"]}}}
    zoned = pa.array([1_764_288_000_000_000], pa.timestamp("us", "UTC"))
    table = pa.table({
        "id": [2**60 + 1], "seen": zoned, "tags": [["a", "b"]], "raw": [b"x"],
        "geom": [shapely.to_wkb(shapely.Point(121.3, 29.8))],
    })  # fmt: skip
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(told)}), tmp_path / "a.parquet")
    reader, batch = read(tmp_path / "a.parquet")
    assert [(field.name, field.kind) for field in reader.fields] == [
        ("id", "bigint"),
        ("seen", "datetime"),
        ("tags", "text"),
    ]
    assert [str(column[0]) for column in batch.columns] == [str(2**60 + 1), "2025-11-28 08:00:00", '["a", "b"]']
    assert (reader.crs.epsg, [code for code, _ in reader.warnings]) == (4326, ["field-dropped"])
    for metadata, code in (
        ({}, "no-geometry"),
        ({"geo": "[]"}, "source-unreadable"),
        ({"geo": "{"}, "source-unreadable"),
    ):
        pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "b.parquet")
        with pytest.raises(Refusal) as caught:
            read(tmp_path / "b.parquet")
        assert caught.value.code == code


@pytest.mark.parametrize("box", ["[NaN, NaN, NaN, NaN]", "[-Infinity, 0, Infinity, 1]", "[0, 0, 1e400, 1]"])
def test_a_box_that_is_none_is_taken_from_the_rows_of_a_geoparquet(tmp_path: Path, read: Callable, box: str) -> None:
    """Programs write what they know of a table without rows, and other programs add the rows."""
    about = f'{{"encoding": "WKB", "geometry_types": ["Point"], "bbox": {box}}}'
    told = f'{{"primary_column": "geom", "columns": {{"geom": {about}}}}}'
    table = pa.table({"geom": [shapely.to_wkb(shapely.Point(121.3, 29.8))]})
    pq.write_table(table.replace_schema_metadata({"geo": told}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet")[0].bounds == (121.3, 29.8, 121.3, 29.8)


@pytest.mark.parametrize("about", [{"covering": None}, {"covering": {"bbox": {"xmin": 5}}}, {"geometry_types": 7}])
def test_a_geoparquet_that_describes_itself_otherwise_is_refused(
    tmp_path: Path, read: Callable, about: dict[str, object]
) -> None:
    told = {"primary_column": "geom", "columns": {"geom": {"encoding": "WKB", **about}}}
    table = pa.table({"geom": [shapely.to_wkb(shapely.Point(121.3, 29.8))]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(told)}), tmp_path / "a.parquet")
    with pytest.raises(Refusal) as caught:
        read(tmp_path / "a.parquet")
    assert caught.value.code == "source-unreadable"


def test_points_of_cass_and_parcels_of_a_boundary_file_lie_where_they_were_measured(
    tmp_path: Path, read: Callable
) -> None:
    (tmp_path / "a.dat").write_text("1,JZ,650123.123,3306123.456,12.3\n2,,650125.5,3306120.1,\n")
    reader, batch = read(tmp_path / "a.dat")
    assert (reader.driver, reader.crs, shapely.get_coordinates(batch.geometry[0]).tolist()) == (
        "CASS", None, [[650123.123, 3306123.456]],
    )  # fmt: skip
    (tmp_path / "k.txt").write_text(HEAD + PARCEL + "3,1,DK2,地块二,面,,,,@\nJ1,1,x,y\n", "gb18030")
    reader, batch = read(tmp_path / "k.txt")
    assert (reader.driver, reader.crs.epsg, batch.columns[2]) == ("BOUNDARY", 4528, ["DK1", "DK2"])
    assert batch.geometry[0].area == 100 * 100 - 200  # the second ring is a hole
    assert [(issue.row, issue.code) for issue in batch.issues] == [(2, "coordinate-invalid")]
    (tmp_path / "k.txt").write_text(HEAD.replace("带号=40", "带号=39") + PARCEL, "gb18030")
    assert read(tmp_path / "k.txt")[0].crs is None  # the eastings speak of zone 40: a person decides


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("编号,中心点经度,中心点纬度\n1,121.3,29.8\n", (121.3, 29.8)),
        ("GPS经度,GPS纬度\n121-18-0,29-48-00\n", (121.3, 29.8)),
        ("经度(°),纬度（°）\nE121°18′00″,N29 48 00\n", (121.3, 29.8)),
        ("点位经度,点位纬度\n东经121度18分,北纬29度48分\n", (121.3, 29.8)),
        ("X坐标(米),Y坐标（米）\n650123.1,3306123.4\n", (650123.1, 3306123.4)),
        ("1,西塘河,121.3001,29.8001\n2,南塘河,121.3002,29.8002\n", (121.3001, 29.8001)),
    ],
)
def test_columns_of_coordinates_are_found_by_the_names_and_spellings_that_are_used(
    tmp_path: Path, read: Callable, text: str, place: tuple[float, float]
) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    batch = read(tmp_path / "a.csv")[1]
    assert shapely.get_coordinates(batch.geometry[0])[0] == pytest.approx(place)


@pytest.mark.parametrize(
    ("text", "encoding", "warned"),
    [
        ("海曙区河道一览表\n\n单位：米\n名称\t经度\t纬度\n西塘河\t121.3\t29.8\n", "gb18030", "rows-above-head"),
        ("一覽表,,\n名稱,經度,緯度\n西塘河,121.3,29.8\n", "big5", "encoding-unsure"),
        ("\n名称,经度,纬度\n西塘河,121.3,29.8\n", "utf-32", ""),
    ],
)
def test_titles_above_a_text_table_are_passed_over_and_said(
    tmp_path: Path, read: Callable, text: str, encoding: str, warned: str
) -> None:
    (tmp_path / "a.csv").write_text(text, encoding)
    reader, batch = read(tmp_path / "a.csv")
    assert (reader.rows, batch.columns[0]) == (1, ["西塘河"])
    codes = [code for code, _message in reader.warnings]
    assert codes.count("rows-above-head") == (warned != "") and (not warned or warned in codes)


def test_columns_are_chosen_by_a_person(tmp_path: Path, read: Callable) -> None:
    (tmp_path / "a.csv").write_text("甲,乙,丙\n121.3,29.8,POINT(121.4 29.9)\n", "utf-8")
    chosen = read(tmp_path / "a.csv", columns=ChosenColumns("甲", "乙"))[1]
    assert shapely.get_coordinates(chosen.geometry).tolist() == [[121.3, 29.8]]
    assert shapely.get_coordinates(read(tmp_path / "a.csv", columns=ChosenColumns(wkt="丙"))[1].geometry)[0][0] == 121.4
    for wrong, code in ((ChosenColumns("甲", "丁"), "field-unknown"), (ChosenColumns("甲"), "option-invalid")):
        with pytest.raises(Refusal) as caught:
            read(tmp_path / "a.csv", columns=wrong)
        assert caught.value.code == code


@pytest.mark.parametrize("text", ["121-61-00", "12-1", "1-2-3-4", "东经", "E", "NaN", "E121°18′00″X", "121 18 75"])
def test_what_is_no_angle_is_none(text: str) -> None:
    assert number_of(text) is None or text == "12-1"


MAKERS: dict[str, Callable[..., Path]] = {
    "a.7z": archives.seven_zip, "a.rar": archives.rar, "a.tar": archives.tar, "a.tar.gz": archives.tar,
    "a.tgz": archives.tar,
}  # fmt: skip


@pytest.mark.parametrize("name", MAKERS)
def test_archives_are_unpacked_with_the_limits_of_a_zip(tmp_path: Path, read: Callable, work: Path, name: str) -> None:
    data = SEQUENCE.replace("\n", "").encode()
    make, path = MAKERS[name], tmp_path / name
    assert read(make(path, {"数据/a.geojson": data, "说明.txt": b"read me"}))[1].columns == [["西塘河"]]
    assert refusal_of(make(path, {"../a.geojson": data}), work) == "zip-slip"
    assert refusal_of(make(path, {f"{n}.geojson": data for n in range(9)}), work, Limits(entries=8)) == "zip-too-many"
    large = {"a.geojson": data + b" " * 12 * 1024**2}
    assert refusal_of(make(path, large), work, Limits(inflated_bytes=1024**2)) == "zip-too-large"
    make(path, {"a.geojson": data})
    whole = path.read_bytes()
    path.write_bytes(whole[: 600 if name == "a.tar" else len(whole) // 2])
    assert refusal_of(path, work) in ("zip-corrupt", "source-unreadable", "no-layer", "source-empty")


def test_links_and_passwords_in_archives_are_refused(tmp_path: Path, work: Path) -> None:
    assert refusal_of(archives.tar(tmp_path / "a.tar", {"a.geojson": b""}, link="/etc/passwd"), work) == "zip-link"
    linked = archives.rar(tmp_path / "a.rar", {"a.geojson": b"/etc/passwd"}, mode=archives.SYMLINK)
    assert refusal_of(linked, work) == "zip-link"
    locked = archives.rar(tmp_path / "b.rar", {"a.geojson": b"x"}, flags=0x04)
    assert refusal_of(locked, work) in ("zip-encrypted", "zip-corrupt")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.geojson").symlink_to("/etc/passwd")
    assert refusal_of(tmp_path / "folder", work) == "zip-link"


def test_an_mtree_that_names_files_of_the_server_is_no_archive(tmp_path: Path, work: Path) -> None:
    for name in ("a.tar", "a.7z", "a.rar"):
        (tmp_path / name).write_text("#mtree\n./a.geojson type=file contents=/etc/passwd\n")
        assert refusal_of(tmp_path / name, work) in ("zip-corrupt", "no-layer")


def test_formats_that_are_not_read_are_refused_with_the_way_out(tmp_path: Path, work: Path) -> None:
    for name, word in (("a.dwg", "DXF"), ("a.vct", "gdb"), ("a.mdb", "gdb")):
        (tmp_path / name).write_bytes(b"AC1027")
        with pytest.raises(Refusal, match=word):
            open_layers(tmp_path / name, work)


def test_an_ods_is_a_workbook_and_one_of_repetitions_is_refused(tmp_path: Path, read: Callable, work: Path) -> None:
    assert read(_ods(tmp_path / "a.ods", ""))[1].columns[0] == ["西塘河"]
    assert read(_ods(tmp_path / "i.ods", "", indent="\n  "))[1].columns[0] == ["西塘河"], "as GDAL writes it"
    repeated = _ods(
        tmp_path / "b.ods", ' table:number-rows-repeated="1000000"', ' table:number-columns-repeated="16000"'
    )
    assert refusal_of(repeated, work) == "sheet-too-large"


def _ods(path: Path, rows: str, cells: str = "", indent: str = "") -> Path:
    def row(values: list[str], times: str = "") -> str:
        cell = f'<table:table-cell{cells if times else ""} office:value-type="string">'
        made = "".join(f"{cell}{indent}<text:p>{value}</text:p></table:table-cell>{indent}" for value in values)
        return f"<table:table-row{times}>{indent}{made}</table:table-row>{indent}"

    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = row(["名称", "经度", "纬度"]) + row(["西塘河", "121.3", "29.8"], rows)
    content = (
        f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="s">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zip_files(
        path, {"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def test_an_ovital_file_is_a_kml_whose_offset_a_person_must_look_at(tmp_path: Path, read: Callable) -> None:
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{PLACEMARK}</Document></kml>'
    (tmp_path / "a.ovkml").write_text(text)
    for path in (tmp_path / "a.ovkml", zip_files(tmp_path / "a.ovkmz", {"doc.kml": text.encode()})):
        reader, batch = read(path)
        assert ([code for code, _ in reader.warnings], len(batch)) == (["datum-unsure"], 1)


def test_a_spatialite_that_reads_other_files_is_refused(tmp_path: Path, read: Callable, work: Path) -> None:
    write(
        tmp_path / "a.sqlite", shapely.to_wkb(np.array([shapely.Point(121.3, 29.8)])), [np.array(["西塘河"], object)],
        ["名称"], geometry_type="Point", crs="EPSG:4490", driver="SQLite", dataset_options={"SPATIALITE": "YES"},
    )  # fmt: skip
    assert read(tmp_path / "a.sqlite")[1].columns == [["西塘河"]]
    with sqlite3.connect(tmp_path / "a.sqlite") as base:
        base.execute("CREATE VIEW v AS SELECT load_extension('/tmp/x')")
    base.close()
    assert refusal_of(tmp_path / "a.sqlite", work) == "gpkg-unsafe"
