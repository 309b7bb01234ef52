"""Look at a source before it counts: every row is read and checked, nothing is written that lasts."""

from collections.abc import Callable
from typing import Any

from shapely import get_num_coordinates

from geokit.geojson import collection, feature
from geokit.refusal import Refusal
from layers.checking import CheckedBatch, RowChecker
from layers.load import Progress, find_layer, key_of, must_have_rows, read_all
from layers.options import LoadOptions, batch_rows
from layers.progress import Cancelled
from layers.report import Report
from layers.source import open_source

FEATURES = 500
VERTICES = 40_000
LISTED = 200
# What a person can answer in the preview's form; anything else means that the file itself is no good.
ANSWERABLE = {
    "crs-missing", "crs-unknown", "crs-unreadable", "crs-local", "layer-choice", "layer-not-found", "encoding-unknown",
    "key-not-found", "key-required", "layer-exists", "layer-missing", "slug-invalid", "slug-reserved",
    "geometry-invalid", "option-invalid", "no-valid-rows", "field-unknown",
}  # fmt: skip


def inspect(
    options: LoadOptions,
    report: Report,
    progress: Progress,
    keep: Callable[[CheckedBatch], None] = lambda checked: None,
) -> None:
    """Read and check every row without writing; `keep` sees each batch."""
    with open_source(options, report, batch_rows()) as source:
        read_all(source, RowChecker(source, key_of(source, options)), report, progress, keep)
        must_have_rows(report, options)
        report.rows_loaded = report.rows_read - report.rows_rejected
        report.status = "previewed"


def preview(options: LoadOptions, report: Report, progress: Progress) -> tuple[dict[str, Any], Refusal | None]:
    """What the preview page shows, and the question that is still open. Raises Refusal when no answer helps."""
    sampled = _Sampler()
    problem: Refusal | None = None
    try:
        options = options.checked()
        report.slug = options.slug
        inspect(options, report, progress, sampled.keep)
        find_layer(options)
    except Cancelled:
        raise
    except Refusal as refusal:
        if refusal.code not in ANSWERABLE:
            raise
        problem = refusal
        report.refuse(refusal)
    shown = report.summary() | {
        "findings": [
            {"row": i.row, "field": i.field, "code": i.code, "reason": i.reason, "rejected": i.rejected}
            for i in report.findings[:LISTED]
        ],
        "findings_total": report.findings_total,
        "sample": report.sample,
        "geojson": collection(sampled.features),
    }
    return shown, problem


class _Sampler:
    """Keeps the first features for the small map, within a number of vertices."""

    def __init__(self) -> None:
        self.features: list[dict[str, Any]] = []
        self._vertices = 0

    def keep(self, checked: CheckedBatch) -> None:
        for row, geometry in zip(checked.source_rows, checked.geometry, strict=True):
            if len(self.features) >= FEATURES or self._vertices > VERTICES:
                return
            self._vertices += int(get_num_coordinates(geometry))
            self.features.append(feature(geometry, {"row": row}, row))
