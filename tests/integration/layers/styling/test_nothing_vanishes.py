"""Every layer that is not empty colours the map at every zoom, from the one that shows it whole to 16."""

import json
import math
from dataclasses import replace
from itertools import product

import mapbox_vector_tile
import pytest

from layers.models import Layer
from layers.permissions import columns_visible_to
from layers.storage.rows import is_drawn_later
from layers.styling.maplibre import style_layers
from layers.styling.style import Style, StyleClass, Symbol, style_of
from layers.vector_layers import vector_layer
from tests.data.maplibre_reader import colours_of
from tests.integration.tiles.ladders import low_thresholds
from tests.integration.tiles.served import tile_bytes
from tiles.grids.address import TileAddress
from tiles.ladder import jobs
from tiles.ladder.models import Ladder

pytestmark = pytest.mark.django_db
WEST, SOUTH, SIDE = 121.40, 29.80, 0.0002  # about 20 m
LAST_TILES, LAST_ZOOM = 14, 16


def plot(x, y):
    return {"type": "Polygon", "coordinates": [[[x, y], [x + SIDE, y], [x + SIDE, y + SIDE], [x, y + SIDE], [x, y]]]}


def ditch(x, y):
    return {"type": "LineString", "coordinates": [[x, y], [x + SIDE, y + SIDE]]}


def tap(x, y):
    return {"type": "Point", "coordinates": [x, y]}


GEOMETRIES = {"plots": plot, "ditches": ditch, "taps": tap}
PLAIN = Style(symbol=Symbol(colour="#8a5a1c", outline_width=0))
GROWN = replace(PLAIN, kind="categorized", field="crop", classes=(StyleClass("#0072b2", value="rice"),))
GRADED = replace(PLAIN, kind="graduated", field="yield_kg",
                 classes=(StyleClass("#111111", min=0, max=50), StyleClass("#0072b2", min=50, max=200)))  # fmt: skip


@pytest.fixture(params=list(product(GEOMETRIES, ["copies", "table"])), ids="-".join)
def layer(request, tmp_path, load_file):
    """Two hundred shapes of 20 m in two groups 30 km apart, mostly rice; with and without generalised copies."""
    name, drawn_from = request.param
    rows = [{"type": "Feature", "properties": {"crop": "rice" if i % 5 else "tea", "yield_kg": 100 + i / 7},
             "geometry": GEOMETRIES[name](WEST + i % 10 * 0.0003 + (i % 2) * 0.3, SOUTH + i // 10 * 0.0003)}
            for i in range(200)]  # fmt: skip
    path = tmp_path / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    load_file(path, slug=name, title=name)
    found = Layer.objects.get(slug=name)
    if drawn_from == "copies":
        with low_thresholds():
            assert is_drawn_later(found.current_version)
            jobs.build_table(f"layer_data.{found.current_version.table_name}", ["crop", "yield_kg"])
            assert not is_drawn_later(found.current_version)
        assert Ladder.objects.get().top > 4
    return found


def place(longitude, latitude, zoom):
    """Column and row of the tile at a place."""
    across = 1 << zoom
    north = math.asinh(math.tan(math.radians(latitude)))
    return int((longitude + 180) / 360 * across), int((1 - north / math.pi) / 2 * across)


def features_at(layer, zoom):
    """Decoded features of the tiles that meet the layer's box."""
    tiles = vector_layer(layer, None)
    west, south, east, north = layer.current_version.bbox
    (left, top), (right, bottom) = place(west, north, zoom), place(east, south, zoom)
    found = []
    for x, y in product(range(left, right + 1), range(top, bottom + 1)):
        content = tile_bytes(tiles, TileAddress(zoom, x, y))
        found += mapbox_vector_tile.decode(content)[layer.slug]["features"] if content else []
    return found


@pytest.mark.parametrize("style", [PLAIN, GROWN, GRADED], ids=["plain", "by crop", "by yield"])
def test_each_zoom_has_colour_in_the_class_of_most(layer, style):
    Layer.objects.filter(pk=layer.pk).update(style=style.as_json())
    layer.refresh_from_db()
    shown = style_of(layer, columns_visible_to(None, layer).values())
    drawn = style_layers(layer.slug, shown, layer.geometry_type, "light")
    for zoom in range(7, LAST_ZOOM + 1):
        features = features_at(layer, min(zoom, LAST_TILES))
        painted = [colours_of(drawn, f["properties"], family_of(f), zoom) for f in features]
        assert painted, f"nothing at zoom {zoom}"
        assert all(painted), f"not drawn at zoom {zoom}: {features[painted.index([])]}"
        if style is not PLAIN and "point_count" not in features[0]["properties"]:
            assert "#0072b2" in {colour for colours in painted for colour in colours}, zoom


def family_of(feature):
    return feature["geometry"]["type"].removeprefix("Multi")
