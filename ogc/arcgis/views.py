"""A VectorTileServer for each layer: what ArcGIS reads where others read TileJSON. Tiles and style are the map's."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from pyproj import Transformer
from rest_framework.request import Request

from accounts.tokens.reading import site_of
from ogc.extent import box_in, boxes_of
from ogc.pictures.tiles import STYLE_SIDE, Drawing
from ogc.views import OgcView, kept_by
from tiles.grids.tile_matrix_sets import WEB_MERCATOR
from tiles.http.views import vector_tile
from tiles.layer.vector import MAX_ZOOM, VectorLayer

MERCATOR = {"wkid": 102100, "latestWkid": 3857}
DPI_PIXEL_M = 0.0254 / 96
"""Side of a pixel in Esri's scales, metres."""


class ServerView(OgcView):
    """One address below a layer's server."""

    drawing: Drawing = None  # type: ignore[assignment]  # `urls` gives it


class VectorTileServer(ServerView):
    """The root document."""

    def get(self, request: Request, name: str) -> HttpResponse:
        layer = self.layer(request, name)
        return kept_by(_json(_root(layer, request.user)), layer.audience(request.user))


class RootStyle(ServerView):
    """The map's style of this layer, whose one source is the server itself."""

    def get(self, request: Request, name: str) -> HttpResponse:
        layer = self.layer(request, name)
        site = site_of(request._request)
        drawn = self.drawing.layers_of(layer.name, request.user, site)
        body = {
            "version": 8,
            "name": str(layer.title),
            "sprite": "../sprites/sprite",
            "glyphs": "../fonts/{fontstack}/{range}.pbf",
            "sources": {"esri": {"type": "vector", "url": "../../"}},
            "layers": [{**each, "source": "esri"} for each in drawn],
        }
        return kept_by(_json(body), layer.audience(request.user))


class ServedTile(ServerView):
    """Row before column, as ArcGIS has it."""

    def get(self, request: Request, name: str, z: str, y: str, x: str) -> HttpResponse:
        self.layer(request, name)
        plain = request._request
        plain.user = request.user
        answer: HttpResponse = vector_tile(plain, names=name, z=z, x=x, y=y, catalogue=self.catalogue)
        return answer


class Resource(ServerView):
    """Signs and letters are the whole site's."""

    def get(self, request: Request, name: str, rest: str) -> HttpResponse:
        self.layer(request, name)
        kind, _slash, file = rest.partition("/")
        place = {"sprites": "styles", "fonts": "fonts"}.get(kind)
        if place is None or not file or ".." in file or "\\" in file:
            raise Http404
        return HttpResponseRedirect(f"{site_of(request._request)}/{place}/{file}")


def _json(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _root(layer: VectorLayer, user: Any) -> dict[str, Any]:
    extent = _extent(layer, user)
    return {
        "currentVersion": 10.91,
        "name": str(layer.title),
        "copyrightText": layer.attribution,
        "capabilities": "TilesOnly",
        "type": "indexedVector",
        "defaultStyles": "resources/styles",
        "tiles": ["tile/{z}/{y}/{x}.pbf"],
        "exportTilesAllowed": False,
        "maxExportTilesCount": 0,
        "initialExtent": extent,
        "fullExtent": extent,
        "minScale": _scale(0),
        "maxScale": _scale(MAX_ZOOM),
        "tileInfo": {
            "rows": STYLE_SIDE,
            "cols": STYLE_SIDE,
            "dpi": 96,
            "format": "pbf",
            "origin": {"x": WEB_MERCATOR.west, "y": WEB_MERCATOR.north},
            "spatialReference": MERCATOR,
            "lods": [_level(z) for z in range(MAX_ZOOM + 1)],
        },
        "maxzoom": MAX_ZOOM,
        "minzoom": layer.minzoom,
        "resourceInfo": {"styleVersion": 8, "tileCompression": "gzip"},
        "serviceItemId": "",
    }


def _extent(layer: VectorLayer, user: Any) -> dict[str, Any]:
    west, south, east, north = box_in(boxes_of([layer], user), layer)
    turn = Transformer.from_crs(4326, 3857, always_xy=True)
    (xmin, ymin), (xmax, ymax) = turn.transform(west, max(south, -85)), turn.transform(east, min(north, 85))
    return {"xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax, "spatialReference": MERCATOR}


def _level(z: int) -> dict[str, Any]:
    return {"level": z, "resolution": WEB_MERCATOR.side(z) / STYLE_SIDE, "scale": _scale(z)}


def _scale(z: int) -> float:
    return WEB_MERCATOR.side(z) / STYLE_SIDE / DPI_PIXEL_M
