"""The documents of the standard interface as dictionaries; `views.py` sends them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import Asker
from ogc.crs import CRS84, SUPPORTED
from ogc.extent import Boxes, boxes_of
from ogc.links import (
    CATALOGUE,
    GEOJSON,
    HTML,
    JSON,
    MVT,
    OPENAPI,
    QUERYABLES,
    SCHEMA,
    STYLES,
    TILESETS,
    TILING_SCHEME,
    TILING_SCHEMES,
    Links,
)
from tiles.grids.tile_matrix_sets import GRIDS, Grid
from tiles.layer.vector import MAX_ZOOM, VectorLayer
from tiles.query.cql_values import Property, properties_of

_FORMATS = {"number": {"type": "number"}, "boolean": {"type": "boolean"}, "text": {"type": "string"}}
_TIMES = {"date": {"type": "string", "format": "date"}, "datetime": {"type": "string", "format": "date-time"}}
_KINDS = {"Point": "point", "LineString": "multilinestring", "Polygon": "multipolygon"}


def landing(links: Links, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "description": _("与地图、瓦片、接口和导出同一份数据，按来访者的权限。坐标为 WGS 84。"),
        "links": [
            *links.to_itself(),
            links.to("/api", "service-desc", OPENAPI, "OpenAPI"),
            {"rel": "service-doc", "type": HTML, "href": f"{links.site}/api/docs/"},
            links.to("/conformance", "conformance", JSON, _("符合的标准")),
            links.to("/collections", "data", JSON, _("图层")),
            links.to("/styles", STYLES, JSON, _("样式")),
            links.to("/tileMatrixSets", TILING_SCHEMES, JSON, _("瓦片网格")),
        ],
    }


def collections(links: Links, layers: Iterable[VectorLayer], user: Asker) -> dict[str, Any]:
    every = list(layers)
    boxes = boxes_of(every, user)
    return {
        "links": links.to_itself(),
        "crs": [crs.uri for crs in SUPPORTED],
        "collections": [
            *(collection(links, layer, boxes, crs=["#/crs"]) for layer in every),
            catalogue(links),
        ],
    }


def collection(links: Links, layer: VectorLayer, boxes: Boxes, *, crs: list[str] | None = None) -> dict[str, Any]:
    """One layer: what it is, where it lies, how to ask for it."""
    here = links.collection(layer.name)
    body: dict[str, Any] = {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.description or layer.title),
        "itemType": "feature",
        "crs": crs or [system.uri for system in SUPPORTED],
        "storageCrs": CRS84.uri,
        "links": [
            links.to(here, "self", JSON),
            links.to(f"{here}?f=html", "alternate", HTML),
            links.to(f"{here}/items", "items", GEOJSON, _("要素")),
            links.to(f"{here}/items?f=html", "items", HTML, _("要素")),
            links.to(f"{here}/queryables", QUERYABLES, SCHEMA, _("可查询的属性")),
            links.to(f"{here}/styles", STYLES, JSON, _("样式")),
            links.to(f"{here}/tiles", TILESETS, JSON, _("矢量瓦片")),
        ],
    }
    if layer.attribution:
        body["attribution"] = layer.attribution
    if box := boxes.get(layer.name):
        body["extent"] = {"spatial": {"bbox": [list(box)], "crs": CRS84.uri}}
    return body


def catalogue(links: Links) -> dict[str, Any]:
    """The catalogue as a collection of records among the layers."""
    here = f"/collections/{CATALOGUE}"
    return {
        "id": CATALOGUE,
        "type": "Collection",
        "title": _("元数据目录"),
        "description": _("本站图层和栅格的元数据，一层一条。"),
        "itemType": "record",
        "crs": [CRS84.uri],
        "links": [
            links.to(here, "self", JSON),
            links.to(f"{here}/items", "items", GEOJSON, _("元数据")),
        ],
    }


def queryables(links: Links, layer: VectorLayer, user: Asker) -> dict[str, Any]:
    """What a filter may name, as a JSON schema."""
    described = {name: {"title": name, **_schema(found)} for name, found in properties_of(layer, user).items()}
    for name, words in layer.described.items():
        if name in described:
            described[name]["description"] = str(words)
    kind = _KINDS.get(layer.geometry_type, "any")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": links.here(),
        "type": "object",
        "title": str(layer.title),
        "properties": {"geom": {"title": "geom", "type": "object", "format": f"geometry-{kind}"}, **described},
        "additionalProperties": False,
    }


def _schema(found: Property) -> dict[str, str]:
    return {"type": "integer"} if found.whole else {**_FORMATS, **_TIMES}[found.kind]


def tilesets(links: Links, layer: VectorLayer) -> dict[str, Any]:
    return {
        "links": links.to_itself(html=False),
        "tilesets": [_tileset(links, layer, grid) for grid in GRIDS.values()],
    }


def tileset(links: Links, layer: VectorLayer, grid: Grid, fields: dict[str, str], user: Asker) -> dict[str, Any]:
    """One layer's vector tiles in one grid; the tiles themselves are those of `/tiles/`."""
    whole = {name: "integer" for name, found in properties_of(layer, user).items() if found.whole}
    names = {"Number": "number", "Boolean": "boolean", "String": "string"}
    return {
        **_tileset(links, layer, grid),
        "layers": [{
            "id": layer.name,
            "dataType": "vector",
            "minTileMatrix": str(max(layer.minzoom, grid.first_level)),
            "maxTileMatrix": str(MAX_ZOOM),
            "propertiesSchema": {
                "type": "object",
                "properties": {name: {"type": whole.get(name, names[kind])} for name, kind in fields.items()},
            },
        }],
    }  # fmt: skip


def _tileset(links: Links, layer: VectorLayer, grid: Grid) -> dict[str, Any]:
    scheme = f"/tileMatrixSets/{grid.name}"
    address = links.site + f"/tiles/{layer.name}/" + "{tileMatrix}/{tileCol}/{tileRow}.mvt"
    return {
        "title": f"{layer.title} · {grid.title}",
        "dataType": "vector",
        "crs": grid.crs,
        "tileMatrixSetURI": f"{links.root}{scheme}",
        "links": [
            links.to(f"{links.collection(layer.name)}/tiles/{grid.name}", "self", JSON),
            links.to(scheme, TILING_SCHEME, JSON),
            {"rel": "item", "type": MVT, "href": f"{address}?grid={grid.name}", "templated": True},
        ],
    }


def matrix_sets(links: Links) -> dict[str, Any]:
    return {
        "links": links.to_itself(html=False),
        "tileMatrixSets": [
            {"id": grid.name, "title": grid.title, "crs": grid.crs,
             "links": [links.to(f"/tileMatrixSets/{grid.name}", "self", JSON)]}
            for grid in GRIDS.values()
        ],
    }  # fmt: skip
