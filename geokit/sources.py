"""Open what a bureau sends: find the layers in a zip, a folder's loose files or one file.

Only formats of the allow-list are opened, each after its signature has been read by us: GDAL picks a
driver by content, and some drivers (VRT, GDALG) open other paths or the network.
The result points at files with plain names in a working folder that the caller owns.
"""

import codecs
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyogrio

from geokit import archive as zips
from geokit.archive import Limits
from geokit.refusal import BadInput
from geokit.shapefile import check_shapefile

SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst")
SINGLE_FILES = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".kml": "KML",
    ".csv": "CSV",
}
LATER = {
    ".dxf": "DXF", ".gpx": "GPX", ".xlsx": "XLSX", ".tif": "GeoTIFF", ".tiff": "GeoTIFF", ".gdb": "FileGDB",
    ".tab": "MapInfo", ".rar": "RAR", ".7z": "7z",
}  # fmt: skip
HEAD = 64 * 1024
DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceLayer:
    """One layer that can be read: where it lies, and what its people call it."""

    driver: str
    path: Path
    name: str
    parts: dict[str, Path] = field(default_factory=dict)
    """Shapefile parts by lower-case suffix."""
    inner: str | None = None
    """Layer inside a file that can hold several (GeoPackage, KML)."""
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def prj(self) -> str | None:
        return _small_text(self.parts.get(".prj"))

    @property
    def cpg(self) -> str | None:
        return _small_text(self.parts.get(".cpg") or self.parts.get(".cst"))


def _small_text(path: Path | None) -> str | None:
    if path is None:
        return None
    return path.read_bytes()[:16_384].decode("utf-8-sig", "replace").strip() or None


def open_layers(path: Path, workdir: Path, limits: Limits | None = None) -> list[SourceLayer]:
    """Every layer of `path`, unpacked or linked into `workdir`. Raises Refusal with a code of docs/import-codes.md."""
    limits = limits or Limits()
    if not path.exists():
        raise BadInput(f"找不到文件 {path.name}。", code="source-missing")
    if path.is_dir():
        raise BadInput(f"{path.name} 是文件夹，请给出其中的文件或把它压缩成 zip。", code="source-is-folder")
    if path.stat().st_size == 0:
        raise BadInput(f"文件 {path.name} 是空的（0 字节）。", code="source-empty")
    suffix = path.suffix.lower()
    packed = suffix in (".zip", ".kmz")
    groups = _unpack(path, workdir, limits) if packed else {path.stem: _loose_parts(path)}
    layers = [layer for name, parts in groups.items() for layer in _layers_of(name, parts, workdir)]
    if not layers:
        raise BadInput(_nothing_found(path, groups), code="no-layer")
    return layers


def choose_layer(layers: list[SourceLayer], wanted: str | None) -> SourceLayer:
    """The layer asked for; with several and none asked for, a refusal that names them."""
    names = "、".join(layer.name for layer in layers)
    if wanted:
        found = [layer for layer in layers if wanted in (layer.name, layer.inner)]
        if not found:
            raise BadInput(f"文件里没有名为“{wanted}”的图层。现有：{names}。", code="layer-not-found")
        return found[0]
    if len(layers) > 1:
        raise BadInput(f"文件里有 {len(layers)} 个图层：{names}。请指明要导入哪一个。", code="layer-choice")
    return layers[0]


Groups = dict[str, dict[str, Path]]


def _unpack(path: Path, workdir: Path, limits: Limits) -> Groups:
    known = set(SHAPE_PARTS) | set(SINGLE_FILES) | set(LATER)
    with zips.open_zip(path) as archive:
        members = [member for member in zips.list_members(archive, limits) if member.suffix in known]
        plan: dict[str, dict[str, tuple[zips.Member, Path]]] = defaultdict(dict)
        folders: dict[tuple[str, str], str] = {}
        for member in members:
            key = (str(member.name.parent), member.name.stem.lower())
            group = folders.setdefault(key, _group_name(member, folders))
            folder = workdir / f"g{list(folders).index(key)}"
            if member.suffix in plan[group]:
                raise BadInput(f"压缩包里“{member.name}”出现了两次（仅大小写不同）。", code="zip-duplicate-part")
            plan[group][member.suffix] = (member, folder / f"data{member.suffix}")
        zips.extract(archive, (item for parts in plan.values() for item in parts.values()), limits)
    return {group: {suffix: target for suffix, (_, target) in parts.items()} for group, parts in plan.items()}


