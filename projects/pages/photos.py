"""Photos of projects as they are sent: whole, or small for lists, the small ones kept in the cache."""

from django.core.cache import cache
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse

from ui.pictures.copies import SMALL_PX, small_jpeg

KEPT_SECONDS = 7 * 24 * 3600


def photo_response(photo: FieldFile, small: bool = False) -> HttpResponse | FileResponse:
    """Send a stored photo that the caller has found visible; 404 when there is none."""
    if not photo or not photo.storage.exists(str(photo.name)):
        raise Http404
    response: HttpResponse | FileResponse
    try:
        response = HttpResponse(_small(photo), content_type="image/jpeg") if small else FileResponse(photo.open("rb"))
    except OSError as error:
        raise Http404 from error
    # The name is the content's digest, so the bytes never change; who may see them can.
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _small(photo: FieldFile) -> bytes:
    key = f"small-photo:{photo.name}:{SMALL_PX}"
    content: bytes | None = cache.get(key)
    if content is None:
        with photo.open("rb") as file:
            content = small_jpeg(file)
        cache.set(key, content, KEPT_SECONDS)
    return content
