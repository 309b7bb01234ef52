"""Map services of others on this machine, written from the published protocols, apart from our own code.

`server.places` are the features (number, name, longitude, latitude) and `server.rows` how many a page has at the most.
`server.answers` maps the beginning of a path, or a word in the query, to a function that answers instead.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PLACES = [(n, f"水体{n}", 121.40 + n * 0.001, 29.85 + n * 0.0005) for n in range(1, 26)]
GML32, GML31 = "http://www.opengis.net/gml/3.2", "http://www.opengis.net/gml"
WFS2, WFS1 = "http://www.opengis.net/wfs/2.0", "http://www.opengis.net/wfs"
LAT_LON = "urn:ogc:def:crs:EPSG::4490"
"""CGCS2000 by its authority: latitude first."""


def point(number: int, name: str, x: float, y: float) -> dict[str, Any]:
    return {
        "type": "Feature", "id": f"ponds.{number}", "properties": {"code": number, "name": name},
        "geometry": {"type": "Point", "coordinates": [x, y]},
    }  # fmt: skip


class MapService(BaseHTTPRequestHandler):
    """`/wfs2`, `/wfs2gml`, `/wfs11`, `/ogc`, `/arcgis/.../FeatureServer`, `/old/.../MapServer`, `/files/<name>`."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
        self.server.seen.append((parts.path, asked, dict(self.headers)))
        for word, answer in self.server.answers.items():
            if parts.path.startswith(word) or word in parts.query:
                answer(self, asked)
                return
        serve = {"wfs2": self.wfs2, "wfs2gml": self.wfs2, "wfs11": self.wfs11, "ogc": self.ogc,
                 "arcgis": self.arcgis, "old": self.arcgis, "files": self.file}  # fmt: skip
        serve[parts.path.split("/")[1]](parts.path, asked)

    def say(self, body: Any, kind: str = "application/json", status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass

    def page(self, start: int, rows: int) -> list[Any]:
        return self.server.places[start : start + min(rows, self.server.rows)]

    def wfs2(self, path: str, asked: dict[str, str]) -> None:
        """OGC 09-025r2: capabilities, and `GetFeature` with `count` and `startIndex`."""
        formats = [] if path.startswith("/wfs2gml") else ["application/json"]
        if asked["request"] == "GetCapabilities":
            self.say(capabilities("2.0.0", WFS2, "DefaultCRS", formats), "text/xml")
            return
        assert (asked["typenames"], asked["version"]) == ("gw:ponds", "2.0.0"), asked
        rows = self.page(int(asked.get("startindex", 0)), int(asked.get("count", 10**6)))
        if asked.get("outputformat"):
            crs = {"type": "name", "properties": {"name": LAT_LON}}
            body = {"type": "FeatureCollection", "features": [point(*row) for row in rows], "crs": crs}
            self.say(body | {"numberMatched": len(self.server.places), "numberReturned": len(rows)})
        else:
            matched = f'numberMatched="{len(self.server.places)}" numberReturned="{len(rows)}"'
            self.say(gml_of(rows, WFS2, GML32, "wfs:member", matched), "application/gml+xml; version=3.2")

    def wfs11(self, path: str, asked: dict[str, str]) -> None:
        """OGC 04-094: no paging; `resultType=hits` counts."""
        if asked["request"] == "GetCapabilities":
            self.say(capabilities("1.1.0", WFS1, "DefaultSRS", []), "text/xml")
            return
        assert (asked["typename"], asked["version"]) == ("gw:ponds", "1.1.0"), asked
        assert "startindex" not in asked and "count" not in asked
        matched = f'numberOfFeatures="{len(self.server.places)}"'
        rows = [] if asked.get("resulttype") == "hits" else self.server.places
        self.say(gml_of(rows, WFS1, GML31, "gml:featureMember", matched), "text/xml; subtype=gml/3.1.1")

    def ogc(self, path: str, asked: dict[str, str]) -> None:
        """OGC 17-069r4."""
        if path == "/ogc/collections":
            self.say({"links": [], "collections": [
                {"id": "ponds", "title": "小微水体", "itemType": "feature", "links": []},
                {"id": "elevation", "title": "高程", "itemType": "coverage", "links": []},
            ]})  # fmt: skip
            return
        assert path == "/ogc/collections/ponds/items", path
        start, limit = int(asked.get("offset", 0)), int(asked["limit"])
        rows = self.page(start, limit)
        links = [{"rel": "self", "href": self.path, "type": "application/geo+json"}]
        if start + len(rows) < len(self.server.places):
            href = f"/ogc/collections/ponds/items?limit={limit}&offset={start + len(rows)}"
            links.append({"rel": "next", "href": href, "type": "application/geo+json"})
        body = {"type": "FeatureCollection", "features": [point(*row) for row in rows], "links": links}
        self.say(body | {"numberMatched": len(self.server.places), "numberReturned": len(rows)}, "application/geo+json")

    def arcgis(self, path: str, asked: dict[str, str]) -> None:
        """ArcGIS REST API: a service, a layer, its `query`. The one below `/old` pages by object ids only."""
        pages = path.startswith("/arcgis")
        if path.endswith("Server"):
            self.say({"layers": [
                {"id": 0, "name": "水", "subLayerIds": [3], "geometryType": None},
                {"id": 3, "name": "小微水体", "subLayerIds": None, "geometryType": "esriGeometryPoint"},
            ]})  # fmt: skip
        elif path.endswith("Server/3"):
            self.say({"id": 3, "name": "小微水体", "capabilities": "Map,Query,Data", "maxRecordCount": self.server.rows,
                      "supportedQueryFormats": "JSON, geoJSON", "objectIdField": "OBJECTID",
                      "advancedQueryCapabilities": {"supportsPagination": pages}})  # fmt: skip
        elif asked.get("returncountonly") == "true":
            self.say({"count": len(self.server.places)})
        elif asked.get("returnidsonly") == "true":
            self.say({"objectIdFieldName": "OBJECTID", "objectIds": [row[0] for row in reversed(self.server.places)]})
        else:
            assert pages == ("resultoffset" in asked) and (not pages or asked["orderbyfields"] == "OBJECTID")
            ids = {int(one) for one in asked.get("objectids", "0").split(",")}
            rows = (
                self.page(int(asked["resultoffset"]), int(asked["resultrecordcount"]))
                if pages
                else [row for row in self.server.places if row[0] in ids][: self.server.rows]
            )
            more = pages and int(asked["resultoffset"]) + len(rows) < len(self.server.places)
            self.say(esri_of(rows) | ({"exceededTransferLimit": True} if more else {}))

    def file(self, path: str, asked: dict[str, str]) -> None:
        body = json.dumps({"type": "FeatureCollection", "features": [point(*row) for row in self.server.places]})
        tag = f'"{hash(body)}"'
        if self.headers.get("If-None-Match") == tag:
            self.say(b"", status=304)
        else:
            self.say(body, ETag=tag)


def capabilities(version: str, namespace: str, crs: str, formats: list[str]) -> str:
    values = "".join(f"<ows:AllowedValues><ows:Value>{one}</ows:Value></ows:AllowedValues>" for one in formats)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<wfs:WFS_Capabilities version="{version}" xmlns:wfs="{namespace}" xmlns:ows="http://www.opengis.net/ows/1.1">
 <ows:OperationsMetadata><ows:Operation name="GetFeature">
  <ows:Parameter name="outputFormat"><ows:AllowedValues><ows:Value>application/gml+xml; version=3.2</ows:Value>
  </ows:AllowedValues>{values}</ows:Parameter></ows:Operation></ows:OperationsMetadata>
 <wfs:FeatureTypeList><wfs:FeatureType><wfs:Name>gw:ponds</wfs:Name><wfs:Title>小微水体</wfs:Title>
  <wfs:{crs}>{LAT_LON}</wfs:{crs}></wfs:FeatureType></wfs:FeatureTypeList>
</wfs:WFS_Capabilities>"""


def gml_of(rows: Any, wfs: str, gml: str, member: str, matched: str) -> str:
    """Points with latitude first, as the CRS of `LAT_LON` has it."""
    features = "".join(
        f'<{member}><gw:ponds gml:id="ponds.{n}"><gw:code>{n}</gw:code><gw:name>{name}</gw:name><gw:place>'
        f'<gml:Point gml:id="p.{n}" srsName="{LAT_LON}"><gml:pos>{y} {x}</gml:pos></gml:Point></gw:place></gw:ponds>'
        f"</{member}>"
        for n, name, x, y in rows
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:wfs="{wfs}" xmlns:gml="{gml}"'
        f' xmlns:gw="http://example.org/gw" {matched}>{features}</wfs:FeatureCollection>'
    )


def esri_of(rows: Any) -> dict[str, Any]:
    return {
        "objectIdFieldName": "OBJECTID", "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 4490, "latestWkid": 4490},
        "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"},
                   {"name": "code", "type": "esriFieldTypeInteger"},
                   {"name": "name", "type": "esriFieldTypeString", "length": 50}],
        "features": [{"attributes": {"OBJECTID": n, "code": n, "name": name}, "geometry": {"x": x, "y": y}}
                     for n, name, x, y in rows],
    }  # fmt: skip


@contextmanager
def running(handler: type[BaseHTTPRequestHandler] = MapService) -> Iterator[Any]:
    """A server with an `origin` to ask, what it has `seen`, and `answers` that are said instead."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.places, server.rows, server.seen, server.answers = list(PLACES), 10, [], {}
    server.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
