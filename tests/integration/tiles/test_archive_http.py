"""PMTiles written from our tiles and served again: the same tiles, the same TileJSON, for those who may see them."""

import gzip
import json
import os
from io import StringIO
from pathlib import Path

import jsonschema
import mapbox_vector_tile
import pytest
from django.core.management import call_command
from pmtiles.reader import MmapSource, Reader, all_tiles

from geo_portal.tilesets import CATALOGUE
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures
from tests.integration.tiles.test_http import SCHEMA


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PMTILES_DIR = tmp_path / "pmtiles"
    settings.PMTILES_DIR.mkdir()
    return settings.PMTILES_DIR


def export(*args):
    out = StringIO()
    call_command(*args, "--json", stdout=out)
    return json.loads(out.getvalue())


def stock_tiles(path):
    with path.open("rb") as file:
        return dict(all_tiles(MmapSource(file)))


def test_a_layers_file_holds_each_tile_that_the_site_serves(ponds, client, folder):  # noqa: F811
    path = folder / "out.pmtiles"
    body = export("export_layer", "ponds", str(path), "--maxzoom", "13")
    tiles = stock_tiles(path)
    assert body["tiles"] == len(tiles) > 13
    assert {z for z, _x, _y in tiles} == set(range(14))
    for (z, x, y), packed in tiles.items():
        assert gzip.decompress(packed) == client.get(f"/tiles/ponds/{z}/{x}/{y}.mvt").content
    shown = set()
    for (z, _x, _y), packed in tiles.items():
        if z == 13:
            layer = mapbox_vector_tile.decode(gzip.decompress(packed))["ponds"]
            shown |= {feature["id"] for feature in layer["features"]}
    assert shown == {1, 2, 3}


def test_the_file_says_what_it_is(ponds, folder):  # noqa: F811
    export("export_layer", "ponds", str(folder / "out.pmtiles"), "--minzoom", "3", "--maxzoom", "10")
    with (folder / "out.pmtiles").open("rb") as file:
        reader = Reader(MmapSource(file))
        header, metadata = reader.header(), reader.metadata()
    assert (header["min_zoom"], header["max_zoom"]) == (3, 10)
    assert header["min_lon_e7"] == pytest.approx(1213100000, abs=100)
    (layer,) = metadata["vector_layers"]
    assert (layer["id"], layer["minzoom"], layer["maxzoom"]) == ("ponds", 3, 10)
    assert "名称" in layer["fields"]


def test_a_file_in_the_folder_is_a_tileset(ponds, client, folder):  # noqa: F811
    export("export_layer", "ponds", str(folder / "offline.pmtiles"), "--maxzoom", "10")
    entry = next(item for item in client.get("/tiles/").json()["tilesets"] if item["id"] == "offline")
    body = client.get("/tiles/offline.json").json()
    assert entry["tilejson"].endswith("/tiles/offline.json")
    assert (body["minzoom"], body["maxzoom"]) == (0, 10)
    assert body["bounds"] == pytest.approx(client.get("/tiles/ponds.json").json()["bounds"])
    for z, x, y in stock_tiles(folder / "offline.pmtiles"):
        served = client.get(f"/tiles/offline/{z}/{x}/{y}.mvt")
        assert served.content == client.get(f"/tiles/ponds/{z}/{x}/{y}.mvt").content


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"the TileJSON 3.0.0 schema is not at {SCHEMA}")
def test_its_tilejson_is_valid_against_the_schema(ponds, client, folder):  # noqa: F811
    export("export_layer", "ponds", str(folder / "offline.pmtiles"), "--maxzoom", "4")
    schema = json.loads(Path(SCHEMA).read_text())
    jsonschema.Draft7Validator(schema).validate(client.get("/tiles/offline.json").json())


