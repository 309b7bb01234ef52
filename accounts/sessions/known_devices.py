"""Whether somebody has signed in with this browser before: a signed cookie with the keys of those who have."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE, SALT = "known_device", "accounts.known_device"
DAYS, MOST = 400, 12


def is_known(request: HttpRequest, user: Any) -> bool:
    return user.pk in _people(request)


def remember(request: HttpRequest, response: HttpResponseBase, user: Any) -> None:
    """Have the browser carry that `user` has signed in with it; the one not seen for longest makes room."""
    people = [*(key for key in _people(request) if key != user.pk), user.pk][-MOST:]
    response.set_cookie(
        COOKIE,
        signing.dumps(people, salt=SALT),
        max_age=DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/accounts/",
    )


def _people(request: HttpRequest) -> list[int]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature:
        return []
    return found if isinstance(found, list) else []
