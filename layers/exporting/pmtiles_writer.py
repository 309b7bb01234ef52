"""A loaded layer as PMTiles: the site's own tiles of it, all in one file."""

from pathlib import Path

from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from layers.storage.models import Layer
from layers.vector_layers import vector_layer
from tiles.archive.write import Progress, Written, write_pmtiles
from tiles.layer.vector import Tileset


def export_pmtiles(
    layer: Layer, target: Path, minzoom: int | None = None, maxzoom: int | None = None,
    progress: Progress = lambda zoom, tiles: None, *, reader: Asker = None,
) -> Written:  # fmt: skip
    """Write the layer's tiles with the features and columns that `reader` may see.

    A file keeps nobody out: what is not the public's must not be put where the public can fetch it.
    """
    if layer.kind != Layer.Kind.VECTOR:
        raise BadInput(_("栅格图层不能导出为 PMTiles，请导出 .tif。"), code="format-unsupported")
    if not target.parent.is_dir():
        message = _("目标文件夹 %(folder)s 不存在。") % {"folder": target.parent.name}
        raise BadInput(message, code="target-missing")
    tileset = Tileset(layer.slug, (vector_layer(layer, reader),))
    return write_pmtiles(tileset, reader, target, minzoom, maxzoom, progress)
