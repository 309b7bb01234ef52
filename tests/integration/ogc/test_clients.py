"""Real clients read the interfaces over a socket: GDAL's drivers, OWSLib, and the client of the FROST server."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point
from pyproj import Transformer

from river_monitoring.models import MonitoringPoint, Sample
from tests.integration.layers.conftest import load_file, ponds  # noqa: F401 - fixtures

CLIENT = """
import json, sys, pyogrio
source = "OAPIF:" + sys.argv[1]
def read(**asked):
    return pyogrio.read_dataframe(source, layer="monitoring_points", **asked)
whole = read(PAGE_SIZE="2")
print(json.dumps({
    "layers": list(pyogrio.list_layers(source)[:, 0]),
    "crs": whole.crs.to_authority(),
    "bounds": list(whole.total_bounds),
    "whole": sorted(whole["code"]),
    "near": sorted(read(bbox=(121.315, 29.8, 121.335, 29.9))["code"]),
    "chosen": sorted(read(where="class = 3")["code"]),
    "kinds": {name: str(kind) for name, kind in whole.dtypes.items()},
}))
"""
"""In a process of its own: the site's own GDAL opens nothing from the network."""


def run(client, *words):
    """Run a client in a process of its own and return what it prints as JSON."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("GDAL", "OGR", "CPL"))}
    done = subprocess.run(
        [sys.executable, "-c", client, *words], env=environ, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def make_points(world):
    for number in range(5):
        MonitoringPoint.objects.create(
            code=f"P-{number}", name="南塘河", kind="small", area=world.west_town, department=world.water,
            geom=Point(121.32 + number / 100, 29.85, srid=4326), current_class=number, status="listed",
        )  # fmt: skip


@pytest.mark.interop("GDAL", "OGC API Features", "lists, pages, bbox, CQL2, types")
@pytest.mark.django_db(transaction=True)
def test_gdal_lists_reads_pages_and_filters(live_server, world):
    make_points(world)
    found = run(CLIENT, f"{live_server.url}/ogc")
    assert "monitoring_points" in found["layers"]
    assert found["crs"] == ["OGC", "CRS84"]
    assert found["bounds"] == pytest.approx([121.32, 29.85, 121.36, 29.85])
    assert found["whole"] == ["P-0", "P-1", "P-2", "P-3", "P-4"]
    assert found["near"] == ["P-0", "P-1"]
    assert found["chosen"] == ["P-3"]
    assert found["kinds"]["class"].startswith(("int", "float"))


WFS_CLIENT = """
import json, sys, pyogrio
source = "WFS:" + sys.argv[1] + "?service=WFS&version=2.0.0"
def read(**asked):
    return pyogrio.read_dataframe(source, layer="gp:monitoring_points", **asked)