def test_encodings_tags_and_empty_tiles_are_as_everywhere(ponds, client, folder):  # noqa: F811
    export("export_layer", "ponds", str(folder / "offline.pmtiles"), "--maxzoom", "4")
    plain = client.get("/tiles/offline/0/0/0.mvt")
    packed = client.get("/tiles/offline/0/0/0.mvt", headers={"accept-encoding": "zstd, gzip"})
    assert (packed["Content-Encoding"], gzip.decompress(packed.content)) == ("gzip", plain.content)
    assert "Content-Encoding" not in plain
    assert client.get("/tiles/offline/0/0/0.mvt", headers={"if-none-match": plain["ETag"]}).status_code == 304
    assert client.get("/tiles/offline/4/0/0.mvt").status_code == 204
    assert client.get("/tiles/offline/4/99/0.mvt").json()["code"] == "bad-tile-address"
    assert client.get("/tiles/offline/0/0/0.mvt", {"filter": "a=1"}).json()["code"] == "wish-unsupported"
    assert plain["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in plain["Vary"]


def test_a_file_that_is_replaced_is_served_anew(ponds, client, folder):  # noqa: F811
    path = folder / "offline.pmtiles"
    export("export_layer", "ponds", str(path), "--maxzoom", "2")
    before = client.get("/tiles/offline/0/0/0.mvt")["ETag"]
    export("export_tiles", str(folder / "new.pmtiles"), "--tilesets", "ponds", "--maxzoom", "3")
    os.replace(folder / "new.pmtiles", path)
    assert client.get("/tiles/offline.json").json()["maxzoom"] == 3
    assert client.get("/tiles/offline/0/0/0.mvt")["ETag"] != before


def test_an_internal_file_is_nowhere_for_the_public(ponds, client, as_user, staff, folder, settings):  # noqa: F811
    export("export_layer", "ponds", str(folder / "inner.pmtiles"), "--maxzoom", "2")
    settings.PMTILES_INTERNAL = ["inner"]
    for address in ("/tiles/inner.json", "/tiles/inner/0/0/0.mvt"):
        assert client.get(address).status_code == 404
        answer = as_user(staff).get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert "inner" not in {item["id"] for item in client.get("/tiles/").json()["tilesets"]}


def test_a_file_never_takes_the_place_of_a_layer(ponds, secret_ponds, client, world, folder):  # noqa: F811
    for name in ("ponds", "areas"):
        export("export_tiles", str(folder / f"{name}.pmtiles"), "--tilesets", "places", "--maxzoom", "9")
    assert client.get("/tiles/ponds/0/0/0.mvt").status_code == 404
    assert "places" not in [layer["id"] for layer in client.get("/tiles/areas.json").json()["vector_layers"]]


def test_what_is_no_archive_is_no_tileset(client, db, folder):
    (folder / "broken.pmtiles").write_bytes(b"PMTiles but not really")
    assert client.get("/tiles/broken.json").status_code == 404
    for name in ("..%2Fsecret", "broken", ".hidden"):
        assert client.get(f"/tiles/{name}/0/0/0.mvt").status_code == 404
    assert client.get("/tiles/").status_code == 200


def test_the_district_is_written_with_all_that_is_public(world, secret_ponds, folder):  # noqa: F811
    body = export("export_tiles", str(folder / "district.pmtiles"), "--maxzoom", "10")
    assert "ponds" not in body["tilesets"]
    tiles = stock_tiles(folder / "district.pmtiles")
    deepest = [packed for (z, _x, _y), packed in tiles.items() if z == 10]
    assert {"areas", "places"} <= {name for one in deepest for name in mapbox_vector_tile.decode(gzip.decompress(one))}


def test_an_internal_layer_is_written_with_a_warning(secret_ponds, folder):  # noqa: F811
    body = export("export_layer", "ponds", str(folder / "out.pmtiles"), "--maxzoom", "3")
    assert len(body["warnings"]) == 1


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["export_layer", "ponds", "OUT", "--minzoom", "5", "--maxzoom", "3"], "zoom-range"),
        (["export_layer", "ponds", "OUT", "--maxzoom", "30"], "zoom-range"),
        (["export_layer", "ponds", "OUT", "--crs", "EPSG:4490"], "format-crs"),
        (["export_layer", "ponds", "no/OUT"], "target-missing"),
        (["export_tiles", "OUT", "--tilesets", "no-such-tileset"], "tileset-missing"),
        (["export_tiles", "OUT", "--tilesets", "findings"], "layer-empty"),
        (["export_tiles", "OUT", "--tilesets", "stations"], "layer-empty"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(ponds, folder, command, code):  # noqa: F811
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(*[word.replace("OUT", str(folder / "out.pmtiles")) for word in command], stderr=errors)
    assert ended.value.code == 2
    assert code in errors.getvalue()
    assert list(folder.iterdir()) == []


def test_a_tileset_of_too_many_tiles_is_refused(ponds, folder, monkeypatch):  # noqa: F811
    monkeypatch.setattr("tiles.archive.write.MAX_TILES", 5)
    with pytest.raises(SystemExit):
        call_command("export_layer", "ponds", str(folder / "out.pmtiles"), stderr=StringIO())
    assert list(folder.iterdir()) == []
    assert CATALOGUE.archive("out", None) is None
