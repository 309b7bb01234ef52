"""OGC API Records: the catalogue of layers, to be searched and read."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from ogc import documents
from ogc.extent import boxes_of
from ogc.links import GEOJSON, Links
from ogc.moments import in_utc
from ogc.records.catalogue import PROFILE, known, record
from ogc.records.query import RecordQuery
from ogc.views import OgcView, send_json


class Catalogue(OgcView):
    """The catalogue as one of the collections."""

    def get(self, request: Request) -> HttpResponse:
        return send_json(request, documents.catalogue(Links.of(request._request)))


class Records(OgcView):
    """The records that fit, a page at a time; the link `next` leads on."""

    def get(self, request: Request) -> HttpResponse:
        query, links = RecordQuery.parse(request.query_params), Links.of(request._request)
        layers = list(known(self.catalogue, request.user))
        boxes = boxes_of(layers, request.user)
        every = (record(links, layer, boxes) for layer in layers)
        fitting = [each for each in every if query.fits(each)]
        shown = fitting[query.offset : query.offset + query.limit]
        onward = query.offset + query.limit
        following = {"rel": "next", "type": GEOJSON, "href": links.here(offset=onward)}
        body: dict[str, Any] = {
            "type": "FeatureCollection",
            "features": shown,
            "numberReturned": len(shown),
            "numberMatched": len(fitting),
            "timeStamp": in_utc(timezone.now()),
            "links": [
                *links.to_itself(GEOJSON, html=False), PROFILE, *([following] if onward < len(fitting) else []),
            ],
        }  # fmt: skip
        return send_json(request, body, GEOJSON)


class OneRecord(OgcView):
    def get(self, request: Request, key: str) -> HttpResponse:
        links = Links.of(request._request)
        found = next((layer for layer in known(self.catalogue, request.user) if layer.name == key), None)
        if found is None:
            raise Http404
        body = record(links, found, boxes_of([found], request.user))
        return send_json(request, {**body, "links": [*body["links"], PROFILE]}, GEOJSON)
