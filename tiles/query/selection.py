"""Applies a tile request to a tileset: the same layers with a smaller queryset and fewer properties."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from tiles.layer.vector import Tileset, VectorLayer
from tiles.query.cql import compile_filter
from tiles.query.request import TileRequest


def apply_request(tileset: Tileset, tile_request: TileRequest, user: Asker) -> Tileset:
    """Return `tileset` as `tile_request` asks for it; the name and the audience stay.

    The resulting `visible_to` only ever removes rows and columns from the layer's own.
    Raises BadInput for names that the layers do not have.
    """
    layers = tileset.layers
    if tile_request.at:
        layers = _at_month(layers, tile_request.at)
    if tile_request.filter:
        layers = tuple(_filtered(layer, tile_request.filter, user) for layer in layers)
    if tile_request.properties is not None:
        layers = _selected(layers, tile_request.properties)
    return replace(tileset, layers=layers)


def _at_month(layers: tuple[VectorLayer, ...], month: str) -> tuple[VectorLayer, ...]:
    """Turn every layer with a history back; in a composite the others stay as they are today."""
    if not any(layer.past for layer in layers):
        names = "、".join(layer.name for layer in layers)
        raise BadInput(_("图层 %(names)s 没有按月的历史，不能用 at。") % {"names": names}, code="bad-at")
    return tuple(_past(layer, dt.date.fromisoformat(f"{month}-01")) for layer in layers)


def _past(layer: VectorLayer, month: dt.date) -> VectorLayer:
    past = layer.past
    if past is None:
        return layer
    return replace(
        layer,
        visible_to=lambda user: past.visible_to(user, month),
        fields=past.fields,
        depends_on=[*layer.depends_on, *past.depends_on],
        order_by=past.order_by,
        queryable=past.queryable,
        changes_daily=False,
        is_part=True,
    )


def _filtered(layer: VectorLayer, text: str, user: Asker) -> VectorLayer:
    condition = compile_filter(text, layer, user)

    def visible_to(asker: Asker) -> QuerySet[Any]:
        return layer.visible_to(asker).filter(condition)

    return replace(layer, visible_to=visible_to, is_part=True)


def _selected(layers: tuple[VectorLayer, ...], names: tuple[str, ...]) -> tuple[VectorLayer, ...]:
    """Keep the named properties of each layer; a name that no layer has is a mistake."""
    known = {name for layer in layers for name in layer.carried()}
    if unknown := [name for name in names if name not in known]:
        message = _("没有名为“%(name)s”的属性，可用：%(known)s。") % {
            "name": unknown[0][:60],
            "known": "、".join(sorted(known)),
        }
        raise BadInput(message, code="bad-properties")
    return tuple(_with_fields(layer, names) for layer in layers)


def _with_fields(layer: VectorLayer, names: tuple[str, ...]) -> VectorLayer:
    """A cluster needs its worst value, so that one stays."""
    kept = {*names, layer.cluster.worst} if layer.cluster else set(names)
    return replace(layer, fields={name: source for name, source in layer.fields.items() if name in kept})
