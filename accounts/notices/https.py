"""One POST over HTTPS that follows nothing: no redirect leads a message to a host that was not allowed."""

from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

SECONDS = 10
ANSWER_BYTES = 64 * 1024


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_OPENER = build_opener(_NoRedirects)


def post(url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Return status and the beginning of the answer. Raises OSError when there is none within ten seconds."""
    if not url.startswith("https://"):
        raise OSError("not https")
    request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - https only, see above
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            return _read(answer)
    except HTTPError as error:
        with error:
            return error.code, error.read(ANSWER_BYTES)
    except HTTPException as error:
        raise OSError(type(error).__name__) from error


def _read(answer: Any) -> tuple[int, bytes]:
    return answer.status, answer.read(ANSWER_BYTES)
