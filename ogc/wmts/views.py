"""WMTS 1.0 by key and value and by address: finished pictures for clients that draw nothing themselves."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.district import current
from geokit.refusal import Refusal
from ogc.links import Links
from ogc.ows.parameters import Wanted, invalid, missing, unsupported
from ogc.ows.reports import XML, exception_report
from ogc.pictures.drawing import as_png
from ogc.pictures.throttles import TileThrottle
from ogc.pictures.tiles import Drawing, Layer, Pictures, grid_named, grids_of
from ogc.views import OgcView, kept_by
from ogc.wmts.capabilities import STYLE, capabilities
from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import PIXELS
from tiles.http.conditional import matches
from tiles.layer.vector import VectorLayer
from ui.network.throttles import PersonThrottle
from ui.refusals import retry_after


class PictureView(OgcView):
    """Layers of both kinds for one asker, and how they are drawn. Refusals are said as OWS says them."""

    drawing: Drawing = None  # type: ignore[assignment]  # `urls` gives it

    throttle_classes: Sequence[type[PersonThrottle]] = (TileThrottle,)

    def handle_exception(self, exc: Exception) -> Any:
        if not isinstance(exc, Refusal):
            return super().handle_exception(exc)
        answer = self.refusal_report(exc)
        if seconds := retry_after(exc):
            answer["Retry-After"] = seconds
        return answer

    def refusal_report(self, refusal: Refusal) -> HttpResponse:
        return exception_report(refusal)

    def pictured(self, request: Request) -> list[Layer]:
        user = request.user
        return [*self.catalogue.vector_layers(user), *self.catalogue.raster_layers(user)]

    def pictured_layer(self, request: Request, name: str) -> Layer:
        found: Layer | None = None
        if name and len(name) < 200 and "\0" not in name:
            user = request.user
            found = self.catalogue.vector_layer(name, user) or self.catalogue.raster_layer(name, user)
        if found is None:
            raise invalid("layer", _("没有名为“%(name)s”的图层。") % {"name": name[:60].replace("\0", "")})
        return found

    def pictures(self, request: Request) -> Pictures:
        return Pictures(self.drawing, request.user, Links.of(request._request).site)


class Wmts(PictureView):
    def get(self, request: Request) -> HttpResponse:
        given = Wanted.of(request.query_params)
        operation = given.get("request", "").lower()
        if not operation:
            raise missing("request")
        if operation == "getcapabilities":
            return self.capabilities(request)
        if operation == "gettile":
            names = ("layer", "tilematrixset", "tilematrix", "tilerow", "tilecol")
            for name in names:
                if not given.get(name):
                    raise missing(name)
            return self.tile(request, *(given[name] for name in names))
        raise unsupported(operation)

    def capabilities(self, request: Request) -> HttpResponse:
        address = f"{Links.of(request._request).root}/wmts"
        body = capabilities(address, current().title, self.pictured(request), request.user)
        return kept_by(HttpResponse(body, content_type=XML), "")

    def tile(self, request: Request, name: str, grid_name: str, z: str, row: str, column: str) -> HttpResponse:
        layer, grid = self.pictured_layer(request, name), grid_named(grid_name)
        if grid is None or grid.name not in grids_of(layer):
            raise invalid("tileMatrixSet", _("这个图层没有网格“%(name)s”。") % {"name": grid_name[:40]})
        address = TileAddress.parse(z, column, row, grid)
        body = as_png(self.pictures(request).tile(layer, address, grid, PIXELS, PIXELS))
        return picture(request, body, layer)


class WmtsTile(Wmts):
    """The same by address."""

    def get(self, request: Request, **words: str) -> HttpResponse:
        if words["style"] != STYLE:
            raise invalid("style", _("只有样式 default。"))
        return self.tile(request, words["name"], words["grid"], words["z"], words["row"], words["column"])


class WmtsCapabilities(Wmts):
    def get(self, request: Request) -> HttpResponse:
        return self.capabilities(request)


def picture(request: Request, body: bytes, *layers: Layer) -> HttpResponse:
    """Send a picture with its tag; everybody's where all of its layers are."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    is_known = matches(request._request, tag)
    answer = HttpResponse(status=304) if is_known else HttpResponse(body, content_type="image/png")
    answer["ETag"] = tag
    audiences = {each.audience(request.user) if isinstance(each, VectorLayer) else each.audience for each in layers}
    return kept_by(answer, audiences.pop() if len(audiences) == 1 else "")
