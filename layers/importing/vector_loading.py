"""Load a source as a new version of a layer: one transaction, published at its end or not at all."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from geokit.digests import sha256_of
from geokit.refusal import BadInput, Busy, StaleEdit
from layers.importing.import_report import Report
from layers.importing.inspection.preview import inspect
from layers.importing.options import LoadOptions, batch_rows
from layers.importing.row_checks import CheckedBatch, RowChecker
from layers.importing.row_reading import Progress, find_layer, for_target, key_of, must_have_rows, no_progress, read_all
from layers.importing.source import OpenSource, open_source
from layers.signals import version_published
from layers.storage import tables
from layers.storage.background_copy import BackgroundCopy, Send
from layers.storage.columns import Column, columns_from, find_column, merge_columns
from layers.storage.ids import note_ids
from layers.storage.models import Layer, LayerRejection, LayerVersion
from layers.storage.ownership import area_of_new, layer_to_change
from layers.storage.versions import show_version
from ledger.actors import account_of
from ledger.audit import record

Mode = LayerVersion.Mode


def load(
    options: LoadOptions,
    report: Report,
    progress: Progress = no_progress,
    published: Callable[[LayerVersion], None] = lambda version: None,
) -> LayerVersion | None:
    """Load or, with `dry_run`, only check. Fills in `report`; raises Refusal and changes nothing then.

    `published` runs in the same transaction as the publication, so what it writes is true exactly then.
    """
    options = options.checked()
    report.slug = options.slug
    options = for_target(options, find_layer(options))
    if options.dry_run:
        inspect(options, report, progress)
        return None
    with open_source(options, report, batch_rows()) as source, transaction.atomic():
        checker = RowChecker(source, key_of(source, options))
        version = _write(options, source, checker, report, progress)
        published(version)
    return version


def _write(
    options: LoadOptions, source: OpenSource, checker: RowChecker, report: Report, progress: Progress
) -> LayerVersion:
    layer = _layer_to_write(options, source)
    previous = layer.current_version
    version = _new_version(options, layer, source.columns)
    base = previous if options.mode in (Mode.APPEND, Mode.UPSERT) else None
    _same_geometry_type(source, layer, base)
    columns = merge_columns(columns_from(base.fields), source.columns) if base else source.columns
    key = _key_among(columns, checker.key, base)
    staged = _aligned(columns, source.columns)
    tables.prepare_session()
    tables.create_staging(columns, source.cleaner.family)
    with BackgroundCopy() as copy:

        def collect(checked: CheckedBatch) -> None:
            rows = (checked.source_rows, checked.geometry, checked.originals, checked.values)
            tables.copy_rows(staged, *rows, send=copy)
            _store_row_issues(version, checked, copy)

        read_all(source, checker, report, progress, collect)
    must_have_rows(report, options)
    report_phase = partial(progress, done=report.rows_read, total=report.rows_read)
    report_phase("sorting")
    _fill(version, columns, key, base, previous, source.cleaner.family)
    report_phase("indexing")
    tables.finish(version.table_name, columns, key, f"{version.layer.title} v{version.number}")
    report_phase("publishing")
    report.rows_loaded = report.rows_read - report.rows_rejected - report.rows_elsewhere
    return _publish(options, layer, version, columns, key, report)


def _layer_to_write(options: LoadOptions, source: OpenSource) -> Layer:
    if options.mode != Mode.CREATE:
        layer = layer_to_change(options.slug, options.user)
        if not tables.lock_layer(layer.pk):
            raise Busy(_("图层“%s”正在被另一个导入更新，请稍后再试。") % layer.title, code="layer-busy")
        layer.refresh_from_db()
        same_version(options, layer)
        return layer
    title = options.title or source.reader.name
    try:
        with transaction.atomic():
            return Layer.objects.create(
                slug=options.slug,
                title=title[:120],
                geometry_type=source.cleaner.family,
                area=area_of_new(options.user),
            )
    except IntegrityError as error:
        raise BadInput(_("图层“%s”已经存在。") % options.slug, code="layer-exists") from error


def same_version(options: LoadOptions, layer: Layer) -> None:
    """Raise StaleEdit `layer-changed` where another version was published, or features edited, since the preview."""
    now = layer.current_version.number if layer.current_version else None
    edits = layer.current_version.edits if layer.current_version else 0
    if options.base_version is not None and options.base_version == now and options.base_edits != edits:
        message = _("预览之后，图层“%s”的要素被编辑过，差异不再准确，请重新检查。")
        raise StaleEdit(message % layer.title, code="layer-changed")
    if options.base_version is not None and options.base_version != now:
        said = {"title": layer.title, "old": options.base_version, "new": now}
        message = _("预览之后，图层“%(title)s”已从版本 %(old)s 变为版本 %(new)s，差异不再准确，请重新检查。")
        raise StaleEdit(message % said, code="layer-changed")


def _new_version(options: LoadOptions, layer: Layer, columns: list[Column]) -> LayerVersion:
    newest = layer.versions.order_by("-number").values_list("number", flat=True).first() or 0
    number = newest + 1
    return LayerVersion.objects.create(
        layer=layer, number=number, mode=options.mode, table_name=f"l{layer.pk}_v{number}",
        fields=[column.as_dict() for column in columns], file_name=options.file_name[:255],
        sha256=file_sha256(options.path), created_by=account_of(options.actor),
    )  # fmt: skip


def _same_geometry_type(source: OpenSource, layer: Layer, base: LayerVersion | None) -> None:
    if base and layer.geometry_type != source.cleaner.family:
        said = {"title": layer.title, "old": layer.geometry_type, "new": source.cleaner.family}
        message = _("图层“%(title)s”是 %(old)s，新文件是 %(new)s，不能合并。请改为替换。")
        raise BadInput(message % said, code="geometry-type-changed")


def _key_among(columns: list[Column], key: Column | None, base: LayerVersion | None) -> Column | None:
    """The key as a column of the table; the rows already there must be distinguishable by it."""
    if key is None:
        return None
    found = find_column(columns, key.name)
    if base is None:
        return found
    if found.column not in {column.column for column in columns_from(base.fields)}:
        raise BadInput(_("现有图层没有主键字段“%s”。") % key.name, code="key-not-found")
    if tables.key_repeats(base.table_name, found):
        message = _("现有图层里主键字段“%s”有重复值，不能据此更新。")
        raise BadInput(message % key.name, code="key-not-unique")
    return found


def _aligned(columns: list[Column], incoming: list[Column]) -> list[Column]:
    """The table's columns for the source's fields, in the source's order."""
    by_name = {column.name.lower(): column for column in columns}
    return [by_name[column.name.lower()] for column in incoming]


