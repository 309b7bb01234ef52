"""Links of the standard interface: where a document's relatives are, with their types."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest

from accounts.tokens.reading import site_of

CATALOGUE = "layers.catalogue"
"""The collection of records; no layer can be called so, for their names have no dot."""
JSON = "application/json"
GEOJSON = "application/geo+json"
MERGE_PATCH = "application/merge-patch+json"
HTML = "text/html"
MAPBOX = "application/vnd.mapbox.style+json"
MAPLIBRE = "application/vnd.maplibre.style+json"
SLD = "application/vnd.ogc.sld+xml;version=1.0"
QML = "application/vnd.qgis.qml+xml"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
MVT = "application/vnd.mapbox-vector-tile"
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
STYLES = _REL + "styles"
QUERYABLES = _REL + "queryables"
TILESETS = _REL + "tilesets-vector"
TILING_SCHEME = _REL + "tiling-scheme"
TILING_SCHEMES = _REL + "tiling-schemes"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of one answer; `root` is the address of the interface, without a slash at its end."""

    request: HttpRequest
    root: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Links":
        return cls(request, f"{site_of(request)}/ogc")

    @property
    def site(self) -> str:
        """The address of the whole site, as `root`."""
        return site_of(self.request)

    def to(self, path: str, rel: str, media: str, title: str = "") -> dict[str, Any]:
        """Return a link to `path` below the root."""
        link = {"rel": rel, "type": media, "href": f"{self.root}{path}"}
        return link | ({"title": title} if title else {})

    def to_itself(self, media: str = JSON, *, html: bool = True) -> list[dict[str, Any]]:
        """Return the links to this very document and to its page for people."""
        here = [{"rel": "self", "type": media, "href": self.here(f="json")}]
        return [*here, *([{"rel": "alternate", "type": HTML, "href": self.here(f="html")}] if html else [])]

    def here(self, **changes: Any) -> str:
        """Return this document's own address with other parameters."""
        query = {**self.request.GET.dict(), **changes}
        address = f"{site_of(self.request)}{self.request.path_info}"
        return f"{address}?{urlencode(query)}" if query else address

    def collection(self, name: str) -> str:
        return f"/collections/{quote(name)}"
