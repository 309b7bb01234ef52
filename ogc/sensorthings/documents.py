"""Entities as JSON, with their links, what is selected of them and what is expanded below them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from ogc.sensorthings.entities import EntitySet, Navigation, Service
from ogc.sensorthings.query import Options, Page, Rows, page_of

MOST_LOOKS = 200
"""Queries of one answer for what is expanded: one for each entity with a to-many below it, one for each to-one."""
MOST_ENTITIES = 20_000
"""Entities that are written: one that stands below a thousand others is written a thousand times."""


class Answer:
    """Makes the documents of one request for `user`; `root` is the address of the service."""

    def __init__(self, service: Service, user: Asker, root: str) -> None:
        self.service, self.user, self.root = service, user, root
        self.looks = 0
        self._written: dict[int, int] = {}
        """By the identity of an entity's document: how many entities are written with it."""

    def rows(self, entities: EntitySet, **where: Any) -> Rows:
        """Return the rows of a set that the asker may see, those with these values."""
        if entities.rows is not None:
            return entities.rows(self.user).filter(**where)
        return [row for row in entities.fixed() if all(row[name] == value for name, value in where.items())]  # type: ignore[misc]

    def one(self, entities: EntitySet, key: str | int) -> Mapping[str, Any] | None:
        """Return the row of an identifier, None where there is none for the asker."""
        if entities.rows is None:
            return next((row for row in self.rows(entities) if row[entities.id_column] == key), None)
        fits = _by_number(key) if entities.by_id is None else entities.by_id(key)
        return None if fits is None else entities.rows(self.user).filter(fits).values(*entities.columns).first()

    def below(self, row: Mapping[str, Any], step: Navigation) -> Rows:
        """Return the rows that a navigation leads to."""
        return self.rows(self.service.sets[step.target], **{step.at: row[step.column]})

    def link(self, entities: EntitySet, row: Mapping[str, Any]) -> str:
        key = row[entities.id_column]
        return f"{self.root}/{entities.name}({key if isinstance(key, int) else quote(f"'{key}'", safe="'")})"

    def entity(self, entities: EntitySet, row: Mapping[str, Any], options: Options) -> dict[str, Any]:
        """Return one entity; what is expanded stands in it instead of its link."""
        chosen, here = options.select, self.link(entities, row)
        body: dict[str, Any] = {}
        if chosen is None or "id" in chosen:
            body |= {"@iot.id": row[entities.id_column], "@iot.selfLink": here}
        said = {name: value for name, value in entities.represent(row).items() if value is not None}
        body |= {name: value for name, value in said.items() if chosen is None or _is_chosen(name, chosen)}
        for name in entities.navigations:
            if name not in options.expand and (chosen is None or name in chosen):
                body[f"{name}@iot.navigationLink"] = f"{here}/{name}"
        self._written[id(body)] = 1
        return body

    def page(self, entities: EntitySet, page: Page, options: Options) -> list[dict[str, Any]]:
        """Return the entities of a page, expanded."""
        bodies = [self.entity(entities, row, options) for row in page.rows]
        for name, inner in options.expand.items():
            step = entities.navigations[name]
            expand = self._expand_many if step.many else self._expand_one
            expand(entities, page.rows, bodies, name, inner)
        if self._weight(bodies) > MOST_ENTITIES:
            raise _too_much()
        return bodies

    def _weight(self, bodies: Iterable[dict[str, Any]]) -> int:
        return sum(self._written[id(each)] for each in bodies)

    def _look(self) -> None:
        self.looks += 1
        if self.looks > MOST_LOOKS:
            raise _too_much()

    def _expand_many(
        self, entities: EntitySet, rows: Any, bodies: list[dict[str, Any]], name: str, inner: Options
    ) -> None:
        step = entities.navigations[name]
        target = self.service.sets[step.target]
        whole = 0
        for row, body in zip(rows, bodies, strict=True):
            self._look()
            page = page_of(self.below(row, step), target, inner, self.service)
            if page.total is not None:
                body[f"{name}@iot.count"] = page.total
            body[name] = self.page(target, page, inner)
            below = self._weight(body[name])
            self._written[id(body)] += below
            whole += below
            if whole > MOST_ENTITIES:
                raise _too_much()
            if page.more:
                end = inner.skip + inner.top
                body[f"{name}@iot.nextLink"] = f"{self.link(entities, row)}/{name}?$top={inner.top}&$skip={end}"

    def _expand_one(
        self, entities: EntitySet, rows: Any, bodies: list[dict[str, Any]], name: str, inner: Options
    ) -> None:
        step = entities.navigations[name]
        target = self.service.sets[step.target]
        inner.check(target)
        self._look()
        wanted = {row[step.column] for row in rows}
        if target.rows is None:
            found = [row for row in self.rows(target) if row[step.at] in wanted]
        else:
            found = list(target.rows(self.user).filter(**{f"{step.at}__in": wanted}).values(*target.columns))
        made = dict(
            zip((row[step.at] for row in found), self.page(target, Page(found, False, None), inner), strict=True)
        )
        for row, body in zip(rows, bodies, strict=True):
            if row[step.column] in made:
                body[name] = made[row[step.column]]
                self._written[id(body)] += self._written[id(body[name])]

    def arrays(self, entities: EntitySet, rows: Sequence[Mapping[str, Any]], options: Options) -> list[dict[str, Any]]:
        """Return observations as arrays, one for each datastream, in the order in which they come."""
        parts = [
            "id",
            *(name for name in entities.represent(rows[0]) if options.select is None or name in options.select),
        ]
        groups: dict[Any, list[list[Any]]] = {}
        step = entities.navigations["Datastream"]
        for row in rows:
            said = entities.represent(row) | {"id": row[entities.id_column]}
            groups.setdefault(row[step.column], []).append([said[name] for name in parts])
        return [
            {
                "Datastream@iot.navigationLink": f"{self.root}/{step.target}({key})",
                "components": parts,
                "dataArray@iot.count": len(values),
                "dataArray": values,
            }
            for key, values in groups.items()
        ]


def _too_much() -> BadInput:
    return BadInput(_("$expand 展开的内容太多，请用 $top 减少每页条数。"), code="expands-too-much")


def _is_chosen(name: str, chosen: frozenset[str]) -> bool:
    return any(each.partition("/")[0] == name for each in chosen)


def _by_number(key: str | int) -> Q | None:
    return Q(pk=key) if isinstance(key, int) else None
