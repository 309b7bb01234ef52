"""What the API's description says beyond what is read from views: refusals (RFC 9457) and geometries of any kind."""

from typing import Any

from drf_spectacular.contrib.rest_framework_gis import build_geometry_geo_schema

PROBLEM = {
    "type": "object",
    "description": "Why a request was refused, in the language that was asked for.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "A word for programs; it does not change with the language."},
        "errors": {
            "type": "array",
            "description": "Fields whose values were refused.",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["field", "code", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
}
REFUSED = {
    "description": "Refused.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
GEOMETRY = {
    "type": "object",
    "description": "A GeoJSON geometry of any kind, in WGS 84 (RFC 7946).",
    "properties": {
        "type": {
            "type": "string",
            "enum": [
                "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
            ],
        },
        "coordinates": {"type": "array", "items": {}},
        "geometries": {"type": "array", "items": {"type": "object", "additionalProperties": {}}},
    },
    "required": ["type"],
}  # fmt: skip
FEATURE = {"$ref": "#/components/schemas/GisFeatureEnum"}
"""What the type of a GeoJSON feature has become when enums have names."""
JSON = "application/json"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")


def describe_refusals(result: dict[str, Any], **_rest: Any) -> dict[str, Any]:
    """Add the problem to the schema's components and, as the default answer, to every operation."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for method in METHODS:
            if method in operations:
                operations[method]["responses"].setdefault("default", REFUSED)
    return result


def describe_bodies(result: dict[str, Any], **_rest: Any) -> dict[str, Any]:
    """Name JSON alone for what is sent without files: generated clients send a body in every form that is named."""
    for operations in result["paths"].values():
        for method in METHODS:
            content = operations.get(method, {}).get("requestBody", {}).get("content", {})
            files = _takes_files(content.get("multipart/form-data", {}), result["components"]["schemas"])
            for kind in [*content] if JSON in content else ():
                if kind != JSON and not (files and kind == "multipart/form-data"):
                    del content[kind]
    return result


def _takes_files(node: Any, schemas: dict[str, Any]) -> bool:
    """Whether somewhere in a schema, or in what it refers to, a file is sent."""
    if isinstance(node, list):
        return any(_takes_files(each, schemas) for each in node)
    if not isinstance(node, dict):
        return False
    named = schemas.get(str(node.get("$ref", "")).rpartition("/")[2], {})
    return node.get("format") == "binary" or any(
        _takes_files(each, schemas) for each in (*node.values(), *named.values())
    )


def describe_geometries(result: dict[str, Any], **_rest: Any) -> dict[str, Any]:
    """Let columns of any geometry hold any: the library names points, lines and polygons only, and never nothing.

    A feature has no place where nobody has drawn one (`null`, RFC 7946, 3.2).
    """
    schemas = result["components"].setdefault("schemas", {})
    untyped: Any = build_geometry_geo_schema
    _replace(schemas, untyped(), {"allOf": [{"$ref": "#/components/schemas/Geometry"}]})
    for schema in schemas.values():
        properties = schema.get("properties", {})
        if properties.get("type") == FEATURE:
            properties["geometry"] = {**properties["geometry"], "nullable": True}
    schemas["Geometry"] = GEOMETRY
    return result


def _replace(node: Any, old: Any, new: Any) -> None:
    """Put `new` in the place of every `old` within `node`."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if value == old:
            node[key] = new
        elif isinstance(value, dict | list):
            _replace(value, old, new)
