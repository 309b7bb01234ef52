"""Raster tiles over HTTP: list, TileJSON, tile as PNG or WebP, twice as fine with `@2x` after y."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.permissions import Asker
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import site_of
from tiles.grids.address import TileAddress
from tiles.http.catalogue import Catalogue
from tiles.http.conditional import conditional, matches
from tiles.http.views import shareable
from tiles.raster.render import SIZE, Picture, RasterLayer, etag, render_tile

TYPES = {"PNG": "image/png", "WEBP": "image/webp"}
BASE_MAP_SECONDS = 86_400


def _layer_or_404(catalogue: Catalogue, name: str, user: Asker) -> RasterLayer:
    layer = catalogue.raster_layer(name, user)
    if layer is None:
        raise Http404
    return layer


@by_token()
@require_safe
def raster_list(request: HttpRequest, catalogue: Catalogue) -> JsonResponse:
    """List the raster layers that the caller may see."""
    entries = [
        {
            "id": layer.name,
            "title": str(layer.title),
            "bounds": list(layer.bounds),
            "minzoom": layer.minzoom,
            "maxzoom": layer.maxzoom,
            "opacity": layer.opacity,
            "legend": layer.legend,
            "version": layer.fingerprint(),
            "tilejson": f"{site_of(request)}/rasters/{layer.name}.json",
        }
        for layer in catalogue.raster_layers(request.user)
    ]
    response = JsonResponse({"rasters": entries}, json_dumps_params={"ensure_ascii": False})
    shareable(response, "private")
    return response


@by_token()
@require_safe
def raster_json(request: HttpRequest, name: str, catalogue: Catalogue) -> HttpResponse:
    """Serve the TileJSON 3.0.0 of a raster layer."""
    layer = _layer_or_404(catalogue, name, request.user)
    west, south, east, north = layer.bounds
    # The braces are the client's to fill in, so they must not be percent-encoded.
    tiles = f"{site_of(request)}/rasters/{layer.name}/" + "{z}/{x}/{y}.png"
    body = {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": str(layer.title),
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "bounds": list(layer.bounds),
        "center": [round((west + east) / 2, 6), round((south + north) / 2, 6), layer.minzoom],
        "attribution": layer.attribution,
        # The schema asks for it, and a raster has none.
        "vector_layers": [],
        "tileSize": SIZE,
        "legend": layer.legend,
        "version": "1.0.0",
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    return shareable(response, layer.audience)


def _tile(request: HttpRequest, name: str, z: str, x: str, y: str, catalogue: Catalogue, kind: str) -> HttpResponse:
    layer = _layer_or_404(catalogue, name, request.user)
    plain = y.removesuffix("@2x")
    tile = TileAddress.parse(z, x, plain)
    size = SIZE if plain == y else 2 * SIZE
    tag = etag(layer, tile, size, kind)
    # A client whose copy is right needs nothing drawn: the tag says all that the picture depends on.
    stored = Picture(tag, b"") if matches(request, tag) else render_tile(layer, tile, size, kind)
    response = conditional(request, stored, lambda: HttpResponse(stored.body, content_type=TYPES[kind]))
    shareable(response, layer.audience)
    if layer.base_map:
        response["Cache-Control"] = f"public, max-age={BASE_MAP_SECONDS}"
    return response


@by_token()
@require_safe
def png_tile(request: HttpRequest, name: str, z: str, x: str, y: str, catalogue: Catalogue) -> HttpResponse:
    """Serve one raster tile as PNG: 204 where there is no data, 304 when the client's copy is right."""
    return _tile(request, name, z, x, y, catalogue, "PNG")


@by_token()
@require_safe
def webp_tile(request: HttpRequest, name: str, z: str, x: str, y: str, catalogue: Catalogue) -> HttpResponse:
    """The same as WebP, a third smaller for photographs; without losses for everything else."""
    return _tile(request, name, z, x, y, catalogue, "WEBP")
