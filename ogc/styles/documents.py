"""Styles of the standard interface: which there are, in which languages, and what they are about."""

from collections.abc import Iterable
from typing import Any

from ogc.links import JSON, MAPBOX, MAPLIBRE, QML, SLD, Links
from tiles.layer.vector import VectorLayer

OF_THE_MAP = {"mapbox": MAPBOX, "maplibre": MAPLIBRE}
"""The map's style, by the word of `f`: in the plain words that every reader of the format knows (`mapbox` is the name
that the standard has for it), and as the site's own map has it."""
LANGUAGES = {**OF_THE_MAP, "sld": SLD, "qml": QML}


def languages_of(layer: VectorLayer, with_sheets: set[str]) -> list[str]:
    """Return the languages that a layer's style is written in; every layer that the map draws has the map's own."""
    return list(LANGUAGES if layer.name in with_sheets else OF_THE_MAP)


def styles(links: Links, listed: Iterable[tuple[VectorLayer, list[str]]], below: str = "") -> dict[str, Any]:
    """The styles of the site, or of one layer where `below` is its path. A style has the name of its layer."""
    found = [_style(links, layer, languages, below) for layer, languages in listed]
    default = {"default": found[0]["id"]} if below and found else {}
    return {**default, "styles": found, "links": links.to_itself(html=False)}


def _style(links: Links, layer: VectorLayer, languages: list[str], below: str) -> dict[str, Any]:
    here = f"{below}/styles/{layer.name}"
    return {
        "id": layer.name,
        "title": str(layer.title),
        "links": [*_sheets(links, here, languages), links.to(f"{here}/metadata", "describedby", JSON)],
    }


def _sheets(links: Links, here: str, languages: list[str]) -> list[dict[str, Any]]:
    return [links.to(f"{here}?f={name}", "stylesheet", LANGUAGES[name]) for name in languages]


def metadata(links: Links, layer: VectorLayer, languages: list[str]) -> dict[str, Any]:
    """What one style is about, in which languages it is, and the data that it draws."""
    here = f"/styles/{layer.name}"
    kind = {"MultiPoint": "point", "Point": "point", "MultiLineString": "line", "LineString": "line"}
    return {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.description or layer.title),
        "scope": "style",
        "stylesheets": [
            {"title": name, "version": {"mapbox": "8", "maplibre": "8", "sld": "1.0.0"}.get(name, ""),
             "native": name == "maplibre",
             "link": link}
            for name, link in zip(languages, _sheets(links, here, languages), strict=True)
        ],
        "layers": [{
            "id": layer.name,
            "description": str(layer.title),
            "type": kind.get(layer.geometry_type, "polygon" if "Polygon" in layer.geometry_type else "geometry"),
            "sampleData": links.to(f"{links.collection(layer.name)}/items", "data", "application/geo+json"),
        }],
        "links": links.to_itself(html=False),
    }  # fmt: skip
