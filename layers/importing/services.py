"""One door for every source: a GeoTIFF becomes a raster layer, everything else a vector layer."""

from collections.abc import Callable
from typing import Any

from layers import rasters
from layers.importing import vector_loading as vectors
from layers.importing.import_report import Report
from layers.importing.inspection import preview
from layers.importing.options import LoadOptions
from layers.importing.row_reading import Progress, silent
from layers.storage.models import LayerVersion


def _is_raster(options: LoadOptions) -> bool:
    return options.path.is_file() and rasters.is_raster(options.path)


def load(
    options: LoadOptions,
    report: Report,
    progress: Progress = silent,
    published: Callable[[LayerVersion], None] = lambda version: None,
) -> LayerVersion | None:
    """Load or, with `dry_run`, only check; see `layers.importing.vector_loading.load`."""
    chosen = rasters.load if _is_raster(options) else vectors.load
    return chosen(options, report, progress, published)


def inspect(options: LoadOptions, report: Report, progress: Progress, *more: Any) -> None:
    """Check without loading; see `layers.importing.inspection.preview.inspect`."""
    if _is_raster(options):
        rasters.inspect(options, report, progress)
    else:
        preview.inspect(options, report, progress, *more)
