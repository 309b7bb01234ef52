"""WFS 2.0 by key and value: what a desktop GIS and a province's platform ask where they know no OGC API."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.district import current
from geokit.refusal import BadInput, Refusal
from ogc.features import features_of, matched_of
from ogc.links import Links
from ogc.moments import in_utc
from ogc.ows.parameters import Wanted, invalid, missing, unsupported
from ogc.ows.reports import HEAD, XML, exception_report
from ogc.ows.xml import attribute
from ogc.views import OgcView, kept_by
from ogc.wfs import capabilities
from ogc.wfs.capabilities import NAMESPACES, VERSION
from ogc.wfs.gml import member
from ogc.wfs.names import NAMESPACE, layer_named, type_name
from ogc.wfs.query import BY_ID, GEOJSON, GML, GetFeature
from ogc.wfs.schema import describe
from tiles.layer.vector import PUBLIC, VectorLayer

MOST_TYPES = 50


class Wfs(OgcView):
    """All operations have one address; `REQUEST` says which."""

    def get(self, request: Request) -> HttpResponse:
        given = Wanted.of(request.query_params)
        operation = given.get("request", "")
        if not operation:
            raise missing("request")
        found = {name.lower(): make for name, make in self._operations().items()}.get(operation.lower())
        if found is None:
            raise unsupported(operation)
        _check_version(given, operation)
        answer: HttpResponse = found(request, given)
        return answer

    def _operations(self) -> dict[str, Any]:
        return {
            "GetCapabilities": self._capabilities,
            "DescribeFeatureType": self._describe,
            "GetFeature": self._features,
            "ListStoredQueries": lambda _request, _given: _xml(capabilities.stored_queries(), PUBLIC),
            "DescribeStoredQueries": lambda _request, _given: _xml(capabilities.stored_query_descriptions(), PUBLIC),
        }

    def handle_exception(self, exc: Exception) -> Any:
        return exception_report(exc) if isinstance(exc, Refusal) else super().handle_exception(exc)

    def _layers(self, request: Request) -> list[VectorLayer]:
        return list(self.catalogue.vector_layers(request.user))

    def _capabilities(self, request: Request, given: Wanted) -> HttpResponse:
        layers = self._layers(request)
        return _xml(capabilities.capabilities(_address(request), current().title, layers, request.user))

    def _describe(self, request: Request, given: Wanted) -> HttpResponse:
        layers = self._layers(request)
        names = given.first("typenames", "typename")
        if names:
            found = [layer_named(layers, name) for name in names.split(",")[:MOST_TYPES]]
            if None in found:
                raise invalid("typeNames", _("没有名为“%(name)s”的图层。") % {"name": names[:60]})
            layers = list({layer.name: layer for layer in found if layer is not None}.values())
        return _xml(describe(layers, request.user), media=f"{GML}; charset=utf-8")

    def _features(self, request: Request, given: Wanted) -> HttpResponse:
        layers = self._layers(request)
        if stored := given.first("storedquery_id", "storedqueryid"):
            return self._by_id(request, stored, given, layers)
        query = GetFeature.parse(given, layers, request.user)
        audience = query.layer.audience(request.user)
        everything = query.matched(request.user)
        if query.is_count:
            matched = matched_of(query.layer, everything, request.user)
            return _xml(_collection(request, query, [], matched, more=False), audience)
        found = features_of(query.layer, query.page(request.user), query.crs)
        shown, more = found[: query.count], len(found) > query.count
        matched = matched_of(query.layer, everything, request.user) if more or query.start else len(shown)
        if query.media == GEOJSON:
            return _json(request, query, shown, matched, more=more)
        return _xml(_collection(request, query, shown, matched, more=more), audience, f"{GML}; charset=utf-8")

    def _by_id(self, request: Request, stored: str, given: Wanted, layers: list[VectorLayer]) -> HttpResponse:
        if stored != BY_ID:
            raise invalid("storedQuery_Id", _("没有名为“%(name)s”的查询。") % {"name": stored[:80]})
        if not given.get("id"):
            raise missing("ID")
        kept = {name: value for name, value in given.items() if name in ("outputformat", "srsname")}
        asked = Wanted({"resourceid": given["id"]} | kept)
        query = GetFeature.parse(asked, layers, request.user)
        found = features_of(query.layer, query.page(request.user)[:1], query.crs)
        if not found:
            raise BadInput(_("没有这个要素。"), code="missing-feature:ID")
        if query.media == GEOJSON:
            return kept_by(JsonResponse(found[0], content_type=GEOJSON), query.layer.audience(request.user))
        element = member(query.layer, found[0], query.crs).replace(" gml:id=", f" {NAMESPACES} gml:id=", 1)
        return _xml(HEAD + element, query.layer.audience(request.user), f"{GML}; charset=utf-8")


def _check_version(given: Wanted, operation: str) -> None:
    """2.0.0 is the one; a client that asks for others only learns so."""
    if operation.lower() == "getcapabilities":
        accepted = [word.strip() for word in given.get("acceptversions", "").split(",") if word.strip()]
        if accepted and not any(word.startswith("2.") for word in accepted):
            raise BadInput(_("只支持版本 %(version)s。") % {"version": VERSION}, code="version")
        return
    version = given.get("version", VERSION)
    if not version.startswith("2.0"):
        raise invalid("version", _("只支持版本 %(version)s。") % {"version": VERSION})


def _address(request: Request) -> str:
    return f"{Links.of(request._request).root}/wfs"


def _collection(request: Request, query: GetFeature, shown: list[Any], matched: int | None, *, more: bool) -> str:
    links = Links.of(request._request)
    given = {name.lower(): name for name in request.query_params}
    start = given.get("startindex", "startIndex")
    onward = f" next={attribute(links.here(**{start: query.start + query.count}))}" if more else ""
    described = f"service=WFS&version={VERSION}&request=DescribeFeatureType&typeNames={type_name(query.layer)}"
    schema = f"{_address(request)}?{described}"
    where = attribute(f"{NAMESPACE} {schema} http://www.opengis.net/wfs/2.0 http://schemas.opengis.net/wfs/2.0/wfs.xsd")
    counted = "unknown" if matched is None else matched
    members = "".join(f"<wfs:member>{member(query.layer, each, query.crs)}</wfs:member>\n" for each in shown)
    return (
        f"{HEAD}<wfs:FeatureCollection {NAMESPACES} xsi:schemaLocation={where} "
        f'timeStamp="{_now()}" numberMatched="{counted}" numberReturned="{len(shown)}"{onward}>\n'
        f"{members}</wfs:FeatureCollection>"
    )


def _json(request: Request, query: GetFeature, shown: list[Any], matched: int | None, *, more: bool) -> HttpResponse:
    links = Links.of(request._request)
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": shown,
        "numberReturned": len(shown),
        "timeStamp": _now(),
    }
    if matched is not None:
        body["numberMatched"] = matched
    if more:
        onward = links.here(startIndex=query.start + query.count)
        body["links"] = [{"rel": "next", "type": GEOJSON, "href": onward}]
    if query.crs.srid != 4326:
        body["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{query.crs.srid}"}}
    answer = JsonResponse(body, content_type=GEOJSON, json_dumps_params={"ensure_ascii": False})
    return kept_by(answer, query.layer.audience(request.user))


def _now() -> str:
    return in_utc(timezone.now())


def _xml(body: str, audience: str = "", media: str = XML) -> HttpResponse:
    return kept_by(HttpResponse(body, content_type=media), audience)
