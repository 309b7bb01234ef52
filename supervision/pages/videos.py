"""A short video on its way to whoever may see it, in parts where a player asks for them."""

from django.http import Http404, HttpRequest, HttpResponseBase

from ledger.filestore.responses import stored_response
from supervision.findings.videos import KeptVideo

CACHE = "private, no-store"


def video_response(request: HttpRequest, video: KeptVideo, part: str) -> HttpResponseBase:
    """Send the film (``film``) or the picture of it (``poster``) of a video that the caller has found visible."""
    if part not in ("film", "poster") or not video.is_ready:
        raise Http404
    if part == "poster":
        return stored_response(request, video.poster, cache=CACHE, content_type="image/jpeg")
    return stored_response(request, video.file, cache=CACHE, content_type="video/mp4")
