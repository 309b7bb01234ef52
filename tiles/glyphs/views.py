"""`/fonts/<stack>/<range>.pbf`: glyphs for map clients."""

import re
from urllib.parse import unquote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.tokens.by_token import by_token
from geokit.refusal import BadInput
from tiles.glyphs.fonts import known_font
from tiles.glyphs.store import glyph_range

SPAN = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")
LAST = 0xFFFF
"""Clients ask for the basic plane only."""
KEEP = "public, max-age=604800"


@by_token()
@require_safe
def glyphs(request: HttpRequest, stack: str, span: str) -> HttpResponse:
    """Serve 256 characters of the first known font of `stack`; 404 when none is known."""
    font = known_font(unquote(stack))
    if font is None or not (settings.FONT_DIR / "unicode.json").exists():
        raise Http404
    stored = glyph_range(settings.FONT_DIR, settings.GLYPH_DIR, font, _start(span))
    etag = f'"{stored.etag}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(
            stored.body, content_type="application/x-protobuf", headers={"Content-Encoding": "gzip"}
        )
    else:
        response = HttpResponse(stored.plain(), content_type="application/x-protobuf")
    response["ETag"] = etag
    response["Cache-Control"] = KEEP
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _start(span: str) -> int:
    found = SPAN.fullmatch(span)
    if not found or int(found[1]) % 256 or int(found[2]) != int(found[1]) + 255 or int(found[2]) > LAST:
        message = _("字形区间“%(span)s”无效：须从 256 的倍数起，共 256 个，例如 0-255。") % {"span": span[:40]}
        raise BadInput(message, code="bad-glyph-range")
    return int(found[1])
