"""`filter=`: CQL2 text to a Django condition over what a layer's tiles show anyway.

`cql_syntax` parses the text; here its tree becomes a condition. A name can only
be one of the layer's declared properties, the id or the geometry, so no hidden column and no other table can be
asked about. What a filter may cost is bounded: length, nesting, number of terms, no arithmetic, no functions but CASEI.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from tiles.layer.vector import VectorLayer
from tiles.query.cql_geometry import literal_geometry
from tiles.query.cql_syntax import parse
from tiles.query.cql_values import Property, bad, compared, literal, moments, properties_of, template

MAX_TERMS = 200
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
SPATIAL = {
    "s_intersects": "intersects",
    "s_disjoint": "disjoint",
    "s_within": "within",
    "s_contains": "contains",
    "s_touches": "touches",
    "s_crosses": "crosses",
    "s_overlaps": "overlaps",
    "s_equals": "equals",
}
MIRRORED = {"within": "contains", "contains": "within"}
GEOMETRY_NAMES = ("geom", "geometry")
Node = Any


def compile_filter(text: str, layer: VectorLayer, user: Asker) -> Q:
    """Return the condition that `text` says of `layer`. Raises BadInput `bad-filter`, naming what is wrong."""
    return compile_tree(parse(text), layer, user)


def compile_tree(tree: Node, layer: VectorLayer, user: Asker) -> Q:
    """Return the condition of a tree as `cql_syntax` makes it."""
    return _Compiler(layer, properties_of(layer, user)).condition(tree)


@dataclass
class _Compiler:
    """One walk over one tree. `terms` counts what has been met."""

    layer: VectorLayer
    properties: dict[str, Property]
    terms: int = 0

    def condition(self, node: Node) -> Q:
        """Return a condition; a bare boolean property or constant is one too."""
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise bad(_("过滤条件过于复杂，最多 %(most)d 项。") % {"most": MAX_TERMS})
        if isinstance(node, bool):
            return Q(template("%(expressions)s", literal(node, "boolean")))
        if not isinstance(node, dict) or "op" not in node:
            return self._boolean(node)
        name, args = str(node["op"]).lower(), node.get("args", [])
        make = self._by_name(name)
        if make is None:
            raise bad(_("过滤条件里的“%(name)s”不支持。") % {"name": name[:40]})
        return make(name, args)

    def _by_name(self, name: str) -> Callable[[str, list[Node]], Q] | None:
        if name in COMPARISONS:
            return self._comparison
        if name in SPATIAL:
            return self._spatial
        if name in ("t_before", "t_after", "t_equals", "t_during", "t_intersects"):
            return self._temporal
        return {
            "and": self._junction,
            "or": self._junction,
            "not": lambda _name, args: ~self.condition(args[0]),
            "isnull": self._null,
            "between": self._between,
            "in": self._one_of,
            "like": self._like,
        }.get(name)

    def _junction(self, name: str, args: list[Node]) -> Q:
        parts = [self.condition(arg) for arg in args]
        return Q(*parts, _connector=Q.AND if name == "and" else Q.OR)

    def _boolean(self, node: Node) -> Q:
        found = self._property(node)
        if found is None or found.kind != "boolean":
            raise bad(_("过滤条件的每一项须是比较，例如 class >= 5。"))
        return Q(template("%(expressions)s", found.expression))

    def _property(self, node: Node) -> Property | None:
        """Return the property that `node` names; None when it is something else."""
        if isinstance(node, dict) and node.get("op") == "casei":
            inner = self._property(node["args"][0])
            return inner and Property(inner.name, Lower(inner.expression), inner.kind, folded=True)
        if not isinstance(node, dict) or "property" not in node:
            return None
        name = node["property"]
        if name not in self.properties:
            known = "、".join(self.properties)
            raise bad(_("没有名为“%(name)s”的属性，可用：%(known)s。") % {"name": name[:60], "known": known})
        return self.properties[name]

    def _named(self, node: Node) -> Property:
        found = self._property(node)
        if found is None:
            raise bad(_("过滤条件里应当写属性名的地方写了别的内容。"))
        return found

    def _comparison(self, name: str, args: list[Node]) -> Q:
        left, right = (self._property(arg) for arg in args)
        if left and right:
            return compared(left, name, right)
        if left:
            return compared(left, name, args[1])
        if right:
            turned = name.translate(str.maketrans("<>", "><")) if name != "<>" else name
            return compared(right, turned, args[0])
        raise bad(_("过滤条件的比较里没有属性。"))

    def _null(self, _name: str, args: list[Node]) -> Q:
        return Q(IsNull(self._named(args[0]).expression, True))

    def _between(self, _name: str, args: list[Node]) -> Q:
        found = self._named(args[0])
        return compared(found, ">=", args[1]) & compared(found, "<=", args[2])

    def _one_of(self, _name: str, args: list[Node]) -> Q:
        found, values = self._named(args[0]), args[1]
        self.terms += len(values)
        if not values or self.terms > MAX_TERMS:
            raise bad(_("过滤条件过于复杂，最多 %(most)d 项。") % {"most": MAX_TERMS})
        return Q(*(compared(found, "=", value) for value in values), _connector=Q.OR)

    def _like(self, _name: str, args: list[Node]) -> Q:
        found = self._named(args[0])
        return compared(found, "LIKE", args[1])

    def _temporal(self, name: str, args: list[Node]) -> Q:
        found = self._named(args[0])
        start, end = moments(args[1], found)
        if name == "t_before":
            return compared(found, "<", start)
        if name == "t_after":
            return compared(found, ">", end)
        if name == "t_equals":
            return compared(found, "=", start)
        strict = name == "t_during"
        parts = [compared(found, ">" if strict else ">=", start)] if start is not None else []
        parts += [compared(found, "<" if strict else "<=", end)] if end is not None else []
        return Q(*parts)

    def _spatial(self, name: str, args: list[Node]) -> Q:
        lookup = SPATIAL[name]
        first_is_ours, second_is_ours = (self._is_geometry(arg) for arg in args)
        if first_is_ours == second_is_ours:
            raise bad(_("空间条件须比较 geom 与一个几何，例如 S_INTERSECTS(geom, BBOX(121,29,122,30))。"))
        if second_is_ours:
            lookup, args = MIRRORED.get(lookup, lookup), args[::-1]
        return Q(**{f"{self.layer.geometry}__{lookup}": literal_geometry(args[1])})

    def _is_geometry(self, node: Node) -> bool:
        return isinstance(node, dict) and node.get("property") in (*GEOMETRY_NAMES, self.layer.geometry)
