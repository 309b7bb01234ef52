"""Photos of projects as they are sent: whole, or small for lists."""

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponseBase

from ledger.filestore.responses import stored_response
from ledger.filestore.small_copies import small_response


def photo_response(request: HttpRequest, photo: FieldFile, small: bool = False) -> HttpResponseBase:
    """Send a stored photo that the caller has found visible; 404 when there is none."""
    if not photo:
        raise Http404
    # The name is the content's digest, so the bytes never change; who may see them can.
    return small_response(photo) if small else stored_response(request, photo, cache="private, max-age=3600")
