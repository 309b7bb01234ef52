"""The protocol through which the project tells the tile views which layers there are for whom."""

from collections.abc import Iterable
from typing import Protocol

from django.http import Http404

from accounts.permissions import Asker
from tiles.archive.serving import ArchiveTileset
from tiles.layer.vector import Tileset, VectorLayer
from tiles.raster.render import RasterLayer


class Catalogue(Protocol):
    """The layers of a site."""

    def vector_layers(self, user: Asker) -> Iterable[VectorLayer]:
        """List the vector layers that `user` may know of."""
        ...

    def vector_layer(self, name: str, user: Asker) -> VectorLayer | None:
        """Find one by name; None when there is none *for this user*."""
        ...

    def decided_by(self, names: Iterable[str]) -> frozenset[str]:
        """Return the tables (`db_table`) whose rows decide whether these vector layers exist, for whom and how.

        All of them are watched. What a person's row says is not meant.
        """
        ...

    def archive(self, name: str, user: Asker) -> ArchiveTileset | None:
        """Find a tileset that is a PMTiles file; None when there is none for this user. Layers go before files."""
        ...

    def archives(self, user: Asker) -> Iterable[ArchiveTileset]:
        """List those that `user` may know of."""
        ...

    def raster_layer(self, name: str, user: Asker) -> RasterLayer | None:
        """Find a raster layer by name; None when there is none for this user."""
        ...

    def raster_layers(self, user: Asker) -> Iterable[RasterLayer]:
        """List the raster layers that `user` may know of, those of the base map left out."""
        ...


MAX_COMPOSITE = 32
"""The tilesets of one address: all that the rooms declare, and some layers of the district."""


def tileset_or_404(catalogue: Catalogue, names: str, user: Asker) -> Tileset:
    """Find ``a`` or the composite ``a,b``. One that is missing or forbidden hides the whole.

    The order of the names and a name said twice make no other tileset: both addresses share their tiles.
    """
    wanted = sorted(set(names.split(",")))
    if len(wanted) > MAX_COMPOSITE:
        raise Http404
    found = [catalogue.vector_layer(name, user) for name in wanted]
    layers = tuple(layer for layer in found if layer is not None)
    if len(layers) != len(wanted):
        raise Http404
    return Tileset(",".join(wanted), layers)
