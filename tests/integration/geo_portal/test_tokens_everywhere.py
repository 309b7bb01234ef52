"""A token opens every format of maps and layers that its person sees, however it is sent, and nothing else."""

import base64
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.tokens import services as tokens
from layers.models import Layer
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures

FORMATS = {
    "tile": "/tiles/ponds/12/3428/1691.mvt",
    "tilejson": "/tiles/ponds.json",
    "list of tilesets": "/tiles/",
    "style": "/styles/district.json",
    "layers": "/ogc/collections",
    "layer": "/ogc/collections/ponds",
    "features": "/ogc/collections/ponds/items",
    "queryables": "/ogc/collections/ponds/queryables",
    "tilesets": "/ogc/collections/ponds/tiles",
    "table": "/layers/ponds/table.csv",
    "geojson": "/layers/ponds/export.geojson",
    "geopackage": "/layers/ponds/export.gpkg",
    "shapefile": "/layers/ponds/export.zip",
}
"""Each of them names the layer for who sees it; for others it is missing or does not name it."""
IN_A_FILE = {"geopackage", "shapefile"}
"""What is binary shows by its status alone."""
ROLES = ["deputy", "officer", "gis", "staff", "admin_user"]


@pytest.fixture
def issue(world):
    def make(actor, *scopes, department=None):
        day = timezone.localdate() + timedelta(days=30)
        return tokens.issue(actor, department=department, name="QGIS", scopes=scopes, expires_on=day)[1]

    return make


def bearer(text):
    return {"headers": {"Authorization": f"Bearer {text}"}}, ""


def basic(text):
    pair = base64.b64encode(f"anybody:{text}".encode()).decode()
    return {"headers": {"Authorization": f"Basic {pair}"}}, ""


def address(text):
    return {}, f"/by-token/{text}"


def shows_the_layer(way, text, name):
    sent, before = way(text)
    answer = Client(**sent).get(before + FORMATS[name])
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code in (200, 302, 401, 404), (name, body[:200])
    if sent or before:
        assert answer["Cache-Control"] == "private, no-store", name
    return answer.status_code == 200 and (name in IN_A_FILE or b"ponds" in body or "编号".encode() in body)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_every_format_in_every_way(role, request, issue, secret_ponds):  # noqa: F811
    text = issue(request.getfixturevalue(role), "maps:read")
    missing = [
        (way.__name__, name)
        for way in (bearer, basic, address)
        for name in FORMATS
        if not shows_the_layer(way, text, name)
    ]
    assert missing == []
    assert ApiToken.objects.get().last_used_at is not None


def test_without_a_token_and_by_a_wrong_one_no_format_shows_it(issue, officer, secret_ponds):  # noqa: F811
    issue(officer, "maps:read")
    guess = "hs_" + "a" * 43
    for way in (bearer, basic, address):
        assert [name for name in FORMATS if shows_the_layer(way, guess, name)] == []
    assert [name for name in FORMATS if shows_the_layer(lambda _text: ({}, ""), "", name)] == []


def test_a_token_taken_back_or_run_out_opens_nothing_in_any_way(issue, staff, secret_ponds):  # noqa: F811
    text = issue(staff, "maps:read")
    assert shows_the_layer(address, text, "tile")
    ApiToken.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert not any(shows_the_layer(way, text, name) for way in (bearer, basic, address) for name in FORMATS)


def test_a_departments_token_sees_what_its_officers_see(issue, officer, world, secret_ponds):  # noqa: F811
    text = issue(officer, "maps:read", department=world.water)
    assert all(shows_the_layer(way, text, name) for way in (bearer, basic, address) for name in FORMATS)


def test_one_for_maps_reads_no_matters_and_opens_no_page(issue, staff, secret_ponds):  # noqa: F811
    text = issue(staff, "maps:read")
    for way in (bearer, basic):
        sent, _before = way(text)
        assert Client(**sent).get("/api/v1/suggestions/").status_code == 403
        assert Client(**sent).get("/papers/export.csv").status_code == 403
        assert Client(**sent).get("/work/").status_code == 302
        assert Client(**sent).post("/api/v1/samples/", "[]", content_type="application/json").status_code == 403
    assert issue(staff, "read") != text


