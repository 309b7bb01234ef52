"""Tiles over HTTP: addresses, caching, who may see, and that an edit shows at once."""

import gzip
import json
from pathlib import Path

import brotli
import jsonschema
import mapbox_vector_tile
import pytest
import zstandard
from django.contrib.gis.geos import Point

from accounts.models import Area
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures

TILE = "/tiles/places/9/428/211.mvt"


def names_in(response):
    content = gzip.decompress(response.content) if response.get("Content-Encoding") == "gzip" else response.content
    return {f["properties"]["name"] for f in mapbox_vector_tile.decode(content)["places"]["features"]}


@pytest.fixture
def anyone(as_user, world):
    return as_user(None)


def test_a_tile_decodes_and_says_what_it_is(anyone):
    response = anyone.get(TILE)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert names_in(response) == {"海曙区", "西镇", "东镇"}


UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.decompress}


@pytest.mark.parametrize("encoding", UNPACK)
def test_a_tile_comes_packed_as_asked_and_unpacked_to_others(anyone, encoding):
    packed = anyone.get(TILE, headers={"accept-encoding": encoding})
    plain = anyone.get(TILE)
    assert packed["Content-Encoding"] == encoding
    assert "Content-Encoding" not in plain
    assert UNPACK[encoding](packed.content) == plain.content
    assert packed["ETag"] == plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]


def test_the_same_tile_is_not_sent_twice(anyone):
    first = anyone.get(TILE)
    again = anyone.get(TILE, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_a_weak_or_listed_tag_matches_too_and_another_does_not(anyone):
    tag = anyone.get(TILE)["ETag"].removeprefix("W/")
    assert anyone.get(TILE, headers={"if-none-match": tag}).status_code == 304
    assert anyone.get(TILE, headers={"if-none-match": f'"x", W/{tag}'}).status_code == 304
    assert anyone.get(TILE, headers={"if-none-match": '"x"'}).status_code == 200


def test_an_edit_shows_in_the_very_next_tile(anyone, world):
    before = anyone.get(TILE)
    Area.objects.filter(pk=world.west_town.pk).update(name="西镇街道")
    after = anyone.get(TILE, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert "西镇街道" in names_in(after)


def test_a_tile_that_an_edit_does_not_touch_keeps_its_tag(anyone, world):
    far = Area.objects.create(code="999999", name="远方", level="town", point=Point(10, 10, srid=4326))
    before = anyone.get(TILE)
    far.name = "更远"
    far.save()
    assert anyone.get(TILE, headers={"if-none-match": before["ETag"]}).status_code == 304


def test_an_empty_tile_is_204(anyone):
    response = anyone.get("/tiles/places/9/100/211.mvt")
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("address", ["9/512/0", "9/0/512", "30/0/0", "a/b/c", "9/-1/0", "9/1.5/0"])
def test_a_tile_that_cannot_exist_is_400_with_a_reason(anyone, address):
    response = anyone.get(f"/tiles/places/{address}.mvt")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "bad-tile-address"
    assert response.json()["detail"]


@pytest.mark.parametrize(
    "address", ["/tiles/nothing/9/428/211.mvt", "/tiles/nothing.json", "/tiles/places,nothing.json"]
)
def test_an_unknown_tileset_is_404(anyone, address):
    response = anyone.get(address)
    assert response.status_code == 404
    assert response.json()["code"] == "not-found"


def test_an_unknown_tileset_is_404_even_at_a_wrong_address(anyone):
    assert anyone.get("/tiles/nothing/9/512/0.mvt").status_code == 404


def test_a_composite_carries_each_layer(anyone):
    response = anyone.get("/tiles/places,areas/9/428/211.mvt")
    assert set(mapbox_vector_tile.decode(response.content)) == {"places", "areas"}


def test_public_tiles_may_be_shared_but_must_be_asked_again(anyone):
    response = anyone.get(TILE)
    assert response["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in response["Vary"]


def test_tilejson_says_where_and_what(anyone):
    body = anyone.get("/tiles/places.json").json()
    assert body["tilejson"] == "3.0.0"
    assert body["tiles"] == ["http://testserver/tiles/places/{z}/{x}/{y}.mvt"]
    assert body["bounds"] == [121.325, 29.85, 121.375, 29.85]
    (layer,) = body["vector_layers"]
    assert layer["id"] == "places"
    assert layer["fields"] == {"id": "Number", "code": "String", "name": "String", "level": "String", "rank": "Number"}


def test_tilejson_of_nothing_has_no_bounds(anyone):
    Area.objects.update(point=None)
    assert "bounds" not in anyone.get("/tiles/places.json").json()


def test_the_list_names_the_tilesets_of_the_caller(anyone, secret_ponds, staff, as_user):  # noqa: F811
    ids = {entry["id"] for entry in anyone.get("/tiles/").json()["tilesets"]}
    assert {"areas", "reaches", "monitoring_points", "projects", "stations", "findings"} <= ids
    assert "ponds" not in ids
    assert "ponds" in {entry["id"] for entry in as_user(staff).get("/tiles/").json()["tilesets"]}


def test_a_tile_cannot_be_written_to(anyone):
    assert anyone.post(TILE).status_code == 405


def test_relief_is_a_picture(anyone):
    response = anyone.get("/rasters/hillshade/10/857/422.png")
    assert response.status_code == 200
    assert response.content.startswith(b"\x89PNG")


def test_relief_outside_the_model_is_204_and_an_unknown_raster_404(anyone):
    assert anyone.get("/rasters/hillshade/10/100/422.png").status_code == 204
    assert anyone.get("/rasters/nothing/10/857/422.png").status_code == 404


def test_a_raster_tile_that_cannot_exist_is_400(anyone):
    assert anyone.get("/rasters/hillshade/1/2/0.png").status_code == 400


SCHEMA = Path(__file__).resolve().parents[4] / "shared" / "data" / "tilejson" / "tilejson-3.0.0.schema.json"


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"the TileJSON 3.0.0 schema is not at {SCHEMA}")
@pytest.mark.parametrize("names", ["places", "areas,places", "projects"])
def test_tilejson_is_valid_against_its_schema(anyone, names):
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft7Validator(schema).validate(anyone.get(f"/tiles/{names}.json").json())
