"""What a request for features asks: box, time, filters, axes, page; checked, and laid on the layer's rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import looking
from accounts.permissions import Asker
from geokit.refusal import BadInput
from ogc.crs import CRS84, Crs, box_condition, crs_named
from ogc.moments import month_of
from tiles.layer.vector import Tileset, VectorLayer
from tiles.query.cql import compile_tree
from tiles.query.cql_syntax import parse, parse_json
from tiles.query.cql_values import Property, compared, properties_of
from tiles.query.request import TileRequest, filter_text
from tiles.query.selection import apply_request
from ui import json_bodies

DEFAULT_LIMIT = 100
MOST_FEATURES = 1_000
"""In one answer; a greater `limit` gets as many, and a link to the next ones."""
LANGUAGES = ("cql2-text", "cql2-json")
RESERVED = {
    *("f", "bbox", "bbox-crs", "datetime", "limit", "after", "crs", "at", "properties"),
    *("filter", "filter-lang", "filter-crs"),
    looking.NAME,
}


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """The features of one layer that a request asks for."""

    layer: VectorLayer
    condition: Q
    crs: Crs
    limit: int
    after: Any
    """Key of the last feature of the page before; None on the first page."""

    @classmethod
    def parse(cls, query: Mapping[str, str], layer: VectorLayer, user: Asker) -> Self:
        """Raises BadInput for a parameter that is not known or does not make sense."""
        month = month_of(query["datetime"], timezone.localdate()) if query.get("datetime") else ""
        at = query.get("at", "") or (month if layer.past else "")
        whole = _asked(layer, TileRequest.parse({"at": at}), user)
        chosen = {"properties": query["properties"]} if "properties" in query else {}
        by_values = _by_values(query, properties_of(whole, user))
        return cls(
            layer=_asked(layer, TileRequest.parse({"at": at, **chosen}), user),
            condition=_box(query, layer) & by_values & _by_filter(query, whole, user),
            crs=crs_named(query.get("crs", ""), "crs"),
            limit=limit_of(query.get("limit", "")),
            after=_key(layer, user, query["after"], "after") if query.get("after") else None,
        )

    def matched(self, user: Asker) -> QuerySet[Any]:
        """Every feature that fits."""
        return self.layer.queryset(user).filter(self.condition)

    def page(self, user: Asker) -> QuerySet[Any]:
        """The features of this page and one more, in the order of their keys."""
        rows = self.matched(user)
        if self.after is not None:
            rows = rows.filter(pk__gt=self.after)
        return rows.order_by("pk")[: self.limit + 1]


def _asked(layer: VectorLayer, asked: TileRequest, user: Asker) -> VectorLayer:
    return apply_request(Tileset(layer.name, (layer,)), asked, user).layers[0]


def one(layer: VectorLayer, user: Asker, key: str) -> QuerySet[Any]:
    """The feature of that key, if there is one for `user`."""
    try:
        return layer.queryset(user).filter(pk=_key(layer, user, key, "id"))
    except BadInput:
        return layer.queryset(user).none()


def _key(layer: VectorLayer, user: Asker, text: str, parameter: str) -> Any:
    field = layer.visible_to(user).model._meta.pk
    try:
        key = field.to_python(text)
        field.run_validators(key)
    except (ValidationError, ValueError, OverflowError):
        message = _("参数 %(parameter)s 的“%(value)s”不是要素的编号。")
        raise BadInput(message % {"parameter": parameter, "value": text[:40]}, code="bad-key") from None
    return key


def limit_of(text: str) -> int:
    """Return how many an answer shows at most. Raises BadInput `bad-limit`."""
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise BadInput(_("limit 须是正整数，“%s”不是。") % text[:40], code="bad-limit")
    return min(int(text), MOST_FEATURES)


def _box(query: Mapping[str, str], layer: VectorLayer) -> Q:
    crs = crs_named(query.get("bbox-crs", ""), "bbox-crs")
    return box_condition(query["bbox"], crs, layer.geometry) if query.get("bbox") else Q()


def _by_values(query: Mapping[str, str], known: Mapping[str, Property]) -> Q:
    """``?class=6``: every parameter that is no other names a property."""
    condition = Q()
    for name, value in query.items():
        if name in RESERVED:
            continue
        if name not in known:
            message = _("没有名为“%(name)s”的参数或属性，可用的属性：%(known)s。")
            raise BadInput(message % {"name": name[:60], "known": "、".join(known)}, code="bad-parameter")
        condition &= compared(known[name], "=", typed(known[name], value))
    return condition


def typed(found: Property, text: str) -> Any:
    """A value of an address is text; the database compares what the property is."""
    if found.kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if found.kind == "number":
        try:
            value = json_bodies.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, int | float) else text
    return text


def _by_filter(query: Mapping[str, str], layer: VectorLayer, user: Asker) -> Q:
    text = filter_text(query, LANGUAGES)
    if crs_named(query.get("filter-crs", ""), "filter-crs") is not CRS84:
        raise BadInput(_("过滤条件里的坐标须是 CRS84（经度在前）。"), code="bad-crs")
    if not text:
        return Q()
    tree = parse_json(text) if query.get("filter-lang") == "cql2-json" else parse(text)
    return compile_tree(tree, layer, user)
