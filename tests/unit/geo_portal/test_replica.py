"""What a web process on a standby hands on to one on the primary, without a database."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from geo_portal.middleware.replica import ReadsOnlyMiddleware
from geokit.refusal import Busy
from ui.refusals import answer_to
from ui.unavailable import database_away, reads_only, too_slow

ASK = RequestFactory()
ELSEWHERE = "X-Accel-Redirect"


def served(request, answer=None):
    return ReadsOnlyMiddleware(lambda _request: answer or HttpResponse("read"))(request)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_what_anybody_may_read_is_read_here(method):
    answer = served(getattr(ASK, method)("/projects/"))
    assert (answer.status_code, ELSEWHERE in answer.headers) == (200, False)


@pytest.mark.parametrize(
    "request_",
    [
        ASK.post("/report/"),
        ASK.put("/api/v1/findings/"),
        ASK.delete("/api/v1/findings/1/"),
        ASK.get("/work/", headers={"cookie": "sessionid=a"}),
        ASK.get("/api/v1/areas/", headers={"authorization": "Token a"}),
    ],
    ids=lambda request: f"{request.method} {request.path}",
)
def test_who_writes_or_is_known_is_for_the_primary(request_):
    answer = served(request_)
    assert (answer.status_code, answer[ELSEWHERE], answer["Cache-Control"]) == (503, "@writing", "no-store")


@pytest.mark.parametrize("path", ["/projects/", "/tiles/areas/1/1/1.mvt"])
@pytest.mark.parametrize(
    ("refusal", "is_handed_on"),
    [
        (reads_only(), True),
        (database_away(), True),
        (Busy("", code="tiles-unsure"), True),
        (too_slow(), False),
        (Busy("", code="tile-timeout"), False),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_what_is_away_here_is_asked_of_the_primary_and_what_is_slow_is_not(path, refusal, is_handed_on):
    if path == "/projects/" and "tile" in refusal.code:
        pytest.skip("tiles are JSON's")
    request = ASK.get(path)
    assert (ELSEWHERE in served(request, answer_to(request, refusal)).headers) == is_handed_on
