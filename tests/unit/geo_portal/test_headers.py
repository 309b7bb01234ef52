"""What every answer says to the browser; the access table asks every address for it."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from geo_portal.middleware.headers import FEATURES, HeadersMiddleware


def answer(path: str = "/work/", kept: str = "", **request) -> HttpResponse:
    asked = RequestFactory().get(path, **request.pop("headers", {}))
    asked.COOKIES.update(request.pop("cookies", {}))

    def view(_request):
        response = HttpResponse("x")
        if kept:
            response["Cache-Control"] = kept
        for name, value in request.get("sets", {}).items():
            response.set_cookie(name, value)
        return response

    return HeadersMiddleware(view)(asked)


SESSION = {settings.SESSION_COOKIE_NAME: "abc"}


@pytest.mark.parametrize("kept", ["", "private, no-cache", "private, max-age=3600", "max-age=0, no-cache"])
def test_what_goes_with_a_session_or_a_token_is_never_kept(kept: str) -> None:
    for personal in (
        answer(kept=kept, cookies=SESSION),
        answer(kept=kept, sets=SESSION),
        answer(kept=kept, headers={"HTTP_AUTHORIZATION": "Bearer x"}),
    ):
        assert personal["Cache-Control"] == "private, no-store"


def test_what_is_the_same_for_everybody_and_what_nobody_signed_in_got_stays_as_the_view_says() -> None:
    assert answer(kept="public, no-cache", cookies=SESSION)["Cache-Control"] == "public, no-cache"
    assert answer(kept="private, no-cache")["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in answer()


def test_what_is_asked_about_each_time_has_expired_for_clients_that_know_no_other_word() -> None:
    for kept in ("public, no-cache", "private, no-cache"):
        assert answer(kept=kept)["Expires"] == "Thu, 01 Jan 1970 00:00:00 GMT"
    for kept in ("", "public, max-age=300"):
        assert "Expires" not in answer(kept=kept)


@pytest.mark.parametrize("path", ["/tiles/areas/1/0/0.mvt", "/styles/haishu.json", "/fonts/x.pbf", "/api/v1/areas/"])
def test_maps_of_other_sites_may_show_tiles_styles_and_the_open_interface(path: str) -> None:
    assert answer(path)["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["/", "/work/", "/api/docs/", "/static/web/x.js", "/findings/1/photo/"])
def test_and_nothing_else(path: str) -> None:
    assert answer(path)["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_page_may_ask_where_one_is_and_for_the_camera_but_not_for_the_microphone() -> None:
    policy = answer()["Permissions-Policy"].split(", ")
    assert {"geolocation=(self)", "camera=(self)", "microphone=()", "payment=()"} <= set(policy)
    assert len(policy) == len(FEATURES)
