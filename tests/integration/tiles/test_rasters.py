"""Raster tiles of loaded layers: each pixel where it belongs, no seams, right status codes for each person."""

import io

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import from_bounds, from_origin
from rasterio.warp import Resampling, reproject

from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.models import Layer
from layers.rasters import raster_layers
from layers.storage.versions import undo_layer
from tests.data.published import make_public
from tests.data.tiffs import hills, write_tiff
from tiles.grids.address import TileAddress
from tiles.raster.render import _overview_level, read_window

pytestmark = pytest.mark.django_db
TILE = TileAddress(12, 3428, 1691)
AT = "12/3428/1691"


@pytest.fixture
def dem(world, tmp_path):
    """Heights over the test district, 5 km by 5 km, in CGCS2000 / 3-degree GK."""
    values = hills(250, 250)
    values[:25] = -999
    path = write_tiff(
        tmp_path / "dem.tif",
        values,
        crs="EPSG:4549",
        transform=from_origin(629_000, 3_306_000, 20, 20),
        nodata=-999,
        unit="m",
    )
    raster_loading.load(LoadOptions(path=path, file_name="dem.tif", slug="dem", title="高程"), Report())
    return make_public("dem")


def _style(layer, **style):
    layer.style = {"kind": "raster", **style}
    layer.save()


def _picture(answer) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def test_the_district_lies_in_the_tile_that_these_tests_use(dem):
    west, south, east, north = TILE.bounds(0)
    assert west < dem.current_version.west < east
    assert south < dem.current_version.north < north


@pytest.mark.parametrize("smooth", [True, False])
def test_a_tile_is_what_a_direct_warp_of_the_source_gives(dem, tmp_path, smooth):
    _style(dem, mode="ramp", smooth=smooth)
    layer = raster_layers.raster_layer(dem)
    values, valid = read_window(layer, TILE)
    expected = np.full((256, 256), np.nan, "float32")
    west, _, east, _ = TILE.bounds_m()
    # Without being told, GDAL takes the ratio of cells to pixels from whatever window it happens to warp.
    scale = layer.pixel_3857 / ((east - west) / 256)
    with rasterio.open(tmp_path / "dem.tif") as source:
        reproject(
            rasterio.band(source, 1), expected, dst_transform=from_bounds(*TILE.bounds_m(), 256, 256),
            dst_crs="EPSG:3857", dst_nodata=np.nan, tolerance=1e-6, XSCALE=scale, YSCALE=scale,
            resampling=Resampling.bilinear if smooth else Resampling.nearest,
        )  # fmt: skip
    inside = ~np.isnan(expected)
    assert 2_000 < inside.sum() < 256 * 256
    np.testing.assert_array_equal(valid[1:-1, 1:-1] > 0, inside)
    np.testing.assert_allclose(values[0, 1:-1, 1:-1][inside], expected[inside], atol=1e-3)


def test_colours_say_the_value_under_them(dem, client):
    _style(dem, mode="ramp", ramp="grey", stretch="fixed", low=0, high=255, shade=False)
    picture = _picture(client.get(f"/rasters/dem/{AT}.png"))
    values, valid = read_window(raster_layers.raster_layer(dem), TILE)
    there = valid[1:-1, 1:-1] > 0
    assert (picture[..., 3] > 0).tolist() == there.tolist()
    np.testing.assert_allclose(picture[..., 0][there], values[0, 1:-1, 1:-1][there], atol=1)


@pytest.mark.parametrize(("z", "x", "y"), [(12, 3428, 1691), (14, 13714, 6767)])
def test_neighbouring_tiles_meet_without_a_seam(dem, z, x, y):
    """The margin of a tile, which its neighbour draws, holds the neighbour's very values."""
    layer = raster_layers.raster_layer(dem)
    left, _ = read_window(layer, TileAddress(z, x, y))
    right, valid = read_window(layer, TileAddress(z, x + 1, y))
    there = valid[:, 0] > 0
    assert there.sum() > 20
    np.testing.assert_allclose(left[0, there, -1], right[0, there, 1], atol=1e-3)
    np.testing.assert_allclose(left[0, there, -2], right[0, there, 0], atol=1e-3)


def test_twice_as_fine_and_webp(dem, client):
    fine = client.get(f"/rasters/dem/{AT}@2x.png")
    assert _picture(fine).shape == (512, 512, 4)
    webp = client.get(f"/rasters/dem/{AT}.webp")
    assert webp["Content-Type"] == "image/webp"
    plain = _picture(client.get(f"/rasters/dem/{AT}.png"))
    seen = plain[..., 3] > 0
    np.testing.assert_array_equal(_picture(webp)[seen], plain[seen])
    assert len({fine["ETag"], webp["ETag"], client.get(f"/rasters/dem/{AT}.png")["ETag"]}) == 3


