"""Check one batch of source rows: each becomes a row for the table, an issue, or both."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from geokit.geometry.repair import Cleaned
from geokit.records.rows import Batch, Issue
from layers.importing.source import OpenSource
from layers.storage.columns import Column


@dataclass(slots=True)
class CheckedBatch:
    """Rows that get in, column by column, and what was found."""

    source_rows: list[int]
    geometry: np.ndarray
    originals: list[Any]
    values: list[list[Any]]
    issues: list[Issue]
    read: int
    first_row: int
    placed: np.ndarray
    """All rows of the batch where they lie, rejected ones included."""
    elsewhere: int = 0
    """Rows of a kind of geometry that becomes another layer."""


@dataclass(slots=True)
class RowChecker:
    """Checks batches of one source; remembers the keys it has seen."""

    source: OpenSource
    key: Column | None = None
    _seen: dict[Any, int] = field(default_factory=dict)

    def check(self, batch: Batch) -> CheckedBatch:
        issues = list(batch.issues)
        already = {issue.row - batch.first_row for issue in issues if issue.rejected}
        cleaned = self.source.cleaner.clean(batch.geometry, batch.first_row, already)
        issues.extend(cleaned.issues)
        issues = [issue for issue in issues if issue.row - batch.first_row not in cleaned.elsewhere]
        issues.extend(self._check_keys(batch, issues, cleaned.elsewhere))
        if not issues and not cleaned.elsewhere:
            return self._whole(batch, cleaned)
        rejected = {issue.row - batch.first_row for issue in issues if issue.rejected}
        kept = [index for index in range(len(batch)) if index not in rejected and index not in cleaned.elsewhere]
        # A rejected row has only its rejections: that its geometry was also repaired says nothing.
        reported = [issue for issue in issues if issue.rejected or issue.row - batch.first_row not in rejected]
        return CheckedBatch(
            source_rows=[batch.first_row + index for index in kept],
            geometry=cleaned.geometry[kept],
            originals=[cleaned.originals.get(index) for index in kept],
            values=[[column[index] for index in kept] for column in batch.columns],
            issues=sorted(reported, key=lambda issue: issue.row),
            read=len(batch),
            first_row=batch.first_row,
            placed=cleaned.placed,
            elsewhere=len(cleaned.elsewhere),
        )

    @staticmethod
    def _whole(batch: Batch, cleaned: Cleaned) -> CheckedBatch:
        """Nothing was found: every row gets in as it is."""
        count = len(batch)
        rows = list(range(batch.first_row, batch.first_row + count))
        return CheckedBatch(
            rows, cleaned.geometry, [None] * count, batch.columns, [], count, batch.first_row, cleaned.placed
        )

    def _check_keys(self, batch: Batch, before: list[Issue], elsewhere: set[int]) -> list[Issue]:
        """A key must be there and be the only one of its kind among the rows that get in."""
        if self.key is None:
            return []
        lost = {issue.row for issue in before if issue.rejected} | {batch.first_row + index for index in elsewhere}
        position = next(i for i, column in enumerate(self.source.columns) if column.column == self.key.column)
        issues = []
        for index, value in enumerate(batch.columns[position]):
            row = batch.first_row + index
            if row in lost:
                continue
            if value is None or value == "":
                issues.append(Issue(row, self.key.name, "key-missing", _("主键字段“%s”为空。") % self.key.name))
            elif value in self._seen:
                seen = {"value": str(value)[:80], "row": self._seen[value]}
                reason = _("主键“%(value)s”在第 %(row)s 行已经出现过。") % seen
                issues.append(Issue(row, self.key.name, "key-duplicate", reason))
            else:
                self._seen[value] = row
        return issues


def bounds(geometry: np.ndarray) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(geometry)
    return float(west), float(south), float(east), float(north)
