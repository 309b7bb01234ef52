"""The catalogue: a record for each layer and raster that the asker may know of."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from ogc.extent import Boxes
from ogc.links import CATALOGUE, GEOJSON, HTML, JSON, QUERYABLES, SCHEMA, STYLES, TILESETS, Links
from ogc.moments import in_utc
from ogc.pictures.tiles import Layer
from tiles.grids.tile_matrix_sets import Box
from tiles.layer.about import About
from tiles.layer.vector import VectorLayer

CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
PROFILE = {"rel": "profile", "href": "http://www.opengis.net/def/profile/OGC/0/ogc-catalog"}
DATASET = "dataset"


def known(catalogue: Any, user: Asker) -> Iterator[Layer]:
    """Every layer, then every raster that is not a part of the base map."""
    yield from catalogue.vector_layers(user)
    yield from (raster for raster in catalogue.raster_layers(user) if not raster.base_map)


def record(links: Links, layer: Layer, boxes: Boxes) -> dict[str, Any]:
    """One layer as a record: what, where, of when, whose, on which terms, and where to get it."""
    vector = layer if isinstance(layer, VectorLayer) else None
    about = vector.about() if vector is not None and vector.about is not None else About()
    said: dict[str, Any] = {
        "type": DATASET,
        "title": str(layer.title),
        "description": str((vector.description if vector else "") or layer.title),
        "keywords": [_("矢量") if vector else _("栅格")],
        "language": {"code": get_language() or "zh-hans"},
        "created": about.created and in_utc(about.created),
        "updated": about.updated and in_utc(about.updated),
        "license": about.licence,
        "attribution": about.source or layer.attribution,
        "contacts": [{"organization": about.provider, "roles": ["publisher"]}] if about.provider else [],
        "reviewNumber": about.review_number,
        "formats": [{"name": name} for name in (("GeoJSON", "GML", "MVT", "PNG") if vector else ("PNG",))],
    }
    return {
        "id": layer.name,
        "type": "Feature",
        "conformsTo": [CORE],
        "geometry": _area(boxes.get(layer.name)),
        "time": {"date": about.data_date.isoformat()} if about.data_date else None,
        "properties": {name: value for name, value in said.items() if value},
        "links": [links.to(f"/collections/{CATALOGUE}/items/{layer.name}", "self", GEOJSON), *_leading(links, layer)],
    }


def _area(box: Box | None) -> dict[str, Any] | None:
    if box is None:
        return None
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _leading(links: Links, layer: Layer) -> list[dict[str, Any]]:
    """Where the data are to be had, by each interface."""
    site = links.site
    wmts = {"rel": "item", "type": "application/xml", "href": f"{site}/ogc/wmts/1.0.0/WMTSCapabilities.xml",
            "title": "WMTS"}  # fmt: skip
    if not isinstance(layer, VectorLayer):
        png = {"rel": "item", "type": "image/png", "href": f"{site}/rasters/{layer.name}/{{z}}/{{x}}/{{y}}.png",
               "title": "XYZ", "templated": True}  # fmt: skip
        return [png, wmts]
    here = links.collection(layer.name)
    wfs = f"{site}/ogc/wfs?service=WFS&version=2.0.0&request=GetCapabilities"
    return [
        links.to(here, "collection", JSON, str(layer.title)),
        links.to(f"{here}?f=html", "alternate", HTML),
        links.to(f"{here}/items", "items", GEOJSON, _("要素")),
        links.to(f"{here}/queryables", QUERYABLES, SCHEMA),
        links.to(f"{here}/styles", STYLES, JSON, _("样式")),
        links.to(f"{here}/tiles", TILESETS, JSON, _("矢量瓦片")),
        {"rel": "item", "type": "application/xml", "href": wfs, "title": "WFS"},
        wmts,
    ]
