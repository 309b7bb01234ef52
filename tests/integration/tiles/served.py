"""A tile of any layer as a client gets it: through the view, with a catalogue that holds just this layer."""

from typing import Any

import mapbox_vector_tile
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from tiles.grids.address import TileAddress
from tiles.http.views import vector_tile
from tiles.layer.vector import VectorLayer


class OneLayer:
    """The catalogue of a site with one layer."""

    def __init__(self, layer: VectorLayer) -> None:
        self.layer = layer

    def vector_layer(self, name: str, user: Any) -> VectorLayer | None:
        return self.layer if name == self.layer.name else None

    def archive(self, name: str, user: Any) -> None:
        return None

    def decided_by(self, names: Any) -> frozenset[str]:
        return frozenset()


def tile_bytes(layer: VectorLayer, tile: TileAddress, user: Any = None) -> bytes:
    """The body of the answer, not compressed; empty for 204."""
    request = RequestFactory().get(f"/tiles/{layer.name}/{tile}.mvt")
    request.user = user or AnonymousUser()
    answer = vector_tile(
        request, names=layer.name, z=str(tile.z), x=str(tile.x), y=str(tile.y), catalogue=OneLayer(layer)
    )
    assert answer.status_code == (200 if answer.content else 204)
    return answer.content


def features(layer: VectorLayer, z: int = 0, x: int = 0, y: int = 0, *, y_down: bool = False) -> list[dict[str, Any]]:
    """The features of a layer's tile; `y_down` counts y from the top as the tile itself does."""
    content = tile_bytes(layer, TileAddress(z, x, y))
    options = {"y_coord_down": True} if y_down else {}
    decoded = mapbox_vector_tile.decode(content, default_options=options) if content else {}
    return decoded[layer.name]["features"] if decoded else []
