"""Open what a bureau sends: find the layers in a zip, a folder's loose files or one file.

Only formats of the allow-list are opened, each after its signature has been read by us (`signatures.py`), by a GDAL
that has no other drivers (`gdal.py`). The result points at files with plain names in a working folder that the
caller owns.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyogrio

from geokit.formats import table as formats
from geokit.formats.signatures import is_old_workbook
from geokit.formats.table import BY_DRIVER, NOT_READ, RASTERS, SHAPE_PARTS, SINGLE_FILES, WORLD_FILES
from geokit.readers import dxf_reader, kml_fields, xlsx_reader
from geokit.readers.shapefile import check_shapefile
from geokit.records.source_layer import SourceLayer as SourceLayer
from geokit.records.text_encoding import text_encoding
from geokit.refusal import BadInput
from geokit.sources import unzip as zips
from geokit.sources.unzip import Limits
from geokit.wording import gettext as _
from geokit.wording import gettext_noop

GPX_LAYERS = {
    "waypoints": gettext_noop("航点"),
    "routes": gettext_noop("航线"),
    "tracks": gettext_noop("轨迹"),
}


def open_layers(path: Path, workdir: Path, limits: Limits | None = None) -> list[SourceLayer]:
    """Every layer of `path`, unpacked or linked into `workdir`. Raises Refusal with a code of docs/import-codes.md."""
    limits = limits or Limits()
    if not path.exists():
        raise BadInput(_("找不到文件 %s。") % path.name, code="source-missing")
    if path.is_dir():
        message = _("%s 是文件夹，请给出其中的文件或把它压缩成 zip。") % path.name
        raise BadInput(message, code="source-is-folder")
    if path.stat().st_size == 0:
        raise BadInput(_("文件 %s 是空的（0 字节）。请让对方重新发送。") % path.name, code="source-empty")
    suffix = path.suffix.lower()
    if suffix == ".kmz":
        groups = _unpack(path, workdir, limits, {".kml"})
    elif suffix == ".zip":
        groups = _unpack(path, workdir, limits, _KNOWN)
    else:
        groups = {path.stem: _loose_parts(path)}
    layers = [layer for name, parts in groups.items() for layer in _layers_of(name, parts, workdir, limits)]
    if not layers:
        raise BadInput(_nothing_found(path, groups), code="no-layer")
    return layers


def choose_layer(layers: list[SourceLayer], wanted: str | None) -> SourceLayer:
    """The layer asked for; with several and none asked for, a refusal that names them."""
    names = _("、").join(layer.name for layer in layers)
    if wanted:
        found = [layer for layer in layers if wanted in (layer.name, layer.inner)]
        if not found:
            message = _("文件里没有名为“%(name)s”的图层。现有：%(names)s。")
            raise BadInput(message % {"name": wanted, "names": names}, code="layer-not-found")
        return found[0]
    if len(layers) > 1:
        message = _("文件里有 %(count)d 个图层：%(names)s。请指明要导入哪一个。")
        raise BadInput(message % {"count": len(layers), "names": names}, code="layer-choice")
    return layers[0]


Groups = dict[str, dict[str, Path]]
_KNOWN = {*SHAPE_PARTS, *SINGLE_FILES, *RASTERS, *WORLD_FILES, *NOT_READ, *formats.ARCHIVES}
_NEVER_UNPACKED = {*NOT_READ, *formats.ARCHIVES}
"""Named in a refusal, not opened: an archive within an archive could go on without end."""


def _unpack(path: Path, workdir: Path, limits: Limits, known: set[str]) -> Groups:
    with zips.open_zip(path) as archive:
        members = [member for member in zips.list_members(archive, limits) if member.suffix in known]
        plan: dict[str, dict[str, tuple[zips.Member, Path]]] = defaultdict(dict)
        folders: dict[tuple[str, str], str] = {}
        for member in members:
            key = (str(member.name.parent), member.name.stem.lower())
            group = folders.setdefault(key, _group_name(member, folders))
            folder = workdir / f"g{list(folders).index(key)}"
            if member.suffix in plan[group]:
                message = _("压缩包里“%s”出现了两次（仅大小写不同）。请只留一份。") % member.name
                raise BadInput(message, code="zip-duplicate-part")
            plan[group][member.suffix] = (member, folder / f"data{member.suffix}")
        wanted = (item for parts in plan.values() for item in parts.values() if item[0].suffix not in _NEVER_UNPACKED)
        zips.extract(archive, wanted, limits)
    return {group: {suffix: target for suffix, (_, target) in parts.items()} for group, parts in plan.items()}


def _group_name(member: zips.Member, taken: dict[tuple[str, str], str]) -> str:
    """The file's own name; with its folder before it when another folder has the same."""
    name = member.name.stem
    return str(member.name.with_suffix("")) if name in taken.values() else name


def _loose_parts(path: Path) -> dict[str, Path]:
    """`path` and, for a shapefile or raster, the files beside it with the same stem in any case."""
    suffix = path.suffix.lower()
    families = (SHAPE_PARTS, (*RASTERS, *WORLD_FILES, ".prj"))
    family: tuple[str, ...] = next((group for group in families if suffix in group), (suffix,))
    if len(family) == 1:
        return {suffix: path}
    stem = path.stem.lower()
    beside = (other for other in sorted(path.parent.iterdir()) if other.is_file() and other.stem.lower() == stem)
    parts = {other.suffix.lower(): other for other in beside if other.suffix.lower() in family}
    return {**parts, suffix: path}


