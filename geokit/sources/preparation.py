"""Files made ready for GDAL: copies without what would lead it elsewhere, texts in an encoding that it reads."""

import codecs
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from geokit.formats import signatures
from geokit.formats import table as formats
from geokit.formats.table import MIF_PARTS, TAB_PARTS
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import text_encoding
from geokit.refusal import BadInput
from geokit.wording import gettext as _

CHUNK = 1024 * 1024
# Blanks of one line only: over many empty lines each would be looked through from every one of them.
OTHER_TABLES = re.compile(
    rb"^[^\S\n]*+(Open\s++Table|create\s++view|File\s++\"|.*\"\\IsSeamless\"\s*+=\s*+\"TRUE\")", re.I | re.M
)
KINDS = re.compile(rb"Type\s+(\w+)", re.IGNORECASE)
CHARSET = re.compile(rb"(charset\s+\"?)([\w-]+)(\"?)", re.IGNORECASE)
UNSURE_CHARSETS = {b"neutral", b"utf-8", b"windowssimpchinese"}
SCHEMA_LOCATION = re.compile(rb"schemaLocation(\s*=)", re.IGNORECASE)
GEODATABASE_NEEDS = "a00000001.gdbtable"
LONG = re.compile(rb":\s*-?\d{19}")
LONG_NUMBER = re.compile(rb'"(?:[^"\\]|\\[\s\S])*+(?:"|\\?\Z)|(:\s*+)(-?\d{19,}+)(?=\s*[,}\r\n])')
"""A text of a JSON, to be passed over, also one that never ends, or a value that is a whole number of 19 digits and
more."""
NUL = b"\\u0000"
ESCAPED_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""Not one whose backslash is itself written with a backslash."""
MOST_EXACT = 256 * 1024**2


def geodatabase(name: str, parts: dict[str, Path], workdir: Path) -> Path:
    """A folder of links to the files of a geodatabase. Raises BadInput for one that is not whole or is compressed."""
    source = parts[".gdb"]
    files = {file.name.lower(): file for file in source.iterdir() if file.is_file() and not file.is_symlink()}
    if any(file.endswith(".cdf") for file in files):
        message = _("“%s”是压缩的文件地理数据库，请在 ArcGIS 中解压缩（Uncompress）后再发。") % name
        raise BadInput(message, code="source-unreadable")
    if GEODATABASE_NEEDS not in files:
        message = _("“%s”不是完整的文件地理数据库，缺少 a00000001.gdbtable。请把整个 .gdb 文件夹打成 zip。") % name
        raise BadInput(message, code="source-unreadable")
    target = workdir / f"base{len(list(workdir.iterdir()))}" / "data.gdb"
    target.mkdir(parents=True)
    for file_name, file in files.items():
        os.symlink(file.resolve(), target / file_name)
    return target


def mapinfo(name: str, parts: dict[str, Path], folder: Path) -> SourceLayer:
    """The parts of a MapInfo table under one plain name. Raises BadInput where it leads elsewhere or lacks one."""
    main, family = (".tab", TAB_PARTS) if ".tab" in parts else (".mif", MIF_PARTS)
    formats.check_signature("MapInfo File", parts[main])
    needed = {".dat"} if main == ".tab" else set()
    if lost := sorted(needed - set(parts)):
        message = _("“%(name)s”缺少 %(parts)s 文件。请把各部分一起压缩成 zip。")
        raise BadInput(message % {"name": name, "parts": _("、").join(lost)}, code="mapinfo-parts-missing")
    for suffix in family:
        if suffix in parts and suffix not in (main, ".mid"):
            os.symlink(parts[suffix].resolve(), folder / f"data{suffix}")
    if main == ".mif":
        _mif_in_utf8(parts, folder)
    else:
        _tab(name, parts, folder / "data.tab")
    return SourceLayer("MapInfo File", folder / f"data{main}", name)


def _tab(name: str, parts: dict[str, Path], target: Path) -> None:
    """The head of a table, with the encoding of its bytes written into it."""
    head = parts[".tab"].read_bytes()[:CHUNK]
    kinds = {kind.upper() for kind in KINDS.findall(head)}
    if OTHER_TABLES.search(head) or not kinds <= {b"NATIVE"}:
        message = _("“%s”指向别的表或图片，不是一张独立的 TAB 表。请在 MapInfo 中另存副本后再发。") % name
        raise BadInput(message, code="mapinfo-linked")
    target.write_bytes(CHARSET.sub(lambda found: found[1] + _charset(found[2], head, parts[".dat"]) + found[3], head))


def _charset(declared: bytes, head: bytes, data: Path) -> bytes:
    """`WindowsSimpChinese` where the bytes are no UTF-8; another encoding that is declared stays."""
    if declared.lower() not in UNSURE_CHARSETS:
        return declared
    with data.open("rb") as file:
        sample = file.read(8 * CHUNK)
    texts = [head, *re.findall(rb"[\x80-\xff][\x40-\xff]{1,200}", sample)]
    return b"Neutral" if all(map(_is_utf8, texts)) else b"WindowsSimpChinese"


def _is_utf8(raw: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return False
    return True


def _mif_in_utf8(parts: dict[str, Path], folder: Path) -> None:
    """A MIF and its MID in UTF-8, whatever they declare; `Neutral` is how MapInfo says that nothing is to be turned."""
    for suffix in MIF_PARTS:
        if suffix not in parts:
            continue
        source = parts[suffix]
        encoding = text_encoding(source)
        with source.open("rb") as file, (folder / f"data{suffix}").open("wb") as sink:
            for number, line in enumerate(file):
                text = line if encoding.name == "utf-8" else line.decode(encoding.name, "replace").encode()
                sink.write(CHARSET.sub(rb"\1Neutral\3", text) if suffix == ".mif" and number < 10 else text)


def gml(path: Path, folder: Path) -> Path:
    """A copy beside which no other file lies and which names no schema: GDAL would open it wherever it is."""
    target = folder / "data.gml"
    with path.open("rb") as source, target.open("wb") as sink:
        held = b""
        while chunk := source.read(CHUNK):
            text = SCHEMA_LOCATION.sub(rb"schemaLocatio_\1", held + chunk)
            sink.write(text[:-100])
            held = text[-100:]
        sink.write(SCHEMA_LOCATION.sub(rb"schemaLocatio_\1", held))
    _check_whole(target, path.name)
    return target


def _check_whole(xml: Path, name: str) -> None:
    """Refuse an XML that ends before its end or is damaged within: GDAL would say that it holds nothing."""
    parser = expat.ParserCreate()
    try:
        with xml.open("rb") as file:
            parser.ParseFile(file)
    except (LookupError, ValueError):
        return  # an encoding that only GDAL knows
    except expat.ExpatError as error:
        if expat.errors.messages.get(error.code) == expat.errors.XML_ERROR_UNKNOWN_ENCODING:
            return
        message = _("“%(name)s”已损坏或没有传完整（%(error)s）。请让对方重新导出。")
        raise BadInput(message % {"name": name, "error": error}, code="source-unreadable") from error


def readable_json(path: Path, folder: Path) -> tuple[Path, tuple[tuple[str, str], ...]]:
    """The GeoJSON without what GDAL reads otherwise than it stands there, and what is said of it.

    Whole numbers of 19 digits and more become texts: GDAL makes floating-point numbers of them, which lose the last
    digits. NUL characters go: GDAL ends the text there. The file itself where it has neither, or is too large to be
    looked through at once.
    """
    if path.stat().st_size > MOST_EXACT or not (found := _misread(path)):
        return path, ()
    content = LONG_NUMBER.sub(_exact, path.read_bytes())
    target = folder / "data.geojson"
    target.write_bytes(ESCAPED_NUL.sub(rb"\1", content) if NUL in found else content)
    said = ("nul-dropped", _("文字里有空字符（NUL），已去掉，其余保留。"))
    return target, (said,) if NUL in found else ()


def _exact(found: re.Match[bytes]) -> bytes:
    digits = found[2]
    if digits is None or (len(digits) <= 20 and -(2**63) <= int(digits) < 2**63):
        return found[0]
    return found[1] + b'"' + digits + b'"'


def _misread(path: Path) -> set[re.Pattern[bytes] | bytes]:
    """Which of LONG and NUL the file may have."""
    found: set[re.Pattern[bytes] | bytes] = set()
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            seen = tail + chunk
            found |= {LONG} if LONG.search(seen) else set()
            found |= {NUL} if NUL in seen else set()
            tail = chunk[-30:]
    return found


def json_driver(path: Path) -> str:
    """Which of the kinds of JSON that people call `.json` a file is."""
    with path.open("rb") as file:
        head = file.read(signatures.HEAD)
    if signatures.is_topojson(head):
        return "TopoJSON"
    return "ESRIJSON" if signatures.is_esri_json(head) else "GeoJSON"


def feature_collection(path: Path, folder: Path) -> Path:
    """GeoJSON text sequences as one FeatureCollection, line by line. Raises BadInput that names a line that is none."""
    target = folder / "data.geojson"
    with target.open("w", encoding="utf-8") as sink:
        sink.write('{"type":"FeatureCollection","features":[\n')
        for number, feature in enumerate(_features(path)):
            sink.write(",\n" if number else "")
            sink.write(json.dumps(feature, ensure_ascii=False))
        sink.write("\n]}\n")
    return target


def _features(path: Path) -> Iterator[Any]:
    encoding = text_encoding(path).name
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace") as file:
        for number, line in enumerate(file, start=1):
            text = line.strip("\x1e \t\r\n")
            if not text:
                continue
            try:
                found = _features_of(json.loads(text))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                message = _("“%(name)s”第 %(line)d 行不是 GeoJSON 要素。请让对方重新导出。")
                raise BadInput(message % {"name": path.name, "line": number}, code="source-unreadable") from error
            yield from found


def _features_of(item: Any) -> list[Any]:
    """The features of one object; a geometry alone becomes one. Raises KeyError or TypeError where it is none."""
    if item["type"] == "FeatureCollection":
        return [one for each in item.get("features") or [] for one in _features_of(each)]
    return [item] if item["type"] == "Feature" else [{"type": "Feature", "properties": {}, "geometry": item}]
