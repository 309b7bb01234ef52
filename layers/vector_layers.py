"""Loaded layers as vector tiles, looked up at each request: a new layer needs no restart."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.html import escape

from accounts.permissions import Asker, inside_key
from layers.editing.services import FeatureWriter, hold, may_edit_features
from layers.permissions import columns_visible_to, hides_columns, layers_visible_to, reads_all_columns
from layers.storage.columns import Column
from layers.storage.models import Layer, LayerVersion
from layers.storage.rows import rows_of
from tiles.layer.about import About
from tiles.layer.editing import GivenFeature
from tiles.layer.vector import PUBLIC, VectorLayer

NOBODY = "nobody"
SIGNED_IN = "signed-in"


def list_layers(user: Asker) -> list[VectorLayer]:
    """Every published layer that `user` may see."""
    layers = layers_visible_to(user).filter(kind=Layer.Kind.VECTOR).select_related("department")
    return [vector_layer(layer, user) for layer in layers]


def layer_for_slug(slug: str, user: Asker) -> VectorLayer | None:
    """The layer under this slug; None when there is none for this user."""
    layer = layers_visible_to(user).filter(slug=slug, kind=Layer.Kind.VECTOR).first()
    return vector_layer(layer, user) if layer else None


def vector_layer(layer: Layer, user: Asker) -> VectorLayer:
    """Describe a published layer to the tile engine, with the properties that `user` may read."""
    version = layer.current_version
    if version is None:
        raise ValueError(f"layer {layer.slug} has no published version")

    columns = columns_visible_to(user, layer)

    def visible(asker: Asker) -> QuerySet[Any]:
        rows = rows_of(version)
        return rows if _audience(layer, asker) != NOBODY else rows.none()

    return VectorLayer(
        name=layer.slug,
        visible_to=visible,
        fields={column.column: name for name, column in columns.items()},
        title=layer.title,
        geometry_type=layer.geometry_type,
        minzoom=int(layer.style.get("minzoom", 0)),
        audience=lambda user: _audience(layer, user),
        version_key=lambda: _content(layer, version, columns.values()),
        ladder=True,
        known_bounds=lambda: version.bbox,
        described={item.column: item.label for item in columns.values() if item.column != item.label},
        description=layer.description,
        attribution=escape(layer.source),  # map clients read it as HTML
        api=f"/api/v1/layers/{layer.slug}/features/",
        about=lambda: _about(layer),
        editing=FeatureEditing(layer),
    )


@dataclass(frozen=True, slots=True)
class FeatureEditing:
    """Features of a loaded layer written one by one."""

    of: Layer

    def allows(self, user: Asker) -> bool:
        return may_edit_features(user, self.of)

    def hold(self, user: Asker) -> "HeldLayer":
        return HeldLayer(hold(self.of, user), user)


@dataclass(frozen=True, slots=True)
class HeldLayer:
    """A layer that is held for writing, described as it is now."""

    writer: FeatureWriter
    user: Asker

    @property
    def layer(self) -> VectorLayer:
        return vector_layer(self.writer.held, self.user)

    def create(self, feature: GivenFeature) -> int:
        return self.writer.create(feature)

    def replace(self, key: int, feature: GivenFeature) -> None:
        self.writer.replace(key, feature)

    def delete(self, key: int) -> None:
        self.writer.delete(key)


def _about(layer: Layer) -> About:
    return About(
        created=layer.created,
        updated=layer.updated,
        data_date=layer.data_date,
        provider=layer.department.name if layer.department else "",
        source=layer.source,
        licence=layer.licence,
        review_number=layer.review_number,
    )


def _content(layer: Layer, version: LayerVersion, columns: Iterable[Column]) -> str:
    """Names what is in the tiles: the version, and which of its columns once somebody has chosen."""
    if layer.public_fields is None:
        return f"v{version.pk}"
    names = "\n".join(column.column for column in columns)
    return f"v{version.pk}-{hashlib.sha256(names.encode()).hexdigest()[:12]}"


def _audience(layer: Layer, user: Asker) -> str:
    """Everybody, nobody else's, or those who are signed in, of one district where there are several."""
    is_public = layer.visibility == Layer.Visibility.PUBLIC
    if not reads_all_columns(user, layer):
        return PUBLIC if is_public else NOBODY
    if is_public and not hides_columns(layer):
        return PUBLIC
    return f"{SIGNED_IN}{inside_key(user)}"