whole = read()
print(json.dumps({
    "layers": list(pyogrio.list_layers(source)[:, 0]),
    "crs": whole.crs.to_authority(),
    "bounds": list(whole.total_bounds),
    "whole": sorted(whole["code"]),
    "near": sorted(read(bbox=(121.315, 29.8, 121.335, 29.9))["code"]),
    "chosen": sorted(read(where="class = 3 OR code LIKE '%-4'")["code"]),
    "count": pyogrio.read_info(source, layer="gp:monitoring_points")["features"],
    "kinds": {name: str(kind) for name, kind in whole.dtypes.items()},
}))
"""
OWSLIB_CLIENT = """
import io, json, sys
from owslib.wfs import WebFeatureService
service = WebFeatureService(sys.argv[1], version="2.0.0")
name = "gp:monitoring_points"
found = json.loads(service.getfeature(typename=[name], outputFormat="application/json", maxfeatures=2).read())
print(json.dumps({
    "title": service.identification.title,
    "types": sorted(service.contents),
    "box": service.contents[name].boundingBoxWGS84,
    "crs": [crs.getcode() for crs in service.contents[name].crsOptions][:1],
    "columns": service.get_schema(name)["properties"],
    "codes": [feature["properties"]["code"] for feature in found["features"]],
    "gml": service.getfeature(typename=[name], bbox=(121.315, 29.8, 121.335, 29.9)).read().count(b"<wfs:member>"),
}))
"""


@pytest.mark.interop("GDAL", "WFS 2.0", "lists, counts, bbox, filter, axis order, types")
@pytest.mark.interop("OWSLib", "WFS 2.0", "capabilities, schema, GML and GeoJSON")
@pytest.mark.django_db(transaction=True)
def test_gdal_and_owslib_read_wfs(live_server, world):
    make_points(world)
    found = run(WFS_CLIENT, f"{live_server.url}/ogc/wfs")
    assert "gp:monitoring_points" in found["layers"]
    assert found["crs"] == ["EPSG", "4326"]
    assert found["bounds"] == pytest.approx([121.32, 29.85, 121.36, 29.85])
    assert (found["whole"], found["count"]) == (["P-0", "P-1", "P-2", "P-3", "P-4"], 5)
    assert (found["near"], found["chosen"]) == (["P-0", "P-1"], ["P-3", "P-4"])
    found = run(OWSLIB_CLIENT, f"{live_server.url}/ogc/wfs")
    assert "gp:monitoring_points" in found["types"]
    assert found["box"] == pytest.approx([121.32, 29.85, 121.36, 29.85])
    assert (found["codes"], found["gml"]) == (["P-0", "P-1"], 2)
    assert found["columns"]["code"] == "string"


PICTURE_CLIENT = """
import json, sys, rasterio, rasterio.windows
site = sys.argv[1]
def share(source, **asked):
    with rasterio.open(source, **asked) as found:
        window = rasterio.windows.from_bounds(*BOX[str(found.crs)], found.transform)
        bands = found.read((1, 4), window=window, out_shape=(2, 64, 64))
        return [str(found.crs), found.count, round(float((bands[1] > 0).mean()), 2), int(bands[0].max())]
BOX = json.loads(sys.argv[2])
rest = site + "/ogc/wmts/1.0.0/WMTSCapabilities.xml"
by_key = site + "/ogc/wmts?SERVICE=WMTS&REQUEST=GetCapabilities"
print(json.dumps({
    "mercator": share(f"WMTS:{rest},layer=ponds,tilematrixset=WebMercatorQuad"),
    "degrees": share(f"WMTS:{by_key},layer=ponds,tilematrixset=CGCS2000"),
}))
"""
OWSLIB_PICTURES = """
import json, sys
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService
site, box = sys.argv[1], tuple(json.loads(sys.argv[2])["EPSG:4490"])
wms = WebMapService(site + "/ogc/wms", version="1.3.0")
wmts = WebMapTileService(site + "/ogc/wmts")
picture = wms.getmap(layers=["ponds"], srs="CRS:84", bbox=box, size=(352, 32), format="image/png", transparent=True)
tile = wmts.gettile(
    layer="ponds", tilematrixset="WebMercatorQuad", tilematrix="0", row=0, column=0, format="image/png"
)
print(json.dumps({
    "wms": "ponds" in wms.contents, "box": wms["ponds"].boundingBoxWGS84,
    "wmts": "ponds" in wmts.contents, "grids": sorted(wmts.tilematrixsets),
    "pictures": [picture.read()[:4].hex(), tile.read()[:4].hex()],
}))
"""


@pytest.mark.interop("GDAL", "WMTS 1.0", "by REST and by KVP, Mercator and CGCS2000")
@pytest.mark.interop("OWSLib", "WMTS 1.0", "capabilities, a tile")
@pytest.mark.interop("OWSLib", "WMS 1.3", "capabilities, a map in CRS:84")
@pytest.mark.django_db(transaction=True)
def test_gdal_and_owslib_read_pictures(live_server, ponds):  # noqa: F811
    west, south, east, north = ponds.current_version.bbox
    turn = Transformer.from_crs(4326, 3857, always_xy=True)
    metres = [*turn.transform(west, south), *turn.transform(east, north)]
    boxes = {"EPSG:3857": metres, "EPSG:4490": [west, south, east, north]}
    found = run(PICTURE_CLIENT, live_server.url, json.dumps(boxes))
    assert [found[name][:2] for name in ("mercator", "degrees")] == [["EPSG:3857", 4], ["EPSG:4490", 4]]
    assert found["mercator"][2] > 0.02
    assert found["degrees"][2] == pytest.approx(found["mercator"][2], abs=0.05)
    found = run(OWSLIB_PICTURES, live_server.url, json.dumps(boxes))
    assert (found["wms"], found["wmts"]) == (True, True)
    assert found["box"] == pytest.approx([west, south, east, north], abs=1e-5)
    assert found["grids"] == ["CGCS2000", "WebMercatorQuad"]
    assert found["pictures"] == ["89504e47", "89504e47"]


TILE_CLIENT = """
import json, sys, pyogrio
tile = "MVT:" + sys.argv[1] + "/tiles/monitoring_points/12/3428/1691.mvt"
found = pyogrio.read_dataframe(tile, layer="monitoring_points")
print(json.dumps({
    "codes": sorted(set(found["code"])), "crs": found.crs.to_authority(),
    "bounds": list(found.to_crs(4326).total_bounds),
}))
"""
"""The tile of zoom 12 in which the first points lie."""


@pytest.mark.interop("GDAL", "vector tiles (MVT)", "one tile by address: properties, place")
@pytest.mark.django_db(transaction=True)
def test_gdal_reads_a_vector_tile(live_server, world):
    make_points(world)
    found = run(TILE_CLIENT, live_server.url)
    assert found["crs"] == ["EPSG", "3857"]
    assert found["codes"]
    assert found["bounds"][1] == pytest.approx(29.85, abs=1e-3)


SENSING_CLIENT = """
import json, sys, urllib.parse, urllib.request
root = sys.argv[1] + "/sta/v1.1"

