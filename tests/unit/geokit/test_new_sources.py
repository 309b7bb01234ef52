"""Workbooks, drawings, tracks and rasters: what is in them, as it was meant."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from geokit.readers.factory import open_reader
from geokit.records.angles import number_of
from geokit.records.rows import Batch, Reader
from geokit.records.source_layer import SourceLayer
from geokit.refusal import BadInput, Refusal
from geokit.sources.discovery import choose_layer, open_layers
from tests.data import office_files as office
from tests.data.gis_files import ESRI_4549, square, write_file, zip_files

Rows = list[list[Any]]
PONDS: Rows = [["编号", "名称", "经度", "纬度", "户数"], ["0012", "西塘河", 121.31, 29.85, 12],
               ["0013", "南塘河", 121.32, 29.86, None]]  # fmt: skip


@pytest.fixture
def layers_of(tmp_path: Path) -> Callable[[Path], list[SourceLayer]]:
    """Open a file in a working folder of its own."""

    def opened(path: Path) -> list[SourceLayer]:
        work = tmp_path / f"work{len(list(tmp_path.iterdir()))}"
        work.mkdir()
        return open_layers(path, work)

    return opened


@pytest.fixture
def reader_of(layers_of: Callable[[Path], list[SourceLayer]]) -> Callable[..., Reader]:
    def opened(path: Path, layer: str | None = None, **options: Any) -> Reader:
        return open_reader(choose_layer(layers_of(path), layer), **options)

    return opened


def all_rows(reader: Reader) -> Batch:
    (batch,) = reader.batches(1000)
    return batch


def code_of(read: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as caught:
        read()
    return caught.value.code


def test_a_sheet_keeps_text_as_text_and_whole_numbers_as_integers(tmp_path: Path, reader_of: Callable) -> None:
    reader = reader_of(office.workbook(tmp_path / "a.xlsx", {"点位": PONDS}))
    assert [(item.name, item.kind) for item in reader.fields] == [
        ("编号", "text"), ("名称", "text"), ("经度", "double"), ("纬度", "double"), ("户数", "integer")
    ]  # fmt: skip
    batch = all_rows(reader)
    assert batch.columns[0] == ["0012", "0013"]
    assert batch.columns[4] == [12, None]
    assert batch.geometry[0].equals(shapely.Point(121.31, 29.85))
    assert (reader.driver, reader.crs.label, reader.crs.found_in) == ("XLSX", "EPSG:4326", "columns")


def test_kinds_of_cells(tmp_path: Path, reader_of: Callable) -> None:
    day, moment = dt.datetime(2026, 11, 23), dt.datetime(2026, 11, 23, 8, 30)
    rows = [["x", "y", "day", "when", "yes", "big", "mixed", "empty"],
            [640000, 3300000, day, moment, True, 5_000_000_000, 1, None],
            [640001, 3300001, day, day, False, 1, "甲", None]]  # fmt: skip
    reader = reader_of(office.workbook(tmp_path / "a.xlsx", {"s": rows}), crs="EPSG:4549")
    kinds = [item.kind for item in reader.fields][2:]
    assert kinds == ["date", "datetime", "boolean", "bigint", "text", "text"]
    columns = all_rows(reader).columns[2:]
    assert columns[:3] == [[dt.date(2026, 11, 23)] * 2, [moment, day], [True, False]]
    assert columns[3:] == [[5_000_000_000, 1], ["1", "甲"], [None, None]]
    assert reader_of(tmp_path / "a.xlsx").crs is None


def test_a_title_above_the_table_is_passed_over(tmp_path: Path, reader_of: Callable) -> None:
    reader = reader_of(office.workbook(tmp_path / "a.xlsx", {"s": [["海曙区小微水体一览表"], [], *PONDS]}))
    assert reader.fields[0].name == "编号"
    assert (reader.rows, reader.warnings[0][0]) == (2, "rows-above-head")


def test_a_head_of_two_rows_has_the_names_of_both(tmp_path: Path, reader_of: Callable) -> None:
    rows = [["名称", "坐标", "", "水质"], ["", "经度", "纬度", ""], ["西塘河", 121.3, 29.8, "Ⅲ"]]
    reader = reader_of(office.workbook(tmp_path / "a.xlsx", {"s": rows}))
    assert [item.name for item in reader.fields] == ["名称", "经度", "纬度", "水质"]
    (batch,) = reader.batches(10)
    assert batch.columns[3] == ["Ⅲ"] and not batch.issues


def test_several_sheets_are_several_layers_and_those_without_places_are_left_out(
    tmp_path: Path, layers_of: Callable
) -> None:
    path = office.workbook(tmp_path / "a.xlsx", {"说明": [["填表须知"], ["请勿修改"]], "东片": PONDS, "西片": PONDS})
    layers = layers_of(path)
    assert [layer.name for layer in layers] == ["东片", "西片"]
    assert code_of(lambda: choose_layer(layers, None)) == "layer-choice"
    assert all_rows(open_reader(choose_layer(layers, "西片"))).columns[1] == ["西塘河", "南塘河"]


def test_a_workbook_without_places_or_rows_is_refused(tmp_path: Path, layers_of: Callable, reader_of: Callable) -> None:
    plain = office.workbook(tmp_path / "a.xlsx", {"s": [["名称"], ["西塘河"]]})
    assert code_of(lambda: reader_of(plain)) == "csv-no-coordinates"
    assert code_of(lambda: layers_of(office.workbook(tmp_path / "b.xlsx", {"s": []}))) == "no-layer"


def test_wkt_and_degrees_minutes_seconds_are_places_too(tmp_path: Path, reader_of: Callable) -> None:
    wkt = office.workbook(tmp_path / "a.xlsx", {"s": [["n", "WKT"], [1, "POLYGON((121 29,122 29,122 30,121 29))"]]})
    reader = reader_of(wkt)
    assert (reader.geometry_type, [item.name for item in reader.fields]) == ("Polygon", ["n"])
    angles = [["经度", "纬度"], ["121°33′18″", "29°30′"], ["121度33分", "29°99′"]]
    batch = all_rows(reader_of(office.workbook(tmp_path / "b.xlsx", {"s": angles})))
    assert batch.geometry[0].equals_exact(shapely.Point(121.555, 29.5), 1e-9)
    assert [(issue.row, issue.code) for issue in batch.issues] == [(2, "coordinate-invalid")]


@pytest.mark.parametrize(("text", "number"), [("1e3", 1000.0), ("nan", None), ("inf", None), ("29°30'S", -29.5)])
def test_numbers_of_coordinates(text: str, number: float | None) -> None:
    assert number_of(text) == number


def test_a_column_asked_for_as_text_keeps_its_digits(tmp_path: Path, reader_of: Callable) -> None:
    (tmp_path / "a.csv").write_text("price,lng,lat\n1.50,121.3,29.8\n")
    assert all_rows(reader_of(tmp_path / "a.csv")).columns[0] == [1.5]
    assert all_rows(reader_of(tmp_path / "a.csv", field_types={"price": "text"})).columns[0] == ["1.50"]


def gbk_drawing(path: Path, **header: Any) -> Path:
    entities = (
        office.dxf_text(640010, 3300010, "西塘河", "注记")
        + office.dxf_line(640000, 3300000, 640100, 3300000, "河道中心线")
        + office.dxf_hatch([(640000, 3300000), (640100, 3300000), (640100, 3300100)], "水面")
        + office.dxf_insert("闸", 640050, 3300050, "水闸")
    )
    block = office.dxf_block("闸", office.dxf_line(0, 0, 0, 5, "0"))
    encoding = header.pop("encoding", "gbk")
    path.write_bytes(office.drawing(entities, blocks=block, **header).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({}, ("gb18030", "format")),
        ({"code_page": "ANSI_1252"}, ("gb18030", "gb18030")),
        ({"version": "AC1027", "encoding": "utf-8"}, ("utf-8", "format")),
        ({"version": "AC1027"}, ("gb18030", "gb18030")),
    ],
    ids=["declared", "wrongly declared", "modern", "modern in name only"],
)
def test_a_drawing_gives_a_layer_for_each_kind_with_its_text_legible(
    tmp_path: Path, layers_of: Callable, header: dict[str, str], told: tuple[str, str]
) -> None:
    layers = layers_of(gbk_drawing(tmp_path / "图.dxf", **header))
    assert [layer.name for layer in layers] == ["图 · 点", "图 · 线", "图 · 面"]
    points, lines, areas = (open_reader(layer) for layer in layers)
    assert (points.encoding.name, points.encoding.found_in) == told
    names = [item.name for item in points.fields]
    assert all_rows(points).columns[names.index("Text")] == ["西塘河"]
    assert all_rows(lines).columns[names.index("Layer")] == ["河道中心线", "水闸"]
    assert all_rows(areas).columns[names.index("Layer")] == ["水面"]
    assert (lines.driver, lines.crs, lines.geometry_type, lines.rows) == ("DXF", None, "MultiLineString", 2)


def test_blocks_lie_where_they_were_inserted(tmp_path: Path, reader_of: Callable) -> None:
    reader = reader_of(gbk_drawing(tmp_path / "a.dxf"), "MultiLineString", crs="EPSG:4549")
    assert reader.crs.epsg == 4549
    assert all_rows(reader).geometry[1].equals(shapely.LineString([(640050, 3300050), (640050, 3300055)]))


def test_a_drawing_of_one_kind_is_one_layer_and_another_encoding_can_be_asked_for(
    tmp_path: Path, reader_of: Callable
) -> None:
    (tmp_path / "a.dxf").write_bytes(
        office.drawing(office.dxf_text(1, 2, "鄭漢", "L"), code_page="ANSI_950").encode("big5")
    )
    reader = reader_of(tmp_path / "a.dxf", encoding="big5")
    assert reader.name == "a"
    assert all_rows(reader).columns[-1] == ["鄭漢"]


def test_a_binary_or_broken_drawing_is_refused(tmp_path: Path, layers_of: Callable) -> None:
    (tmp_path / "a.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\0")
    assert code_of(lambda: layers_of(tmp_path / "a.dxf")) == "source-unreadable"
    (tmp_path / "b.dxf").write_text("0\nSECTION\n2\nENTITIES\n0\nLINE\nnonsense\n")
    assert code_of(lambda: layers_of(tmp_path / "b.dxf")) in ("source-unreadable", "no-layer")


def test_a_gpx_gives_waypoints_and_tracks(tmp_path: Path, layers_of: Callable) -> None:
    (tmp_path / "巡河.gpx").write_text(office.GPX, "utf-8")
    layers = layers_of(tmp_path / "巡河.gpx")
    assert [layer.name for layer in layers] == ["巡河 · 航点", "巡河 · 轨迹"]
    waypoints = open_reader(choose_layer(layers, "waypoints"))
    names = [item.name for item in waypoints.fields]
    batch = all_rows(waypoints)
    assert batch.columns[names.index("name")] == ["西塘河", "南塘河"]
    assert batch.columns[names.index("time")] == [dt.datetime(2026, 11, 23, 8, 30), None]
    assert (waypoints.crs.label, waypoints.crs.found_in) == ("EPSG:4326", "format")
    assert all_rows(open_reader(layers[1])).geometry[0].geom_type == "MultiLineString"


def test_folders_of_a_kml_are_layers(tmp_path: Path, layers_of: Callable) -> None:
    mark = "<Placemark><name>{}</name><Point><coordinates>121.3,29.8</coordinates></Point></Placemark>"
    folders = "".join(f"<Folder><name>{name}</name>{mark.format(name)}</Folder>" for name in ("东片", "西片"))
    (tmp_path / "a.kml").write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>', "utf-8"
    )
    layers = layers_of(tmp_path / "a.kml")
    assert [layer.name for layer in layers] == ["东片", "西片"]
    reader = open_reader(layers[1])
    names = [item.name for item in reader.fields]
    assert all_rows(reader).columns[names.index("Name")] == ["西片"]


@pytest.mark.parametrize("suffixes", [(".tif", ".tfw"), (".TIF", ".TFW"), (".tiff", ".wld")])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_raster_is_handed_over_with_its_world_file_and_nothing_else(
    tmp_path: Path, layers_of: Callable, suffixes: tuple[str, str], zipped: bool
) -> None:
    files = {f"dem{suffixes[0]}": b"II*\0" + b"\0" * 20, f"dem{suffixes[1]}": b"1\n0\n0\n-1\n0\n0\n",
             "dem.prj": ESRI_4549.encode(), "dem.tif.aux.xml": b"<PAMDataset/>", "dem.ovr": b"x"}  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    path = zip_files(tmp_path / "a.zip", files) if zipped else tmp_path / f"dem{suffixes[0]}"
    (layer,) = layers_of(path)
    assert (layer.driver, layer.name, layer.path.name) == ("GTiff", "dem", "data.tif")
    assert sorted(file.name for file in layer.path.parent.iterdir()) == ["data.tfw", "data.tif", "said.prj"]
    assert layer.prj == ESRI_4549
    assert code_of(lambda: open_reader(layer)) == "raster-layer"


def test_a_raster_that_is_none_is_refused(tmp_path: Path, layers_of: Callable) -> None:
    (tmp_path / "a.tif").write_bytes(b"<VRTDataset/>")
    assert code_of(lambda: layers_of(tmp_path / "a.tif")) == "source-unreadable"


def test_every_kind_of_file_in_one_zip(tmp_path: Path, layers_of: Callable) -> None:
    office.workbook(tmp_path / "s.xlsx", {"s": PONDS})
    write_file(tmp_path / "g.geojson", [square(121.3, 29.8)], [{"a": 1}])
    files = {"d/s.xlsx": (tmp_path / "s.xlsx").read_bytes(), "d/g.geojson": (tmp_path / "g.geojson").read_bytes(),
             "w.gpx": office.GPX.encode()}  # fmt: skip
    layers = layers_of(zip_files(tmp_path / "a.zip", files))
    assert sorted(layer.driver for layer in layers) == ["GPX", "GPX", "GeoJSON", "XLSX"]


def test_an_old_format_is_named_in_the_refusal(tmp_path: Path, layers_of: Callable) -> None:
    with pytest.raises(BadInput, match="DWG"):
        layers_of(zip_files(tmp_path / "a.zip", {"图.dwg": b"AC1027"}))


CHINESE_KML = """<?xml version='1.0' encoding='{encoding}'?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Schema name="s" id="s">
<SimpleField name="面积(㎡)" type="double"/><SimpleField name="code" type="string"/></Schema>
<Placemark><name>西塘河</name><ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="面积(㎡)">12.5</SimpleData>
<SimpleData name="code">0012</SimpleData></SchemaData></ExtendedData>
<Point><coordinates>121.3,29.8</coordinates></Point></Placemark>
<Placemark><name>南塘河</name>
<Point><coordinates>121.4,29.9</coordinates></Point></Placemark></Document></kml>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-16", "GB18030"])
def test_chinese_field_names_of_a_kml_are_kept(tmp_path: Path, reader_of: Callable, encoding: str) -> None:
    (tmp_path / "a.kml").write_bytes(CHINESE_KML.format(encoding=encoding).encode(encoding))
    reader = reader_of(tmp_path / "a.kml")
    columns = dict(zip([item.name for item in reader.fields], all_rows(reader).columns, strict=True))
    assert columns["Name"] == ["西塘河", "南塘河"]
    assert columns["面积(㎡)"] == [12.5, None]
    assert columns["code"] == ["0012", None]


