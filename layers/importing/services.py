"""Load or inspect a source of any format: a GeoTIFF becomes a raster layer, everything else a vector layer."""

from collections.abc import Callable
from typing import Any

from layers.importing import raster_loading, vector_loading
from layers.importing.import_report import Report
from layers.importing.inspection import preview
from layers.importing.options import LoadOptions
from layers.importing.row_reading import Progress, no_progress
from layers.storage.models import LayerVersion


def _is_raster(options: LoadOptions) -> bool:
    return options.path.is_file() and raster_loading.is_raster(options.path)


def load(
    options: LoadOptions,
    report: Report,
    progress: Progress = no_progress,
    published: Callable[[LayerVersion], None] = lambda version: None,
) -> LayerVersion | None:
    """Load or, with `dry_run`, only check; see `layers.importing.vector_loading.load`."""
    chosen = raster_loading.load if _is_raster(options) else vector_loading.load
    return chosen(options, report, progress, published)


def inspect(options: LoadOptions, report: Report, progress: Progress, *more: Any) -> None:
    """Check without loading; see `layers.importing.inspection.preview.inspect`."""
    if _is_raster(options):
        raster_loading.inspect(options, report, progress)
    else:
        preview.inspect(options, report, progress, *more)
