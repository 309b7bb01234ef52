"""Pages, pictures and numbers of rasters: what each person sees and what an editor can change."""

import io
import json

import numpy as np
import pytest
import rasterio
from PIL import Image

from layers.catalogue import thumbnails
from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.models import Layer
from layers.rasters import raster_style
from tests.data.published import make_public
from tests.data.tiffs import CELL, NORTH, WEST, hills, write_tiff

pytestmark = pytest.mark.django_db
FORM = {
    "mode": "ramp", "band": "1", "red": "1", "green": "1", "blue": "1", "ramp": "magma", "steps": "4",
    "stretch": "fixed", "low": "20", "high": "180", "unit": "m",
    "azimuth": "315", "altitude": "45", "z_factor": "1", "opacity": "0.8",
}  # fmt: skip


@pytest.fixture
def dem(world, tmp_path):
    path = write_tiff(tmp_path / "dem.tif", hills(), unit="m", nodata=-999)
    raster_loading.load(LoadOptions(path=path, file_name="dem.tif", slug="dem", title="地形"), Report())
    return make_public("dem")


def test_the_page_of_a_raster_shows_legend_bands_and_download(dem, client):
    page = client.get("/layers/dem/").content.decode()
    for expected in ("ramp__bar", "200 × 200", "COG", 'data-raster="dem"'):
        assert expected in page
    assert "raster/style" not in page  # only editors see that
    legend = client.get("/layers/dem/legend/").content.decode()
    assert "ramp__ticks" in legend
    assert " m</span>" in legend


def test_the_catalogue_shows_a_picture_in_the_rasters_own_colours(dem, client):
    assert "thumbnail.webp" not in client.get("/layers/").content.decode()
    assert thumbnails.draw_missing(dem.pk) == 1  # the same for everybody
    assert "/layers/dem/thumbnail.webp?v=" in client.get("/layers/").content.decode()
    version = dem.current_version
    image = Image.open(io.BytesIO(thumbnails.draw_raster(dem, version))).convert("RGB")
    assert image.size == (320, 200)
    corner, middle = image.getpixel((2, 2)), image.getpixel((160, 100))
    assert corner != middle
    dem.style = {**raster_style.merged({}, version), "mode": "ramp", "ramp": "magma"}
    recoloured = Image.open(io.BytesIO(thumbnails.draw_raster(dem, version))).convert("RGB")
    assert recoloured.getpixel((160, 100)) != middle


def test_the_value_under_a_place_is_the_cells(dem, client):
    row, column = 120, 77
    lng, lat = WEST + (column + 0.5) * CELL, NORTH - (row + 0.5) * CELL
    body = client.get(f"/api/v1/layers/dem/value/?lng={lng}&lat={lat}").json()
    assert body["inside"] is True
    assert body["bands"] == [{"band": 1, "name": "", "unit": "m", "value": pytest.approx(float(hills()[row, column]))}]
    outside = client.get("/api/v1/layers/dem/value/?lng=100&lat=20").json()
    assert (outside["inside"], outside["bands"][0]["value"]) == (False, None)


@pytest.mark.parametrize("query", ["", "lng=121", "lng=x&lat=29", "lng=121&lat=95", "lng=nan&lat=0"])
def test_a_place_that_is_none_is_refused(dem, client, query):
    answer = client.get(f"/api/v1/layers/dem/value/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-place")


def test_rows_have_no_value_and_rasters_no_features(dem, ponds, client):
    assert client.get("/api/v1/layers/ponds/value/?lng=121&lat=29").status_code == 404
    assert client.get("/api/v1/layers/dem/features/").status_code == 404
    assert client.get("/layers/dem/table/").status_code == 404


def test_an_editor_tries_a_style_and_saves_it(dem, client, as_user, gis):
    editor = as_user(gis)
    before = client.get("/rasters/dem/12/3428/1691.png")
    sent = FORM | {"revision": str(dem.revision)}
    draft = editor.post("/layers/dem/raster/style/", sent | {"do": "preview"})
    assert draft.status_code == 200
    assert client.get("/rasters/dem/12/3428/1691.png")["ETag"] == before["ETag"]  # nothing is saved yet
    saved = editor.post("/layers/dem/raster/style/", sent | {"do": "save"})
    assert (saved.status_code, saved["Location"]) == (302, "/layers/dem/")
    dem.refresh_from_db()
    assert dem.style | {"kind": "raster", "ramp": "magma", "low": 20.0, "steps": 4} == dem.style
    assert client.get("/rasters/dem/12/3428/1691.png")["ETag"] != before["ETag"]
    ticks = client.get("/rasters/dem.json").json()["legend"]["ticks"]
    assert ticks == ["20", "60", "100", "140", "180"]


