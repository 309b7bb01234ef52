"""Features of the layer of ponds as clients write them."""

import json

from layers.models import Layer

ITEMS = "/ogc/collections/ponds/items"
GEOJSON, PATCH = "application/geo+json", "application/merge-patch+json"
SQUARE = [[[121.4, 29.8], [121.41, 29.8], [121.41, 29.81], [121.4, 29.81], [121.4, 29.8]]]
BOWTIE = [[[121.4, 29.8], [121.41, 29.81], [121.41, 29.8], [121.4, 29.81], [121.4, 29.8]]]
ZONE_4549 = "<http://www.opengis.net/def/crs/EPSG/0/4549>"


def pond(code="C9", shape=None, **values):
    geometry = {"type": "Polygon", "coordinates": shape or SQUARE}
    return {"type": "Feature", "geometry": geometry, "properties": {"编号": code, "名称": "新塘"} | values}


def send(client, method, address, body, media=GEOJSON, **headers):
    text = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
    given = {"headers": {name.replace("_", "-"): value for name, value in headers.items()}}
    return getattr(client, method)(address, text, content_type=media, **given)


def current():
    return Layer.objects.select_related("current_version").get(slug="ponds").current_version
