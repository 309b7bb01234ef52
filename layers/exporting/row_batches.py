"""What is to be exported, and the batches of rows that every format writes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.db.models import BinaryField, F, Func, QuerySet

from geokit.crs.systems import WGS84, between
from geokit.geometry.moved import moved
from layers.storage.columns import Column
from layers.storage.models import Layer, LayerVersion

BATCH = 2_000
READ_AT_ONCE = 500
UTF8 = "UTF-8"


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch of a version: geometries and columns in order."""

    geometry: np.ndarray
    """WKB."""
    columns: list[list[Any]]


@dataclass(frozen=True)
class ExportRequest:
    """Which rows and columns of a version, where and how."""

    version: LayerVersion
    columns: Mapping[str, Column]
    rows: QuerySet[Any]
    epsg: int = WGS84
    encoding: str = UTF8

    @property
    def layer(self) -> Layer:
        return self.version.layer

    def batches(self) -> Iterator[Rows]:
        """Yield the rows in the order of their ids, in the wanted CRS."""
        rows = self.rows.order_by("id").annotate(wkb=_AsBinary(F("geom"))).values_list("wkb", *self.columns)
        move = None if self.epsg == WGS84 else between(WGS84, self.epsg).transform
        with transaction.atomic():
            for chunk in batched(rows.iterator(chunk_size=READ_AT_ONCE), BATCH, strict=False):
                wkb, *columns = (list(values) for values in zip(*chunk, strict=True))
                shapes = np.array([bytes(item) for item in wkb], dtype=object)
                if move:
                    shapes = shapely.to_wkb(moved(shapely.from_wkb(shapes), move))
                yield Rows(shapes, columns)


class _AsBinary(Func):
    function = "ST_AsBinary"
    output_field = BinaryField()
