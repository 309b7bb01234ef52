"""WMTS, WMS and ArcGIS's tile server: layers drawn here as on the map, in the right place, for whom they are."""

import io
from xml.etree.ElementTree import fromstring

import mapbox_vector_tile
import numpy as np
import pytest
from PIL import Image
from shapely import Polygon

from geokit.refusal import BadInput
from layers.models import Layer
from ogc.pictures.drawing import Size, decoded, draw
from ogc.pictures.expressions import Feature, worth
from ogc.pictures.throttles import MapThrottle
from ogc.wms.frame import MOST_OF_ALL, Frame
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures
from tiles.grids.tile_matrix_sets import CGCS2000, GRIDS
from ui.unavailable import too_slow

RED = {"version": 1, "kind": "single", "symbol": {"colour": "#ff0000", "fill_opacity": 1}}
OWS = {"ows": "http://www.opengis.net/ows/1.1", "w": "http://www.opengis.net/wmts/1.0"}
BOX = "121.30,29.80,121.60,29.95"


@pytest.fixture
def red(ponds):  # noqa: F811
    Layer.objects.filter(pk=ponds.pk).update(style=RED)
    ponds.refresh_from_db()
    return ponds


def image(answer):
    assert answer.status_code == 200, answer.content[:400]
    assert answer["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(answer.content)).convert("RGBA")


def where_red(picture):
    """The box of the red pixels, as parts of the picture."""
    pixels = np.asarray(picture)
    rows, columns = np.nonzero((pixels[..., 0] == 255) & (pixels[..., 1] == 0) & (pixels[..., 3] > 0))
    assert len(rows)
    high, wide = pixels.shape[:2]
    return columns.min() / wide, rows.min() / high, (columns.max() + 1) / wide, (rows.max() + 1) / high


def parts_of(layer, west, south, east, north):
    """Where the layer's box lies in a window of degrees, as parts of it."""
    w, s, e, n = layer.current_version.bbox
    wide, high = east - west, north - south
    return (w - west) / wide, (north - n) / high, (e - west) / wide, (north - s) / high


@pytest.mark.parametrize(
    ("version", "crs", "turned"),
    [("1.3.0", "EPSG:4490", True), ("1.3.0", "EPSG:4326", True), ("1.3.0", "CRS:84", False),
     ("1.1.1", "EPSG:4326", False)],
)  # fmt: skip
def test_a_map_of_degrees_shows_the_layer_in_its_place(anyone, red, version, crs, turned):
    west, south, east, north = (float(word) for word in BOX.split(","))
    box = f"{south},{west},{north},{east}" if turned else BOX
    name = "crs" if version == "1.3.0" else "srs"
    asked = {"request": "GetMap", "version": version, "layers": "ponds", name: crs, "bbox": box}
    size = {"width": 600, "height": 300, "transparent": "TRUE"}
    found = where_red(image(anyone.get("/ogc/wms", asked | size)))
    assert found == pytest.approx(parts_of(red, west, south, east, north), abs=0.02)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=lambda grid: grid.name)
def test_a_tile_shows_the_layer_in_its_place_in_each_grid(anyone, red, grid):
    west, south, east, north = red.current_version.bbox
    middle = ((west + east) / 2, (south + north) / 2)
    z = 10
    for x in range(grid.columns(z)):
        low, _s, high, _n = grid.degrees(grid.box(z, x, 0))
        if low <= middle[0] < high:
            break
    y = next(row for row in range(grid.rows(z)) if grid.degrees(grid.box(z, x, row))[1] <= middle[1])
    box = grid.degrees(grid.box(z, x, y))
    found = where_red(image(anyone.get(f"/ogc/wmts/1.0.0/ponds/default/{grid.name}/{z}/{y}/{x}.png")))
    expected = parts_of(red, *box)
    assert found == pytest.approx([min(max(part, 0), 1) for part in expected], abs=0.03)
    by_key = {"request": "GetTile", "layer": "ponds", "tilematrixset": grid.name, "tilematrix": z, "tilerow": y}
    assert where_red(image(anyone.get("/ogc/wmts", {**by_key, "tilecol": x}))) == found


def test_capabilities_of_tiles_name_grids_with_their_corners(anyone, red):
    root = fromstring(anyone.get("/ogc/wmts/1.0.0/WMTSCapabilities.xml").content)
    layers = {each.findtext("ows:Identifier", namespaces=OWS): each for each in root.iterfind(".//w:Layer", OWS)}
    layer = layers["ponds"]
    assert {each.text for each in layer.iterfind("w:TileMatrixSetLink/w:TileMatrixSet", OWS)} == set(GRIDS)
    corners = {
        each.findtext("ows:Identifier", namespaces=OWS): each.findtext(".//w:TopLeftCorner", namespaces=OWS)
        for each in root.iterfind("w:Contents/w:TileMatrixSet", OWS)
    }
    assert corners["CGCS2000"] == "90.0 -180.0"  # latitude first, as EPSG:4490 has it
    assert corners["WebMercatorQuad"].startswith("-20037508.34")


