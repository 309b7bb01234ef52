"""Load or inspect a source of any format: a GeoTIFF becomes a raster layer, everything else a vector layer."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from layers.importing import raster_loading, vector_loading
from layers.importing.import_report import Report
from layers.importing.inspection import preview
from layers.importing.options import LoadOptions
from layers.importing.row_reading import Progress, no_progress
from layers.importing.source import SeveralKinds
from layers.importing.source_tree import source_tree
from layers.importing.together import load_together
from layers.storage.models import LayerVersion


def _is_raster(options: LoadOptions) -> bool:
    return options.path.is_file() and raster_loading.is_raster(options.path)


def load(
    options: LoadOptions,
    report: Report,
    progress: Progress = no_progress,
    published: Callable[[LayerVersion], None] = lambda version: None,
) -> LayerVersion | None:
    """Load or, with `dry_run`, only check; see `layers.importing.vector_loading.load`.

    Several kinds of geometry in what is to become a layer are split: each becomes a layer of its own, in one commit.
    """
    if _is_raster(options):
        return raster_loading.load(options, report, progress, published)
    if options.picks:
        return load_together(options.checked(), report, progress, published, options.picks)
    try:
        return vector_loading.load(options, report, progress, published)
    except SeveralKinds:
        if options.mode != LayerVersion.Mode.CREATE:
            raise
        picks = [{"layer": options.layer, "kind": kind} for kind in report.kinds]
        found = Report(kinds=report.kinds)
        version = load_together(options.checked(), found, progress, published, picks)
        for name in (field.name for field in fields(Report)):
            setattr(report, name, getattr(found, name))
        report.warn(
            "kinds-split",
            _("文件里有几类图形，每一类各成一个图层：%s。") % _("、").join(p["slug"] for p in found.parts),
        )
        return version


def every_layer(options: LoadOptions) -> list[dict[str, str]]:
    """Picks for all layers and kinds of a source that hold rows. Raises BadInput `no-rows`."""
    tree = source_tree(options)
    if lost := [branch for branch in tree if branch.get("error")]:
        raise BadInput(lost[0]["error"], code="source-unreadable")
    picks = [{"layer": branch["layer"], "kind": kind} for branch in tree for kind in branch["kinds"]]
    if not picks:
        raise BadInput(_("图层里没有任何要素。"), code="no-rows")
    return picks


def inspect(options: LoadOptions, report: Report, progress: Progress, *more: Any) -> None:
    """Check without loading; see `layers.importing.inspection.preview.inspect`."""
    if _is_raster(options):
        raster_loading.inspect(options, report, progress)
    else:
        preview.inspect(options, report, progress, *more)
