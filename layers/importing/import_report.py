"""The report of one import: the JSON of `load_layer`, filled in while it runs."""

from dataclasses import asdict, dataclass, field
from typing import Any

from geokit.crs.systems import Bounds
from geokit.records.rows import Issue
from geokit.refusal import Refusal

LISTED = 10_000
"""Row issues listed in the JSON; the database keeps every one."""

IN_SOURCE = ("driver", "layer", "encoding", "encoding_from", "crs", "crs_from")
IN_READING = ("datum", "axis", "axis_from")
COUNTS = ("rows_read", "rows_loaded", "rows_repaired", "rows_rejected")
WHERE_THERE = (
    "rows_elsewhere", "kinds", "parts", "tree",
    "transformations", "raster", "layers", "key_suggestions", "difference", "crs_candidates", "error",
)  # fmt: skip
"""Parts of the JSON that are left out where there is nothing to say."""


@dataclass(slots=True)
class Report:
    """Filled step by step, so that a refusal half-way still says what was found."""

    status: str = "refused"
    slug: str = ""
    version: int | None = None
    driver: str = ""
    layer: str = ""
    encoding: str = ""
    encoding_from: str = ""
    crs: str | None = None
    crs_from: str | None = None
    datum: str = "wgs84"
    axis: str = "as-is"
    axis_from: str = ""
    transformation: dict[str, Any] | None = None
    """The way from an old datum to WGS 84 that was used: `key`, `name`, `accuracy_m`, `stated` by a person or not."""
    transformations: list[dict[str, Any]] = field(default_factory=list)
    """Ways to choose from where the datum leaves a choice: `key`, `name`, `accuracy_m`."""
    dimensions: str = ""
    """What the source has beyond x and y: `Z`, `M`, `ZM`; none of it is stored."""
    geometry_type: str = ""
    rows_expected: int | None = None
    fields: list[dict[str, str]] = field(default_factory=list)
    rows_read: int = 0
    rows_loaded: int = 0
    rows_repaired: int = 0
    rows_rejected: int = 0
    rows_elsewhere: int = 0
    """Rows of another kind of geometry, which are another layer of the same source."""
    kinds: dict[str, int] = field(default_factory=dict)
    """Rows by kind (`point`, `line`, `polygon`) where the source holds several; a collection may count twice."""
    parts: list[dict[str, Any]] = field(default_factory=list)
    """Every layer that was made of one source: `slug`, `version`, `geometry_type`, the counts of rows."""
    tree: list[dict[str, Any]] = field(default_factory=list)
    """The source's layers with their kinds and counts, where there is something to choose."""
    issues: list[Issue] = field(default_factory=list)
    issues_total: int = 0
    warnings: list[dict[str, str]] = field(default_factory=list)
    bbox: Bounds | None = None
    source_bounds: Bounds | None = None
    """Bounds in the file's own coordinates; for people who try CRSs on them, not in the JSON."""
    crs_candidates: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, str] | None = None
    layers: list[str] = field(default_factory=list)
    """Every layer of the source, when there are several to choose from."""
    source_fields: list[dict[str, str]] = field(default_factory=list)
    """Every field as the source has it, also those left out; for the form, not in the JSON."""
    sample: list[list[Any]] = field(default_factory=list)
    """The first rows as decoded, in the order of `fields`; for people, not in the JSON."""
    difference: dict[str, Any] | None = None
    """Against the version that is published: see `layers.importing.inspection.version_difference`."""
    key_suggestions: list[dict[str, Any]] = field(default_factory=list)
    raster: dict[str, Any] = field(default_factory=dict)
    """Of a raster: size, bands with their statistics, resolution (`layers/rasters/description.py`)."""
    picture: str = ""
    """Of a raster's preview: a PNG over `bbox` in base64; for people, not in the JSON."""

    def warn(self, code: str, message: str) -> None:
        entry = {"code": code, "message": message}
        if entry not in self.warnings:
            self.warnings.append(entry)

    def note(self, issues: list[Issue]) -> None:
        """Count the issues of one batch and list the first of them."""
        self.issues_total += len(issues)
        self.rows_rejected += len({issue.row for issue in issues if issue.rejected})
        self.rows_repaired += len({issue.row for issue in issues if issue.code == "geometry-repaired"})
        self.issues.extend(issues[: max(0, LISTED - len(self.issues))])

    def reach(self, box: Bounds) -> None:
        """Widen `bbox` by the bounds of a batch."""
        old = self.bbox or box
        self.bbox = (min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3]))

    def refuse(self, refusal: Refusal) -> None:
        self.status = "refused"
        self.error = {"code": refusal.code, "message": refusal.message}

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        body: dict[str, Any] = {
            "status": self.status,
            "slug": self.slug,
            "version": self.version,
            "source": {name: getattr(self, name) for name in IN_SOURCE},
            "reading": {
                **{name: getattr(self, name) for name in IN_READING},
                "dimensions_dropped": self.dimensions,
                "transformation": self.transformation,
            },
            "geometry_type": self.geometry_type,
            "fields": self.fields,
            **{name: getattr(self, name) for name in COUNTS},
            "rejections": [_issue(item) for item in self.issues if item.rejected],
            "repairs": [_issue(item) for item in self.issues if not item.rejected],
            "warnings": self.warnings,
            "bbox": [round(value, 9) for value in self.bbox] if self.bbox else None,
        }
        return body | {name: value for name in WHERE_THERE if (value := getattr(self, name)) not in (None, [], {}, 0)}

    def summary(self) -> dict[str, Any]:
        """The JSON without the rows' issues, which the database keeps one by one."""
        return {key: value for key, value in self.as_json().items() if key not in ("rejections", "repairs")}


def _issue(issue: Issue) -> dict[str, Any]:
    return {key: value for key, value in asdict(issue).items() if key != "rejected"}
