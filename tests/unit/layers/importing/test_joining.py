"""A table that takes its shapes from elsewhere is bounded by what it takes, not by its own bytes."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely

from geokit.records.rows import Batch
from geokit.refusal import BadInput
from layers.importing import joining

OUTLINE = shapely.Point(121.5, 29.8).buffer(0.1, quad_segs=250)


def table_of(rows: int) -> Any:
    """A reader of so many lines, ten in a batch, that all name the same town."""

    def batches(_size: int) -> Any:
        for first in range(0, rows, 10):
            column = np.array(["330203100"] * 10, dtype=object)
            yield Batch(first + 1, np.full(10, None, object), [column], [])

    return SimpleNamespace(fields=[SimpleNamespace(name="代码")], batches=batches)


def joined_rows(rows: int) -> int:
    frame = joining._framed([("330203100", OUTLINE)])
    reader = joining.JoinedReader(table_of(rows), "代码", joining.Target(frame, "Polygon", None))
    return sum(len(batch) for batch in reader.batches(10))


def test_a_table_of_few_lines_takes_its_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "MOST_VERTICES", 50 * 1001)
    assert joined_rows(50) == joined_rows(50) == 50


def test_lines_that_take_more_vertices_than_the_machine_bears_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "MOST_VERTICES", 50 * 1001)
    with pytest.raises(BadInput) as refused:
        joined_rows(1_000_000)
    assert refused.value.code == "join-too-large"
