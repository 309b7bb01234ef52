"""Where a layer lies, as the documents of all interfaces say it."""

from accounts.permissions import Asker
from ogc.pictures.tiles import Layer
from tiles.engine.tilejson import bounds_of_parts
from tiles.grids.tile_matrix_sets import Box
from tiles.layer.vector import Tileset, VectorLayer
from tiles.query.request import PLAIN

WHOLE = (-180.0, -85.0, 180.0, 85.0)


def known_box(layer: Layer, user: Asker) -> Box | None:
    """West, south, east, north in degrees of what `user` may see; None where that is nothing."""
    if not isinstance(layer, VectorLayer):
        return layer.bounds
    boxes = bounds_of_parts(Tileset(layer.name, (layer,)), user, PLAIN)
    return boxes[0] if boxes else None


def box_of(layer: Layer, user: Asker) -> Box:
    """The same for documents that have to name a box: the whole world where there is nothing."""
    return known_box(layer, user) or WHOLE