def test_a_form_that_is_older_than_the_layer_is_refused(dem, as_user, gis):
    answer = as_user(gis).post("/layers/dem/raster/style/", FORM | {"revision": "99", "do": "save"})
    assert answer.status_code == 409
    dem.refresh_from_db()
    assert dem.style == {}


@pytest.mark.parametrize(
    "change",
    [
        {"low": "50", "high": "50"},
        {"low": "", "high": ""},
        {"mode": "rgb"},
        {"mode": "palette"},
        {"steps": "1"},
        {"ramp": "x"},
    ],
)
def test_a_style_that_cannot_be_drawn_is_refused(dem, as_user, gis, change):
    answer = as_user(gis).post(
        "/layers/dem/raster/style/", FORM | {"revision": str(dem.revision), "do": "save"} | change
    )
    assert answer.status_code == 400
    dem.refresh_from_db()
    assert dem.style == {}


def test_only_editors_get_pictures_in_a_style_of_their_own(dem, client, as_user, gis):
    plain = client.get("/layers/dem/raster/picture.png")
    size = Image.open(io.BytesIO(plain.content)).size
    assert max(size) == 640
    query = {"style": json.dumps({"kind": "raster", "mode": "ramp", "ramp": "magma"})}
    assert client.get("/layers/dem/raster/picture.png", query).content == plain.content
    assert as_user(gis).get("/layers/dem/raster/picture.png", query).content != plain.content
    for nonsense in ('{"mode": "ramp", "ramp": "x"}', "[]", "{", '{"mode": "ramp", "low": "a"}'):
        assert as_user(gis).get("/layers/dem/raster/picture.png", {"style": nonsense}).content == plain.content
    assert client.get("/layers/dem/raster/picture.png", headers={"If-None-Match": plain["ETag"]}).status_code == 304


def test_the_download_is_the_stored_file_for_those_who_may_see_it(dem, client, as_user, deputy, tmp_path):
    content = b"".join(client.get("/layers/dem/raster/file.tif"))
    (tmp_path / "down.tif").write_bytes(content)
    with rasterio.open(tmp_path / "down.tif") as file:
        np.testing.assert_array_equal(file.read(1), hills())
    Layer.objects.update(visibility="internal")
    assert client.get("/layers/dem/raster/file.tif").status_code == 404
    assert "private" in as_user(deputy).get("/layers/dem/raster/file.tif")["Cache-Control"]


def test_the_maps_style_draws_rasters_below_other_layers(dem, ponds, client):
    part = client.get("/styles/district.json?part=loaded").json()
    assert part["layers"][0]["type"] == "raster"
    assert part["sources"]["dem"]["type"] == "raster"
    assert "/rasters/dem/" in part["sources"]["dem"]["tiles"][0]
    before = {item["id"]: item["digest"] for item in part["metadata"]["loaded"]}
    Layer.objects.filter(slug="dem").update(style={"kind": "raster", "ramp": "grey"})
    after = {
        item["id"]: item["digest"]
        for item in client.get("/styles/district.json?part=loaded").json()["metadata"]["loaded"]
    }
    assert before["dem"] != after["dem"]
    assert before["ponds"] == after["ponds"]


def test_what_suits_a_raster_is_seen_from_its_values(tmp_path):
    band = {"name": "", "unit": "", "colour": "gray", "min": 0, "max": 9, "percentiles": {"2": 1, "98": 8}}
    plain = {"bands": [band], "categorical": False, "dtype": "float32", "colours": {}}
    assert raster_style.default_style(plain)["mode"] == "ramp"
    assert raster_style.default_style(plain, "ningbo_DEM")["shade"] is True
    assert raster_style.default_style(plain | {"categorical": True})["mode"] == "palette"
    photo = plain | {"bands": [band | {"colour": name} for name in ("red", "green", "blue")], "dtype": "uint8"}
    assert raster_style.default_style(photo)["mode"] == "rgb"
    assert raster_style.limits(raster_style.default_style(plain), plain, 1) == (1.0, 8.0)
    flat = plain | {"bands": [band | {"min": 4, "max": 4, "percentiles": None}]}
    assert raster_style.limits(raster_style.default_style(flat), flat, 1) == (4.0, 5.0)  # never a width of nothing
