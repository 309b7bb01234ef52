"""Pages go over a slow line in gzip, with or without a proxy that packs them."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackedPagesMiddleware(GZipMiddleware):
    """Packs whole pages, with some bytes of chance (BREACH); tiles, static files and pictures are packed already."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response
