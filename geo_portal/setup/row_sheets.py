"""What is there of a dataset, as a sheet that can be changed and sent again."""

from collections.abc import Iterator

from django.contrib.gis.geos import GEOSGeometry

from accounts.loads import Dataset
from accounts.loads.definition import SHAPE

MOST_ROWS = 20_000
"""Longer tables have files of their own in their room, or leave with `export_district`."""
CHUNK = 1_000


def rows_of(dataset: Dataset) -> Iterator[list[str]]:
    """Yield the head and a row for each thing; of places only points have columns, an outline leaves by GIS file."""
    names = [column.name for column in dataset.columns if column.name != "wkt"]
    labels = dataset.labels()
    yield [str(labels[name]) for name in names]
    for thing in dataset.rows().iterator(chunk_size=CHUNK):
        cells = {**_place(dataset.cells(thing))}
        yield [cells.get(name, "") for name in names]


def _place(cells: dict[str, str]) -> dict[str, str]:
    shape = GEOSGeometry(cells[SHAPE]) if cells.get(SHAPE) else None
    if shape is None or shape.geom_type != "Point":
        return cells
    return cells | {"lng": repr(round(shape.centroid.x, 7)), "lat": repr(round(shape.centroid.y, 7))}
