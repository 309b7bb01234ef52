"""How a tile is answered: 304 when the client's copy is right, 204 when there is nothing, else with its bytes."""

from collections.abc import Callable
from typing import Protocol

from django.http import HttpRequest, HttpResponse


class Finished(Protocol):
    """A finished tile of any kind."""

    @property
    def tag(self) -> str: ...

    @property
    def is_empty(self) -> bool: ...


def tag_matches(asked: str, tag: str) -> bool:
    """Compare an If-None-Match header with a tag, weakly, as RFC 9110 asks; a proxy may have marked either weak."""
    tags = [one.strip().removeprefix("W/") for one in asked.split(",")]
    return tag.removeprefix("W/") in tags or "*" in tags


def matches(request: HttpRequest, tag: str) -> bool:
    """Tell whether the client has this already."""
    return tag_matches(request.headers.get("If-None-Match", ""), tag)


def conditional(request: HttpRequest, stored: Finished, full: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer 304, 204, or with `full`; always with the ETag."""
    if matches(request, stored.tag):
        response = HttpResponse(status=304)
    elif stored.is_empty:
        response = HttpResponse(status=204)
    else:
        response = full()
    response["ETag"] = stored.tag
    return response