@pytest.mark.parametrize(
    "rest", ["work/", "api/v1/suggestions/", "admin/", "papers/export.csv", "by-token/x/ogc/", "-/-"]
)
def test_an_address_with_a_token_leads_to_maps_alone(issue, admin_user, rest):
    text = issue(admin_user, "read", "maps:read")
    answer = Client().get(f"/by-token/{text}/{rest}")
    assert answer.status_code == 404
    assert Client().options(f"/by-token/{text}/{rest}").status_code == 404
    assert Client().post(f"/by-token/{text}/ogc/").status_code == 405


def test_such_an_address_is_only_read_and_says_so_whatever_is_there(issue, gis, secret_ponds):  # noqa: F811
    text = issue(gis, "maps:read", "layers:write")
    for name in ("ponds", "nothing"):
        answer = Client().options(f"/by-token/{text}/ogc/collections/{name}/items")
        assert (answer.status_code, answer["Allow"], answer.content) == (200, "GET, HEAD, OPTIONS", b"")
    assert Client().options("/by-token/hs_" + "a" * 43 + "/ogc/collections/ponds/items").status_code == 401


def test_links_behind_such_an_address_lead_on_behind_it(issue, staff, secret_ponds, caplog):  # noqa: F811
    text = issue(staff, "maps:read")
    with caplog.at_level(logging.DEBUG):
        body = Client().get(f"/by-token/{text}/ogc/collections/ponds?f=html").json()
        assert Client().get(f"/by-token/{text}/ogc/collections/nothing").status_code == 404
    assert body["links"]
    for link in body["links"]:
        assert link["href"].startswith(f"http://testserver/by-token/{text}/"), link
    (tiles,) = Client().get(f"/by-token/{text}/tiles/ponds.json").json()["tiles"]
    assert tiles.startswith(f"http://testserver/by-token/{text}/tiles/ponds/")


def test_a_page_of_another_site_may_ask_with_a_token_and_reads_refusals(world):
    asks = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization"}  # fmt: skip
    for path in ("/tiles/nothing.json", "/ogc/collections", "/api/v1/areas/", "/styles/district.json", "/rasters/"):
        before = Client(headers=asks).options(path)
        assert (before.status_code, before["Access-Control-Allow-Origin"]) == (204, "*")
        assert "Authorization" in before["Access-Control-Allow-Headers"]
        assert "POST" not in before["Access-Control-Allow-Methods"]
        assert "Access-Control-Allow-Credentials" not in before
        assert Client().get(path)["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in Client(headers=asks).options("/work/")


def test_a_foreign_basic_pair_is_left_to_whom_it_is_for(world):
    for pair in ("YTpi", "%%%", "eDp5", ""):
        assert Client(headers={"Authorization": f"Basic {pair}"}).get("/ogc/collections").status_code == 200


def test_what_a_browser_keeps_and_sends_by_itself_never_writes(issue, officer, world):
    """A form of another site would bring name and password along."""
    text = issue(officer, "samples:write", department=world.water)
    answers = {}
    for way in (bearer, basic):
        sent, _before = way(text)
        answers[way] = Client(**sent).post("/api/v1/samples/", "[]", content_type="application/json")
    assert answers[bearer].status_code in (200, 207, 400)
    assert answers[basic].status_code == 403
    assert "Bearer" in answers[basic].json()["detail"]


def test_a_public_layer_is_public_by_a_token_too(issue, staff, ponds):  # noqa: F811
    assert Layer.objects.get(slug="ponds").visibility == "public"
    sent, _before = bearer(issue(staff, "maps:read"))
    assert Client(**sent).get(FORMATS["tile"])["Cache-Control"] == "public, no-cache"