def ask(path, **options):
    query = urllib.parse.urlencode({"$" + name: value for name, value in options.items()})
    with urllib.request.urlopen(path if path.startswith("http") else f"{root}/{path}?{query}", timeout=30) as answer:
        return json.load(answer)

def pages(path, **options):
    answer = ask(path, **options)
    yield from answer["value"]
    while link := answer.get("@iot.nextLink"):
        answer = ask(link)
        yield from answer["value"]

things = ask("Things", orderby="name DESC", count="true")
stream = ask("Datastreams", filter="ObservedProperty/id eq 'nh3n'", expand="Thing,ObservedProperty")["value"][0]
observations = pages(stream["Observations@iot.navigationLink"], top=2)
print(json.dumps({
    "count": things["@iot.count"],
    "things": [thing["name"] for thing in things["value"]],
    "place": ask("Locations")["value"][0]["location"]["coordinates"],
    "stream": [stream["Thing"]["name"], stream["ObservedProperty"]["name"], stream["unitOfMeasurement"]["symbol"]],
    "results": sorted(row["result"] for row in observations),
    "one": ask(things["value"][0]["@iot.selfLink"])["name"],
}))
"""


@pytest.mark.interop(
    "links alone, by plain HTTP", "SensorThings 1.1", "lists, counts, filter, order, expand, pages of two"
)
@pytest.mark.django_db(transaction=True)
def test_a_client_that_follows_links_reads_samples(live_server, world):
    make_points(world)
    point = MonitoringPoint.objects.get(code="P-0")
    for day in range(5):
        at = datetime(2026, 3, 5, tzinfo=UTC) + timedelta(days=day)
        Sample.objects.create(point=point, phenomenon_time=at, readings={"nh3n": f"{day}.5", "do": "6"})
    found = run(SENSING_CLIENT, live_server.url)
    assert (found["count"], found["things"]) == (5, ["南塘河"] * 5)
    assert found["place"] == [121.32, 29.85]
    assert found["stream"] == ["南塘河", "氨氮", "mg/L"]
    assert found["results"] == [0.5, 1.5, 2.5, 3.5, 4.5]
    assert found["one"] == "南塘河"
