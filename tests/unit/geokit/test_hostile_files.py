"""Files that mean harm: each is refused with a code of its own, and nothing is left behind."""

import http.server
import json
import sqlite3
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

import pyogrio
import pytest

from geokit.formats.table import GDAL_DRIVERS
from geokit.readers import gdal_drivers
from geokit.readers.factory import open_reader
from geokit.refusal import BadInput, Refusal, TooLarge
from geokit.sources.discovery import open_layers
from geokit.sources.unzip import Limits, list_members, open_zip
from tests.data import office_files as office
from tests.data.gis_files import square, write_file, zip_files

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<{root} xmlns="x"><Document>&b;</Document></{root}>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><{root}>&a;</{root}>'
VRT = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{path}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
SUFFIXES = ("gpkg", "geojson", "json", "fgb", "kml", "gpx", "dxf", "csv", "xlsx", "xls", "tif", "shp")
PONDS = [["名称", "经度", "纬度"], ["西塘河", 121.31, 29.85]]


def refusal_of(path: Path, work: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        open_layers(path, work, limits)
    assert caught.value.message.endswith("。")
    return caught.value.code


def test_only_the_drivers_of_the_list_are_there() -> None:
    assert set(pyogrio.list_drivers()) == GDAL_DRIVERS
    gdal_drivers.shut_doors()
    assert set(pyogrio.list_drivers()) == GDAL_DRIVERS


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_vrt_is_opened_under_no_suffix(tmp_path: Path, work: Path, suffix: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    path = tmp_path / f"a.{suffix}"
    path.write_text(VRT.format(path=tmp_path / "secret.csv"))
    assert refusal_of(path, work) in ("source-unreadable", "shp-unreadable")
    assert list(work.rglob("*")) == [] or suffix == "shp"
    if suffix != "csv":  # GDAL's CSV driver takes any text, but only as the text it is
        with pytest.raises(pyogrio.errors.DataSourceError):
            pyogrio.list_layers(path)


@pytest.mark.parametrize("suffix", ["geojson", "json"])
@pytest.mark.parametrize(
    "body",
    [
        {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"},
        {"type": "Topology", "objects": {}, "arcs": []},
    ],
    ids=["pipeline", "topojson"],
)
def test_other_json_is_refused(tmp_path: Path, work: Path, suffix: str, body: dict[str, str]) -> None:
    (tmp_path / f"a.{suffix}").write_text(json.dumps(body))
    assert refusal_of(tmp_path / f"a.{suffix}", work) == "source-unreadable"


@pytest.mark.parametrize(
    "body",
    [
        '{"type":"gdal_streamed_al\\u0067","command_line":"gdal vector pipeline ! read /etc/passwd"}',
        '{"a": 1}',
        '{"type":"FeatureCollection","features":[',
    ],
    ids=["escaped pipeline", "no geojson", "cut off"],
)
def test_json_that_passes_the_first_look_still_meets_one_driver_only(tmp_path: Path, work: Path, body: str) -> None:
    (tmp_path / "a.geojson").write_text(body)
    with pytest.raises(BadInput) as caught:
        (layer,) = open_layers(tmp_path / "a.geojson", work)
        open_reader(layer)
    assert caught.value.code == "source-unreadable"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server that notes who calls."""
    calls: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/crs", calls
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("kind", ["link", "url", "Link"])
def test_a_crs_that_is_an_address_is_refused(tmp_path: Path, work: Path, kind: str) -> None:
    crs = {"type": kind, "properties": {"href": "http://127.0.0.1/crs", "url": "http://127.0.0.1/crs"}}
    for order in (crs, dict(reversed(crs.items()))):
        (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [], "crs": order}))
        assert refusal_of(tmp_path / "a.geojson", work) == "crs-link"


def test_nobody_is_called_even_when_the_address_is_disguised(
    tmp_path: Path, work: Path, listener: tuple[str, list[str]]
) -> None:
    """`\\u0063rs` is `crs` to a parser and not to a search; GDAL itself must have no way out."""
    address, calls = listener
    feature = '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[121,29]}}'
    crs = f'"\\u0063rs":{{"\\u0074ype":"link","properties":{{"href":"{address}"}}}}'
    (tmp_path / "a.geojson").write_text(f'{{"type":"FeatureCollection",{crs},"features":[{feature}]}}')
    (layer,) = open_layers(tmp_path / "a.geojson", work)
    assert sum(len(batch) for batch in open_reader(layer).batches(10)) == 1
    assert calls == []


@pytest.mark.parametrize("content", [BOMB, OUTSIDE], ids=["bomb", "outside"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("root", ["kml", "gpx"])
def test_entities_are_refused_in_every_encoding(
    tmp_path: Path, work: Path, root: str, encoding: str, content: str
) -> None:
    (tmp_path / f"a.{root}").write_bytes(content.format(root=root).encode(encoding))
    assert refusal_of(tmp_path / f"a.{root}", work) == "xml-entities"
    assert list(work.iterdir()) == []


def test_entities_far_down_are_found_too(tmp_path: Path, work: Path) -> None:
    comment = f"<!--{'x' * 1_100_000}-->"
    (tmp_path / "a.kml").write_text(f"<kml/>{comment}" + OUTSIDE.format(root="kml"))
    assert refusal_of(tmp_path / "a.kml", work) == "xml-entities"


def test_an_encoding_that_hides_the_letters_is_refused(tmp_path: Path, work: Path) -> None:
    (tmp_path / "a.kml").write_bytes(b'<?xml version="1.0" encoding="UTF-7"?><kml>+ADw-</kml>')
    assert refusal_of(tmp_path / "a.kml", work) == "source-unreadable"


def test_entities_in_a_kmz_are_refused(tmp_path: Path, work: Path) -> None:
    path = zip_files(tmp_path / "a.kmz", {"doc.kml": BOMB.format(root="kml").encode()})
    assert refusal_of(path, work) == "xml-entities"


def test_images_in_a_kmz_are_not_even_unpacked(tmp_path: Path, work: Path) -> None:
    write_file(tmp_path / "doc.kml", [square(121.3, 29.8)], [{"Name": "西塘河"}], driver="LIBKML")
    huge = b"II*\0" + b"\0" * 30_000_000
    files = {"doc.kml": (tmp_path / "doc.kml").read_bytes(), "files/a.tif": huge, "files/a.jpg": huge}
    (layer,) = open_layers(zip_files(tmp_path / "a.kmz", files), work)
    assert layer.driver == "KML"
    assert [file.suffix for file in work.rglob("*") if file.is_file()] == [".kml"]


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_entities_in_a_workbook_are_refused(tmp_path: Path, work: Path, member: str) -> None:
    path = office.workbook(tmp_path / "a.xlsx", {"s": PONDS})
    assert open_layers(path, work)
    office.with_member(path, member, lambda xml: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml)
    assert refusal_of(path, work) == "xml-entities"


def test_a_workbook_that_inflates_without_end_is_refused(tmp_path: Path, work: Path) -> None:
    path = office.workbook(tmp_path / "a.xlsx", {"s": PONDS})
    office.with_member(path, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 40_000_000)
    assert refusal_of(path, work) == "zip-too-large"
    small = office.workbook(tmp_path / "b.xlsx", {"s": PONDS})
    assert refusal_of(small, work, Limits(workbook_bytes=1_000)) == "zip-too-large"
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("content", [b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_a_workbook_that_is_none_is_refused(tmp_path: Path, work: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert refusal_of(tmp_path / "a.xlsx", work) in ("zip-corrupt", "source-unreadable")


def test_a_list_of_entries_is_measured_before_it_is_read(tmp_path: Path) -> None:
    """Forty-six bytes make an entry, half a kilobyte once it is read: 120 MB took ten seconds and a gigabyte."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, *[0] * 7, 1, *[0] * 6) + b"a"
    local = struct.pack("<4s2B4HL2L2H", b"PK\x03\x04", 20, *[0] * 8, 1, 0) + b"a"
    for count in (6_000, 600_000):
        size = len(entry) * count
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, size, len(local), 0)
        bomb = tmp_path / f"{count}.zip"
        bomb.write_bytes(local + entry * count + end)
        began = process_time()
        with pytest.raises(TooLarge) as refused, open_zip(bomb) as archive:
            list_members(archive, Limits())
        assert (refused.value.code, process_time() - began < 0.5) == ("zip-too-many", True)


def test_a_zip_in_a_zip_is_not_opened(tmp_path: Path, work: Path) -> None:
    inner = zip_files(tmp_path / "inner.zip", {"a.shp": b"x"})
    outer = zip_files(tmp_path / "outer.zip", {"inner.zip": inner.read_bytes(), "b.kmz": inner.read_bytes()})
    assert refusal_of(outer, work) == "no-layer"
    assert [file for file in work.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("suffix", ["shp", "kml", "xlsx", "tif", "txt"])
def test_a_link_is_refused_whatever_it_is_called(tmp_path: Path, work: Path, suffix: str) -> None:
    info = zipfile.ZipInfo(f"a.{suffix}")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refusal_of(tmp_path / "a.zip", work) == "zip-link"
    assert list(work.iterdir()) == []


def geopackage(tmp_path: Path, change: Callable[[sqlite3.Connection], object]) -> Path:
    path = write_file(tmp_path / "a.gpkg", [square(121.3, 29.8)], [{"a": 1}])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = ON")
    change(connection)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT load_extension('/tmp/x')",
        "CREATE VIEW v AS SELECT ogr_datasource_load_layers('/etc/passwd')",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT readfile('/etc/passwd'); END",
    ],
)
def test_a_geopackage_that_reaches_outside_is_refused(tmp_path: Path, work: Path, sql: str) -> None:
    assert refusal_of(geopackage(tmp_path, lambda held: held.execute(sql)), work) == "gpkg-unsafe"


@pytest.mark.parametrize("kind", ["table", "TABLE"])
@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("v", "CREATE VIRTUAL TABLE v USING VirtualOGR('/etc/passwd')"),
        ("v USING rtree", """CREATE VIRTUAL TABLE "v USING rtree" USING VirtualOGR('/etc/passwd')"""),
        ("v", "CREATE/**/VIRTUAL TABLE v USING VirtualOGR('/etc/passwd') -- USING rtree"),
        ("v", "CREATE VIRTUAL TABLE IF NOT EXISTS v USING VirtualOGR('/etc/passwd')"),
    ],
)
def test_a_geopackage_with_a_foreign_virtual_table_is_refused(
    tmp_path: Path, work: Path, name: str, sql: str, kind: str
) -> None:
    insert = "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (?, ?, ?, 0, ?)"
    assert (
        refusal_of(geopackage(tmp_path, lambda held: held.execute(insert, [kind, name, name, sql])), work)
        == "gpkg-unsafe"
    )


def test_a_geopackage_with_its_own_index_and_triggers_is_fine_and_left_as_it_was(tmp_path: Path, work: Path) -> None:
    path = geopackage(tmp_path, lambda held: held.execute("CREATE VIEW v AS SELECT a FROM a"))
    before = path.read_bytes()
    layer = next(layer for layer in open_layers(path, work) if layer.inner == "a")
    assert sum(len(batch) for batch in open_reader(layer).batches(10)) == 1
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.gpkg", "work"]


def test_another_sqlite_is_no_geopackage(tmp_path: Path, work: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.gpkg")
    connection.execute("CREATE TABLE t (n int)")
    connection.close()
    assert refusal_of(tmp_path / "a.gpkg", work) == "source-unreadable"


@pytest.mark.parametrize(
    ("name", "content"), [("a.fgb", b"fgb\x03fgb\0" + b"\xff" * 200), ("a.gpkg", b"SQLite format 3\0")]
)
def test_rubbish_behind_a_good_beginning_is_refused(tmp_path: Path, work: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as caught:
        open_reader(open_layers(tmp_path / name, work)[0])
    assert caught.value.code == "source-unreadable"
