"""What each person may see, over all layers: the ids in the tiles are the ids of the API, and nothing more is told.

The demo district gives every fixed layer something to show and something to hide; three loaded layers are added: one
for everybody, one for people who are signed in, one whose public misses a column.
"""

import math
import re

import mapbox_vector_tile
import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.district import current
from accounts.models import Area, User
from geo_portal.tilesets import CATALOGUE, FIXED
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from projects.models import ProjectPlace
from reporting.boards.models import Board
from reporting.boards.tiles import FIELDS as BOARD_FIELDS
from reporting.boards.tiles import name_of
from tests import demo_database
from tests.data.gis_files import gbk_ponds
from tests.data.module_scene import check_foreign_keys
from tests.data.published import make_public
from tiles.engine.pool import POOL
from tiles.layer.vector import public_audience

# The mark also makes sure that there is a test database when this file is run alone.
pytestmark = [pytest.mark.slow, pytest.mark.demo, pytest.mark.django_db]
PEOPLE = ("anonymous", "deputy", "officer", "officer2", "gis", "staff", "admin")
ZOOM = 8
LOADED = {"open-ponds": "public", "inner-ponds": "internal", "half-ponds": "public"}
OF_THE_DEMO = ("source_protection", "sewage_terminals", "geonames_places")
SEE_PUBLISHED_MATTERS = ("anonymous", "gis")
HIDDEN = "户数"
LAYERS = {layer.name: layer for layer in FIXED}
CLUSTERS = {layer.name: layer.map_use.companion_of for layer in FIXED if layer.cluster}
API = {name: layer.api for name, layer in LAYERS.items() if name not in CLUSTERS} | {
    slug: f"/api/v1/layers/{slug}/features/" for slug in (*LOADED, *OF_THE_DEMO)
}
PERSONAL = re.compile(r"phone|mobile|email|contact|reporter|author|person|deputy|chief|text|description|note|address")
"""Parts of the names of columns that hold names, numbers or words of people."""


@pytest.fixture(scope="module")
def district(django_db_setup, django_db_blocker, tmp_path_factory):
    """Everything once for all tests of this file, rolled back after them."""
    folder = tmp_path_factory.mktemp("audiences")
    with demo_database.entered(django_db_blocker, MEDIA_ROOT=folder, DEMO=True):
        load_layers(folder)
        check_foreign_keys()
        yield


def load_layers(folder):
    path = gbk_ponds(folder)
    for slug, visibility in LOADED.items():
        load(LoadOptions(path=path, file_name=path.name, slug=slug), Report())
        if visibility == "public":
            make_public(slug)
    Layer.objects.filter(slug="half-ponds").update(public_fields=["编号", "名称", "面积"])


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
    return [client.get(address) for address in addresses(name, about.json().get("bounds") or [0] * 4)]


def addresses(name, bounds):
    zoom = max(ZOOM, LAYERS[name].minzoom) if name in LAYERS else ZOOM
    return [f"/tiles/{name}/{zoom}/{x}/{y}.mvt" for x, y in tiles_over(bounds, zoom)]


def features(answers, name):
    full = (answer for answer in answers if answer.status_code == 200)
    return [feature for answer in full for feature in mapbox_vector_tile.decode(answer.content)[name]["features"]]


def api_features(client, name):
    address, found = f"{API[name]}{'&' if '?' in API[name] else '?'}page_size=1000", []
    while address:
        answer = client.get(address)
        if answer.status_code == 404:
            return None
        body = answer.json()
        found += body["features"]
        address = body.get("next")
    if name == "project_places":
        placed = set(ProjectPlace.objects.values_list("project_id", flat=True))  # the others have none to tell
        details = [client.get(f"{API[name]}{item['id']}/").json() for item in found if item["id"] in placed]
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
    boards = {name_of(board) for board in Board.objects.all()} - {""}
    assert layer_names == {*API, *CLUSTERS, *boards}
    assert all(API.values()), "a layer does not say where the API lists its features"


