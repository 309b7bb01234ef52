"""Where layers lie, as the documents of all interfaces say it."""

from collections.abc import Iterable, Mapping

from accounts.permissions import Asker
from ogc.pictures.tiles import Layer
from tiles.engine.bounds import bounds_of
from tiles.grids.tile_matrix_sets import Box
from tiles.layer.vector import VectorLayer

WHOLE = (-180.0, -85.0, 180.0, 85.0)
type Boxes = Mapping[str, Box]
"""By the name of a layer west, south, east, north in degrees; a layer of which nothing is seen has none."""


def boxes_of(layers: Iterable[Layer], user: Asker) -> Boxes:
    """What `user` may see of the layers of a document, asked for together."""
    every = list(layers)
    drawn = {layer.name: layer.bounds for layer in every if not isinstance(layer, VectorLayer)}
    return {**drawn, **bounds_of((layer for layer in every if isinstance(layer, VectorLayer)), user)}


def box_in(boxes: Boxes, layer: Layer) -> Box:
    """The box for documents that have to name one: the whole world where there is nothing."""
    return boxes.get(layer.name, WHOLE)