def _group_name(member: zips.Member, taken: dict[tuple[str, str], str]) -> str:
    """The file's own name; with its folder before it when another folder has the same."""
    name = member.name.stem
    return str(member.name.with_suffix("")) if name in taken.values() else name


def _loose_parts(path: Path) -> dict[str, Path]:
    """`path` and, for a shapefile, the files beside it with the same stem in any case."""
    if path.suffix.lower() not in SHAPE_PARTS:
        return {path.suffix.lower(): path}
    stem = path.stem.lower()
    beside = (other for other in sorted(path.parent.iterdir()) if other.is_file() and other.stem.lower() == stem)
    return {other.suffix.lower(): other for other in beside if other.suffix.lower() in SHAPE_PARTS}


def _layers_of(name: str, parts: dict[str, Path], workdir: Path) -> Iterator[SourceLayer]:
    if ".shp" in parts:
        yield _shapefile(name, parts, workdir)
    elif ".dbf" in parts or ".shx" in parts:
        raise BadInput(f"“{name}”缺少 .shp 文件，只有 {'、'.join(parts)}。", code="shapefile-parts-missing")
    for suffix, path in parts.items():
        if suffix in SINGLE_FILES:
            yield from _single(SINGLE_FILES[suffix], name, path)


def _shapefile(name: str, parts: dict[str, Path], workdir: Path) -> SourceLayer:
    """Link the parts together under one plain name, so that case and encoding of names cannot matter."""
    folder = workdir / f"shp{len(list(workdir.iterdir()))}"
    folder.mkdir()
    placed = {}
    for suffix, path in parts.items():
        if suffix in SHAPE_PARTS:
            placed[suffix] = folder / f"data{suffix}"
            # The .cpg and .prj are read by us; GDAL must not act on them too.
            if suffix in (".shp", ".shx", ".dbf"):
                os.symlink(path.resolve(), placed[suffix])
            else:
                shutil.copyfile(path, placed[suffix].with_name(f"said{suffix}"))
                placed[suffix] = placed[suffix].with_name(f"said{suffix}")
    warnings = check_shapefile(name, placed, folder)
    return SourceLayer("ESRI Shapefile", folder / "data.shp", name, placed, warnings=tuple(warnings))


def _single(driver: str, name: str, path: Path) -> Iterator[SourceLayer]:
    _check_signature(driver, path)
    layer = SourceLayer(driver, path, name)
    if driver in ("GPKG", "KML"):
        yield from _inner_layers(layer)
    else:
        yield layer


def _inner_layers(layer: SourceLayer) -> Iterator[SourceLayer]:
    try:
        found = pyogrio.list_layers(layer.path)
    except pyogrio.errors.DataSourceError as error:
        raise BadInput(f"无法读取 {layer.name}：文件已损坏或格式不符。", code="source-unreadable") from error
    spatial = [str(name) for name, kind in found if kind is not None]
    for inner in spatial:
        yield replace(layer, inner=inner, name=inner if len(spatial) > 1 else layer.name)


def _check_signature(driver: str, path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not _signature_fits(driver, head, path):
        raise BadInput(f"文件内容不是 {driver}，与扩展名 {path.suffix} 不符。", code="source-unreadable")


def _signature_fits(driver: str, head: bytes, path: Path) -> bool:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if driver == "GPKG":
        return head.startswith(b"SQLite format 3\0")
    if driver == "FlatGeobuf":
        return head.startswith(b"fgb")
    if driver == "GeoJSON":
        return text.startswith(b"{") and b"gdal_streamed_alg" not in head and b'"Topology"' not in head
    if driver == "KML":
        return b"<kml" in head and not _has_doctype(path)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # every other byte of it is zero
    return not text.startswith((b"<", b"{", b"PK\x03\x04", b"%PDF")) and (wide or b"\0" not in head)


def _has_doctype(path: Path) -> bool:
    """Entities are how an XML file reaches other files; no KML needs them."""
    if DOCTYPE.search(path.read_bytes()):
        raise BadInput("KML 中含有 DOCTYPE 或实体定义，出于安全已拒绝。", code="xml-entities")
    return False


def _nothing_found(path: Path, groups: Groups) -> str:
    later = sorted({LATER[suffix] for parts in groups.values() for suffix in parts if suffix in LATER})
    if later:
        return f"暂不支持 {'、'.join(later)}，请先转换成 Shapefile（zip）、GeoPackage 或 GeoJSON。"
    return f"{path.name} 里没有可以导入的图层。可用：Shapefile（zip）、GeoPackage、GeoJSON、FlatGeobuf、KML、CSV。"