def _store_row_issues(version: LayerVersion, checked: CheckedBatch, send: Send) -> None:
    if not checked.issues:
        return
    rows = ((version.pk, i.row, i.field[:120], i.code, i.reason, i.rejected) for i in checked.issues)
    columns = ("version_id", "row", "field", "code", "reason", "rejected")
    tables.copy_into(LayerRejection._meta.db_table, columns, rows, send)


def _fill(
    version: LayerVersion,
    columns: list[Column],
    key: Column | None,
    base: LayerVersion | None,
    previous: LayerVersion | None,
    family: str,
) -> None:
    tables.build(version.table_name, columns, family)
    if base is not None:
        matching = key if version.mode == Mode.UPSERT else None
        _number_on(version.layer, base)
        tables.move_merged(version.table_name, columns, base.table_name, columns_from(base.fields), matching)
        if key and version.mode == Mode.APPEND and tables.key_repeats(version.table_name, key):
            message = _("追加后主键字段“%s”会重复。请改为按主键更新。")
            raise BadInput(message % key.name, code="key-not-unique")
    else:
        if key and previous:
            _keep_ids(version.layer, previous, key)
        tables.move_staged(version.table_name, columns)


def _keep_ids(layer: Layer, previous: LayerVersion, key: Column) -> None:
    """Where the replaced version can be matched by the key, its rows keep their ids."""
    before = next((column for column in columns_from(previous.fields) if column.name == key.name), None)
    if before and not tables.key_repeats(previous.table_name, before):
        _number_on(layer, previous)
        tables.keep_ids(previous.table_name, before, key)


def _number_on(layer: Layer, base: LayerVersion) -> None:
    """Ids of new rows go on after the highest that was ever given in the layer, not only in `base`."""
    note_ids(layer, base)
    tables.number_after(layer.highest_id)


def _publish(
    options: LoadOptions, layer: Layer, version: LayerVersion, columns: list[Column], key: Column | None, report: Report
) -> LayerVersion:
    version.rows, box = tables.measure(version.table_name)
    version.west, version.south, version.east, version.north = box or (None,) * 4
    version.fields = [column.as_dict() for column in columns]
    report.version, report.status = version.number, "loaded"
    version.report = report.summary() | {"choices": options.choices()}
    version.save()
    changed: dict[str, Any] = {"geometry_type": report.geometry_type}
    if key:
        changed["key_column"] = key.column
    if options.title:
        changed["title"] = options.title[:120]
    previous = layer.current_version
    note_ids(layer, version)
    layer = show_version(layer, version, **changed)
    version_published.send(Layer, layer=layer, version=version, previous=previous)
    record(
        options.actor, f"layer.{options.mode}", layer, version=version.number, rows=version.rows, file=version.file_name
    )
    return version


def file_sha256(path: Path) -> str:
    """Of the file as given; for a loose shapefile, of its .shp; for a folder, of the names and files in it."""
    if path.is_dir():
        digest = hashlib.sha256()
        for inner in sorted(inner for inner in path.rglob("*") if inner.is_file() and not inner.is_symlink()):
            digest.update(f"{inner.relative_to(path)}\0{file_sha256(inner)}\n".encode())
        return digest.hexdigest()
    return sha256_of(path)