def test_304_needs_no_picture_and_a_new_style_is_a_new_picture(dem, client, monkeypatch):
    first = client.get(f"/rasters/dem/{AT}.png")
    assert first.status_code == 200
    monkeypatch.setattr("tiles.http.raster_views.render_tile", lambda *_: pytest.fail("drawn for a 304"))
    again = client.get(f"/rasters/dem/{AT}.png", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    monkeypatch.undo()
    _style(dem, ramp="magma", mode="ramp")
    after = client.get(f"/rasters/dem/{AT}.png", headers={"If-None-Match": first["ETag"]})
    assert after.status_code == 200
    assert after.content != first.content


def test_outside_is_204_and_what_cannot_exist_is_400(dem, client):
    assert client.get("/rasters/dem/12/0/0.png").status_code == 204
    for address in ("12/4096/0", "99/0/0", "x/0/0", "12/3428/1691@3x", "12/3428/-1"):
        assert client.get(f"/rasters/dem/{address}.png").status_code == 400, address
    assert client.get(f"/rasters/nothing/{AT}.png").status_code == 404


def test_an_internal_raster_is_for_signed_in_people_and_no_shared_cache(dem, client, as_user, deputy):
    Layer.objects.update(visibility="internal")
    for address in (f"/rasters/dem/{AT}.png", "/rasters/dem.json", f"/rasters/dem/{AT}.webp"):
        assert client.get(address).status_code == 404
        seen = as_user(deputy).get(address)
        assert seen.status_code == 200
        assert "private" in seen["Cache-Control"]
        assert "Cookie" in seen["Vary"]
    assert client.get("/rasters/").json()["rasters"] == []
    assert [entry["id"] for entry in as_user(deputy).get("/rasters/").json()["rasters"]] == ["dem"]


def test_a_public_raster_may_be_kept_but_is_asked_about(dem, client):
    assert client.get(f"/rasters/dem/{AT}.png")["Cache-Control"] == "public, no-cache"


def test_tilejson_says_where_it_is_and_how_far_zooming_pays(dem, client):
    body = client.get("/rasters/dem.json").json()
    assert body["tilejson"] == "3.0.0"
    assert body["tiles"][0].endswith("/rasters/dem/{z}/{x}/{y}.png")
    assert body["bounds"] == pytest.approx(list(dem.current_version.bbox))
    assert body["minzoom"] <= 10 < body["maxzoom"] <= 14
    assert body["legend"]["unit"] == "m"


def test_a_raster_is_no_vector_tileset(dem, client):
    assert client.get("/tiles/dem.json").status_code == 404
    assert "dem" not in [entry["id"] for entry in client.get("/tiles/").json()["tilesets"]]


def test_undo_shows_the_earlier_raster_at_once(dem, client, tmp_path):
    before = client.get(f"/rasters/dem/{AT}.png")
    path = write_tiff(
        tmp_path / "new.tif",
        hills(250, 250)[::-1].copy(),
        crs="EPSG:4549",
        transform=from_origin(629_000, 3_306_000, 20, 20),
    )
    raster_loading.load(LoadOptions(path=path, file_name="new.tif", slug="dem", mode="replace"), Report())
    assert client.get(f"/rasters/dem/{AT}.png")["ETag"] != before["ETag"]
    undo_layer("dem")
    assert client.get(f"/rasters/dem/{AT}.png").content == before.content


def test_classes_are_drawn_in_their_own_colours_and_never_mixed(world, client, tmp_path):
    values = np.kron(np.array([[1, 2], [2, 3]], "uint8"), np.ones((50, 50), "uint8"))
    colours = {1: (255, 0, 0, 255), 2: (0, 255, 0, 255), 3: (0, 0, 255, 255)}
    raster_loading.load(
        LoadOptions(path=write_tiff(tmp_path / "use.tif", values, colours=colours), file_name="use.tif", slug="use"),
        Report(),
    )
    make_public("use")
    picture = _picture(client.get("/rasters/use/13/6856/3383.png"))
    seen = {tuple(colour) for colour in picture[picture[..., 3] > 0][:, :3]}
    assert (255, 0, 0) in seen
    assert seen <= {(255, 0, 0), (0, 255, 0), (0, 0, 255)}


def test_a_photograph_is_drawn_as_it_is(world, client, tmp_path):
    photo = np.stack([np.full((100, 100), value, "uint8") for value in (200, 120, 40, 255)])
    photo[3, :, :10] = 0
    path = write_tiff(tmp_path / "p.tif", photo, photometric="RGB", alpha="yes")
    raster_loading.load(LoadOptions(path=path, file_name="p.tif", slug="photo"), Report())
    make_public("photo")
    picture = _picture(client.get("/rasters/photo/13/6856/3383.png"))
    solid = picture[picture[..., 3] == 255]
    assert len(solid) > 100
    assert {tuple(pixel) for pixel in solid} == {(200, 120, 40, 255)}
    assert (picture[..., 3] == 0).any()


def test_a_coarse_zoom_reads_an_overview(world, tmp_path):
    path = write_tiff(tmp_path / "big.tif", hills(1300, 1300), transform=from_origin(121.3, 29.9, 2e-5, 2e-5))
    raster_loading.load(LoadOptions(path=path, file_name="big.tif", slug="big"), Report())
    layer = raster_layers.raster_layer(Layer.objects.get(slug="big"))

    sizes = [
        _overview_level(layer, TileAddress(z, 0, 0).bounds_m()[2] * 0 + 40_075_016.7 / 256 / 2**z)
        for z in (18, 15, 8, 0)
    ]
    assert sizes == [None, 0, 1, 1]
