"""A layer's bytes: what the queryset says, in the tile's own coordinates, and nothing else."""

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.directory.levels import districts
from accounts.models import Area
from geokit.refusal import Busy
from tests.integration.tiles.served import tile_bytes
from tiles.grids.address import TileAddress
from tiles.layer.vector import VectorLayer

TILE = TileAddress(9, 428, 211)
ELSEWHERE = TileAddress(9, 100, 211)


def towns(user=None):
    return Area.objects.filter(level=Area.Level.TOWN)


def layer(**changes):
    settings = {
        "name": "towns",
        "title": "镇街",
        "visible_to": towns,
        "geometry": "point",
        "fields": {"name": "name", "parent": F("parent__name"), "schematic": "is_schematic"},
    }
    return VectorLayer(**(settings | changes))


def decoded(content):
    return mapbox_vector_tile.decode(content) if content else {}


def test_a_tile_carries_the_features_with_id_and_properties(world):
    features = decoded(tile_bytes(layer(), TILE))["towns"]["features"]
    assert {feature["id"] for feature in features} == {world.west_town.pk, world.east_town.pk}
    west = next(feature for feature in features if feature["id"] == world.west_town.pk)
    assert west["properties"] == {"id": world.west_town.pk, "name": "西镇", "parent": "海曙区", "schematic": True}
    assert west["geometry"]["type"] == "Point"


def test_a_point_is_where_it_belongs_in_the_tile(world):
    west, south, east, north = TILE.bounds(0)
    features = decoded(tile_bytes(layer(), TILE))["towns"]["features"]
    x, _ = next(f["geometry"]["coordinates"] for f in features if f["id"] == world.west_town.pk)
    assert x / 4096 == pytest.approx((world.west_town.point.x - west) / (east - west), abs=1 / 4096)


def test_what_the_queryset_leaves_out_is_not_in_the_tile(world):
    hidden = layer(visible_to=lambda user: towns().exclude(pk=world.east_town.pk))
    features = decoded(tile_bytes(hidden, TILE))["towns"]["features"]
    assert [feature["id"] for feature in features] == [world.west_town.pk]


def test_a_tile_without_features_is_empty(world):
    assert tile_bytes(layer(), ELSEWHERE) == b""


def test_an_empty_queryset_costs_no_query(world):
    districts()  # known for some seconds
    with CaptureQueriesContext(connection) as queries:
        assert tile_bytes(layer(visible_to=lambda user: Area.objects.none()), TILE) == b""
    assert len(queries) == 0


def test_below_its_lowest_zoom_a_layer_is_empty(world):
    assert tile_bytes(layer(minzoom=10), TILE) == b""


def test_a_feature_in_the_buffer_is_in_both_neighbours(world):
    _, south, east, north = TILE.bounds(0)
    edge = Area.objects.create(
        code="330203199", name="边镇", level="town", point=Point(east - 1e-4, (south + north) / 2, srid=4326)
    )
    for tile in (TILE, TileAddress(TILE.z, TILE.x + 1, TILE.y)):
        ids = {f["id"] for f in decoded(tile_bytes(layer(), tile))["towns"]["features"]}
        assert edge.pk in ids


def test_a_polygon_is_clipped_to_the_buffered_tile(world):
    polygons = layer(geometry="geom", geometry_type="Polygon")
    inside = TileAddress(16, *_tile_at(121.325, 29.85, 16))
    (feature,) = decoded(tile_bytes(polygons, inside))["towns"]["features"]
    xs = [x for x, _ in feature["geometry"]["coordinates"][0]]
    assert (min(xs), max(xs)) == (-64, 4096 + 64)


def test_properties_with_odd_text_arrive_unharmed(world):
    world.west_town.name = "100% '西\"镇\\"
    world.west_town.save()
    features = decoded(tile_bytes(layer(), TILE))["towns"]["features"]
    assert "100% '西\"镇\\" in {feature["properties"]["name"] for feature in features}


def test_a_query_over_its_time_is_cancelled_and_said_to_be_busy(world, settings):
    settings.TILE_STATEMENT_TIMEOUT_MS = 100

    from django.db.models import FloatField, Func

    class Sleep(Func):
        template = "length(pg_sleep(2)::text)::float8"
        output_field = FloatField()

    with pytest.raises(Busy) as refused:
        tile_bytes(layer(fields={"nap": Sleep()}), TILE)
    assert refused.value.code == "tile-timeout"


def test_the_property_id_cannot_be_given_twice():
    with pytest.raises(ValueError, match="`id`"):
        layer(fields={"id": "code"})


def _tile_at(longitude, latitude, zoom):
    import math

    n = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return int((longitude + 180) / 360 * n), int(y * n)
