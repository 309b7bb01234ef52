"""Loaded layers as vector tiles, looked up at each request: a new layer needs no restart."""

from typing import Any

from accounts.permissions import ANONYMOUS, role_of
from layers.models import Layer
from layers.permissions import layers_visible_to
from layers.rows import attribute_names, rows_of
from tiles.layer import PUBLIC, VectorLayer

NOBODY = "nobody"
SIGNED_IN = "signed-in"


def list_layers(user: Any) -> list[VectorLayer]:
    """Every published layer that `user` may see."""
    return [vector_layer(layer) for layer in layers_visible_to(user).filter(kind=Layer.Kind.VECTOR)]


def layer_for_slug(slug: str, user: Any) -> VectorLayer | None:
    """The layer under this slug; None when there is none for this user."""
    layer = layers_visible_to(user).filter(slug=slug, kind=Layer.Kind.VECTOR).first()
    return vector_layer(layer) if layer else None


def vector_layer(layer: Layer) -> VectorLayer:
    """Describe a published layer to the tile engine."""
    version = layer.current_version
    if version is None:
        raise ValueError(f"layer {layer.slug} has no published version")

    def visible(user: Any) -> Any:
        rows = rows_of(version)
        return rows if _audience(layer, user) != NOBODY else rows.none()

    return VectorLayer(
        name=layer.slug,
        visible_to=visible,
        fields=attribute_names(version),
        title=layer.title,
        geometry_type=layer.geometry_type,
        minzoom=int(layer.style.get("minzoom", 0)),
        audience=lambda user: _audience(layer, user),
        version_key=lambda: f"v{version.pk}",
        known_bounds=lambda: version.bbox,
        described={item["column"]: item["name"] for item in version.fields if item["column"] != item["name"]},
        description=layer.description,
        attribution=layer.source,
    )


def _audience(layer: Layer, user: Any) -> str:
    if layer.visibility == Layer.Visibility.PUBLIC:
        return PUBLIC
    return NOBODY if role_of(user) == ANONYMOUS else SIGNED_IN
