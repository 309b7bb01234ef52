"""What each person may see, over all layers: the ids in the tiles are the ids of the API, and nothing more is told.

The demo district gives every fixed layer something to show and something to hide; three loaded layers are added: one
for everybody, one for people who are signed in, one whose public misses a column.
"""

import math
from datetime import date

import mapbox_vector_tile
import pytest
from django.db import transaction
from django.test import Client, override_settings

from accounts.models import Area, User
from demo.load import load_district
from geo_portal.tilesets import CATALOGUE, FIXED
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from tests.data.gis_files import gbk_ponds

# The mark also makes sure that there is a test database when this file is run alone.
pytestmark = pytest.mark.django_db
PEOPLE = ("anonymous", "deputy", "officer", "officer2", "gis", "staff", "admin")
ZOOM = 8
CLOSE = {"management_ranges": 11, "project_places": 10}
"""Layers that begin at a closer zoom than the others."""
CLUSTERS = {"monitoring_point_clusters": "monitoring_points"}
LOADED = {"open-ponds": "public", "inner-ponds": "internal", "half-ponds": "public"}
OF_THE_DEMO = ("source_protection", "sewage_terminals", "geonames_places")
SEE_PUBLISHED_MATTERS = ("anonymous", "gis")
SEE_PUBLIC_PROJECTS = ("anonymous", "deputy", "gis")
HIDDEN = "户数"
API = {
    "areas": "/api/v1/areas/",
    "places": "/api/v1/areas/",
    "reaches": "/api/v1/reaches/",
    "monitoring_points": "/api/v1/monitoring-points/",
    "projects": "/api/v1/projects/",
    "project_places": "/api/v1/projects/",
    "stations": "/api/v1/stations/",
    "findings": "/api/v1/findings/",
    "outfalls": "/api/v1/outfalls/",
    "service_areas": "/api/v1/service-areas/",
    "management_ranges": "/api/v1/management-ranges/",
} | {slug: f"/api/v1/layers/{slug}/features/" for slug in (*LOADED, *OF_THE_DEMO)}
# Every property that a tile may carry. Names of people, telephones, texts of findings are in none.
PROPERTIES = {
    "areas": "id code name level rank schematic",
    "places": "id code name level rank",
    "reaches": "id code name river grade class target_class area updated",
    "monitoring_points": "id code name kind class target_class status overdue area updated",
    "projects": "id code name category status light progress area year",
    "project_places": "id number name code project done_on",
    "stations": "id code name kind area",
    "findings": "id code category state area created",
    "outfalls": "id code name kind state dry_flow area updated",
    "service_areas": "id code name kind",
    "management_ranges": "id code name river grade metres area",
    **dict.fromkeys(LOADED, "id 编号 名称 面积 户数"),
    "source_protection": "id 名称 级别",
    "sewage_terminals": "id 编号 名称 镇街 规模吨日 工艺",
    "geonames_places": "id geonameid name population",
}


@pytest.fixture(scope="module")
def district(django_db_setup, django_db_blocker, tmp_path_factory):
    """Everything once for all tests of this file, rolled back after them."""
    folder = tmp_path_factory.mktemp("audiences")
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, PASSWORD_HASHERS=[hasher], DEMO=True),
        transaction.atomic(),
    ):
        load_district(date(2026, 11, 23))
        path = gbk_ponds(folder)
        for slug, visibility in LOADED.items():
            load(LoadOptions(path=path, file_name=path.name, slug=slug, visibility=visibility), Report())
        Layer.objects.filter(slug="half-ponds").update(public_fields=["编号", "名称", "面积"])
        yield
        transaction.set_rollback(True)


@pytest.fixture
def client_of(district):
    def sign_in(person):
        client = Client()
        if person != "anonymous":
            user = User.objects.get(username=person)
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def tiles_over(bounds, zoom=ZOOM):
    west, south, east, north = bounds

    def column(longitude):
        return int((longitude + 180) / 360 * 2**zoom)

    def row(latitude):
        return int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**zoom)

    return [(x, y) for x in range(column(west), column(east) + 1) for y in range(row(north), row(south) + 1)]


def tile_answers(client, name):
    about = client.get(f"/tiles/{name}.json")
    if about.status_code == 404:
        return None
    assert about.status_code == 200
    zoom = CLOSE.get(name, ZOOM)
    tiles = tiles_over(about.json().get("bounds") or [0] * 4, zoom)
    return [client.get(f"/tiles/{name}/{zoom}/{x}/{y}.mvt") for x, y in tiles]


def features(answers, name):
    full = (answer for answer in answers if answer.status_code == 200)
    return [feature for answer in full for feature in mapbox_vector_tile.decode(answer.content)[name]["features"]]


def api_features(client, name):
    address, found = f"{API[name]}?page_size=1000", []
    while address:
        answer = client.get(address)
        if answer.status_code == 404:
            return None
        body = answer.json()
        found += body["features"]
        address = body.get("next")
    if name == "project_places":
        details = [client.get(f"{API[name]}{item['id']}/").json() for item in found]
        return [place for detail in details for place in detail["properties"]["places"]]
    if name == "places":
        placed = set(Area.objects.filter(point__isnull=False).values_list("pk", flat=True))
        return [item for item in found if item["id"] in placed]
    return [item for item in found if item["geometry"]]


