"""Open what a bureau sends: find the layers in an archive, a folder, or one file with its parts.

Only formats of the allow-list are opened, each after its signature has been read by us (`signatures.py`), by a GDAL
that has no other drivers (`gdal.py`). The result points at files with plain names in a working folder that the
caller owns.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyogrio

from geokit.formats import table as formats
from geokit.formats.signatures import is_old_workbook
from geokit.formats.table import BY_DRIVER, MIF_PARTS, RASTERS, SHAPE_PARTS, SINGLE_FILES, TAB_PARTS, WORLD_FILES
from geokit.readers import dxf_reader, kml_fields, survey_text, xlsx_reader
from geokit.readers.shapefile import check_shapefile
from geokit.records.source_layer import SourceLayer as SourceLayer
from geokit.records.text_encoding import text_encoding
from geokit.refusal import BadInput
from geokit.sources import containers, preparation
from geokit.sources import unzip as zips
from geokit.sources.containers import Groups
from geokit.sources.file_names import readable
from geokit.sources.sheet_extent import check_open_document
from geokit.sources.unzip import Limits
from geokit.wording import gettext as _
from geokit.wording import gettext_noop

SHEET_CELLS = 20_000_000
"""Of an ODS: rows times columns, with all repetitions."""
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
    if path.is_file() and path.stat().st_size == 0:
        raise BadInput(_("文件 %s 是空的（0 字节）。请让对方重新发送。") % path.name, code="source-empty")
    packed = path.is_dir() or path.suffix.lower() in formats.ARCHIVES
    if path.is_dir():
        groups = containers.in_folder(path, limits)
    else:
        groups = containers.unpacked(path, workdir, limits) if packed else {readable(path.stem): _loose_parts(path)}
    if packed:
        groups = _without_notes(groups)
    layers = [layer for name, parts in groups.items() for layer in _layers_of(name, parts, workdir, limits)]
    if path.suffix.lower() == ".ovkmz":
        layers = [replace(layer, warnings=(*layer.warnings, ovital_note())) for layer in layers]
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


def _without_notes(groups: Groups) -> Groups:
    """Leave out texts beside the data that are neither boundaries nor survey points, such as a readme."""
    kept = {}
    for name, parts in groups.items():
        beside_tab = ".tab" in parts
        is_note = {s for s in survey_text.SUFFIXES if s in parts and survey_text.kind_of(parts[s]) == "CSV"}
        left = {s: file for s, file in parts.items() if s not in is_note or (beside_tab and s in TAB_PARTS)}
        if left:
            kept[name] = left
    return kept


def _loose_parts(path: Path) -> dict[str, Path]:
    """`path` and, for a shapefile or raster, the files beside it with the same stem in any case."""
    suffix = path.suffix.lower()
    families = (SHAPE_PARTS, (*RASTERS, *WORLD_FILES, ".prj"), TAB_PARTS, MIF_PARTS, (".gml", ".xsd"))
    if suffix == ".dat":
        return {suffix: path}
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
    if containers.GEODATABASE in parts:
        yield from _inner_layers(SourceLayer("OpenFileGDB", preparation.geodatabase(name, parts, workdir), name))
    if ".tab" in parts or ".mif" in parts:
        yield preparation.mapinfo(name, parts, _new_folder(workdir))
    mapinfo = (*TAB_PARTS, *MIF_PARTS) if ".tab" in parts or ".mif" in parts else ()
    for suffix, path in parts.items():
        if suffix in mapinfo:
            continue
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
    if path.suffix.lower() in survey_text.SUFFIXES:
        driver = survey_text.kind_of(path)
    if driver == "GeoJSON":
        driver = preparation.json_driver(path)
    formats.check_signature(driver, path)
    if driver == "DXF":
        yield from dxf_reader.layers_of(path, name, workdir)
    elif driver == "XLSX":
        yield from _sheets(name, path, limits)
    elif driver == "KML":
        yield from _kml(name, path, workdir)
    elif driver == "GML":
        yield from _inner_layers(SourceLayer(driver, preparation.gml(path, _new_folder(workdir)), name))
    elif driver == "GeoJSONSeq":
        whole = preparation.feature_collection(path, _new_folder(workdir))
        readable, said = preparation.readable_json(whole, _new_folder(workdir))
        yield SourceLayer("GeoJSON", readable, name, warnings=said)
    elif BY_DRIVER[driver].lists_layers:
        yield from _inner_layers(SourceLayer(driver, path, name))
    elif driver == "GeoJSON":
        yield _geojson(name, path, workdir)
    else:
        yield SourceLayer(driver, path, name)


def ovital_note() -> tuple[str, str]:
    message = _("奥维的标注可能是带偏移的坐标（GCJ-02），请在地图上核对；有偏移时请指明“地图偏移”。")
    return ("datum-unsure", message)


def _kml(name: str, path: Path, workdir: Path) -> Iterator[SourceLayer]:
    """Folders of a KML. Ovital's own kind of it keeps the coordinates of the map it was drawn on."""
    readable, names = kml_fields.readable_copy(path, _new_folder(workdir))
    warnings = (ovital_note(),) if path.suffix.lower() == ".ovkml" else ()
    yield from _inner_layers(SourceLayer("KML", readable, name, field_names=names, warnings=warnings))


def _geojson(name: str, path: Path, workdir: Path) -> SourceLayer:
    """JSON is UTF-8 by its standard; what is not is read as Chinese programs write it, and said."""
    encoding = text_encoding(path)
    if encoding.name == "utf-8":
        readable, said = preparation.readable_json(path, _new_folder(workdir))
        return SourceLayer("GeoJSON", readable, name, warnings=said)
    target = _new_folder(workdir) / "data.geojson"
    with path.open(encoding=encoding.name, errors="replace", newline="") as source, target.open("w") as sink:
        shutil.copyfileobj(source, sink, 1024 * 1024)
    note = _("GeoJSON 应为 UTF-8，这个文件按 %s 读取，请在预览中核对文字。") % encoding.name.upper()
    return SourceLayer("GeoJSON", target, name, warnings=(("encoding-unsure", note),))


def _sheets(name: str, path: Path, limits: Limits) -> Iterator[SourceLayer]:
    """A layer for each sheet with places in it. A workbook is a zip of XML, and is looked through as one."""
    if not is_old_workbook(path):
        zips.check_workbook(path, limits)
    check_open_document(path, SHEET_CELLS)
    sheets = xlsx_reader.sheets_of(path)
    for sheet in sheets:
        yield SourceLayer("XLSX", path, sheet if len(sheets) > 1 else name, inner=sheet)


def _inner_layers(layer: SourceLayer) -> Iterator[SourceLayer]:
    try:
        found = pyogrio.list_layers(f"{BY_DRIVER[layer.driver].prefix}{layer.path}")
    except (pyogrio.errors.DataSourceError, UnicodeDecodeError) as error:
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
    if way := formats.way_out(suffixes):
        return way
    return _("%(name)s 里没有可以导入的图层。可用：%(known)s。") % {"name": path.name, "known": formats.titles()}
