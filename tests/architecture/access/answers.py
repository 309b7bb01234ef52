"""Words for what each person gets: one status a person, in the order of PEOPLE.

302 is "sign in first"; 404 is both "missing" and "not for you"; 405 is "only by another method".
"""

from typing import Any

PEOPLE = ("anonymous", "deputy", "officer", "other_officer", "gis", "staff", "admin")

EVERYBODY = "200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200"
INTERNAL = "404 200 200 200 200 200 200"
DEPUTIES = "302 200 404 404 404 404 404"
EDITORS_ONLY = "302 404 404 404 200 200 200"
STAFF_ONLY = "302 404 404 404 404 200 200"
ADMIN_ONLY = "302 302 302 302 302 302 200"
# The officer belongs to the lead department.
LEAD_AND_STAFF = "302 404 200 404 404 200 200"
# The finding is a deputy's own, about a point of the officer's department.
CONCERNED = "302 200 200 404 404 200 200"
CONCERNED_API = "404 200 200 404 404 200 200"
WALKER_AND_STAFF = "302 200 404 404 404 200 200"
NOTHING = "404 404 404 404 404 404 404"
NOTHING_SIGNED_IN = "302 404 404 404 404 404 404"
# Those who have a part in it learn that it takes a POST; for others there is nothing there.
NOBODY_BY_GET = "405 405 405 405 405 405 405"
ACTORS_BY_GET = "302 404 405 405 404 405 405"
STAFF_BY_GET = "302 404 404 404 404 405 405"

EMBEDDED_ELSEWHERE = ("/tiles/", "/rasters/", "/styles/", "/fonts/", "/api/v1/", "/ogc/", "/sta/", "/by-token/")
"""What maps of other sites may show."""


def check_headers(answer: Any, address: str, *, signed_in: bool) -> None:
    """Every answer says what the page may do, whether other sites may embed it, and that a person's own is not kept."""
    assert answer["Permissions-Policy"].startswith("geolocation=(self), camera=(self), "), address
    assert "microphone=()" in answer["Permissions-Policy"], address
    shared = address.startswith(EMBEDDED_ELSEWHERE)
    assert answer["Cross-Origin-Resource-Policy"] == ("cross-origin" if shared else "same-origin"), address
    assert answer["X-Content-Type-Options"] == "nosniff", address
    kept = answer.get("Cache-Control", "")
    assert not signed_in or kept == "private, no-store" or "public" in kept.split(", "), f"{address}: {kept}"


def expected(answers: str) -> dict[str, int]:
    """Return the status for each of PEOPLE."""
    return dict(zip(PEOPLE, map(int, answers.split()), strict=True))