@pytest.mark.parametrize("person", PEOPLE)
def test_the_tiles_of_a_board_are_for_whoever_may_open_it(client_of, person):
    """Their features are areas, which everybody knows; value and class are those of the board's page."""
    client, boards = client_of(person), [board for board in Board.objects.all() if name_of(board)]
    assert len(boards) > 8
    for board in boards:
        answers = tile_answers(client, name_of(board))
        if client.get(board.get_absolute_url()).status_code != 200:
            assert answers is None, board.slug
        for feature in features(answers or [], name_of(board)):
            assert feature["properties"].keys() <= {"id", *BOARD_FIELDS}


@pytest.mark.parametrize("name", LAYERS)
def test_no_tile_carries_names_numbers_or_words_of_people(name):
    layer = LAYERS[name]
    model = layer.visible_to(None).model
    for source in layer.fields.values():
        for column in columns_of(model, source):
            assert not PERSONAL.search(column.name), f"{name} carries {column}"
            assert column.related_model is not User, f"{name} carries something of a user"
            assert type(column) is not models.TextField, f"{name} carries the text {column}"


def columns_of(model, source):
    """The model's columns on the way that `source` names; an annotation is a computed value and names none."""
    found = []
    for part in str(source).split("__") if isinstance(source, str) else []:
        part = model._meta.pk.name if part == "pk" else part.removesuffix("_id")
        if part not in {field.name for field in model._meta.get_fields()}:
            return found
        found.append(model._meta.get_field(part))
        model = found[-1].related_model or model
    return found


@pytest.mark.parametrize("name", CLUSTERS)
@pytest.mark.parametrize("person", PEOPLE)
def test_clusters_count_what_the_api_lists_and_tell_no_more(client_of, person, name):
    client, points = client_of(person), CLUSTERS[name]
    told = [feature["properties"] for feature in features(tile_answers(client, name), name)]
    assert sum(item["count"] for item in told) == len(api_features(client, points))
    assert {key for item in told for key in item} <= {
        *("id", "count", "worst_count", "point", "light_rank"),
        *LAYERS[points].fields,
    }


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
    assert {key for feature in shown for key in feature["properties"]} <= allowed_in(name, listed)
    if {answer["Cache-Control"] for answer in answers} == {"public, no-cache"}:
        assert shown == features(tile_answers(client_of("anonymous"), name), name), "a shared cache gives it to all"
    else:
        assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}
        assert person != "anonymous", "what everybody sees may be shared"
        assert name not in LAYERS or LAYERS[name].audience is not public_audience


def allowed_in(name, listed):
    """The properties that a tile may carry: a fixed layer's own, of a loaded layer those that the API tells."""
    if name in LAYERS:
        return {"id", *LAYERS[name].fields}
    return {"id", *(key for item in listed for key in item["properties"])}


@pytest.mark.parametrize("name", [*API, *CLUSTERS])
@pytest.mark.parametrize("person", ["anonymous", "staff"])
def test_a_tile_is_one_statement_however_many_features_are_in_it(client_of, monkeypatch, person, name):
    client, statements, in_transaction = client_of(person), [], POOL._inside_transaction
    about = client.get(f"/tiles/{name}.json")
    if about.status_code == 404:
        assert (person, LOADED.get(name)) == ("anonymous", "internal")
        return

    def counted(sql, params, limit):
        statements.append(sql)
        return in_transaction(sql, params, limit)

    monkeypatch.setattr(POOL, "_inside_transaction", counted)
    for address in addresses(name, about.json()["bounds"]):
        statements.clear()
        current()  # the district's record is read once and kept
        with CaptureQueriesContext(connection) as others:
            assert client.get(address).status_code in (200, 204)
        assert len(statements) == 1
        asked = [query["sql"] for query in others if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET LOCAL"))]
        assert len(asked) <= most_queries(person, name), asked


def most_queries(person, name):
    """Besides the tile itself: session and person of who is signed in; of a loaded layer its row and its copies; of
    papers whether staff have a seat too, whose drafts are theirs alone."""
    sits = 2 if (person, name) == ("staff", "papers") else 0
    return (2 if person != "anonymous" else 0) + (0 if name in LAYERS else 2) + sits


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
        assert answer["Cache-Control"] == "private, no-store"
        assert "Cookie" in answer["Vary"]
    with_inner = client.get(f"/tiles/areas,inner-ponds/{ZOOM}/214/105.mvt")
    if person == "anonymous":
        assert with_inner.status_code == 404
    else:
        assert with_inner["Cache-Control"] == "private, no-store"
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
