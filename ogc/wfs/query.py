"""The parameters of GetFeature: checked, and laid on the layer's rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import Q, QuerySet
from django.db.models.expressions import F
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from ogc.crs import CRS84, Crs, box_condition
from ogc.ows.parameters import Wanted, invalid, missing
from ogc.wfs.fes import condition_of, ids_condition
from ogc.wfs.names import DEFAULT, GEOMETRY, crs_of, element_names, layer_named, plain_type, type_name
from tiles.layer.vector import VectorLayer
from tiles.query.cql_values import properties_of

MOST_FEATURES = 2_000
"""In one answer, and as many without `count`; clients page on by `startIndex` or the address `next`."""
FURTHEST = 1_000_000
GML = "application/gml+xml; version=3.2"
GEOJSON = "application/geo+json"
FORMATS = {
    "": GML,
    "application/gml+xml; version=3.2": GML,
    "application/gml+xml;version=3.2": GML,
    "text/xml; subtype=gml/3.2": GML,
    "text/xml; subtype=gml/3.2.1": GML,
    "gml32": GML,
    "gml3": GML,
    "application/json": GEOJSON,
    "application/geo+json": GEOJSON,
    "geojson": GEOJSON,
    "json": GEOJSON,
}
BY_ID = "urn:ogc:def:query:OGC-WFS::GetFeatureById"


@dataclass(frozen=True, slots=True)
class GetFeature:
    """The features of one layer that a request asks for."""

    layer: VectorLayer
    condition: Q
    crs: Crs
    media: str
    count: int
    start: int
    order: tuple[Any, ...]
    is_count: bool

    @classmethod
    def parse(cls, given: Wanted, layers: Iterable[VectorLayer], user: Asker) -> Self:
        """Raises BadInput, whose first error names the parameter."""
        media = _format(given.get("outputformat", ""))
        whole = _layer(given, list(layers))
        # JSON has longitude first where nobody says otherwise (RFC 7946).
        crs = crs_of(given["srsname"]) if given.get("srsname") else (CRS84 if media == GEOJSON else DEFAULT)
        return cls(
            layer=_with_properties(whole, given.get("propertyname", "")),
            condition=_condition(given, whole, user, crs),
            crs=replace(crs, north_first=False) if media == GEOJSON else crs,
            media=media,
            count=_whole_number(given.first("count", "maxfeatures"), "count", MOST_FEATURES, MOST_FEATURES),
            start=_start(given.get("startindex", "")),
            order=_order(given.get("sortby", ""), whole, user),
            is_count=given.get("resulttype", "").lower() == "hits",
        )

    def matched(self, user: Asker) -> QuerySet[Any]:
        return self.layer.queryset(user).filter(self.condition)

    def page(self, user: Asker) -> QuerySet[Any]:
        """The features of this page and one more."""
        rows = self.matched(user).order_by(*self.order, "pk")
        return rows[self.start : self.start + self.count + 1]


def _layer(given: Wanted, layers: list[VectorLayer]) -> VectorLayer:
    names = given.first("typenames", "typename").strip()
    if not names and (ids := given.first("resourceid", "featureid")):
        names = plain_type(ids.split(",")[0]).rpartition(".")[0]
    if not names:
        raise missing("typeNames")
    found = layer_named(layers, names.strip("()"))
    if found is None:
        known = "、".join(type_name(layer) for layer in layers[:40])
        message = _("没有名为“%(name)s”的图层，可用：%(known)s。")
        raise invalid("typeNames", message % {"name": names[:60], "known": known})
    return found


def _with_properties(layer: VectorLayer, names: str) -> VectorLayer:
    """Leave out what `propertyName` does not name; the geometry stays."""
    if not names.strip():
        return layer
    elements = {element: name for name, element in element_names(layer.fields).items()}
    asked = {plain_type(name.rpartition("/")[2].strip("() ")) for name in names.split(",")} - {GEOMETRY, "*", ""}
    if strange := asked - set(elements):
        message = _("没有名为“%(name)s”的属性，可用：%(known)s。")
        known = "、".join([GEOMETRY, *elements])
        raise invalid("propertyName", message % {"name": sorted(strange)[0][:60], "known": known})
    kept = {elements[element] for element in asked}
    fields = {name: source for name, source in layer.fields.items() if name in kept or "*" in names}
    return replace(layer, fields=fields)


def _condition(given: Wanted, layer: VectorLayer, user: Asker, crs: Crs) -> Q:
    condition = Q()
    if text := given.get("filter", "").strip():
        condition &= condition_of(text.removeprefix("(").removesuffix(")"), layer, user, crs)
    if ids := given.first("resourceid", "featureid"):
        condition &= ids_condition([plain_type(each) for each in ids.split(",")[:MOST_FEATURES]], layer)
    if box := given.get("bbox", ""):
        condition &= _box(box, layer)
    return condition


def _box(text: str, layer: VectorLayer) -> Q:
    """Four numbers in the axes of the fifth word, which is a coordinate system; without it, of the default one."""
    words = [word.strip() for word in text.split(",")]
    crs = crs_of(words[4], "bbox") if len(words) == 5 else DEFAULT
    return box_condition(",".join(words[:4]) if len(words) == 5 else text, crs, layer.geometry)


def _order(text: str, layer: VectorLayer, user: Asker) -> tuple[Any, ...]:
    """`name`, `name ASC`, `name DESC`, `name A`, `name+D`; a few of them."""
    if not text.strip():
        return ()
    known = properties_of(layer, user)
    elements = {element: name for name, element in element_names(name for name in known if name != "id").items()}
    found = []
    for part in text.replace("+", " ").split(",")[:4]:
        word, _space, way = part.strip().partition(" ")
        name = elements.get(plain_type(word))
        if name is None or way.strip().upper() not in ("", "A", "ASC", "D", "DESC"):
            raise invalid("sortBy", _("不能按“%(name)s”排序。") % {"name": part[:60]})
        expression = known[name].expression
        expression = F(expression) if isinstance(expression, str) else expression
        down = way.strip().upper().startswith("D")
        found.append(expression.desc(nulls_last=True) if down else expression.asc(nulls_last=True))
    return tuple(found)


def _format(name: str) -> str:
    found = FORMATS.get(name.strip().lower())
    if found is None:
        message = _("输出格式“%(name)s”不支持，可用：%(known)s。")
        raise invalid("outputFormat", message % {"name": name[:60], "known": f"{GML}、{GEOJSON}"})
    return found


def _start(text: str) -> int:
    return 0 if text in ("", "0") else _whole_number(text, "startIndex", 0, FURTHEST)


def _whole_number(text: str, parameter: str, usual: int, most: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        message = _("%(parameter)s 须是正整数，“%(value)s”不是。")
        raise invalid(parameter, message % {"parameter": parameter, "value": text[:40]})
    return min(int(text), most)