def test_an_internal_layer_is_drawn_for_those_inside(anyone, as_user, staff, secret_ponds):  # noqa: F811
    paths = {
        "/ogc/wmts/1.0.0/ponds/default/CGCS2000/10/171/857.png": 400,
        f"/ogc/wms?request=GetMap&version=1.3.0&layers=ponds&crs=CRS:84&bbox={BOX}&width=64&height=64": 400,
        "/ogc/arcgis/ponds/VectorTileServer": 404,
        "/ogc/arcgis/ponds/VectorTileServer/resources/styles/root.json": 404,
        "/ogc/arcgis/ponds/VectorTileServer/tile/12/1691/3428.pbf": 404,
    }
    for path, refused in paths.items():
        assert anyone.get(path).status_code == refused, path
        answer = as_user(staff).get(path)
        assert answer.status_code == 200, path
        assert answer.content, path
        assert answer["Cache-Control"] == "private, no-store"
    for path in ("/ogc/wmts?request=GetCapabilities", "/ogc/wms?request=GetCapabilities"):
        assert b">ponds<" not in anyone.get(path).content
        assert b">ponds<" in as_user(staff).get(path).content


def test_arcgis_finds_tiles_style_signs_and_letters(anyone, red):
    here = "/ogc/arcgis/ponds/VectorTileServer"
    root = anyone.get(f"{here}?f=json").json()
    assert (root["tiles"], root["defaultStyles"]) == (["tile/{z}/{y}/{x}.pbf"], "resources/styles")
    assert root["tileInfo"]["lods"][0]["resolution"] == pytest.approx(78271.51696402)
    assert root["fullExtent"]["xmin"] == pytest.approx(red.current_version.bbox[0] * 111319.49, rel=1e-4)
    style = anyone.get(f"{here}/resources/styles/root.json").json()
    assert {layer["source"] for layer in style["layers"]} == {"esri"}
    assert anyone.get(f"{here}/tile/12/1691/3428.pbf").content == anyone.get("/tiles/ponds/12/3428/1691.mvt").content
    assert anyone.get(f"{here}/resources/sprites/sprite.json")["Location"].endswith("/styles/sprite.json")
    assert anyone.get(f"{here}/resources/fonts/../../x").status_code == 404


MAP = {"request": "GetMap", "version": "1.3.0", "layers": "ponds", "crs": "CRS:84", "bbox": BOX}
MAP |= {"width": "64", "height": "64"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"layers": ""}, {"layers": "no"}, {"layers": ",".join(["ponds"] * 17)}, {"crs": "EPSG:1"}, {"crs": ""},
        {"bbox": "1,2,3"}, {"bbox": "nan,1,2,3"}, {"bbox": "2,2,1,1"}, {"bbox": "1,1,1,1"}, {"bbox": "inf,0,1,1"},
        {"width": "0"}, {"width": "99999"}, {"height": "-1"}, {"width": "١"}, {"format": "image/tiff"},
        {"bgcolor": "red;"}, {"styles": "other"}, {"request": "GetFeatureInfo"}, {"request": ""},
    ],
)  # fmt: skip
def test_a_map_that_cannot_be_is_refused(anyone, red, wrong):
    answer = anyone.get("/ogc/wms", {**MAP, **wrong})
    assert answer.status_code == 400, answer.content[:300]
    assert b"<ServiceException" in answer.content


def test_each_version_words_its_refusals_itself(anyone, red):
    old = anyone.get("/ogc/wms", {**MAP, "version": "1.1.1", "srs": "EPSG:1", "crs": ""})
    assert old["Content-Type"].startswith("application/vnd.ogc.se_xml")
    report = fromstring(old.content)
    assert (report.tag, report.get("version")) == ("ServiceExceptionReport", "1.1.1")
    assert report.find("ServiceException").get("code") == "InvalidSRS"
    new = anyone.get("/ogc/wms", {**MAP, "crs": "EPSG:1"})
    assert new["Content-Type"].startswith("text/xml")
    report = fromstring(new.content)
    assert (report.tag, report.get("version")) == ("{http://www.opengis.net/ogc}ServiceExceptionReport", "1.3.0")
    assert report[0].get("code") == "InvalidCRS"


def test_the_widest_and_the_smallest_window_are_drawn_in_bounds(anyone, red):
    for box in ("-180,-90,180,90", "121.4,29.85,121.40005,29.85005", "-9000,-9000,9000,9000"):
        assert image(anyone.get("/ogc/wms", {**MAP, "bbox": box, "width": "512", "height": "512"})).size == (512, 512)
    for box in ("121.3,29.8,121.8,29.9", "121.3,29.4,121.4,29.9"):  # a thumbnail of a long place, as scripts ask for it
        assert image(anyone.get("/ogc/wms", {**MAP, "bbox": box})).size == (64, 64)
    for box in ("121.4,29.85,121.400001,29.850001", "0,29,180,29.001", "121,29,122,29.1", "121.4,0,121.401,80"):
        assert anyone.get("/ogc/wms", {**MAP, "bbox": box, "width": "2048", "height": "2048"}).status_code == 400, box
    beyond = anyone.get("/ogc/wms", {**MAP, "bbox": "1e8,1,2e8,1e8", "width": "2048", "height": "2048"})
    assert image(beyond).getextrema() == ((255, 255),) * 4


