"""OGC API over HTTP: landing page, conformance, layers, features, tiles. JSON for programs, pages for people."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.district import current
from accounts.tokens.reading import MAPS
from ogc import documents
from ogc.conformance import CONFORMS_TO
from ogc.crs import Crs, crs_named
from ogc.extent import boxes_of
from ogc.features import features_of, matched_of, tagged_feature
from ogc.links import GEOJSON, JSON, OPENAPI, SCHEMA, Links
from ogc.moments import in_utc
from ogc.openapi import openapi
from ogc.query import FeatureQuery, one
from tiles.engine.tilejson import field_types
from tiles.grids.tile_matrix_sets import GRIDS, Grid
from tiles.layer.vector import MAX_ZOOM, PUBLIC, VectorLayer


class AnyFormat(BaseContentNegotiation):
    """Each answer has its own type; what the client accepts only decides between JSON and a page."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return JSONRenderer(), JSON


class OgcView(APIView):
    """One address of the interface. `catalogue` says which layers there are for whom, as for the tiles."""

    catalogue: Any = None
    content_negotiation_class = AnyFormat
    schema = None
    token_reads = MAPS

    def layer(self, request: Request, name: str) -> VectorLayer:
        """Return a layer that the asker may know of; 404 otherwise."""
        found: VectorLayer | None = self.catalogue.vector_layer(name, request.user)
        if found is None:
            raise Http404
        return found


def _links(request: Request) -> Links:
    return Links.of(request._request)


def _wants_page(request: Request) -> bool:
    if hasattr(request, "token_address"):  # a program; no page for people has a token in its address
        return False
    asked = request.query_params.get("f", "")
    if asked in ("html", "json"):
        return asked == "html"
    return not asked and "text/html" in request.headers.get("Accept", "")


def send_json(request: Request, body: dict[str, Any], media: str = JSON, audience: str = "") -> HttpResponse:
    """Answer with JSON of a media type; `audience` says who may keep it."""
    answer = JsonResponse(body, content_type=media, json_dumps_params={"ensure_ascii": False})
    return kept_by(answer, audience)


def kept_by(answer: HttpResponse, audience: str) -> HttpResponse:
    """What everybody may see may be kept and read by pages of other sites; all is revalidated."""
    answer["Cache-Control"] = "public, no-cache" if audience == PUBLIC else "private, no-cache"
    patch_vary_headers(answer, ["Accept", "Accept-Language", "Cookie", "Authorization"])
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _page(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    return kept_by(render(request._request, f"ogc/{template}.html", context), "")


class LandingPage(OgcView):
    def get(self, request: Request) -> HttpResponse:
        links = _links(request)
        body = documents.landing(links, current().title)
        if _wants_page(request):
            return _page(request, "landing", {"document": body, "layers": self.catalogue.vector_layers(request.user)})
        return send_json(request, body, audience=PUBLIC)


class Conformance(OgcView):
    def get(self, request: Request) -> HttpResponse:
        return send_json(request, {"conformsTo": CONFORMS_TO}, audience=PUBLIC)


class Description(OgcView):
    def get(self, request: Request) -> HttpResponse:
        body = openapi(_links(request), current().title, str(settings.SPECTACULAR_SETTINGS["VERSION"]))
        return send_json(request, body, OPENAPI, PUBLIC)


class Collections(OgcView):
    def get(self, request: Request) -> HttpResponse:
        layers = list(self.catalogue.vector_layers(request.user))
        if _wants_page(request):
            return _page(request, "landing", {"layers": layers})
        return send_json(request, documents.collections(_links(request), layers, request.user))


class Collection(OgcView):
    def get(self, request: Request, name: str) -> HttpResponse:
        layer = self.layer(request, name)
        body = documents.collection(_links(request), layer, boxes_of([layer], request.user))
        if _wants_page(request):
            fields = documents.queryables(_links(request), layer, request.user)["properties"]
            return _page(request, "collection", {"document": body, "layer": layer, "fields": fields})
        return send_json(request, body, audience=layer.audience(request.user))


class Queryables(OgcView):
    def get(self, request: Request, name: str) -> HttpResponse:
        layer = self.layer(request, name)
        return send_json(request, documents.queryables(_links(request), layer, request.user), SCHEMA)


class Items(OgcView):
    """The features of a layer, a page at a time; the link `next` leads on."""

    def get(self, request: Request, name: str) -> HttpResponse:
        layer = self.layer(request, name)
        query = FeatureQuery.parse(request.query_params, layer, request.user)
        found = features_of(query.layer, query.page(request.user), query.crs)
        body = self._body(request, query, found[: query.limit], more=len(found) > query.limit)
        if _wants_page(request):
            return _page(request, "items", {"layer": layer, "document": body, "names": list(query.layer.fields)})
        return _located(send_json(request, body, GEOJSON, layer.audience(request.user)), query.crs)

    def _body(
        self, request: Request, query: FeatureQuery, shown: list[dict[str, Any]], *, more: bool
    ) -> dict[str, Any]:
        links = _links(request)
        onward = {"rel": "next", "type": GEOJSON, "href": links.here(after=shown[-1]["id"])} if more else None
        body = {
            "type": "FeatureCollection",
            "features": shown,
            "numberReturned": len(shown),
            "timeStamp": in_utc(timezone.now()),
            "links": [*links.to_itself(GEOJSON), *([onward] if onward else [])],
        }
        matched = matched_of(query.layer, query.matched(request.user), request.user)
        return body if matched is None else {**body, "numberMatched": matched}


class Item(OgcView):
    def get(self, request: Request, name: str, key: str) -> HttpResponse:
        layer = self.layer(request, name)
        crs = crs_named(request.query_params.get("crs", ""), "crs")
        read = tagged_feature(layer, one(layer, request.user, key), crs)
        if read is None:
            raise Http404
        found, tag = read
        links = _links(request)
        above = links.to(links.collection(name), "collection", JSON, str(layer.title))
        body = {**found, "links": [*links.to_itself(GEOJSON), above]}
        if _wants_page(request):
            document = {"features": [found], "links": [], "numberReturned": 1, "numberMatched": 1}
            return _page(request, "items", {"layer": layer, "document": document, "names": list(layer.fields)})
        answer = _located(send_json(request, body, GEOJSON, layer.audience(request.user)), crs)
        answer["ETag"] = tag
        return answer


def _located(answer: HttpResponse, crs: Crs) -> HttpResponse:
    answer["Content-Crs"] = f"<{crs.uri}>"
    return answer


class TileSets(OgcView):
    def get(self, request: Request, name: str) -> HttpResponse:
        return send_json(request, documents.tilesets(_links(request), self.layer(request, name)))


class TileSet(OgcView):
    def get(self, request: Request, name: str, grid: str) -> HttpResponse:
        layer, found = self.layer(request, name), _grid(grid)
        fields = field_types(layer, request.user)
        return send_json(request, documents.tileset(_links(request), layer, found, fields, request.user))


class MatrixSets(OgcView):
    def get(self, request: Request) -> HttpResponse:
        return send_json(request, documents.matrix_sets(_links(request)), audience=PUBLIC)


class MatrixSet(OgcView):
    def get(self, request: Request, grid: str) -> HttpResponse:
        return send_json(request, _grid(grid).matrix_set(MAX_ZOOM), audience=PUBLIC)


def _grid(name: str) -> Grid:
    if name not in GRIDS:
        raise Http404
    return GRIDS[name]
