"""Filters of FES 2.0 (and of the older Filter Encoding that says the same): XML to a condition.

What compares is handed to the compiler of CQL2 (`tiles/query/cql.py`), so both languages know the same names, kinds and
bounds.
"""

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from django.contrib.gis.gdal import CoordTransform, GDALException, SpatialReference
from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from ogc.crs import STORED_SRID, Crs, box_condition
from ogc.ows.xml import bad, local, name_of, read
from ogc.query import typed
from ogc.wfs.names import GEOMETRY, crs_of, element_names, plain_type
from tiles.layer.vector import VectorLayer
from tiles.query.cql import compile_tree
from tiles.query.cql_values import Property, properties_of

MOST_TERMS = 100
MOST_NUMBERS = 10_000
COMPARISONS = {
    "PropertyIsEqualTo": "=",
    "PropertyIsNotEqualTo": "<>",
    "PropertyIsLessThan": "<",
    "PropertyIsLessThanOrEqualTo": "<=",
    "PropertyIsGreaterThan": ">",
    "PropertyIsGreaterThanOrEqualTo": ">=",
}
SPATIAL = ("Intersects", "Within", "Contains", "Disjoint", "Touches", "Crosses", "Overlaps", "Equals")
IDS = ("ResourceId", "FeatureId", "GmlObjectId")
NAMES = ("ValueReference", "PropertyName")


def condition_of(document: str, layer: VectorLayer, user: Asker, default: Crs) -> Q:
    """Return what a `<fes:Filter>` says of the layer. Raises BadInput, naming what is wrong."""
    root = read(document)
    if local(root) != "Filter":
        raise bad(_("过滤条件须是 fes:Filter。"))
    return _Reader(layer, user, default).all_of(root)


def ids_condition(ids: Iterable[str], layer: VectorLayer) -> Q:
    """Return the features whose `gml:id` is one of these; an id of another layer names none."""
    before = f"{name_of(layer.name)}."
    keys = [name.removeprefix(before) for name in ids if name.startswith(before)]
    return Q(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19])


class _Reader:
    """One walk over one filter."""

    def __init__(self, layer: VectorLayer, user: Asker, default: Crs) -> None:
        self.layer, self.user, self.default = layer, user, default
        self.properties: dict[str, Property] = properties_of(layer, user)
        elements = element_names(name for name in self.properties if name != "id")
        self.by_element = {element: name for name, element in elements.items()} | {"id": "id"}
        self.terms = 0

    def all_of(self, element: Element) -> Q:
        children = list(element)
        if not children:
            raise bad(_("过滤条件里的 %(name)s 是空的。") % {"name": local(element)})
        if local(element) == "Filter" and all(local(child) in IDS for child in children):
            return ids_condition([_id(child) for child in children], self.layer)
        return Q(*(self.one(child) for child in children))

    def one(self, element: Element) -> Q:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise bad(_("过滤条件过于复杂，最多 %(most)d 项。") % {"most": MOST_TERMS})
        name = local(element)
        if name in ("And", "Or"):
            parts = [self.one(child) for child in element]
            if not parts:
                raise bad(_("过滤条件里的 %(name)s 是空的。") % {"name": name})
            return Q(*parts, _connector=Q.AND if name == "And" else Q.OR)
        if name == "Not":
            return ~self.all_of(element)
        if name in COMPARISONS:
            return self._compiled(self._comparison(element))
        if name in SPATIAL:
            shape = self._shape(_geometry_in(element))
            return Q(**{f"{self.layer.geometry}__{name.lower()}": shape})
        return self._other(name, element)

    def _other(self, name: str, element: Element) -> Q:
        if name == "PropertyIsLike":
            return self._compiled(self._like(element))
        if name in ("PropertyIsNull", "PropertyIsNil"):
            return self._compiled({"op": "isNull", "args": [self._named(element[0])]} if len(element) else None)
        if name == "PropertyIsBetween":
            return self._compiled(self._between(element))
        if name == "BBOX":
            return self._box(element)
        if name in IDS:
            return ids_condition([_id(element)], self.layer)
        raise bad(_("过滤条件里的“%(name)s”不支持。") % {"name": name[:40]})

    def _compiled(self, tree: Any) -> Q:
        if tree is None:
            raise bad(_("过滤条件里缺少属性名或值。"))
        return compile_tree(tree, self.layer, self.user)

    def _named(self, element: Element) -> dict[str, str]:
        """`gp:class`, `layer/class` or plain `class`."""
        wanted = plain_type((element.text or "").strip().rpartition("/")[2])
        name = self.by_element.get(wanted)
        if name is None:
            message = _("没有名为“%(name)s”的属性，可用：%(known)s。")
            raise bad(message % {"name": wanted[:60], "known": "、".join(self.by_element)})
        return {"property": name}

    def _comparison(self, element: Element) -> Any:
        names = [child for child in element if local(child) in NAMES]
        values = [child for child in element if local(child) == "Literal"]
        if len(element) != 2 or not names:
            return None
        sign = COMPARISONS[local(element)]
        if len(names) == 2:
            return {"op": sign, "args": [self._named(name) for name in names]}
        if not values:
            return None
        found, value = self._named(names[0]), values[0].text or ""
        literal: Any = typed(self.properties[found["property"]], value)
        sides = [found, literal] if local(element[0]) in NAMES else [literal, found]
        if element.get("matchCase", "true") == "false" and isinstance(literal, str):
            sides = [{"op": "casei", "args": [side]} for side in sides]
        return {"op": sign, "args": sides}

    def _between(self, element: Element) -> Any:
        values = [found for found in element.iter() if local(found) == "Literal"]
        if len(values) != 2 or local(element[0]) not in NAMES:
            return None
        named = self._named(element[0])
        known = self.properties[named["property"]]
        return {"op": "between", "args": [named, *(typed(known, value.text or "") for value in values)]}

    def _like(self, element: Element) -> Any:
        if len(element) != 2 or local(element[0]) not in NAMES or local(element[1]) != "Literal":
            return None
        get = element.get
        signs = (get("wildCard", "*"), get("singleChar", "?"), get("escapeChar") or get("escape") or "\\")
        args: list[Any] = [self._named(element[0]), _pattern(element[1].text or "", *signs)]
        if get("matchCase", "true") == "false":
            args = [{"op": "casei", "args": [arg]} for arg in args]
        return {"op": "like", "args": args}

    def _box(self, element: Element) -> Q:
        envelope = next((child for child in element if local(child) == "Envelope"), None)
        if envelope is None:
            raise bad(_("BBOX 里没有 gml:Envelope。"))
        return box_condition(_corners(envelope), self._crs(envelope), self.layer.geometry)

    def _crs(self, element: Element) -> Crs:
        return crs_of(element.get("srsName", "")) if element.get("srsName") else self.default

    def _shape(self, element: Element) -> GEOSGeometry:
        crs = self._crs(element)
        try:
            shape = GEOSGeometry(_wkt(element, north_first=crs.north_first))
            shape.srid = crs.srid
            if crs.srid != STORED_SRID:
                shape.transform(CoordTransform(SpatialReference(crs.srid), SpatialReference(STORED_SRID)))
        except (GEOSException, GDALException, ValueError, TypeError, IndexError) as error:
            raise bad(_("过滤条件里的几何读不懂。")) from error
        west, south, east, north = (0, 0, 0, 0) if shape.empty else shape.extent
        if shape.empty or not shape.valid or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise bad(_("过滤条件里的几何无效，或者超出范围；请检查坐标的先后。"))
        return shape