def test_a_layer_named_twice_is_drawn_once(anyone, red):
    translucent = MAP | {"transparent": "TRUE"}
    once = anyone.get("/ogc/wms", translucent).content
    assert anyone.get("/ogc/wms", translucent | {"layers": "ponds,ponds,ponds"}).content == once


def test_layers_and_tiles_of_one_picture_have_a_measure():
    frame = Frame((121.3, 29.8, 121.55, 29.95), 1400, 840, CGCS2000)
    one, few = frame.tiles(1), frame.tiles(4)
    assert len(few) * 4 <= MOST_OF_ALL < len(one) * 4
    assert {each.z for each in few} == {one[0].z - 1}
    with pytest.raises(BadInput) as refused:
        Frame((121.3, 29.8, 121.6, 30.1), 2048, 2048, CGCS2000).tiles(16)
    assert str(MOST_OF_ALL) in refused.value.message


def test_too_much_is_refused_in_words_and_a_time_that_is_up_ends_the_drawing(anyone, red, monkeypatch):
    monkeypatch.setattr("ogc.wms.frame.MOST_OF_ALL", 0)
    answer = anyone.get("/ogc/wms", MAP)
    assert (answer.status_code, "请减少图层" in answer.text) == (400, True)
    monkeypatch.undo()

    def late():
        raise too_slow()

    monkeypatch.setattr("ogc.pictures.drawing.check", late)
    answer = anyone.get("/ogc/wms", MAP)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(too_slow().retry_after))


def test_one_address_has_so_many_maps_drawn_in_a_minute(anyone, red, monkeypatch):
    monkeypatch.setattr(MapThrottle, "rate", "2/min", raising=False)
    assert [anyone.get("/ogc/wms", MAP).status_code for _time in range(3)] == [200, 200, 429]


def test_an_area_with_a_hole_is_drawn_where_it_lies():
    """The mask is as large as the area; what reaches over the edge is cut."""
    rings = [[(-500, 1000), (1000, 1000), (1000, 3000), (-500, 3000)], [(0, 1500), (500, 1500), (500, 2500), (0, 2500)]]
    layer = {"name": "a", "features": [{"geometry": Polygon(rings[0], [rings[1]]), "properties": {}}]}
    tile = mapbox_vector_tile.encode(layer, default_options={"y_coord_down": True, "extents": 4096})
    style = {"type": "fill", "source-layer": "a", "paint": {"fill-color": "#ff0000"}}
    found = np.asarray(draw(decoded(tile), [style], Size(256, 256, 10), lambda _name: None))
    assert where_red(Image.fromarray(found)) == pytest.approx((0, 1000 / 4096, 1000 / 4096, 3000 / 4096), abs=0.01)
    assert found[2000 // 16, 250 // 16, 3] == 0  # within the hole
    assert found[2000 // 16, 750 // 16, 3] == 255


@pytest.mark.parametrize(
    "path", ["nothing/default/CGCS2000/1/0/0", "ponds/other/CGCS2000/1/0/0", "ponds/default/none/1/0/0",
             "ponds/default/CGCS2000/99/0/0", "ponds/default/CGCS2000/2/9/0", "ponds/default/CGCS2000/x/0/0"],
)  # fmt: skip
def test_a_tile_that_cannot_be_is_refused(anyone, red, path):
    assert anyone.get(f"/ogc/wmts/1.0.0/{path}.png").status_code == 400


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (["get", "a"], 3),
        (["case", ["boolean", ["feature-state", "hover"], False], 1, ["==", ["get", "a"], 3], 2, 0], 2),
        (["match", ["to-string", ["get", "a"]], "3", "x", ["4", "5"], "y", "z"], "x"),
        (["step", ["get", "a"], "low", 3, "middle", 9, "high"], "middle"),
        (["interpolate", ["linear"], ["zoom"], 10, 1, 12, 3], 2),
        (["coalesce", ["get", "b"], ["literal", [1]]], [1]),
        (["all", ["has", "a"], ["!", ["has", "b"]], ["==", ["geometry-type"], "Point"]], True),
        (["+", 1, ["get", "b"]], None),
        (["/", 1, 0], None),
        (["unknown", 1], None),
        ([], []),
    ],
)
def test_an_expression_is_worth_what_the_maps_client_finds(expression, expected):
    assert worth(expression, Feature({"a": 3}, "Point", 11)) == expected
