"""WMS 1.3.0 and 1.1.1: a picture of any window, of the same tiles and in the same style as the map."""

from math import isfinite

from django.http import HttpResponse
from django.utils.translation import gettext as _
from PIL import Image, ImageColor
from rest_framework.request import Request

from accounts.district import current
from geokit.refusal import Refusal
from ogc.links import Links
from ogc.ows.parameters import Wanted, invalid, missing, unsupported
from ogc.ows.reports import XML
from ogc.ows.xml import text
from ogc.pictures.drawing import as_png
from ogc.pictures.throttles import MapThrottle
from ogc.pictures.tiles import Layer
from ogc.views import kept_by
from ogc.wms.capabilities import (
    IN_DEGREES,
    IN_METRES,
    MOST_LAYERS,
    MOST_PIXELS,
    OLD_EXCEPTION,
    VERSIONS,
    capabilities,
    systems_of,
)
from ogc.wms.frame import Frame
from ogc.wmts.views import PictureView, picture
from tiles.grids.tile_matrix_sets import CGCS2000, WEB_MERCATOR
from ui.refusals import status_of

NORTH_FIRST = ("EPSG:4490", "EPSG:4326")
"""In 1.3.0; 1.1.1 has longitude first always."""


class Wms(PictureView):
    throttle_classes = (MapThrottle,)

    def get(self, request: Request) -> HttpResponse:
        given = Wanted.of(request.query_params)
        operation = given.get("request", "").lower()
        if operation in ("getcapabilities", "capabilities"):
            return self._capabilities(request, given)
        if operation in ("getmap", "map"):
            return self._map(request, given)
        if not operation:
            raise missing("request")
        raise unsupported(operation)

    def refusal_report(self, refusal: Refusal) -> HttpResponse:
        return _report(refusal, _version(Wanted.of(self.request.query_params)))

    def _capabilities(self, request: Request, given: Wanted) -> HttpResponse:
        address = f"{Links.of(request._request).root}/wms"
        body = capabilities(address, current().title, self.pictured(request), request.user, _version(given))
        return kept_by(HttpResponse(body, content_type=XML), "")

    def _map(self, request: Request, given: Wanted) -> HttpResponse:
        layers, frame = self._layers(request, given), _frame(given)
        _check_format(given)
        pictures, tiles = self.pictures(request), frame.tiles(len(layers))
        whole = Image.new("RGBA", (frame.width, frame.height), _ground(given))
        for layer in layers:
            whole.alpha_composite(frame.picture_of(layer, pictures, tiles))
        return picture(request, as_png(whole), *layers)

    def _layers(self, request: Request, given: Wanted) -> list[Layer]:
        names = [name for name in given.get("layers", "").split(",") if name]
        if not names:
            raise missing("layers")
        if len(names) > MOST_LAYERS:
            raise invalid("layers", _("图层过多：最多 %(most)d 个。") % {"most": MOST_LAYERS})
        if any(style not in ("", "default") for style in given.get("styles", "").split(",")):
            raise invalid("StyleNotDefined", _("只有样式 default。"))
        found = [self.pictured_layer(request, name) for name in dict.fromkeys(names)]
        crs = _crs(given)
        if wrong := next((layer for layer in found if crs not in systems_of(layer)), None):
            raise invalid("InvalidCRS", _("图层“%(name)s”没有坐标系 %(crs)s。") % {"name": wrong.name, "crs": crs})
        return found


def _version(given: Wanted) -> str:
    """The newer one, unless the client names the older."""
    return VERSIONS[1] if given.get("version", "").startswith("1.1") else VERSIONS[0]


def _crs(given: Wanted) -> str:
    name = given.first("crs", "srs").upper().replace("EPSG:900913", "EPSG:3857")
    if not name:
        raise missing("crs")
    if name not in (*IN_METRES, *IN_DEGREES):
        message = _("坐标系“%(name)s”不支持，可用：%(known)s。")
        raise invalid("InvalidCRS", message % {"name": name[:60], "known": "、".join((*IN_METRES, *IN_DEGREES))})
    return name


def _frame(given: Wanted) -> Frame:
    crs = _crs(given)
    width, height = (_side(given, name) for name in ("width", "height"))
    try:
        numbers = [float(word) for word in given.get("bbox", "").split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or not all(isfinite(number) and abs(number) < 1e9 for number in numbers):
        raise invalid("bbox", _("bbox 须是四个数字。"))
    if crs in NORTH_FIRST and _version(given) == VERSIONS[0]:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    grid = WEB_MERCATOR if crs in IN_METRES else CGCS2000
    if not (west < east and south < north):
        raise invalid("bbox", _("bbox 不成立：先写小的一角，按坐标系的轴序。"))
    frame = Frame((west, south, east, north), width, height, grid)
    if not frame.is_drawable:
        raise invalid("bbox", _("bbox 太小，或者像素拉得太长。"))
    return frame


def _side(given: Wanted, name: str) -> int:
    word = given.get(name, "")
    if not (word.isascii() and word.isdigit() and len(word) < 6 and 0 < int(word) <= MOST_PIXELS):
        raise invalid(name, _("%(name)s 须在 1 和 %(most)d 之间。") % {"name": name, "most": MOST_PIXELS})
    return int(word)


def _check_format(given: Wanted) -> None:
    if given.get("format", "image/png").split(";")[0].strip().lower() not in ("image/png", "image/png8"):
        raise invalid("InvalidFormat", _("只有格式 image/png。"))


def _ground(given: Wanted) -> tuple[int, int, int, int]:
    if given.get("transparent", "").lower() == "true":
        return (0, 0, 0, 0)
    word = given.get("bgcolor", "0xFFFFFF")
    try:
        red, green, blue = ImageColor.getrgb(f"#{word.lower().removeprefix('0x').removeprefix('#')}")[:3]
    except ValueError:
        raise invalid("bgcolor", _("颜色“%(name)s”不成立。") % {"name": word[:20]}) from None
    return (red, green, blue, 255)


def _report(refusal: Refusal, version: str) -> HttpResponse:
    """Word a refusal as this version of WMS does: each has its own media type, and names a wrong system its own way."""
    kind, _colon, locator = refusal.code.partition(":")
    code = {"layer": "LayerNotDefined"}.get(locator, locator if locator[:1].isupper() else "")
    if kind == "unsupported":
        code = "OperationNotSupported"
    old = version == VERSIONS[1]
    if old and code == "InvalidCRS":
        code = "InvalidSRS"
    named = f' code="{code}"' if code else ""
    space = "" if old else ' xmlns="http://www.opengis.net/ogc"'
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ServiceExceptionReport version="{version}"{space}>'
        f"<ServiceException{named}>{text(refusal.message)}</ServiceException></ServiceExceptionReport>"
    )
    media = OLD_EXCEPTION if old else "text/xml"
    return HttpResponse(body, status=status_of(refusal), content_type=f"{media}; charset=utf-8")