def _id(element: Element) -> str:
    return element.get("rid") or element.get("fid") or next(iter(element.attrib.values()), "")


def _pattern(value: str, many: str, one: str, escape: str) -> str:
    """Return the pattern as LIKE has it."""
    found, signs = "", iter(value)
    for sign in signs:
        if sign == escape:
            sign = next(signs, "")
            found += f"\\{sign}" if sign in ("%", "_", "\\") else sign
        elif sign in (many, one):
            found += "%" if sign == many else "_"
        else:
            found += f"\\{sign}" if sign in ("%", "_", "\\") else sign
    return found


def _geometry_in(element: Element) -> Element:
    found = [child for child in element if local(child) not in NAMES]
    names = [child for child in element if local(child) in NAMES]
    if len(found) != 1 or any(plain_type(name.text or "") != GEOMETRY for name in names):
        raise bad(_("空间条件须比较 geom 与一个几何。"))
    return found[0]


def _corners(envelope: Element) -> str:
    corners = {local(child): (child.text or "").split() for child in envelope}
    numbers = [*corners.get("lowerCorner", [])[:2], *corners.get("upperCorner", [])[:2]]
    return ",".join(numbers)


_PARTS = {"MultiPoint": "Point", "MultiCurve": "LineString", "MultiLineString": "LineString", "MultiSurface": "Polygon",
          "MultiPolygon": "Polygon"}  # fmt: skip


def _wkt(element: Element, *, north_first: bool) -> str:
    kind = local(element)
    if kind == "Envelope":
        low_x, low_y, high_x, high_y = (float(number) for number in _corners(element).split(","))
        ring = [(low_x, low_y), (high_x, low_y), (high_x, high_y), (low_x, high_y), (low_x, low_y)]
        return f"POLYGON(({_places(ring, north_first)}))"
    if kind in _PARTS:
        parts = [_wkt(part, north_first=north_first) for part in element.iter() if local(part) == _PARTS[kind]]
        plain = _PARTS[kind].upper()
        return f"MULTI{plain}({','.join(part.removeprefix(plain) for part in parts)})"
    if kind == "Polygon":
        rings = [part for part in element.iter() if local(part) == "LinearRing"]
        return f"POLYGON({','.join(f'({_places(_pairs(ring), north_first)})' for ring in rings)})"
    if kind in ("Point", "LineString"):
        return f"{kind.upper()}({_places(_pairs(element), north_first)})"
    raise bad(_("过滤条件里的几何“%(name)s”不支持。") % {"name": kind[:40]})


def _pairs(element: Element) -> list[tuple[float, float]]:
    """The places below an element: `pos`, `posList`, or the older `coordinates`."""
    words = [(found.text or "") for found in element.iter() if local(found) in ("pos", "posList", "coordinates")]
    numbers = [float(word) for word in " ".join(words).replace(",", " ").split()]
    if len(numbers) % 2 or len(numbers) > MOST_NUMBERS:
        raise BadInput(_("过滤条件里的几何读不懂。"), code="bad-xml")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _places(pairs: list[tuple[float, float]], north_first: bool) -> str:
    turned = [(second, first) if north_first else (first, second) for first, second in pairs]
    return ",".join(f"{x!r} {y!r}" for x, y in turned)
