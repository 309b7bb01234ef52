"""GeoPackage layers out of rows of text and EWKB, batch after batch."""

import warnings
from collections.abc import Iterable, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from pyogrio.raw import write as ogr_write

BATCH = 1_000


def write_layer(path: Path, layer: str, names: Sequence[str], rows: Iterable[tuple[Sequence[Any], Any]]) -> int:
    """Append a layer (EPSG:4326) to a GeoPackage: rows are texts (None for none) and a GEOS shape; return how many."""
    count = 0
    for batch in batched(rows, BATCH, strict=False):
        columns = list(zip(*(values for values, _shape in batch), strict=True))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # kinds of shapes may be mixed
            ogr_write(
                path,
                np.array([bytes(shape.wkb) for _values, shape in batch], dtype=object),
                field_data=[np.array(column, dtype=object) for column in columns],
                fields=list(names),
                layer=layer,
                geometry_type="Unknown",
                crs="EPSG:4326",
                driver="GPKG",
                append=count > 0,
            )
        count += len(batch)
    return count