@pytest.fixture
def layer_names(district):
    everybody = [None, *User.objects.filter(username__in=PEOPLE)]
    return {layer.name for user in everybody for layer in CATALOGUE.vector_layers(user)}


def test_every_layer_of_the_site_is_looked_at(layer_names):
    assert layer_names == {*API, *CLUSTERS}
    assert set(API) == set(PROPERTIES) >= {layer.name for layer in FIXED} - set(CLUSTERS)


@pytest.mark.parametrize("name", CLUSTERS)
@pytest.mark.parametrize("person", PEOPLE)
def test_clusters_count_what_the_api_lists_and_tell_no_more(client_of, person, name):
    client, points = client_of(person), CLUSTERS[name]
    told = [feature["properties"] for feature in features(tile_answers(client, name), name)]
    assert sum(item["count"] for item in told) == len(api_features(client, points))
    assert {key for item in told for key in item} <= {*allowed_for(person, points), "count", "worst_count", "point"}


@pytest.mark.parametrize("name", API)
@pytest.mark.parametrize("person", PEOPLE)
def test_tiles_show_what_the_api_lists_and_tell_no_more(client_of, person, name):
    client = client_of(person)
    answers, listed = tile_answers(client, name), api_features(client, name)
    if answers is None:
        assert not listed, f"{person} is told of {name} by the API alone"
        return
    assert listed is not None
    shown = features(answers, name)
    assert {feature["id"] for feature in shown} == {item["id"] for item in listed}
    assert all(feature["properties"]["id"] == feature["id"] for feature in shown)
    assert {key for feature in shown for key in feature["properties"]} <= allowed_for(person, name)
    shared = {answer["Cache-Control"] for answer in answers}
    assert shared == {f"{'public' if is_shared(person, name) else 'private'}, no-cache"}


def allowed_for(person, name):
    allowed = set(PROPERTIES[name].split())
    return allowed - {HIDDEN} if (person, name) == ("anonymous", "half-ponds") else allowed


def is_shared(person, name):
    """Whether everybody sees the same, said here once more and by other means than the code's."""
    if name == "inner-ponds":
        return False
    if name == "findings":
        return person in SEE_PUBLISHED_MATTERS
    if name == "half-ponds":
        return person == "anonymous"
    return name not in ("projects", "project_places") or person in SEE_PUBLIC_PROJECTS


def test_the_lists_differ_where_they_must(client_of):
    """Were everybody shown the same, the tests above would say little."""
    seen = {person: {item["id"] for item in api_features(client_of(person), "findings") or []} for person in PEOPLE}
    assert seen["staff"] > seen["anonymous"] == seen["gis"] > set()
    assert seen["officer"] != seen["officer2"]
    assert seen["staff"] == seen["admin"] > seen["deputy"] > set()
    projects = {person: {item["id"] for item in api_features(client_of(person), "projects")} for person in PEOPLE}
    assert projects["staff"] > projects["anonymous"]
    assert tile_answers(client_of("anonymous"), "inner-ponds") is None


def test_a_hidden_column_can_neither_be_carried_nor_asked_about(client_of):
    public, officer = client_of("anonymous"), client_of("officer")
    address = f"/tiles/half-ponds/{ZOOM}/214/105.mvt"
    assert HIDDEN not in public.get("/tiles/half-ponds.json").json()["vector_layers"][0]["fields"]
    for wish in ({"filter": f"{HIDDEN} > 0"}, {"properties": HIDDEN}, {"filter": f"{HIDDEN} IS NULL"}):
        assert public.get(address, wish).status_code == 400
        assert officer.get(address, wish).status_code == 200
    assert public.get("/layers/half-ponds/export.csv", {"filter": f"{HIDDEN} > 0"}).status_code == 400
    assert HIDDEN in officer.get("/tiles/half-ponds.json").json()["vector_layers"][0]["fields"]


@pytest.mark.parametrize("person", PEOPLE)
def test_a_composite_is_as_private_as_its_most_private_layer(client_of, person):
    client = client_of(person)
    answer = client.get(f"/tiles/areas,findings/{ZOOM}/214/105.mvt")
    if person in SEE_PUBLISHED_MATTERS:
        assert answer["Cache-Control"] == "public, no-cache"
    else:
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Cookie" in answer["Vary"]
    with_inner = client.get(f"/tiles/areas,inner-ponds/{ZOOM}/214/105.mvt")
    if person == "anonymous":
        assert with_inner.status_code == 404
    else:
        assert with_inner["Cache-Control"] == "private, no-cache"
    assert client.get(f"/tiles/areas,places/{ZOOM}/214/105.mvt")["Cache-Control"] == "public, no-cache"


def test_the_order_of_a_composite_does_not_matter(client_of):
    client = client_of("anonymous")
    one = client.get(f"/tiles/areas,places/{ZOOM}/214/105.mvt")
    other = client.get(f"/tiles/places,areas,places/{ZOOM}/214/105.mvt")
    assert (one.content, one["ETag"]) == (other.content, other["ETag"])
    assert client.get("/tiles/places,areas.json").json()["name"] == "areas,places"


@pytest.mark.parametrize("names", ["areas,", ",areas", "areas,nothing", ",".join(f"a{n}" for n in range(17))])
def test_a_composite_with_a_part_that_is_not_there_is_404(client_of, names):
    assert client_of("staff").get(f"/tiles/{names}/{ZOOM}/214/105.mvt").status_code == 404
