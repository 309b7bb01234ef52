"""Opening files safely: zips of every kind, loose parts, and what only pretends."""

import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from geokit.readers.factory import open_reader
from geokit.refusal import BadInput, Refusal, TooLarge
from geokit.sources.discovery import choose_layer, open_layers
from geokit.sources.unzip import Limits
from tests.data.gis_files import ESRI_4549, PONDS, pond_squares, project, shapefile_parts, square, write_file, zip_files


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The parts of a GBK shapefile in EPSG:4549."""
    made = tmp_path_factory.mktemp("parts") / "made"
    write_file(made / "ponds.shp", project(pond_squares(), 4549), PONDS, crs="EPSG:4549", encoding="GBK")
    return {**shapefile_parts(made), ".prj": ESRI_4549.encode()}


def named(parts: dict[str, bytes], name: str, **suffixes: str) -> dict[str, bytes]:
    return {f"{name}{suffixes.get(suffix[1:], suffix)}": content for suffix, content in parts.items()}


def refusal_of(path: Path, work: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        open_layers(path, work, limits)
    return caught.value.code


def rows_in(path: Path, work: Path, layer: str | None = None) -> int:
    reader = open_reader(choose_layer(open_layers(path, work), layer))
    return sum(len(batch) for batch in reader.batches(1000))


@pytest.mark.parametrize(
    "arrange",
    [
        lambda parts: named(parts, "ponds"),
        lambda parts: named(parts, "数据/2026/小微水体"),
        lambda parts: named(parts, "PONDS", shp=".SHP", dbf=".DBF", shx=".Shx", prj=".PRJ"),
        lambda parts: {
            **named(parts, "ponds"),
            "__MACOSX/._ponds.shp": b"junk",
            "._ponds.shp": b"junk",
            ".DS_Store": b"x",
        },
        lambda parts: {
            **named(parts, "ponds"),
            "说明.txt": b"read me",
            "map.mxd": b"x",
            "ponds.shp.xml": b"<x/>",
            "ponds.sbn": b"x",
        },
        lambda parts: {name.replace("/", "\\"): content for name, content in named(parts, "folder/ponds").items()},
    ],
    ids=["plain", "nested", "upper-case", "macosx", "strangers", "backslashes"],
)
def test_a_shapefile_is_found_however_it_was_packed(
    parts: dict[str, bytes], tmp_path: Path, work: Path, arrange: Callable[[dict[str, bytes]], dict[str, bytes]]
) -> None:
    assert rows_in(zip_files(tmp_path / "a.zip", arrange(parts)), work) == 3


def test_gbk_member_names_are_read_as_chinese(parts: dict[str, bytes], tmp_path: Path, work: Path) -> None:
    path = zip_files(tmp_path / "a.zip", named(parts, "小微水体"), gbk_names=True)
    assert [layer.name for layer in open_layers(path, work)] == ["小微水体"]


def test_gbk_names_of_a_folder_are_read_as_chinese(parts: dict[str, bytes], tmp_path: Path, work: Path) -> None:
    """As Linux unpacks a zip of Chinese Windows; also of one file by itself."""
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, content in named(parts, "小微水体").items():
        (folder / os.fsdecode(name.encode("gbk"))).write_bytes(content)
    assert [layer.name for layer in open_layers(folder, work)] == ["小微水体"]
    (shape,) = folder.glob("*.shp")
    assert [layer.name for layer in open_layers(shape, work)] == ["小微水体"]


def test_two_layers_must_be_told_apart(parts: dict[str, bytes], tmp_path: Path, work: Path) -> None:
    path = zip_files(tmp_path / "a.zip", {**named(parts, "河道"), **named(parts, "池塘")})
    layers = open_layers(path, work)
    with pytest.raises(BadInput) as caught:
        choose_layer(layers, None)
    assert caught.value.code == "layer-choice"
    assert "河道" in caught.value.message
    assert choose_layer(layers, "池塘").name == "池塘"
    with pytest.raises(BadInput) as caught:
        choose_layer(layers, "湖泊")
    assert caught.value.code == "layer-not-found"


def test_same_name_in_two_folders_gives_two_layers(parts: dict[str, bytes], tmp_path: Path, work: Path) -> None:
    path = zip_files(tmp_path / "a.zip", {**named(parts, "2025/ponds"), **named(parts, "2026/ponds")})
    assert sorted(layer.name for layer in open_layers(path, work)) == ["2025/ponds", "2026/ponds"]


def test_a_lost_index_is_rebuilt_and_said(parts: dict[str, bytes], tmp_path: Path, work: Path) -> None:
    less = {suffix: content for suffix, content in parts.items() if suffix != ".shx"}
    path = zip_files(tmp_path / "a.zip", named(less, "ponds"))
    layer = open_layers(path, work)[0]
    assert [code for code, _ in layer.warnings] == ["shx-rebuilt"]
    assert layer.parts[".shx"].read_bytes() == parts[".shx"]
    assert open_reader(layer).rows == 3


def test_a_shapefile_without_table_has_shapes_only(parts: dict[str, bytes], tmp_path: Path, work: Path) -> None:
    path = zip_files(tmp_path / "a.zip", {"a.shp": parts[".shp"], "a.shx": parts[".shx"]})
    layer = open_layers(path, work)[0]
    reader = open_reader(layer)
    assert [code for code, _ in layer.warnings] == ["dbf-missing"]
    assert (reader.fields, sum(map(len, reader.batches(10)))) == ([], 3)


def test_a_deleted_table_row_is_a_finding_at_its_own_number(
    parts: dict[str, bytes], tmp_path: Path, work: Path
) -> None:
    table = bytearray(parts[".dbf"])
    header, length = struct.unpack("<HH", table[8:12])
    table[header + length] = ord("*")
    path = zip_files(tmp_path / "a.zip", named({**parts, ".dbf": bytes(table)}, "a"))
    batch = next(open_reader(open_layers(path, work)[0]).batches(10))
    assert len(batch) == 3
    assert [(issue.row, issue.code) for issue in batch.issues] == [(2, "row-unreadable")]
    assert batch.columns[0] == ["0012", None, "0014"]


@pytest.mark.parametrize("name", ["../evil.shp", "/etc/evil.shp", "a/../../evil.shp", "C:/evil.shp", "..\\evil.shp"])
def test_a_member_that_climbs_out_is_refused(tmp_path: Path, work: Path, name: str) -> None:
    assert refusal_of(zip_files(tmp_path / "a.zip", {name: b"x"}), work) == "zip-slip"
    assert list(work.iterdir()) == []


def test_a_link_in_the_zip_is_refused(tmp_path: Path, work: Path) -> None:
    info = zipfile.ZipInfo("a.shp")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refusal_of(tmp_path / "a.zip", work) == "zip-link"


def test_a_password_is_told(tmp_path: Path, work: Path, parts: dict[str, bytes]) -> None:
    path = zip_files(tmp_path / "a.zip", named(parts, "a"))
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = -1
        while (position := content.find(signature, position + 1)) >= 0:
            content[position + offset] |= 1
    path.write_bytes(content)
    assert refusal_of(path, work) == "zip-encrypted"


def test_a_bomb_is_stopped_by_what_comes_out_of_it(tmp_path: Path, work: Path) -> None:
    path = zip_files(tmp_path / "a.zip", {"a.shp": b"\0" * 40_000_000})
    assert refusal_of(path, work) == "zip-too-large"
    assert sum(file.stat().st_size for file in work.rglob("*") if file.is_file()) < 20_000_000


def test_inflated_bytes_are_counted_across_members(tmp_path: Path, work: Path) -> None:
    path = zip_files(tmp_path / "a.zip", {"a.shp": b"ab" * 500, "b.shp": b"cd" * 500})
    assert refusal_of(path, work, Limits(inflated_bytes=1_500)) == "zip-too-large"


def test_too_many_entries_are_refused_and_just_enough_are_not(
    tmp_path: Path, work: Path, parts: dict[str, bytes]
) -> None:
    files = named(parts, "a")
    path = zip_files(tmp_path / "a.zip", files)
    with pytest.raises(TooLarge) as caught:
        open_layers(path, work, Limits(entries=len(files) - 1))
    assert caught.value.code == "zip-too-many"
    assert open_layers(path, work, Limits(entries=len(files)))


def test_the_same_part_twice_is_refused(tmp_path: Path, work: Path, parts: dict[str, bytes]) -> None:
    path = zip_files(tmp_path / "a.zip", {**named(parts, "a"), "A.SHP": parts[".shp"]})
    assert refusal_of(path, work) == "zip-duplicate-part"


def test_a_flipped_byte_is_noticed(tmp_path: Path, work: Path, parts: dict[str, bytes]) -> None:
    path = zip_files(tmp_path / "a.zip", named(parts, "a"))
    content = bytearray(path.read_bytes())
    content[120] ^= 0xFF
    path.write_bytes(content)
    assert refusal_of(path, work) == "zip-corrupt"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.zip", b"PK\x03\x04 nothing", "zip-corrupt"),
        ("a.zip", b"", "source-empty"),
        ("a.shp", b"version https://git-lfs.github.com/spec/v1", "shp-unreadable"),
        ("a.dbf", b"\x03" + b"\0" * 40, "shapefile-parts-missing"),
        ("a.gpkg", b"<OGRVRTDataSource/>", "source-unreadable"),
        ("a.geojson", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "source-unreadable"),
        ("a.geojson", b'{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline"}', "source-unreadable"),
        ("a.csv", b"<OGRVRTDataSource/>", "source-unreadable"),
        ("a.kml", b"<html/>", "source-unreadable"),
        ("a.kml", b'<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>', "xml-entities"),
        ("a.dxf", b"0\nSECTION", "source-unreadable"),
        ("a.vrt", b"<OGRVRTDataSource/>", "no-layer"),
        ("a.md", b"hello", "no-layer"),
    ],
)
def test_what_only_pretends_is_refused(tmp_path: Path, work: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal_of(tmp_path / name, work) == code


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path, work: Path) -> None:
    assert refusal_of(tmp_path / "no.zip", work) == "source-missing"
    (tmp_path / "empty").mkdir()
    assert refusal_of(tmp_path / "empty", work) == "no-layer"


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.fgb", "a.kml"])
def test_single_files_are_read(tmp_path: Path, work: Path, name: str) -> None:
    driver = "LIBKML" if name.endswith("kml") else None
    write_file(tmp_path / name, [square(121.3, 29.8)], [{"Name": "西塘河"}], driver=driver)
    assert rows_in(tmp_path / name, work) == 1


def test_kmz_is_a_zip_with_a_kml(tmp_path: Path, work: Path) -> None:
    write_file(tmp_path / "doc.kml", [square(121.3, 29.8)], [{"Name": "西塘河"}], driver="LIBKML")
    assert rows_in(zip_files(tmp_path / "a.kmz", {"doc.kml": (tmp_path / "doc.kml").read_bytes()}), work) == 1


def test_a_truncated_geojson_is_refused(tmp_path: Path, work: Path) -> None:
    write_file(tmp_path / "a.geojson", [square(121.3, 29.8)], [{"Name": "西塘河"}])
    content = (tmp_path / "a.geojson").read_bytes()
    (tmp_path / "a.geojson").write_bytes(content[: len(content) // 2])
    with pytest.raises(BadInput) as caught:
        open_reader(open_layers(tmp_path / "a.geojson", work)[0])
    assert caught.value.code == "source-unreadable"
