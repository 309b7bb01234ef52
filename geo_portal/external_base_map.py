"""The base map of somebody else's that lies under ours: as the district's record says."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.district import current
from accounts.district.models import HOST

TIANDITU = "https://t0.tianditu.gov.cn"


def base_map() -> dict[str, str]:
    """Return `kind` (empty for our own tiles), `url`, `datum`, `satellite`, `key`, `attribution`, `review_number`."""
    record = current()
    return {
        "kind": str(record.base_map),
        "url": record.base_map_url,
        "datum": record.base_map_datum,
        "satellite": record.satellite_url,
        "key": record.base_map_key,
        "attribution": record.attribution,
        "review_number": record.review_number,
    }


def origins_of(base: dict[str, str]) -> list[str]:
    """Return whom the browser asks for a base map (`https://host`); none for nobody or for our own host."""
    street = TIANDITU if base["kind"] == "tianditu" else base["url"] if base["kind"] else ""
    found = (HOST.match(address) for address in (street, base["satellite"]))
    return sorted({one[0] for one in found if one})


class BaseMapOriginMiddleware:
    """Lets pages ask for the base map of the district's record: its origin joins those of the content policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A page about our own failure asks no database.
        is_page = response.status_code < 500 and response.get("Content-Type", "").startswith("text/html")
        if is_page and not hasattr(response, "_csp_config"):
            allow(response, origins_of(base_map()))
        return response


def allow(response: HttpResponse, origins: list[str]) -> None:
    """Add origins to where this page may get pictures and data from."""
    if origins:
        policy: dict[str, Any] = {name: [*sources] for name, sources in settings.SECURE_CSP.items()}  # type: ignore[misc]
        for name in ("img-src", "connect-src"):
            policy[name] += origins
        response._csp_config = policy  # type: ignore[attr-defined]  # what Django's own decorators set
