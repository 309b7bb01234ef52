"""Vector tiles over HTTP: list, TileJSON, tile."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts import looking
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import site_of
from tiles.archive.serving import ArchiveTileset, archive_tilejson
from tiles.cache import lookup as cache
from tiles.cache.content_encoding import MVT_TYPE
from tiles.cache.memory import Entry
from tiles.engine.render import content
from tiles.engine.tilejson import tilejson
from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import GRIDS
from tiles.http import fast_path
from tiles.http.archive_views import archive_tile, refuse_parameters
from tiles.http.catalogue import Catalogue, tileset_or_404
from tiles.http.conditional import conditional
from tiles.layer.vector import MAX_ZOOM, PUBLIC, VectorLayer
from tiles.query.request import TileRequest
from tiles.query.selection import apply_request

PLAIN_TEXT = {"ensure_ascii": False}


def _tile_url(request: HttpRequest, name: str) -> str:
    # The braces are the client's to fill in, so they must not be percent-encoded.
    return site_of(request) + f"/tiles/{name}/" + "{z}/{x}/{y}.mvt" + looking.carried(request)


def _for_the_proxy(response: HttpResponse, audience: str) -> HttpResponse:
    """Let nginx keep a public tile, but ask about it each time: it was good until 1970. Another one is not for it."""
    response["X-Accel-Expires"] = "@1" if audience == PUBLIC else "0"
    return response


def shareable(response: HttpResponse, audience: str) -> HttpResponse:
    """Say who may keep the answer. It must be revalidated always: the next tile shows the newest edit."""
    response["Cache-Control"] = "public, no-cache" if audience == PUBLIC else "private, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    if audience != PUBLIC:
        patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def _entry(request: HttpRequest, layer: VectorLayer) -> dict[str, Any]:
    return {
        "id": layer.name,
        "title": str(layer.title),
        "geometry_type": layer.geometry_type,
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "schematic": layer.schematic,
        "tilejson": f"{site_of(request)}/tiles/{layer.name}.json",
    }


def _archive_entry(request: HttpRequest, item: ArchiveTileset) -> dict[str, Any]:
    return {
        "id": item.name,
        "title": str(item.archive.metadata.get("name") or item.name),
        "geometry_type": "Geometry",
        "minzoom": item.archive.header["min_zoom"],
        "maxzoom": item.archive.header["max_zoom"],
        "schematic": False,
        "tilejson": f"{site_of(request)}/tiles/{item.name}.json",
    }


@by_token()
@require_safe
def tileset_list(request: HttpRequest, catalogue: Catalogue) -> JsonResponse:
    """List the tilesets that the caller may see."""
    entries = [_entry(request, layer) for layer in catalogue.vector_layers(request.user)]
    entries += [_archive_entry(request, item) for item in catalogue.archives(request.user)]
    grids = [
        {"id": grid.name, "crs": grid.crs, "matrix_set": f"{site_of(request)}/tiles/grids/{grid.name}.json"}
        for grid in GRIDS.values()
    ]
    response = JsonResponse({"tilesets": entries, "grids": grids}, json_dumps_params=PLAIN_TEXT)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


@by_token()
@require_safe
def grid_json(request: HttpRequest, name: str) -> JsonResponse:
    """Describe a tile grid as an OGC TileMatrixSet."""
    if name not in GRIDS:
        raise Http404
    response = JsonResponse(GRIDS[name].matrix_set(MAX_ZOOM))
    response["Access-Control-Allow-Origin"] = "*"
    return response


@by_token()
@require_safe
def tileset_json(request: HttpRequest, names: str, catalogue: Catalogue) -> HttpResponse:
    """Serve the TileJSON 3.0.0 of one tileset or a composite."""
    if archived := catalogue.archive(names, request.user):
        response = JsonResponse(archive_tilejson(archived, _tile_url(request, names)), json_dumps_params=PLAIN_TEXT)
        return shareable(response, archived.audience)
    whole = tileset_or_404(catalogue, names, request.user)
    tile_request = TileRequest.parse(request.GET)
    tileset = apply_request(whole, tile_request, request.user)
    body = tilejson(tileset, request.user, _tile_url(request, tileset.name), tile_request)
    response = JsonResponse(body, json_dumps_params=PLAIN_TEXT)
    return shareable(response, tileset.audience(request.user))


def _body(request: HttpRequest, entry: Entry) -> HttpResponse:
    encoding, body = entry.for_client(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(body, content_type=MVT_TYPE)
    if encoding:
        response["Content-Encoding"] = encoding
    return response


@by_token()
@require_safe
def vector_tile(request: HttpRequest, names: str, z: str, x: str, y: str, catalogue: Catalogue) -> HttpResponse:
    """Serve one vector tile: 200, 204 when empty, 304 when the client's copy is right."""
    fast_path.raise_kept_refusal(request)
    if archived := catalogue.archive(names, request.user):
        refuse_parameters(request)
        response = archive_tile(request, archived, TileAddress.parse(z, x, y))
        patch_vary_headers(response, ["Accept-Encoding"])
        return shareable(response, archived.audience)
    whole = tileset_or_404(catalogue, names, request.user)
    tile_request = TileRequest.parse(request.GET)
    tile = TileAddress.parse(z, x, y, tile_request.grid)
    tileset = apply_request(whole, tile_request, request.user)
    origin = cache.origin_of(tileset, request.user, tile_request.key)
    entry = cache.find(origin, tile, lambda: content(origin, tileset, request.user, tile))
    response = conditional(request, entry, lambda: _body(request, entry))
    patch_vary_headers(response, ["Accept-Encoding"])
    fast_path.remember_decision(request, origin, tileset, catalogue.decided_by(names.split(",")))
    audience = tileset.audience(request.user)
    return _for_the_proxy(shareable(response, audience), audience)
