"""Geometries of the rows of a table, from two columns or from one whose cells hold the whole place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from geokit.readers import curves
from geokit.records.coordinate_pairs import OrderCount, pair_of
from geokit.records.geometry_bytes import wkb_of
from geokit.records.written_places import geometry_of_wkt, looks_like_wkt, no_place, wkt_of


@dataclass(slots=True)
class Places:
    """What some rows tell of their places."""

    shapes: list[Any]
    """Geometries; None, or a sentence, where there is none."""
    curved: list[int] = field(default_factory=list)
    """Indexes of those whose arcs became lines."""
    orders: OrderCount = field(default_factory=OrderCount)
    pairs: int = 0
    """How many are two coordinates in one cell, as they stand there: the first is x."""

    def geometry(self) -> np.ndarray:
        """The same without the sentences."""
        return np.array([None if isinstance(shape, str) else shape for shape in self.shapes], dtype=object)

    def srids(self) -> np.ndarray:
        """The SRID that PostGIS wrote into each; 0 where there is none."""
        return np.maximum(shapely.get_srid(self.geometry()), 0)


def read_cells(cells: Sequence[str]) -> Places:
    """Places of cells that each hold a whole one."""
    places = Places([None] * len(cells))
    binary: dict[int, bytes] = {}
    for index, cell in enumerate(cells):
        if not cell:
            continue
        if (wkb := wkb_of(cell)) is not None:
            binary[index] = wkb
        elif not looks_like_wkt(cell) and (pair := pair_of(cell)) is not None:
            places.pairs += 1
            places.orders.look(pair)
            numbers = (pair.first, pair.second) if pair.height is None else (pair.first, pair.second, pair.height)
            places.shapes[index] = shapely.Point(*numbers)
        else:
            places.shapes[index] = geometry_of_wkt(cell)
    _read_binary(places, binary, cells)
    _straighten(places, cells)
    return places


def _read_binary(places: Places, binary: dict[int, bytes], cells: Sequence[str]) -> None:
    if not binary:
        return
    indexes = list(binary)
    found, curved = curves.read_wkb(np.array([*binary.values(), None], dtype=object)[:-1])
    for index, shape in zip(indexes, found, strict=True):
        places.shapes[index] = shape if shape is not None else no_place(cells[index])
    places.curved += [indexes[place] for place in curved]


def _straighten(places: Places, cells: Sequence[str]) -> None:
    """WKT with arcs, which shapely does not read."""
    texts = {i: wkt_of(cells[i]) for i, shape in enumerate(places.shapes) if isinstance(shape, str)}
    curved = [index for index, text in texts.items() if curves.is_curved_wkt(text)]
    for index, shape in zip(curved, curves.straightened([texts[index] for index in curved]), strict=True):
        if shape is not None:
            places.shapes[index] = shape
            places.curved.append(index)
    geometry = places.geometry()
    for index in curves.straighten_collections(geometry):
        places.shapes[index] = geometry[index] if geometry[index] is not None else no_place(cells[index])
        places.curved.append(index)


def commonest_srid(counts: Counter[int]) -> int:
    """The SRID of most rows; 0 where none of them has one."""
    return max((srid for srid in counts if srid), key=lambda srid: counts[srid], default=0)


def count_srids(srids: Iterable[int]) -> Counter[int]:
    return Counter(int(srid) for srid in srids if srid)
