"""Look at a source before it counts: every row is read and checked, and compared with what is published.

Nothing is written that lasts but the import's own tables (`layers.importing.inspection.work_tables`), and those only
for an upload.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from shapely import bounds, get_num_coordinates, simplify

from accounts.permissions import knows_inside
from geokit.geometry.geojson import collection, feature
from geokit.refusal import Refusal
from layers.importing.import_report import Report
from layers.importing.inspection import difference_queries, version_difference, work_tables
from layers.importing.inspection.field_profiles import Profile
from layers.importing.inspection.row_issues import IssueWriter
from layers.importing.inspection.row_places import RowPlaces
from layers.importing.job_progress import Cancelled
from layers.importing.options import LoadOptions, batch_rows
from layers.importing.row_checks import CheckedBatch, RowChecker
from layers.importing.row_reading import Progress, find_layer, for_target, key_of, must_have_rows, read_all
from layers.importing.source import OpenSource, open_source
from layers.importing.source_tree import source_tree
from layers.storage import tables
from layers.storage.models import Layer, LayerVersion

FEATURES = 500
VERTICES = 40_000
LARGE = 2_000
SCREEN_PIXELS = 1_000
TRIAL = "trial"
"""Token of an inspection that leaves nothing behind."""
LISTED_CHANGES = 1_000
WIDE = 400
"""Fields. Rows of more may not fit into a page of the database (8 KB), which only trying tells."""
# What a person can answer in the preview's form; anything else means that the file itself is no good.
ANSWERABLE = {
    "crs-missing", "crs-unknown", "crs-unreadable", "crs-local", "layer-choice", "layer-not-found", "encoding-unknown",
    "key-not-found", "key-required", "layer-exists", "layer-missing", "slug-invalid", "slug-reserved",
    "geometry-invalid", "option-invalid", "no-valid-rows", "field-unknown", "datum-unknown",
    "transformation-unknown", "kinds-choice", "crs-contradiction", "datum-contradiction", "csv-no-coordinates",
    "join-no-column", "join-no-table", "join-too-large", "pair-order",
    "row-too-wide",
}  # fmt: skip

Collector = Callable[[CheckedBatch], None]


def inspect(
    options: LoadOptions,
    report: Report,
    progress: Progress,
    collectors: Sequence[Collector] = (),
    token: str | int = TRIAL,
) -> None:
    """Read and check every row without loading any; each of `collectors` is given each batch.

    With a layer to update, `report.difference` says what would change; its rows stay in the table of `token`
    unless that is a trial's.
    """
    with open_source(options, report, batch_rows()) as source:
        checker = RowChecker(source, key_of(source, options))
        profile = Profile(source.columns)
        base = _base(options)
        with transaction.atomic():
            steps = [profile.collect, *collectors]
            if base is not None or len(source.columns) > WIDE:
                tables.create_staging(source.columns, source.cleaner.family)
                steps.append(_stage(source))
            read_all(source, checker, report, progress, lambda checked: _each(steps, checked))
            report.fields, report.key_suggestions = profile.described(), profile.keys()
            report.rows_loaded = report.rows_read - report.rows_rejected - report.rows_elsewhere
            if base is not None and report.rows_loaded:
                progress("comparing", report.rows_read, source.reader.rows)
                _compare(base, source, checker, options, report, token)
            if token == TRIAL:
                transaction.set_rollback(True)
        must_have_rows(report, options)
        report.status = "previewed"


def _base(options: LoadOptions) -> LayerVersion | None:
    """The version that the import would change."""
    if options.mode == LayerVersion.Mode.CREATE:
        return None
    layer = Layer.objects.select_related("current_version").filter(slug=options.slug).first()
    if layer is not None and not knows_inside(options.user, layer.area):
        return None
    return layer.current_version if layer and layer.current_version and layer.current_version.table_name else None


def _target(options: LoadOptions) -> Layer | None:
    """The layer that the import would update, if it is there."""
    wanted = options.mode != LayerVersion.Mode.CREATE
    return Layer.objects.filter(slug=options.slug).first() if wanted else None


def _each(steps: Sequence[Collector], checked: CheckedBatch) -> None:
    for step in steps:
        step(checked)


def _stage(source: OpenSource) -> Collector:
    def collect(checked: CheckedBatch) -> None:
        tables.copy_rows(source.columns, checked.source_rows, checked.geometry, checked.originals, checked.values)

    return collect


def _compare(
    base: LayerVersion, source: OpenSource, checker: RowChecker, options: LoadOptions, report: Report, token: str | int
) -> None:
    found = version_difference.sides(base, source.columns, checker.key)
    report.difference = version_difference.compare(found, options.mode, token)
    if token == TRIAL:
        rows = difference_queries.page(token, base, "", "", 0, LISTED_CHANGES)
        report.difference["rows"] = [{k: v for k, v in row.items() if k not in ("position", "box")} for row in rows]


def preview(
    options: LoadOptions, report: Report, progress: Progress, token: int, look: Callable[..., None] = inspect
) -> tuple[dict[str, Any], Refusal | None]:
    """What the preview page shows, and the question that is still open. Raises Refusal when no answer helps.

    `look` is what inspects: `inspect`, or `layers.importing.services.inspect`, which takes rasters too.
    """
    work_tables.drop_expired()
    work_tables.drop(token)
    sample, places, issues = _FeatureSample(), RowPlaces(), IssueWriter(token)
    problem: Refusal | None = None
    try:
        options = options.checked()
        report.slug = options.slug
        options = for_target(options, _target(options))
        look(options, report, progress, (sample.collect, places.collect, issues.collect), token)
        find_layer(options)
    except Cancelled:
        raise
    except Refusal as refusal:
        if refusal.code not in ANSWERABLE:
            raise
        problem = refusal
        report.refuse(refusal)
        if refusal.code in ("layer-choice", "kinds-choice"):
            report.tree = source_tree(options)
    shown = report.summary() | {
        "sample": report.sample,
        "source_fields": report.source_fields,
        "source_bounds": report.source_bounds,
        "tree": report.tree,
        "picture": report.picture,
        "findings_total": report.issues_total,
        "geojson": collection([*sample.features, *places.features(len(sample.features), _pixel(report.bbox))]),
    }
    return shown, problem


def _pixel(box: Sequence[float] | None) -> float:
    """Degrees of a pixel on a map of the whole box."""
    return max(box[2] - box[0], box[3] - box[1]) / SCREEN_PIXELS if box else 0


class _FeatureSample:
    """Keeps the first features for the small map, within a number of vertices."""

    def __init__(self) -> None:
        self.features: list[dict[str, Any]] = []
        self._vertices = 0

    def collect(self, checked: CheckedBatch) -> None:
        for row, geometry in zip(checked.source_rows, checked.geometry, strict=True):
            if len(self.features) >= FEATURES or self._vertices > VERTICES:
                return
            drawn = _simplified_for_map(geometry)
            self._vertices += int(get_num_coordinates(drawn))
            self.features.append(feature(drawn, {"row": row}, row))


def _simplified_for_map(geometry: Any) -> Any:
    """A geometry of very many vertices as a map of the whole of it would show it."""
    if get_num_coordinates(geometry) <= LARGE:
        return geometry
    west, south, east, north = bounds(geometry)
    return simplify(geometry, max(east - west, north - south) / SCREEN_PIXELS)
