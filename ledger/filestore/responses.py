"""A stored file as an answer: checked bytes, a part of them where that is asked for, none where they are known."""

import re
from typing import IO, Any

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from ledger.filestore import names
from ledger.filestore.references import refuse_erased
from ledger.filestore.refusals import lost

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def stored_response(request: HttpRequest, file: FieldFile, *, cache: str, **how: Any) -> HttpResponseBase:
    """Send a file of a row that the caller has found visible; `how` is for `FileResponse`, `cache` is Cache-Control.

    Raises FileLost (404) and FileDamaged (410), each with words for who asks; neither is kept by a cache.
    """
    whole = opened(file)
    answer = _fresh(request, whole, str(file.name), how)
    answer["Cache-Control"] = cache
    return answer


def opened(file: FieldFile) -> IO[bytes]:
    """Open a row's file for reading. Raises FileLost, FileDamaged and FileErased."""
    if not file:
        raise lost("")
    refuse_erased(file)
    return file.storage.open(str(file.name), "rb")


def _fresh(request: HttpRequest, whole: IO[bytes], name: str, how: dict[str, Any]) -> HttpResponseBase:
    tag = quote_etag(digest) if (digest := names.digest_in(name)) else None
    given = FileResponse(whole, **how)
    known: Any = get_conditional_response(request, etag=tag, response=given)  # type: ignore[arg-type]
    if known is not given:
        whole.close()
        return known  # type: ignore[no-any-return]
    if tag:
        given["ETag"] = tag
    given["Accept-Ranges"] = "bytes"
    return _part(request, whole, given, tag)


def _part(request: HttpRequest, whole: IO[bytes], given: FileResponse, tag: str | None) -> HttpResponseBase:
    """The one part that is asked for (RFC 9110, 14.2); several, or one of other bytes, get the whole."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return given
    size = int(given["Content-Length"])
    if (span := _span(asked[1], asked[2], size)) is None:
        whole.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span
    whole.seek(first)
    given.status_code = 206
    given.streaming_content = _parts(whole, last - first + 1)
    given["Content-Range"], given["Content-Length"] = f"bytes {first}-{last}/{size}", str(last - first + 1)
    return given


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """The first and last byte of a range, None for one that holds no byte.

    >>> _span("2", "5", 10), _span("8", "", 10), _span("", "3", 10), _span("0", "99", 10), _span("10", "", 10)
    ((2, 5), (8, 9), (7, 9), (0, 9), None)
    """
    if len(first) > 18 or len(last) > 18 or not (first or last):
        return None
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last or size), size - 1)
    return (begin, end) if begin <= end else None


def _parts(file: IO[bytes], left: int, most: int = 1 << 16) -> Any:
    while left > 0 and (part := file.read(min(left, most))):
        left -= len(part)
        yield part
