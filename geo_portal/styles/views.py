"""Map styles and the sprite over HTTP."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from accounts.district import current
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import site_of
from geo_portal.styles import THEMES, build_style, loaded_part
from geo_portal.styles import sprite as drawing
from geo_portal.styles.drawing import style_request
from geo_portal.styles.for_qgis import for_qgis

RATIOS = {"": 1, "@2x": 2}


def _plain_name(name: str) -> str:
    """Return the style that `name` means: `district`, or the district's own slug, each with or without its ending.

    Raises Http404 for a name that is no style.
    """
    slug = current().slug
    plain = f"district{name.removeprefix(slug)}" if name.startswith(slug) else name
    if plain not in THEMES:
        raise Http404
    return plain


# Nothing in a style is secret to who asks or said by her, so packing it gives nothing away.
@by_token()
@require_safe
@gzip_page
@conditional_page
def style(request: HttpRequest, name: str) -> JsonResponse:
    """Serve a MapLibre style whose addresses are those of the host that was asked.

    `?part=loaded` is only what belongs to loaded layers; `?for=qgis` says the same in words that QGIS knows.
    """
    name = _plain_name(name)
    wanted = style_request(request.user, site_of(request), name)
    body = loaded_part(wanted) if request.GET.get("part") == "loaded" else build_style(wanted)
    if request.GET.get("for") == "qgis":
        body = for_qgis(body)
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    # Who is signed in decides which sources are in it.
    response["Cache-Control"] = "private, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


@by_token()
@require_safe
@cache_control(public=True, max_age=3600)
def sprite(request: HttpRequest, ratio: str, kind: str) -> HttpResponse:
    """Serve the symbols: the index as JSON or the picture as PNG; the route admits no other."""
    if kind == "json":
        response: HttpResponse = JsonResponse(drawing.sprite_index(RATIOS[ratio]))
    else:
        response = HttpResponse(drawing.sprite_png(RATIOS[ratio]), content_type="image/png")
    response["Access-Control-Allow-Origin"] = "*"
    return response
