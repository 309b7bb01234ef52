"""Headers of every answer, in one place: what the browser may let a page do, keep, and hand to other sites."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.tokens.reading import ADDRESS

OWN, NOBODY = "(self)", "()"
FEATURES = {
    "geolocation": OWN,  # where a report or a patrol is
    "camera": OWN,  # its photos
    "clipboard-write": OWN,
    "fullscreen": OWN,
    "accelerometer": NOBODY,
    "autoplay": NOBODY,
    "browsing-topics": NOBODY,
    "display-capture": NOBODY,
    "encrypted-media": NOBODY,
    "gyroscope": NOBODY,
    "magnetometer": NOBODY,
    "microphone": NOBODY,
    "midi": NOBODY,
    "payment": NOBODY,
    "picture-in-picture": NOBODY,
    "publickey-credentials-create": OWN,
    "publickey-credentials-get": OWN,
    "screen-wake-lock": OWN,  # a patrol's track goes on while the phone lies in a pocket
    "serial": NOBODY,
    "usb": NOBODY,
    "xr-spatial-tracking": NOBODY,
}
PERMISSIONS_POLICY = ", ".join(f"{feature}={who}" for feature, who in FEATURES.items())
FOR_OTHER_SITES = ("/tiles/", "/rasters/", "/styles/", "/fonts/", "/api/v1/", "/ogc/", "/sta/", ADDRESS)
"""Addresses that maps of other sites ask. Cookies do not go with these (SameSite), so they get what the public gets."""
NOT_KEPT = "private, no-store"
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
"""`no-cache` in the words of a client that knows only Expires: without it QGIS draws a style it has kept for weeks."""
ASKED_FROM_OTHER_SITES = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Authorization, Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
"""What a browser learns before another site's page may send a token."""
SHOWN_TO_OTHER_SITES = "Content-Crs, ETag, Link, Retry-After"


class HeadersMiddleware:
    """Sets Permissions-Policy and Cross-Origin-Resource-Policy, and `no-store` on what goes with a session or a token.

    What is to be asked about each time has expired long ago, too. What a view declares `public` is the same for
    everybody and stays so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shared, has_token = request.path.startswith(FOR_OTHER_SITES), _brings_a_token(request)
        if shared and _is_preflight(request):
            response = HttpResponse(status=204, headers=ASKED_FROM_OTHER_SITES)
        else:
            response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        if shared:  # refusals too: a page of another site reads why it got nothing
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = SHOWN_TO_OTHER_SITES
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if shared else "same-origin"
        if (has_token or _has_session(request, response)) and not _same_for_all(response):
            response.headers["Cache-Control"] = NOT_KEPT
        if "no-cache" in _words(response):
            response.headers.setdefault("Expires", LONG_AGO)
        return response


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _has_session(request: HttpRequest, response: HttpResponse) -> bool:
    """It came with a session, or begins one. Asks no database: an answer that says it is away
    passes here too."""
    name = settings.SESSION_COOKIE_NAME
    return name in request.COOKIES or name in response.cookies


def _brings_a_token(request: HttpRequest) -> bool:
    return "Authorization" in request.headers or request.path.startswith(ADDRESS)


def _same_for_all(response: HttpResponse) -> bool:
    return "public" in _words(response)


def _words(response: HttpResponse) -> set[str]:
    return {word.strip().lower() for word in response.headers.get("Cache-Control", "").split(",")}