def test_untyped_data_of_a_kml_keeps_its_names_too(tmp_path: Path, reader_of: Callable) -> None:
    data = '<ExtendedData><Data name="责任&amp;单位"><value>水利局</value></Data></ExtendedData>'
    mark = f"<Placemark>{data}<Point><coordinates>121.3,29.8</coordinates></Point></Placemark>"
    (tmp_path / "a.kml").write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{mark}</Document></kml>', "utf-8"
    )
    reader = reader_of(tmp_path / "a.kml")
    columns = dict(zip([item.name for item in reader.fields], all_rows(reader).columns, strict=True))
    assert columns["责任&单位"] == ["水利局"]


def test_a_kml_whose_text_belies_its_encoding_is_refused(tmp_path: Path, layers_of: Callable) -> None:
    (tmp_path / "a.kml").write_bytes(CHINESE_KML.format(encoding="UTF-8").encode("gb18030"))
    assert code_of(lambda: layers_of(tmp_path / "a.kml")) == "source-unreadable"


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig"])
def test_a_geojson_in_a_chinese_encoding_is_read_and_warned_of(
    tmp_path: Path, reader_of: Callable, encoding: str
) -> None:
    body = '{"type":"Feature","properties":{"名称":"西塘河"},"geometry":{"type":"Point","coordinates":[121.3,29.8]}}'
    (tmp_path / "a.geojson").write_bytes(body.encode(encoding))
    reader = reader_of(tmp_path / "a.geojson")
    assert [item.name for item in reader.fields] == ["名称"]
    assert all_rows(reader).columns == [["西塘河"]]
    assert ("encoding-unsure" in [code for code, _message in reader.warnings]) is (encoding != "utf-8-sig")


def test_columns_of_one_name_are_numbered(tmp_path: Path, reader_of: Callable) -> None:
    (tmp_path / "a.csv").write_text("备注,备注,lng,lat\n甲,乙,121.3,29.8\n", "utf-8")
    assert [item.name for item in reader_of(tmp_path / "a.csv").fields][:2] == ["备注", "备注_1"]


def test_an_open_quote_is_refused(tmp_path: Path, reader_of: Callable) -> None:
    (tmp_path / "a.csv").write_text('名称,lng,lat\n"甲,121.3,29.8\n', "utf-8")
    assert code_of(lambda: reader_of(tmp_path / "a.csv")) == "csv-unreadable"
