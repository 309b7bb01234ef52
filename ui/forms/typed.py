"""What was typed into a form whose sender's session had ended: kept until she has signed in again, and shown to her.

Only words are kept, neither files nor what opens something nor a ballot, for the account whose session ended and nobody
else's; in the session itself, so that it ends with it. The page fills its form with them and nothing is sent by itself.
"""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils import timezone

KEY = "typed"
MOST_CHARACTERS = 60_000
MOST_FIELDS = 500
GOOD_FOR_S = 2 * 3600
SECRETS = ("csrf", "password", "secret", "token", "code", "credential", "contact", "phone", "url")


def session_ended(request: HttpRequest, user: Any) -> None:
    """Remember of this request whose session ended with it."""
    request.ended_user = user.pk  # type: ignore[attr-defined]  # of this request alone


def keep(request: HttpRequest) -> str:
    """Keep what a form was sent with, where a session ended with that; return the page to come back to."""
    page = _page_of(request)
    user = getattr(request, "ended_user", None)
    if request.method != "POST" or user is None or getattr(request, "sensitive_post_parameters", None):
        return page  # a ballot, a count: nothing of a form that a view calls sensitive is written anywhere
    fields = [(name, request.POST.getlist(name)) for name in request.POST if not _is_secret(name)]
    size = sum(len(name) + sum(map(len, values)) for name, values in fields)
    if fields and len(fields) <= MOST_FIELDS and size <= MOST_CHARACTERS:
        about = {"user": user, "path": request.path, "page": urlsplit(page).path}
        request.session[KEY] = about | {"fields": fields, "at": timezone.now().timestamp()}
    return page


def _page_of(request: HttpRequest) -> str:
    """Where the form stood: the page that it came from, or the address itself."""
    here = request.get_full_path()
    if request.method in ("GET", "HEAD"):
        return here
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return here
    if came.netloc != request.get_host() or not came.path.startswith("/") or came.path.startswith("//"):
        return here
    return f"{came.path}?{came.query}" if came.query else came.path


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRETS)


def take(request: HttpRequest) -> dict[str, Any] | None:
    """Return once what its owner typed, for the page to fill its form with; None where there is nothing for her."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or KEY not in request.session:
        return None
    kept = request.session[KEY]
    if request.path != kept["page"] and (request.path == "/" or not kept["path"].startswith(request.path)):
        return None  # another page on the way, such as that of a second factor
    del request.session[KEY]
    is_fresh = timezone.now().timestamp() - kept["at"] < GOOD_FOR_S
    return {"path": kept["path"], "fields": kept["fields"]} if kept["user"] == user.pk and is_fresh else None
