"""Tiles in degrees of CGCS2000: a known place comes out where it is, in both grids."""

import math

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point

from accounts.models import Area
from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import CGCS2000, WEB_MERCATOR

PLACES = [(121.55, 29.87), (121.35, 29.85), (-74.0, 40.7), (0.0, 0.0), (179.999, -45.0), (12.5, 84.9)]


def tile_over(grid, z, lng, lat):
    if grid == CGCS2000:
        return int((lng + 180) * 2**z / 360), int((90 - lat) * 2**z / 360)
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lng + 180) / 360 * 2**z), int(y * 2**z)


def decoded(client, z, x, y, grid):
    answer = client.get(f"/tiles/places/{z}/{x}/{y}.mvt", {"grid": grid.name})
    assert answer.status_code == 200
    return mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})["places"]


@pytest.mark.parametrize(("lng", "lat"), PLACES)
@pytest.mark.parametrize("grid", [WEB_MERCATOR, CGCS2000], ids=lambda grid: grid.name)
@pytest.mark.parametrize("z", [8, 11, 14])
def test_a_known_place_comes_back_where_it_is(world, client, lng, lat, grid, z):
    Area.objects.exclude(pk=world.district.pk).update(point=None)
    Area.objects.filter(pk=world.district.pk).update(point=Point(lng, lat, srid=4326))
    x, y = tile_over(grid, z, lng, lat)
    layer = decoded(client, z, x, y, grid)
    (feature,) = layer["features"]
    px, py = feature["geometry"]["coordinates"]
    west, south, east, north = TileAddress(z, x, y, grid).box()
    at = west + px / layer["extent"] * (east - west), north - py / layer["extent"] * (north - south)
    step = (east - west) / layer["extent"]
    expected = Point(lng, lat, srid=4326)
    expected.transform(grid.srid)
    if grid == CGCS2000:
        expected = Point(lng, lat)  # PROJ knows 4490 as latitude first; tiles are longitude first
    assert at == pytest.approx((expected.x, expected.y), abs=step)


def test_the_first_level_holds_half_the_world_each(world, client):
    Area.objects.filter(level="town").update(point=None)
    Area.objects.filter(pk=world.district.pk).update(point=Point(-60.0, 10.0, srid=4326))
    minzoom = client.get("/tiles/areas.json", {"grid": "c"}).json()["minzoom"]
    assert minzoom == 1
    east = client.get("/tiles/areas/1/1/0.mvt", {"grid": "c"})
    west = client.get("/tiles/areas/1/0/0.mvt", {"grid": "c"})
    assert (west.status_code, east.status_code) == (204, 200)


def test_what_the_grid_does_not_have_is_400(world, client):
    for address in ("1/0/1", "1/2/0", "0/0/0"):
        assert client.get(f"/tiles/areas/{address}.mvt", {"grid": "CGCS2000"}).json()["code"] == "bad-tile-address"
    assert client.get("/tiles/areas/1/0/0.mvt", {"grid": "mars"}).json()["code"] == "bad-grid"


def test_the_two_grids_do_not_share_a_cached_tile(world, client):
    mercator = client.get("/tiles/areas/10/857/422.mvt")
    degrees = client.get("/tiles/areas/10/857/422.mvt", {"grid": "CGCS2000"})
    assert mercator.status_code == 200
    assert degrees.status_code == 204  # at these numbers lies the southern sea


def test_the_tilejson_says_the_grid(world, client):
    body = client.get("/tiles/areas.json", {"grid": "c"}).json()
    assert body["tiles"][0].endswith("?grid=CGCS2000")
    assert body["crs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"
    assert body["tile_matrix_set"]["tileMatrices"][0]["matrixWidth"] == 2
    assert "crs" not in client.get("/tiles/areas.json").json()
