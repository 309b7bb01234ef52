"""Who may see a layer, and who may change it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts.looking import shown_with_above
from accounts.models import Role
from accounts.permissions import (
    ANONYMOUS,
    Asker,
    department_of,
    has_role,
    inside,
    knows_inside,
    leads_somewhere,
    reach_of,
    require_role,
    role_of,
)
from layers.storage.columns import Column, columns_from
from layers.storage.models import Layer, LayerVersion

ABOVE = ("area__parent__parent",)
"""The district of a layer and what it lies in, read with it."""


def layers_visible_to(user: Asker) -> QuerySet[Layer]:
    """Published layers: public ones for everybody, internal ones for the district's people who are signed in."""
    layers = Layer.objects.filter(current_version__isnull=False).select_related("current_version")
    public = Q(visibility=Layer.Visibility.PUBLIC) & shown_with_above(user)
    if role_of(user) == ANONYMOUS:
        return layers.filter(public)
    return layers if reach_of(user) is None else layers.filter(public | inside(user)).select_related(*ABOVE)


def may_edit_layers(user: Asker) -> bool:
    """GIS staff, a district's congress staff and administrators import, undo and describe layers."""
    return has_role(user, Role.GIS) or leads_somewhere(user)


def may_edit_layer(user: Asker, layer: Layer) -> bool:
    """Tell whether `user` changes this layer: an editor, and it is of her own district."""
    return may_edit_layers(user) and knows_inside(user, layer.area)


def reads_all_columns(user: Asker, layer: Layer) -> bool:
    """Tell whether `user` reads also what was not published of a layer: the district's people who are signed in."""
    return role_of(user) != ANONYMOUS and knows_inside(user, layer.area)


def own_department(user: Asker) -> int | None:
    """The department whose layers `user` brings and keeps: an officer's own."""
    return department_of(user) if role_of(user) == Role.OFFICER else None


def keeps_layers(user: Asker) -> bool:
    """Editors keep all layers, an officer those of her department: she loads, describes and publishes them."""
    return may_edit_layers(user) or own_department(user) is not None


def keeps_layer(user: Asker, layer: Layer) -> bool:
    """Tell whether `user` keeps this very layer."""
    own = own_department(user)
    return may_edit_layer(user, layer) or (own is not None and layer.department_id == own)


def require_layer_keeper(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """View decorator: who keeps no layers at all sees 404; the view narrows to hers by `layers_managed_by`."""
    return _guarded(view, keeps_layers)


def require_layer_editor(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """View decorator: anonymous goes to sign-in; who may not edit layers sees 404."""
    return _guarded(view, may_edit_layers)


def _guarded(view: Callable[..., HttpResponseBase], allows: Callable[[Asker], bool]) -> Callable[..., HttpResponseBase]:
    @require_role()
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allows(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def layers_managed_by(user: Asker) -> QuerySet[Layer]:
    """Those that `user` keeps, those taken off the map included: her district's, her department's, or none."""
    layers = Layer.objects.select_related("current_version")
    if may_edit_layers(user):
        return layers.filter(inside(user))
    own = own_department(user)
    return layers.filter(department=own) if own is not None else layers.none()


def all_columns(version: LayerVersion) -> dict[str, Column]:
    """Every column of a version by its attribute in the row model: for those who may read everything."""
    return {f"f{index}": column for index, column in enumerate(columns_from(version.fields))}


def columns_visible_to(user: Asker, layer: Layer, version: LayerVersion | None = None) -> dict[str, Column]:
    """The columns that `user` may read, by their attribute in the row model (`rows.row_model`), in order.

    Whoever is signed in reads all of her district's; the public reads those that were published. Page, tile, API,
    export and the filters of each take their columns from here, so what may not be read can neither be searched nor
    sorted by.
    """
    version = version or layer.current_version
    columns = all_columns(version) if version else {}
    if layer.public_fields is None or reads_all_columns(user, layer):
        return columns
    return {name: column for name, column in columns.items() if column.name in layer.public_fields}


def hides_columns(layer: Layer) -> bool:
    """Whether some columns of a public layer are for signed-in people only."""
    version = layer.current_version
    return version is not None and len(columns_visible_to(None, layer)) < len(version.fields)
