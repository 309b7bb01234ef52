"""`/sta/v1.1/…`: every address of the service is a path of entities."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from geokit.refusal import BadInput
from ogc.links import Links
from ogc.sensorthings.documents import Answer
from ogc.sensorthings.entities import EntitySet, Service
from ogc.sensorthings.query import DATA_ARRAY, OUTSIDE, Options, Page, Rows, page_of
from ogc.sensorthings.syntax import parse_path
from ogc.views import OgcView, kept_by, send_json

_REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = [
    *(_REQ + name for name in ("datamodel", "resource-path/resource-path-to-entities", "data-array/data-array")),
    *(
        f"{_REQ}request-data/{name}"
        for name in (
            "status-codes", "query-status-codes", "order", "orderby", "expand", "select", "top", "skip", "count",
            "filter", "pagination",
        )
    ),
]  # fmt: skip
"""What is kept. Arithmetic in filters, writing, batches and MQTT are not."""


class Found:
    """What a path leads to: a set of rows, one row, or one property of a row."""

    def __init__(self, entities: EntitySet, rows: Rows | None, row: Mapping[str, Any] | None = None) -> None:
        self.entities, self.rows, self.row = entities, rows, row
        self.name = ""
        self.is_raw = self.is_ref = False


class SensorThings(OgcView):
    """The service's one view; `service` says what there is."""

    service: Service = Service({})

    def get(self, request: Request, resource: str = "") -> HttpResponse:
        links = Links.of(request._request)
        answer = Answer(self.service, request.user, f"{links.site}/sta/v1.1")
        if not resource.strip("/"):
            return send_json(request, self._root(answer))
        found = self._found(answer, resource)
        given = request.query_params.dict()
        if found.name:
            return self._property(request, found)
        options = Options.of({name: text for name, text in given.items() if name not in OUTSIDE})
        if found.row is not None:
            options.check(found.entities)
            from_one = answer.page(found.entities, _one(found.row), options)
            return send_json(request, from_one[0])
        return self._set(request, answer, found, options, links)

    def _root(self, answer: Answer) -> dict[str, Any]:
        sets = [{"name": name, "url": f"{answer.root}/{name}"} for name in self.service.sets]
        return {"value": sets, "serverSettings": {"conformance": CONFORMANCE}}

    def _found(self, answer: Answer, resource: str) -> Found:
        """Follow a path. Raises Http404 where it leads nowhere that the asker may be."""
        (name, key), *rest = parse_path(resource)
        entities = self.service.sets.get(name)
        if entities is None:
            raise Http404
        found = Found(entities, answer.rows(entities))
        if key is not None:
            found = _entity(entities, answer.one(entities, key))
        for name, key in rest:
            found = self._step(answer, found, name, key)
        return found

    def _step(self, answer: Answer, found: Found, name: str, key: str | int | None) -> Found:
        if name == "$value" and found.name and not found.is_raw:
            found.is_raw = True
            return found
        if name == "$ref" and found.row is None and not found.is_ref:
            found.is_ref = True
            return found
        if found.row is None or found.name or found.is_ref:
            raise Http404
        step = found.entities.navigations.get(name)
        if step is None:
            if name not in found.entities.represent(found.row) or key is not None:
                raise Http404
            found.name = name
            return found
        target = self.service.sets[step.target]
        below = answer.below(found.row, step)
        if not step.many:
            return _entity(target, _first(below, target))
        if key is None:
            return Found(target, below)
        row = answer.one(target, key)
        return _entity(target, row if row is not None and row[step.at] == found.row[step.column] else None)

    def _set(self, request: Request, answer: Answer, found: Found, options: Options, links: Links) -> HttpResponse:
        assert found.rows is not None  # noqa: S101 - a path leads to a row or to rows
        page = page_of(found.rows, found.entities, options, self.service)
        body: dict[str, Any] = {} if page.total is None else {"@iot.count": page.total}
        if found.is_ref:
            body["value"] = [{"@iot.selfLink": answer.link(found.entities, row)} for row in page.rows]
        elif self._as_arrays(request, found.entities):
            body["value"] = answer.arrays(found.entities, page.rows, options) if page.rows else []
        else:
            body["value"] = answer.page(found.entities, page, options)
        if page.more:
            body["@iot.nextLink"] = links.here(**{"$skip": options.skip + options.top})
        return send_json(request, body)

    def _as_arrays(self, request: Request, entities: EntitySet) -> bool:
        asked = request.query_params.get("resultFormat", "")
        if not asked:
            return False
        if asked != DATA_ARRAY or entities.name != "Observations":
            raise BadInput(_("resultFormat 只能是 dataArray，并且只用于 Observations。"), code="bad-format")
        return True

    def _property(self, request: Request, found: Found) -> HttpResponse:
        assert found.row is not None  # noqa: S101 - only of a row one asks a property
        value = found.entities.represent(found.row)[found.name]
        if not found.is_raw:
            return send_json(request, {found.name: value})
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return kept_by(HttpResponse(text, content_type="text/plain; charset=utf-8"), "")


def _entity(entities: EntitySet, row: Mapping[str, Any] | None) -> Found:
    if row is None:
        raise Http404
    return Found(entities, None, row)


def _first(rows: Rows, target: EntitySet) -> Mapping[str, Any] | None:
    if isinstance(rows, list):
        return rows[0] if rows else None
    return rows.values(*target.columns).first()  # type: ignore[union-attr]


def _one(row: Mapping[str, Any]) -> Page:
    return Page([row], False, None)
