"""One HTTP request to a configured place: small answers, no redirects, a limit in seconds."""

import urllib.error
import urllib.request
from typing import Any

SECONDS = 20
MOST_BYTES = 1 << 20


class NotDelivered(Exception):
    """The place could not be reached, or did not take it; the sentence is for the operator."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def ask(url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
    """POST `body`, or GET where it is None; the answer's bytes. Raises NotDelivered."""
    if not url.startswith(("https://", "http://")):
        raise NotDelivered(f"{url} is no http address")
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - its scheme was looked at
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            found: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise NotDelivered(f"HTTP {error.code}: {error.read(200).decode(errors='replace')}") from error
    except (OSError, ValueError) as error:
        raise NotDelivered(str(error)) from error
    if len(found) > MOST_BYTES:
        raise NotDelivered("the answer is too long")
    return found
