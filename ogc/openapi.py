"""The interface described in OpenAPI 3.0: short, for clients that read the paths and parameters from it."""

from typing import Any

from ogc.links import CATALOGUE, GEOJSON, JSON, MAPBOX, MERGE_PATCH, SCHEMA, Links
from ogc.query import DEFAULT_LIMIT, LANGUAGES, MOST_FEATURES

_TEXT = {"type": "string"}
_IF_MATCH = {"name": "If-Match", "in": "header", "required": False, "schema": _TEXT}
_CONTENT_CRS = {"name": "Content-Crs", "in": "header", "required": False, "schema": _TEXT}


def openapi(links: Links, title: str, version: str) -> dict[str, Any]:
    layer = [_in_path("collectionId")]
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": version},
        "servers": [{"url": links.root}],
        "paths": {
            "/": _get("landing"),
            "/conformance": _get("conformance"),
            "/api": _get("api"),
            "/collections": _get("collections"),
            "/collections/{collectionId}": _get("collection", layer),
            "/collections/{collectionId}/queryables": _get("queryables", layer, SCHEMA),
            **_features(layer),
            "/collections/{collectionId}/tiles": _get("tilesets", layer),
            "/collections/{collectionId}/tiles/{tileMatrixSetId}": _get(
                "tileset", [*layer, _in_path("tileMatrixSetId")]
            ),
            **_catalogue(),
            **_styles(layer),
            "/tileMatrixSets": _get("matrixSets"),
            "/tileMatrixSets/{tileMatrixSetId}": _get("matrixSet", [_in_path("tileMatrixSetId")]),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"problem": {"type": "object", "properties": {"status": {"type": "integer"}, "detail": _TEXT}}},
        },
        "security": [{}, {"token": []}],
    }


def _features(layer: list[dict[str, Any]]) -> dict[str, Any]:
    feature = [*layer, _in_path("featureId")]
    return {
        "/collections/{collectionId}/items": {
            **_get("items", [*layer, *_items()], GEOJSON),
            **_write("post", "createItem", layer, "201", GEOJSON),
        },
        "/collections/{collectionId}/items/{featureId}": {
            **_get("item", [*feature, _asked("crs", _TEXT)], GEOJSON),
            **_write("put", "replaceItem", [*feature, _IF_MATCH], "204", GEOJSON),
            **_write("patch", "updateItem", [*feature, _IF_MATCH], "204", MERGE_PATCH),
            **_write("delete", "deleteItem", [*feature, _IF_MATCH], "204"),
        },
    }


def _catalogue() -> dict[str, Any]:
    return {
        f"/collections/{CATALOGUE}/items": _get("records", _records(), GEOJSON),
        f"/collections/{CATALOGUE}/items/{{recordId}}": _get("record", [_in_path("recordId")], GEOJSON),
    }


def _styles(layer: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "/styles": _get("styles"),
        "/styles/{styleId}": _get("style", [_in_path("styleId"), _asked("f", _TEXT)], MAPBOX),
        "/styles/{styleId}/metadata": _get("styleMetadata", [_in_path("styleId")]),
        "/collections/{collectionId}/styles": _get("collectionStyles", layer),
    }


def _items() -> list[dict[str, Any]]:
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": DEFAULT_LIMIT}
    return [
        {**_asked("bbox", numbers), "style": "form", "explode": False},
        _asked("bbox-crs", _TEXT),
        _asked("datetime", _TEXT),
        _asked("limit", limit),
        _asked("crs", _TEXT),
        _asked("filter", _TEXT),
        _asked("filter-lang", {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}),
        _asked("filter-crs", _TEXT),
        _asked("properties", _TEXT),
    ]


def _records() -> list[dict[str, Any]]:
    return [*(each for each in _items() if each["name"] in ("bbox", "bbox-crs", "datetime", "limit")),
            *(_asked(name, _TEXT) for name in ("q", "type", "ids", "externalIds"))]  # fmt: skip


def _asked(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


def _get(name: str, parameters: list[dict[str, Any]] | None = None, media: str = JSON) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    return {
        "get": {
            "operationId": name,
            "parameters": parameters or [],
            "responses": {
                "200": {"description": name, "content": {media: {"schema": {"type": "object"}}}},
                "400": {"description": "bad request", "content": problem},
                "404": {"description": "not found", "content": problem},
            },
        }
    }


def _write(
    method: str, name: str, parameters: list[dict[str, Any]], success: str, media: str = ""
) -> dict[str, dict[str, Any]]:
    """A write: the whole feature, the changed parts of one, or nothing in the body of a deletion."""
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    refused = {"400": "bad request", "403": "not yours", "404": "not found", "412": "changed in between"}
    body = {"required": True, "content": {media: {"schema": {"type": "object"}}}}
    return {
        method: {
            "operationId": name,
            "parameters": [*parameters, *([_CONTENT_CRS] if media else [])],
            **({"requestBody": body} if media else {}),
            "responses": {
                success: {"description": name},
                **{status: {"description": why, "content": problem} for status, why in refused.items()},
            },
            "security": [{"token": []}],
        }
    }
