"""What a client sends to be written: a GeoJSON feature, or a merge patch of one (RFC 7396), in the axes it names."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from geokit.refusal import BadInput, TooLarge
from ogc.crs import Crs, crs_named
from ogc.links import GEOJSON, JSON, MERGE_PATCH
from tiles.layer.editing import GivenFeature
from ui import json_bodies

WHOLE = (GEOJSON, JSON)
PARTS = (MERGE_PATCH, JSON)
MOST_BYTES = 2_000_000
"""Of one feature: a border of some 60,000 vertices."""


def whole_feature(request: Request) -> GivenFeature:
    """Return the feature that a body holds. Raises BadInput, TooLarge, UnsupportedMediaType."""
    return given_feature(_body(request, WHOLE), content_crs(request))


def patch_of(request: Request) -> dict[str, Any]:
    """Return the parts of a feature that a body changes. Raises as `whole_feature`."""
    return _body(request, PARTS)


def content_crs(request: Request) -> Crs:
    """Return the system of the body's coordinates: `Content-Crs`, CRS84 without it. Raises BadInput `bad-crs`."""
    return crs_named(request.headers.get("Content-Crs", "").strip().removeprefix("<").removesuffix(">"), "Content-Crs")


def given_feature(body: Mapping[str, Any], crs: Crs) -> GivenFeature:
    """Return the feature that GeoJSON says; its own `id`, `links` and the like are not heeded.

    Raises BadInput `bad-feature`.
    """
    if body.get("type") != "Feature":
        raise _bad(_("须是一个 GeoJSON 要素（type 为 Feature）。"))
    geometry, values = body.get("geometry"), body.get("properties")
    if not isinstance(geometry, dict | None):
        raise _bad(_("geometry 须是 GeoJSON 几何。"))
    if not isinstance(values, dict | None):
        raise _bad(_("properties 须是一个对象。"))
    return GivenFeature(geometry, values or {}, crs.srid, crs.north_first)


def merged(target: Any, patch: Any) -> Any:
    """Return `target` with `patch` laid over it, as RFC 7396 has it: null takes a member away, lists are replaced."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _body(request: Request, media: tuple[str, ...]) -> dict[str, Any]:
    sent = request._request.content_type or ""
    if sent not in media:
        raise UnsupportedMediaType(sent, _("请用 Content-Type: %s 发送。") % media[0])
    text = request._request.body
    if len(text) > MOST_BYTES:
        raise TooLarge(_("一个要素最多 %s 字节。") % MOST_BYTES)
    try:
        found = json_bodies.loads(text)
    except ValueError as error:
        raise _bad(f"JSON: {str(error)[:100]}") from error
    if not isinstance(found, dict):
        raise _bad(_("须是一个 GeoJSON 要素（type 为 Feature）。"))
    return found


def _bad(message: str) -> BadInput:
    return BadInput(message, code="bad-feature")
