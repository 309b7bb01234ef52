"""Read and check all rows of a source for an import, after finding its target layer and key.

The load writes what is read here; the preview only looks at it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from django.utils.translation import gettext as _

from accounts.permissions import knows_inside
from geokit.refusal import BadInput
from layers.importing.import_report import Report
from layers.importing.options import KINDS_OF, LoadOptions
from layers.importing.row_checks import CheckedBatch, RowChecker, bounds
from layers.importing.source import OpenSource
from layers.storage.columns import Column, find_column
from layers.storage.models import Layer, LayerVersion

Mode = LayerVersion.Mode


class Progress(Protocol):
    """Told how far a load is; may raise to stop it."""

    def __call__(self, phase: str, done: int, total: int | None) -> None: ...


def no_progress(phase: str, done: int, total: int | None) -> None:
    return None


def key_of(source: OpenSource, options: LoadOptions) -> Column | None:
    """The column of `options.key`. Raises BadInput `key-not-found`, but not for one that is only remembered."""
    names = {column.name for column in source.columns}
    if "key" in options.remembered and options.mode != Mode.UPSERT and options.key not in names:
        return None
    return find_column(source.columns, options.key) if options.key else None


def find_layer(options: LoadOptions) -> Layer | None:
    """The layer that the mode needs, or none for `create`. Raises BadInput when that does not fit."""
    layer = Layer.objects.filter(slug=options.slug).first()
    if options.mode == Mode.CREATE and layer is not None:
        message = _("图层“%s”已经存在。要更新它请选择替换、追加或按主键更新，或者换一个标识。")
        raise BadInput(message % options.slug, code="layer-exists")
    if options.mode != Mode.CREATE and layer is not None and not knows_inside(options.user, layer.area):
        layer = None
    if layer is not None and layer.kind != Layer.Kind.VECTOR:
        raise BadInput(_("图层“%s”是栅格图层，不能用矢量数据更新。") % options.slug, code="layer-kind-changed")
    if options.mode != Mode.CREATE and (layer is None or layer.current_version is None):
        said = {"slug": options.slug, "mode": Mode(options.mode).label}
        raise BadInput(_("没有名为“%(slug)s”的图层，无法%(mode)s。请改为新建。") % said, code="layer-missing")
    return layer


def for_target(options: LoadOptions, layer: Layer | None) -> LoadOptions:
    """The options with the kind of geometry that the layer to update has, where a source holds several."""
    return replace(options, kind_of_target=KINDS_OF.get(layer.geometry_type, "")) if layer else options


def read_all(
    source: OpenSource, checker: RowChecker, report: Report, progress: Progress, collect: Callable[[CheckedBatch], None]
) -> None:
    for batch in source.batches():
        checked = checker.check(batch)
        report.rows_read += checked.read
        report.rows_elsewhere += checked.elsewhere
        report.note(checked.issues)
        if checked.source_rows:
            report.reach(bounds(checked.geometry))
        collect(checked)
        progress("reading", report.rows_read, source.reader.rows)


def must_have_rows(report: Report, options: LoadOptions) -> None:
    invalid = [issue for issue in report.issues if issue.code == "geometry-invalid"]
    if options.invalid == "refuse" and invalid:
        said = {"row": invalid[0].row, "reason": invalid[0].reason}
        message = _("第 %(row)s 行的图形无效（%(reason)s），按要求整批拒绝。") % said
        raise BadInput(message, code="geometry-invalid")
    if report.rows_read == 0:
        raise BadInput(_("图层里没有任何要素。"), code="no-rows")
    if report.rows_elsewhere and not report.rows_rejected and report.rows_elsewhere == report.rows_read:
        raise BadInput(_("图层里没有这一类图形。"), code="no-rows")
    if report.rows_rejected + report.rows_elsewhere == report.rows_read:
        first = report.issues[0]
        told = {"rows": report.rows_read, "first": first.row, "reason": first.reason}
        message = _("共 %(rows)s 行，没有一行可以导入；第 %(first)s 行：%(reason)s") % told
        raise BadInput(message, code="no-valid-rows")
