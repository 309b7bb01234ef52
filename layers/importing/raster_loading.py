"""Load a GeoTIFF as a new version of a raster layer: checked, counted, stored as COG, published in one transaction."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from geokit import cog
from geokit.crs import systems as crs_tools
from geokit.crs.systems import SourceCrs
from geokit.formats.table import RASTERS, VECTOR_SUFFIXES
from geokit.refusal import BadInput, Busy, Refusal
from geokit.sources import unzip
from geokit.sources.discovery import choose_layer, open_layers
from layers.importing import vector_loading as vectors
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.row_reading import Progress, no_progress
from layers.importing.source import district_bounds, without_crs
from layers.rasters import files, quicklook
from layers.rasters.block_copy import Copied, copy_plain
from layers.rasters.description import describe, wgs84_bounds
from layers.rasters.source import RasterSource, open_raster, unreadable
from layers.signals import version_published
from layers.storage import tables
from layers.storage.models import Layer, LayerVersion
from layers.storage.ownership import area_of_new, layer_to_change
from layers.storage.versions import show_version
from ledger.actors import account_of
from ledger.audit import record
from ledger.filestore import addressed

GEOMETRY = "Raster"
Mode = LayerVersion.Mode


@dataclass(slots=True)
class Prepared:
    """A source copied into the working folder, with what was found."""

    copied: Copied
    crs: SourceCrs
    photo: bool


def is_raster(path: Path) -> bool:
    """Whether `path` is a GeoTIFF by its name, or a zip that holds one and no source of vectors."""
    if path.suffix.lower() in RASTERS:
        return True
    if path.suffix.lower() != ".zip" or not path.is_file():
        return False
    with suppress(Refusal, zipfile.BadZipFile), unzip.open_zip(path) as packed:
        suffixes = {member.suffix for member in unzip.list_members(packed, unzip.Limits())}
        return bool(suffixes & set(RASTERS)) and not suffixes & VECTOR_SUFFIXES
    return False


def inspect(options: LoadOptions, report: Report, progress: Progress = no_progress, *_more: Any) -> None:
    """Read and check every pixel without writing a version; fills in `report`, its picture too."""
    options = options.checked()
    report.slug = options.slug
    with TemporaryDirectory(prefix="raster-") as work:
        prepared = _prepare(options, report, Path(work), progress)
        _describe(prepared.copied, prepared.copied.path, report)
        report.picture = quicklook.preview(prepared.copied.path, report.raster, report.bbox)
        report.status = "previewed"


def load(
    options: LoadOptions,
    report: Report,
    progress: Progress = no_progress,
    published: Callable[[LayerVersion], None] = lambda version: None,
) -> LayerVersion | None:
    """Load or, with `dry_run`, only check. Fills in `report`; raises Refusal and leaves nothing behind then.

    `published` runs in the same transaction as the publication.
    """
    options = options.checked()
    report.slug = options.slug
    _check_mode(options)
    if options.dry_run:
        inspect(options, report, progress)
        return None
    name, half = files.new_name(), files.new_half()
    try:
        with TemporaryDirectory(prefix="raster-") as work:
            prepared = _prepare(options, report, Path(work), progress)
            _store(prepared, half, report, progress)
        addressed.store().take(half, name)
        report.raster["file"] = name
        with transaction.atomic():
            version = _publish(options, report)
            published(version)
    except BaseException:
        half.unlink(missing_ok=True)
        addressed.store().delete(name)
        raise
    return version


def _check_mode(options: LoadOptions) -> None:
    layer = Layer.objects.filter(slug=options.slug).first()
    if options.mode not in (Mode.CREATE, Mode.REPLACE):
        raise BadInput(_("栅格图层只能新建或整体替换，不能追加或按主键更新。"), code="raster-mode")
    if layer is not None and options.mode == Mode.REPLACE and layer.kind != Layer.Kind.RASTER:
        message = _("图层“%s”是矢量图层，不能用栅格替换。请换一个标识新建。") % layer.title
        raise BadInput(message, code="layer-kind-changed")
    if layer is not None and options.mode == Mode.CREATE:
        raise BadInput(_("图层“%s”已经存在。要更新它请选择替换，或者换一个标识。") % options.slug, code="layer-exists")
    if options.mode == Mode.REPLACE and (layer is None or layer.current_version is None):
        raise BadInput(_("没有名为“%s”的图层可以替换。请改为新建。") % options.slug, code="layer-missing")
    if options.datum != "wgs84":
        message = _("栅格不能按 GCJ-02 或 BD-09 纠偏（每个像元的偏移都不同）。请先在原软件里纠正。")
        raise BadInput(message, code="raster-datum")


def _prepare(options: LoadOptions, report: Report, work: Path, progress: Progress) -> Prepared:
    """Open, check and copy the source into `work`."""
    unpacked = work / "source"
    unpacked.mkdir()
    layers = open_layers(options.path, unpacked)
    rasters = [layer for layer in layers if layer.driver == "GTiff"]
    report.layers = [layer.name for layer in rasters] if len(rasters) > 1 else []
    chosen = choose_layer(rasters, options.layer or None)
    report.driver, report.layer, report.geometry_type = "GTiff", chosen.name, GEOMETRY
    with open_raster(chosen, options.crs) as source:
        for code, message in source.warnings:
            report.warn(code, message)
        found = _settle_crs(source, report)
        _check_location(source, found, report)
        photo = _is_photo(source)
        copied = copy_plain(source, found.crs.to_wkt(), work / "plain.tif", lambda at, of: progress("reading", at, of))
    report.bbox = wgs84_bounds(copied.path)
    return Prepared(copied, found, photo)


def _settle_crs(source: RasterSource, report: Report) -> SourceCrs:
    found = source.crs
    if found is None:
        raise without_crs(source.bounds, report)
    report.crs, report.crs_from = found.label, found.found_in
    if found.needs_datum_warning:
        message = _("%s 到 WGS 84 没有公开的精确转换参数，位置可能偏差几十米，请先做基准转换或核对。") % found.crs.name
        report.warn("datum-shift-unknown", message)
    if found.epsg is None:
        report.warn("crs-custom", _("坐标系“%s”没有 EPSG 编号，按其参数转换。") % found.crs.name)
    return found


def _check_location(source: RasterSource, found: SourceCrs, report: Report) -> None:
    """Refuse what has no place on the map, warn about what lies outside the district."""
    box = crs_tools.transform_bounds(found.crs, source.bounds)
    if not all(abs(value) < 1e6 for value in box):
        message = _("按 %s 换算后，栅格不在地球上。请核对坐标系。") % found.label
        raise BadInput(message, code="crs-misplaced")
    district = district_bounds()
    if district and not crs_tools.overlaps(box, district):
        report.warn("outside-district", _("按 %s 换算后，数据不在本区范围内。请核对坐标系。") % found.label)


def _is_photo(source: RasterSource) -> bool:
    """A picture that was stored with losses already: three bands of bytes without an alpha band."""
    lossy = source.dataset.compression is not None and source.dataset.compression.name in ("jpeg", "webp")
    return lossy and source.dataset.count == 3 and set(source.dataset.dtypes) == {"uint8"} and not source.is_warped


def _describe(copied: Copied, path: Path, report: Report) -> None:
    report.raster = describe(path, copied.bands)


def _store(prepared: Prepared, target: Path, report: Report, progress: Progress) -> None:
    """Write the COG and describe it."""
    counts = describe(prepared.copied.path, prepared.copied.bands)
    options = cog.options_for(categorical=counts["categorical"], photo=prepared.photo)
    try:
        cog.write_cog(prepared.copied.path, target, options, lambda: progress("converting", 0, None))
    except cog.CogFailed as error:
        raise unreadable() from error
    progress("statistics", 0, None)
    _describe(prepared.copied, target, report)


def _publish(options: LoadOptions, report: Report) -> LayerVersion:
    layer = _layer(options, report)
    previous = layer.current_version
    newest = layer.versions.order_by("-number").values_list("number", flat=True).first() or 0
    report.version, report.status = newest + 1, "loaded"
    box = report.bbox or (None,) * 4
    version = LayerVersion.objects.create(
        layer=layer, number=newest + 1, mode=options.mode, file_name=options.file_name[:255],
        sha256=vectors.file_sha256(options.path), report=report.summary(), raster=report.raster,
        created_by=account_of(options.actor),
        west=box[0], south=box[1], east=box[2], north=box[3],
    )  # fmt: skip
    layer = show_version(layer, version, **({"title": options.title[:120]} if options.title else {}))
    record(options.actor, f"layer.{options.mode}", layer, version=version.number, file=version.file_name)
    version_published.send(Layer, layer=layer, version=version, previous=previous)
    return version


def _layer(options: LoadOptions, report: Report) -> Layer:
    if options.mode != Mode.CREATE:
        layer = layer_to_change(options.slug, options.user)
        if not tables.lock_layer(layer.pk):
            raise Busy(_("图层“%s”正在被另一个导入更新，请稍后再试。") % layer.title, code="layer-busy")
        layer.refresh_from_db()
        vectors.same_version(options, layer)
        return layer
    title = options.title or report.layer
    try:
        with transaction.atomic():
            return Layer.objects.create(
                slug=options.slug, title=title[:120],
                kind=Layer.Kind.RASTER, geometry_type=GEOMETRY, area=area_of_new(options.user),
            )  # fmt: skip
    except IntegrityError as error:
        raise BadInput(_("图层“%s”已经存在。") % options.slug, code="layer-exists") from error
