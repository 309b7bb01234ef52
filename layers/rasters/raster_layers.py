"""Loaded rasters as raster tiles, looked up at each request: a new layer or style needs no restart."""

from typing import Any

from django.utils.html import escape

from accounts.permissions import Asker, inside_key
from layers.permissions import layers_visible_to
from layers.rasters import raster_style
from layers.rasters.files import local_path_of, path_of
from layers.storage.models import Layer, LayerVersion
from tiles.layer.vector import PUBLIC
from tiles.raster.render import RasterLayer

SIGNED_IN = "signed-in"


def list_layers(user: Asker) -> list[RasterLayer]:
    """Every published raster that `user` may see."""
    return [raster_layer(layer, user=user) for layer in layers_visible_to(user).filter(kind=Layer.Kind.RASTER)]


def layer_for_slug(slug: str, user: Asker) -> RasterLayer | None:
    """The raster under this slug; None when there is none for this user. Raises FileLost."""
    layer = layers_visible_to(user).filter(slug=slug, kind=Layer.Kind.RASTER).first()
    if layer is None or layer.current_version is None:
        return None
    path_of(layer.current_version)  # who draws it reads it by its path
    return raster_layer(layer, user=user)


def raster_layer(layer: Layer, style: dict[str, Any] | None = None, user: Asker = None) -> RasterLayer:
    """Describe a published raster to the tile engine; with `style` as it would look in that one."""
    version = layer.current_version
    if version is None:
        raise ValueError(f"layer {layer.slug} has no published version")
    chosen = raster_style.merged(style or layer.style, version, layer.title)
    return RasterLayer(
        name=layer.slug,
        path=local_path_of(version),
        style=raster_style.tile_style(chosen, version.raster),
        title=layer.title,
        # Whoever got the layer from `layers_visible_to` belongs to one of these two.
        audience=PUBLIC if layer.visibility == Layer.Visibility.PUBLIC else f"{SIGNED_IN}{inside_key(user)}",
        version=f"v{version.pk}",
        bounds=version.bbox or (-180.0, -85.0, 180.0, 85.0),
        pixel_3857=version.raster["pixel_3857"],
        overviews=tuple(version.raster["overviews"]),
        minzoom=version.raster["minzoom"],
        maxzoom=version.raster["maxzoom"],
        attribution=escape(layer.source),  # map clients read it as HTML
        opacity=float(chosen["opacity"]),
        legend=raster_style.legend(chosen, version.raster),
    )


def raster_legend(layer: Layer, version: LayerVersion) -> dict[str, Any]:
    """The legend of a published raster in its own style."""
    return raster_style.legend(raster_style.merged(layer.style, version, layer.title), version.raster)
