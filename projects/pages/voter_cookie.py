"""One answer per browser: a random number in a cookie, of which only a digest is kept, another one for each project."""

import secrets

from django.http import HttpRequest, HttpResponse

from accounts.rate_limits import digest_of

COOKIE = "rating"
KEEP_SECONDS = 400 * 24 * 3600
NUMBER_BYTES = 24


def voter_key(request: HttpRequest, project_id: int) -> str:
    """Return the key of this browser for one project; empty for a browser that has not answered anything yet.

    The project is part of it, so that the answers of one browser to several projects cannot be joined.
    """
    number = request.COOKIES.get(COOKIE, "")
    return voter_digest(number, project_id) if number else ""


def voter_digest(number: str, project_id: int) -> str:
    """Return the digest that is kept of a browser's number."""
    return digest_of(f"rating:{project_id}:{number}")


def new_cookie_value() -> str:
    """Return a number that nobody can guess."""
    return secrets.token_urlsafe(NUMBER_BYTES)


def set_voter_cookie(response: HttpResponse, number: str, *, secure: bool) -> None:
    """Let the browser keep its number: only for this site, never readable by script."""
    response.set_cookie(
        COOKIE, number, max_age=KEEP_SECONDS, secure=secure, httponly=True, samesite="Lax", path="/projects/"
    )
