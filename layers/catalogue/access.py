"""The layer that an address names, or 404 where the asker may not see it."""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.permissions import Asker, reach_of
from layers.permissions import ABOVE, layers_managed_by, layers_visible_to, may_edit_layers, own_department
from layers.storage.models import Layer, LayerVersion


def known_layers(user: Asker) -> QuerySet[Layer]:
    """What `user` may see; of those that she keeps also what was taken off the map."""
    if not may_edit_layers(user):
        visible = layers_visible_to(user)
        return visible | layers_managed_by(user) if own_department(user) is not None else visible
    managed = layers_managed_by(user)
    if reach_of(user) is None:
        return managed
    others = layers_visible_to(user).order_by().values("pk")
    return Layer.objects.filter(Q(pk__in=managed.order_by().values("pk")) | Q(pk__in=others)).select_related(
        "current_version", *ABOVE
    )


def layer_or_404(user: Asker, slug: str) -> Layer:
    return get_object_or_404(known_layers(user).select_related("department"), slug=slug)


def published_or_404(user: Asker, slug: str) -> tuple[Layer, LayerVersion]:
    """A layer with rows or pixels to show."""
    layer = layer_or_404(user, slug)
    if layer.current_version is None:
        raise Http404
    return layer, layer.current_version


def features_or_404(user: Asker, slug: str) -> tuple[Layer, LayerVersion]:
    """A published layer of features; a raster has none."""
    layer, version = published_or_404(user, slug)
    if layer.kind == Layer.Kind.RASTER:
        raise Http404
    return layer, version
