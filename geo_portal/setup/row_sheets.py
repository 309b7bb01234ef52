"""What is there of a dataset, as a sheet that can be changed and sent again."""

from collections.abc import Iterator
from dataclasses import replace

from django.contrib.gis.geos import GEOSGeometry

from accounts.loads import Dataset
from accounts.loads.definition import SHAPE
from accounts.loads.long_cells import cut

MOST_ROWS = 20_000
"""Longer tables have files of their own in their room, or leave with `export_district`."""
CHUNK = 1_000


def rows_of(dataset: Dataset, extension: str = "csv") -> Iterator[list[str]]:
    """Yield the head and a row for each thing; of places only points have columns, an outline leaves by GIS file.

    In a workbook a long text goes on in the columns beside its own.
    """
    columns = [column for column in dataset.columns if column.name != "wkt"]
    if extension != "xlsx":
        columns = [replace(column, parts=1) for column in columns]
    yield [head for column in columns for head in column.part_heads(str(column.head))]
    for thing in dataset.rows().iterator(chunk_size=CHUNK):
        cells = _place(dataset.cells(thing))
        yield [part for column in columns for part in cut(column, cells.get(column.name, ""))]


def _place(cells: dict[str, str]) -> dict[str, str]:
    shape = GEOSGeometry(cells[SHAPE]) if cells.get(SHAPE) else None
    if shape is None or shape.geom_type != "Point":
        return cells
    return cells | {"lng": repr(round(shape.centroid.x, 7)), "lat": repr(round(shape.centroid.y, 7))}
