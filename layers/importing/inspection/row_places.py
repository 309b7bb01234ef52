"""Where all rows of a source lie, in a bounded number of dots: what the first shapes on the small map leave out.

A file of 200,000 ponds shows 500 of them as shapes, and on a map of the whole each is smaller than a pixel.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely import Point, bounds, get_type_id

from geokit.geometry.geojson import feature
from layers.importing.row_checks import CheckedBatch

MOST_CELLS = 2_000
FIRST_CELL = 0.000_1
"""Degrees, about ten metres; cells double until there are few enough."""
POINTS = (0, 4)
"""shapely's ids of Point and MultiPoint, which are drawn as dots however small."""
ROW = 1 << 32


@dataclass(slots=True)
class RowPlaces:
    """Counts rows by cells of one size, and keeps where in each cell they lie on average."""

    cell: float = FIRST_CELL
    rows: int = 0
    smallest: float = np.inf
    """Degrees: the longer side of the smallest shape that is no point."""
    _keys: Any = field(default_factory=lambda: np.empty(0, np.int64))
    _sums: Any = field(default_factory=lambda: np.empty((0, 3)))
    """Longitude, latitude and number of rows of each key, added up."""

    def collect(self, checked: CheckedBatch) -> None:
        """Add the centres of the boxes of a batch, WGS 84."""
        if not len(checked.geometry):
            return
        boxes = bounds(checked.geometry)
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        self.rows += len(centres)
        sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        self.smallest = min(self.smallest, sides[~np.isin(get_type_id(checked.geometry), POINTS)].min(initial=np.inf))
        self._add(centres, np.ones(len(centres)))

    def features(self, shown: int, pixel: float) -> list[dict[str, Any]]:
        """A dot for each cell with its number of rows; none where all rows are `shown` and none is below a `pixel`."""
        if self.rows <= shown and self.smallest >= pixel:
            return []
        return [
            feature(Point(lng / count, lat / count), {"kind": "place", "count": int(count)}, -number)
            for number, (lng, lat, count) in enumerate(self._sums, 1)
        ]

    def _add(self, centres: Any, counts: Any) -> None:
        added = np.column_stack([centres * counts[:, None], counts])
        self._merge(np.concatenate([self._keys, self._key_of(centres)]), np.concatenate([self._sums, added]))
        while len(self._keys) > MOST_CELLS:
            self.cell *= 2
            self._merge(self._key_of(self._sums[:, :2] / self._sums[:, 2:]), self._sums)

    def _key_of(self, centres: Any) -> Any:
        columns = np.floor((centres + 360) / self.cell).astype(np.int64)
        return columns[:, 0] * ROW + columns[:, 1]

    def _merge(self, keys: Any, sums: Any) -> None:
        self._keys, places = np.unique(keys, return_inverse=True)
        size = len(self._keys)
        self._sums = np.column_stack([np.bincount(places, sums[:, column], size) for column in range(3)])
