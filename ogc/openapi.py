"""The interface described in OpenAPI 3.0: short, for clients that read the paths and parameters from it."""

from typing import Any

from ogc.links import GEOJSON, JSON, SCHEMA, Links
from ogc.query import DEFAULT_LIMIT, LANGUAGES, MOST_FEATURES

_TEXT = {"type": "string"}


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
            "/collections/{collectionId}/items": _get("items", [*layer, *_items()], GEOJSON),
            "/collections/{collectionId}/items/{featureId}": _get(
                "item", [*layer, _in_path("featureId"), _asked("crs", _TEXT)], GEOJSON
            ),
            "/collections/{collectionId}/tiles": _get("tilesets", layer),
            "/collections/{collectionId}/tiles/{tileMatrixSetId}": _get(
                "tileset", [*layer, _in_path("tileMatrixSetId")]
            ),
            "/tileMatrixSets": _get("matrixSets"),
            "/tileMatrixSets/{tileMatrixSetId}": _get("matrixSet", [_in_path("tileMatrixSetId")]),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"problem": {"type": "object", "properties": {"status": {"type": "integer"}, "detail": _TEXT}}},
        },
        "security": [{}, {"token": []}],
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