def _layers_of(name: str, parts: dict[str, Path], workdir: Path, limits: Limits) -> Iterator[SourceLayer]:
    if ".shp" in parts:
        yield _shapefile(name, parts, workdir)
    elif ".dbf" in parts or ".shx" in parts:
        message = _("“%(name)s”缺少 .shp 文件，只有 %(parts)s。请把各部分一起压缩成 zip。")
        raise BadInput(message % {"name": name, "parts": _("、").join(parts)}, code="shapefile-parts-missing")
    for suffix, path in parts.items():
        if suffix in SINGLE_FILES:
            yield from _single(SINGLE_FILES[suffix], name, path, workdir, limits)
        elif suffix in RASTERS:
            yield _raster(name, path, parts, workdir)


def _raster(name: str, path: Path, parts: dict[str, Path], workdir: Path) -> SourceLayer:
    """A GeoTIFF in a folder of its own, with nothing beside it but its world file."""
    formats.check_signature("GTiff", path)
    folder = _new_folder(workdir)
    placed = {".tif": folder / "data.tif"}
    os.symlink(path.resolve(), placed[".tif"])
    for suffix, other in parts.items():
        if suffix in WORLD_FILES or suffix == ".prj":
            kept = ".tfw" if suffix in WORLD_FILES else ".prj"
            placed[kept] = folder / ("data.tfw" if kept == ".tfw" else "said.prj")
            shutil.copyfile(other, placed[kept])
    return SourceLayer("GTiff", placed[".tif"], name, placed)


def _new_folder(workdir: Path) -> Path:
    folder = workdir / f"layer{len(list(workdir.iterdir()))}"
    folder.mkdir()
    return folder


def _shapefile(name: str, parts: dict[str, Path], workdir: Path) -> SourceLayer:
    """Link the parts together under one plain name, so that case and encoding of names cannot matter."""
    folder = _new_folder(workdir)
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


def _single(driver: str, name: str, path: Path, workdir: Path, limits: Limits) -> Iterator[SourceLayer]:
    formats.check_signature(driver, path)
    if driver == "DXF":
        yield from dxf_reader.layers_of(path, name, workdir)
    elif driver == "XLSX":
        yield from _sheets(name, path, limits)
    elif driver == "KML":
        readable, names = kml_fields.readable_copy(path, _new_folder(workdir))
        yield from _inner_layers(SourceLayer(driver, readable, name, field_names=names))
    elif BY_DRIVER[driver].lists_layers:
        yield from _inner_layers(SourceLayer(driver, path, name))
    elif driver == "GeoJSON":
        yield _geojson(name, path, workdir)
    else:
        yield SourceLayer(driver, path, name)


def _geojson(name: str, path: Path, workdir: Path) -> SourceLayer:
    """JSON is UTF-8 by its standard; what is not is read as Chinese programs write it, and said."""
    encoding = text_encoding(path)
    if encoding.name == "utf-8":
        return SourceLayer("GeoJSON", path, name)
    target = _new_folder(workdir) / "data.geojson"
    with path.open(encoding=encoding.name, errors="replace", newline="") as source, target.open("w") as sink:
        shutil.copyfileobj(source, sink, 1024 * 1024)
    note = _("GeoJSON 应为 UTF-8，这个文件按 %s 读取，请在预览中核对文字。") % encoding.name.upper()
    return SourceLayer("GeoJSON", target, name, warnings=(("encoding-unsure", note),))


def _sheets(name: str, path: Path, limits: Limits) -> Iterator[SourceLayer]:
    """A layer for each sheet with places in it. A workbook is a zip of XML, and is looked through as one."""
    if not is_old_workbook(path):
        zips.check_workbook(path, limits)
    sheets = xlsx_reader.sheets_of(path)
    for sheet in sheets:
        yield SourceLayer("XLSX", path, sheet if len(sheets) > 1 else name, inner=sheet)


def _inner_layers(layer: SourceLayer) -> Iterator[SourceLayer]:
    try:
        found = pyogrio.list_layers(layer.path)
    except pyogrio.errors.DataSourceError as error:
        message = _("无法读取 %s：文件已损坏或格式不符。请让对方重新导出。") % layer.name
        raise BadInput(message, code="source-unreadable") from error
    spatial = [str(name) for name, kind in found if kind is not None]
    if layer.driver == "GPX":
        spatial = [name for name in spatial if name in GPX_LAYERS and _has_rows(layer.path, name)]
    for inner in spatial:
        title = f"{layer.name} · {_(GPX_LAYERS[inner])}" if layer.driver == "GPX" else inner
        yield replace(layer, inner=inner, name=title if len(spatial) > 1 else layer.name)


def _has_rows(path: Path, inner: str) -> bool:
    try:
        return int(pyogrio.read_info(path, layer=inner, force_feature_count=True)["features"]) > 0
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        message = _("无法读取 %s：文件已损坏或格式不符。请让对方重新导出。") % path.name
        raise BadInput(message, code="source-unreadable") from error


def _nothing_found(path: Path, groups: Groups) -> str:
    suffixes = {suffix for parts in groups.values() for suffix in parts}
    if suffixes & set(formats.ARCHIVES):
        return _("压缩包里还是压缩包，不会再往里打开。请解开后把里面的文件直接压缩成 zip。")
    if later := sorted({NOT_READ[suffix] for suffix in suffixes if suffix in NOT_READ}):
        return _("暂不支持 %s，请先转换成 Shapefile（zip）、GeoPackage 或 GeoJSON。") % _("、").join(later)
    return _("%(name)s 里没有可以导入的图层。可用：%(known)s。") % {"name": path.name, "known": formats.titles()}
