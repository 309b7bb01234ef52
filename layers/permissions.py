"""Who may see a layer, and who may change it."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import ANONYMOUS, has_role, role_of
from layers.models import Layer

EDITORS = (Role.GIS, Role.STAFF, Role.ADMIN)


def layers_visible_to(user: Any) -> QuerySet[Layer]:
    """Published layers: public ones for everybody, internal ones for whoever is signed in."""
    layers = Layer.objects.filter(current_version__isnull=False).select_related("current_version")
    if role_of(user) == ANONYMOUS:
        return layers.filter(visibility=Layer.Visibility.PUBLIC)
    return layers


def may_edit_layers(user: Any) -> bool:
    """GIS staff, congress staff and administrators import, undo and describe layers."""
    return has_role(user, *EDITORS)


def layers_managed_by(user: Any) -> QuerySet[Layer]:
    """All layers for who may edit them, those taken off the map included; none for others."""
    layers = Layer.objects.select_related("current_version")
    return layers if may_edit_layers(user) else layers.none()
