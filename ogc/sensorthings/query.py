"""The options of a request, `$filter` to `$expand`: read, bounded, and laid on the rows of a set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts import looking
from geokit.refusal import BadInput
from ogc.features import count_of
from ogc.sensorthings.conditions import column_of, condition, holds, refuse_name
from ogc.sensorthings.entities import EntitySet, Service
from ogc.sensorthings.syntax import Apply, parse_filter, refuse_syntax, split_outside
from tiles.engine.time_limit import within_a_tiles_time

USUAL, MOST, FARTHEST = 100, 1_000, 1_000_000
"""Entities of a page without `$top`, with the greatest `$top`, and the greatest `$skip`."""
USUAL_INSIDE = 20
"""Entities of a to-many that is expanded, without a `$top` of its own."""
OPTIONS = ("$filter", "$orderby", "$select", "$expand", "$top", "$skip", "$count")
DATA_ARRAY = "dataArray"
OUTSIDE = ("resultFormat", looking.NAME)
"""Parameters of an address that are not of a nested `$expand`."""

type Rows = QuerySet[Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Options:
    """What is asked of one set."""

    where: Apply | None = None
    order: tuple[tuple[tuple[str, ...], bool], ...] = ()
    """Paths of properties, each with whether it runs downwards."""
    select: frozenset[str] | None = None
    expand: Mapping[str, "Options"] = field(default_factory=dict)
    top: int = USUAL
    skip: int = 0
    count: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str], usual: int = USUAL, depth: int = 0) -> "Options":
        """Raises BadInput for an option that is not known, comes to nothing, or is out of bounds."""
        for name in given:
            if name not in OPTIONS and (depth or name not in OUTSIDE):
                raise BadInput(_("不认识参数“%s”。") % name[:40], code="unknown-parameter")
        text = given.get("$count", "false")
        if text not in ("true", "false"):
            refuse_syntax("$count", text)
        select = [name.strip() for name in given["$select"].split(",")] if "$select" in given else None
        return cls(
            where=parse_filter(given["$filter"]) if "$filter" in given else None,
            order=tuple(_orders(given.get("$orderby", ""))),
            select=frozenset(select) if select is not None else None,
            expand=_expands(given.get("$expand", ""), depth + 1),
            top=min(_number(given, "$top", usual, None), MOST),
            skip=_number(given, "$skip", 0, FARTHEST),
            count=text == "true",
        )

    def check(self, entities: EntitySet) -> None:
        """Refuse names in `$select` and `$expand` that the set does not have."""
        known = {name.partition("/")[0] for name in entities.properties} | set(entities.navigations)
        for name in self.select or ():
            if name.partition("/")[0] not in known:
                raise refuse_name(name)
        for name in self.expand:
            if name not in entities.navigations:
                raise refuse_name(name)


def _number(given: Mapping[str, str], name: str, usual: int, most: int | None) -> int:
    text = given.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) <= 9) or (most is not None and int(text) > most):
        refuse_syntax(name, text)
    return int(text)


def _orders(text: str) -> list[tuple[tuple[str, ...], bool]]:
    found = []
    for part in split_outside(text, ",", "$orderby") if text else ():
        name, _blank, way = part.strip().partition(" ")
        way = way.strip().lower()  # the client of FROST writes DESC
        if not name or way not in ("", "asc", "desc"):
            refuse_syntax("$orderby", part)
        found.append((tuple(name.split("/")), way == "desc"))
    return found[:10]


def _expands(text: str, depth: int) -> dict[str, Options]:
    """`A($top=1;$expand=B),C/D` as options by name; the same name twice joins what is below it."""
    if not text:
        return {}
    if depth > 5:
        raise BadInput(_("参数 %s 嵌套太深。") % "$expand", code="query-too-deep")
    given: dict[str, dict[str, str]] = {}
    for part in split_outside(text, ",", "$expand"):
        head, *below = split_outside(part.strip(), "/", "$expand")
        name, bracket, inner = head.partition("(")
        if bracket and not inner.endswith(")"):
            refuse_syntax("$expand", head)
        options = given.setdefault(name.strip(), {})
        for option in split_outside(inner.removesuffix(")"), ";", "$expand") if bracket else ():
            key, _equals, value = option.strip().partition("=")
            options[key] = value
        if below:
            options["$expand"] = ",".join(filter(None, [options.get("$expand", ""), "/".join(below)]))
    return {name: Options.of(options, USUAL_INSIDE, depth) for name, options in given.items()}


@dataclass(frozen=True)
class Page:
    """Rows of one page, whether more follow, and how many there are where that was asked for."""

    rows: Sequence[Mapping[str, Any]]
    more: bool
    total: int | None


def page_of(rows: Rows, entities: EntitySet, options: Options, service: Service) -> Page:
    """Filter, order, cut."""
    options.check(entities)
    if isinstance(rows, QuerySet):
        return _of_database(rows, entities, options, service)
    if options.where is not None:
        rows = [row for row in rows if holds(options.where, row, entities)]
    listed = list(rows)
    for path, downwards in reversed(options.order):
        found = entities.properties.get("/".join(path))
        if found is None:
            raise refuse_name("/".join(path))
        listed.sort(key=lambda row, column=found.column: row[column], reverse=downwards)  # type: ignore[misc]
    end = options.skip + options.top
    return Page(listed[options.skip : end], len(listed) > end, len(listed) if options.count else None)


def _of_database(rows: QuerySet[Any], entities: EntitySet, options: Options, service: Service) -> Page:
    if options.where is not None:
        fits = condition(options.where, entities, service)
        is_many = any(each.many and each.path for each in entities.navigations.values())
        rows = rows.filter(pk__in=rows.filter(fits).values("pk")) if is_many else rows.filter(fits)
    order: list[Any] = []
    for path, downwards in options.order:
        column, kind = column_of(path, entities, service)
        if kind == "place":
            raise refuse_name("/".join(path))
        order.append(F(column).desc(nulls_last=True) if downwards else F(column).asc(nulls_first=True))
    total = count_of(rows) if options.count else None
    if not options.top:
        return Page([], False, total)
    end = options.skip + options.top
    with within_a_tiles_time(rows.db):
        found = list(rows.order_by(*order, *entities.order).values(*entities.columns)[options.skip : end + 1])
    return Page(found[: options.top], len(found) > options.top, total)
