"""The issues that an inspection found in the rows, kept beside the import until it is old.

Every issue is kept; the geometry it is about (as it lies in WGS 84, and as repaired) for the first of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from psycopg2 import sql

from geokit.records.rows import Issue
from layers.importing.inspection import work_tables
from layers.importing.row_checks import CheckedBatch

DEFINITION = (
    "position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, row bigint NOT NULL, field text NOT NULL,"
    " code text NOT NULL, reason text NOT NULL, rejected boolean NOT NULL,"
    " geom geometry(Geometry, 4326), repaired geometry(Geometry, 4326)"
)
COLUMNS = ("row", "field", "code", "reason", "rejected", "geom", "repaired")
WITH_GEOMETRY = 5_000
VERTICES = 20_000
"""Geometries with more vertices than this are kept without their shape."""
PAGE = 50


@dataclass(slots=True)
class IssueWriter:
    """Writes the issues of each batch to the import's table."""

    token: str | int
    _drawn: int = field(default=0)

    def __post_init__(self) -> None:
        work_tables.create(work_tables.table("findings", self.token), DEFINITION)

    def collect(self, checked: CheckedBatch) -> None:
        if not checked.issues:
            return
        places = {row: index for index, row in enumerate(checked.source_rows)}
        rows = [self._row(issue, checked, places) for issue in checked.issues]
        work_tables.copy(work_tables.table("findings", self.token), COLUMNS, rows)

    def _row(self, issue: Issue, checked: CheckedBatch, places: dict[int, int]) -> tuple:
        before = after = None
        if self._drawn < WITH_GEOMETRY:
            self._drawn += 1
            before = _hex(checked.placed[issue.row - checked.first_row])
            if not issue.rejected and issue.row in places:
                after = _hex(checked.geometry[places[issue.row]])
        reason = issue.reason.replace("\0", "")  # of a damaged file, whose value it repeats
        return (issue.row, issue.field, issue.code, reason, issue.rejected, before, after)


def _hex(geometry: Any) -> str | None:
    if geometry is None or geometry.is_empty or shapely.get_num_coordinates(geometry) > VERTICES:
        return None
    if not np.isfinite(shapely.bounds(geometry)).all():
        return None
    return shapely.to_wkb(shapely.set_srid(geometry, 4326), hex=True, include_srid=True)


def counts(token: str | int) -> list[dict[str, Any]]:
    """How often each code was said, the frequent first."""
    statement = sql.SQL("SELECT code, rejected, count(*) FROM {} GROUP BY 1, 2 ORDER BY 2 DESC, 3 DESC, 1")
    rows = work_tables.run(statement.format(work_tables.table("findings", token)))
    return [{"code": code, "rejected": rejected, "count": count} for code, rejected, count in rows]


def page(token: str | int, code: str, start: int, size: int = PAGE) -> list[dict[str, Any]]:
    """Issues from number `start` on, of one code or of all, with the box of what they are about."""
    statement = sql.SQL(
        "SELECT position, row, field, code, reason, rejected, repaired IS NOT NULL,"
        " ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM {} WHERE {} ORDER BY row, position"
        " LIMIT {} OFFSET {}"
    ).format(work_tables.table("findings", token), _only(code), sql.Literal(size), sql.Literal(start))
    names = ("position", "row", "field", "code", "reason", "rejected", "repaired")
    return [
        dict(zip(names, values, strict=False)) | {"box": None if None in values[7:] else values[7:]}
        for values in work_tables.run(statement)
    ]


def _only(code: str) -> sql.Composable:
    return sql.SQL("code = {}").format(sql.Literal(code)) if code else sql.SQL("true")


def shapes(token: str | int, code: str, start: int, size: int = PAGE) -> list[tuple]:
    """`row, code, rejected, geometry before, after` (GeoJSON texts) of the issues of a page."""
    statement = sql.SQL(
        "SELECT row, code, rejected, ST_AsGeoJSON(geom, 7), ST_AsGeoJSON(repaired, 7) FROM {} WHERE {}"
        " ORDER BY row, position LIMIT {} OFFSET {}"
    )
    part = (work_tables.table("findings", token), _only(code), sql.Literal(size), sql.Literal(start))
    return work_tables.run(statement.format(*part))


def all_issues(token: str | int) -> Iterator[tuple]:
    """`position, row, field, code, reason, rejected` of every issue, in the order of the file."""
    statement = sql.SQL("SELECT position, row, field, code, reason, rejected FROM {}")
    return work_tables.stream(statement.format(work_tables.table("findings", token)))
