"""Rows of a layer as GDAL's Arrow stream gives them: whole columns at once, in one pass over the file.

Pieces are bounded by rows and by bytes of geometry, so that a file of huge polygons needs no more memory than one of
points.
"""

import warnings as python_warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyogrio.raw import open_arrow

STEP_ROWS = 512  # what GDAL reads ahead, several times over
PIECE_BYTES = 6 * 1024**2
FIRST_FIELD = 1
"""GDAL's columns are its id, the fields in their order, the geometry."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows in a row: GDAL's ids, WKB (None where there is no geometry), columns of Python values."""

    fids: np.ndarray
    wkb: np.ndarray
    columns: list[list[Any]]


def read_pieces(
    path: str | Path, layer: str | None, options: Mapping[str, str], columns: Sequence[str], rows: int
) -> Iterator[Piece]:
    """Pieces of at most `rows` rows. Raises NoGeometry, and what GDAL and Arrow raise."""
    # ENCODING is an option of GDAL's, not pyogrio's `encoding`, which would hold for the whole thread.
    with ExitStack() as opened:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # of measures: the reader says itself that they are dropped
            meta, stream = opened.enter_context(
                open_arrow(
                    path,
                    layer=layer,
                    columns=list(columns),
                    batch_size=min(rows, STEP_ROWS),
                    use_pyarrow=True,
                    return_fids=True,
                    datetime_as_string=True,
                    **options,
                )
            )
        # By place: a field may be named as GDAL names its id (`id`, `OGC_FID`) or its geometry (`wkb_geometry`).
        fields = [str(name) for name in meta["fields"]]
        geometry = FIRST_FIELD + len(fields)
        if len(stream.schema) <= geometry:
            raise NoGeometry
        places = [FIRST_FIELD + fields.index(name) for name in columns]
        for table in _tables(stream, geometry, rows):
            yield Piece(
                table.column(0).to_numpy(),
                table.column(geometry).to_numpy(),
                [as_values(table.column(place).combine_chunks()) for place in places],
            )


class NoGeometry(Exception):
    """The layer is a plain table."""


def _tables(stream: Any, geometry: int, rows: int) -> Iterator[pa.Table]:
    """GDAL's small steps put together, or cut, to pieces of `rows` rows and about PIECE_BYTES."""
    held: list[pa.RecordBatch] = []
    held_rows = held_bytes = 0
    for batch in _quietly(stream):
        for part in _cut(batch, geometry):
            size = _bytes(part, geometry)
            if held and (held_rows + part.num_rows > rows or held_bytes + size > PIECE_BYTES):
                yield pa.Table.from_batches(held)
                held, held_rows, held_bytes = [], 0, 0
            held.append(part)
            held_rows, held_bytes = held_rows + part.num_rows, held_bytes + size
    if held:
        yield pa.Table.from_batches(held)


def _quietly(stream: Any) -> Iterator[pa.RecordBatch]:
    """The stream without GDAL's words on standard error: what they mean for a row is told of the row."""
    batches = iter(stream)
    while True:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _cut(batch: pa.RecordBatch, geometry: int) -> Iterator[pa.RecordBatch]:
    if _bytes(batch, geometry) <= PIECE_BYTES:
        yield batch
        return
    lengths = pc.fill_null(pc.binary_length(batch.column(geometry)), 0).to_numpy(zero_copy_only=False)
    share = np.cumsum(lengths) // PIECE_BYTES
    edges = [0, *(np.flatnonzero(np.diff(share)) + 1).tolist(), batch.num_rows]
    for first, last in pairwise(edges):
        yield batch.slice(first, last - first)


def _bytes(batch: pa.RecordBatch, geometry: int) -> int:
    return pc.sum(pc.binary_length(batch.column(geometry))).as_py() or 0


def as_values(column: pa.Array) -> list[Any]:
    """A column as Python values with None for NULL; integers stay exact whatever is missing between them."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        filled = column.fill_null(0 if pa.types.is_integer(kind) else False) if column.null_count else column
        values = filled.to_numpy(zero_copy_only=False)
        return _without(values, column.is_null().to_numpy(zero_copy_only=False) if column.null_count else None)
    if pa.types.is_floating(kind):
        values = column.to_numpy(zero_copy_only=False)
        lost = np.isnan(values)
        return _without(values, lost if lost.any() else None)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_date32(kind):
        return _without(column.to_numpy(zero_copy_only=False), None)
    found: list[Any] = column.to_pylist()
    return found


def _without(values: np.ndarray, lost: np.ndarray | None) -> list[Any]:
    """`values` as a list, None where `lost` says so."""
    if lost is None:
        whole: list[Any] = values.tolist()
        return whole
    found = values.astype(object)
    found[lost] = None
    return list(found)
