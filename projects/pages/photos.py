"""Photos of projects as they are sent: whole, or small for lists."""

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponseBase

from ledger.filestore.responses import stored_response
from ledger.filestore.small_copies import small_response


def photo_response(request: HttpRequest, photo: FieldFile, small: bool = False) -> HttpResponseBase:
    """Send a stored photo that the caller has found visible; 404 when there is none."""
    if not photo:
        raise Http404
    # It may be covered meanwhile: a browser asks again each time, and gets a 304 where nothing changed.
    if small:
        return small_response(photo, **{"Cache-Control": "private, max-age=60"})
    return stored_response(request, photo, cache="private, no-cache")
