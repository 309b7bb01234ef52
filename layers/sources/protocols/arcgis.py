"""ArcGIS REST: the layers of a FeatureServer or MapServer, and the features of one by `query`.

Esri JSON is asked for, not GeoJSON: it keeps the layer's own CRS and says the kinds of the fields, while GeoJSON is
converted to WGS 84 over there. Only a layer that offers no JSON is read as GeoJSON. Features come by `resultOffset`,
in the order of their object ids; a server that cannot do that is asked for its object ids, and then for these.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from layers.sources.client import Client, plain_words, unfetched
from layers.sources.collected import Collected
from layers.sources.protocols import geojson
from layers.sources.protocols.base import PAGE_ROWS, Choice, Fetched, Progress, Wanted, count_in, list_in, smaller_pages

SERVICE = re.compile(r"(.*/(?:FeatureServer|MapServer))(?:/(\d{1,6}))?/?$", re.IGNORECASE)
IDS_AT_ONCE = 200
MOST_IDS = 1_000_000
HEAD = ("geometryType", "spatialReference", "fields")
TOKEN_CODES = (498, 499, 401, 403)


def choices(client: Client) -> list[Choice]:
    """The layers and tables of the service, or the one that the address names."""
    service, number = _parts(client.url)
    if number:
        found = _ask(client, f"{service}/{number}")
        return [Choice(number, plain_words(str(found.get("name") or number)))]
    found = _ask(client, service)
    rows = [row for row in list_in(found, "layers") if not row.get("subLayerIds")]
    return [
        Choice(str(row["id"]), plain_words(str(row.get("name") or row["id"])))
        for row in rows
        if count_in(row.get("id")) is not None
    ]


def fetch(client: Client, wanted: Wanted, report: Progress) -> Fetched:
    """All features of a layer in one Esri JSON or GeoJSON file. Raises BadInput."""
    if not wanted.name.isdigit():
        raise unfetched("source-layer-gone", _("服务里已经没有“%s”这个图层。") % wanted.name)
    reading = _Reading(client, f"{_parts(client.url)[0]}/{wanted.name}")
    name = f"{wanted.stem}.{'geojson' if reading.format == 'geojson' else 'esrijson'}"
    out = Collected(wanted.folder / name, wanted.most_bytes)
    try:
        expected = reading.count()
        report(0, expected)
        for page in reading.pages(out):
            reading.write(page, out)
            report(out.count, expected)
        return Fetched(out.path, name, out.end(expected))
    finally:
        out.close()


def _parts(url: str) -> tuple[str, str]:
    found = SERVICE.match(url.partition("?")[0])
    if found is None:
        raise unfetched("source-address", _("地址应以 FeatureServer 或 MapServer 结尾，或者再加图层的编号。"))
    return found[1], found[2] or ""


def _ask(client: Client, url: str, **params: Any) -> dict[str, Any]:
    """An answer; errors come with status 200. Raises BadInput."""
    found, _headers = client.json(url, {"f": "json", **params})
    error = found.get("error")
    if not isinstance(error, dict):
        return found
    if error.get("code") in TOKEN_CODES:
        raise unfetched("source-token", _("对方不让读取（ArcGIS %s），请核对令牌。") % error["code"])
    raise unfetched("source-exception", _("对方拒绝：%s") % client.words(str(error.get("message") or "")))


class _Reading:
    """Pages of one layer, as its description says that they can be had."""

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.url = client, url
        about = _ask(client, url)
        if "query" not in str(about.get("capabilities") or "Query").lower():
            raise unfetched("source-no-query", _("这个图层不让查询要素。"))
        formats = str(about.get("supportedQueryFormats") or "JSON").lower().replace(" ", "").split(",")
        self.format = "geojson" if "json" not in formats and "geojson" in formats else "json"
        self.id_field = str(about.get("objectIdField") or _id_field(about))
        advanced = about.get("advancedQueryCapabilities")
        self.has_paging = bool(isinstance(advanced, dict) and advanced.get("supportsPagination"))
        self.rows = min(PAGE_ROWS, count_in(about.get("maxRecordCount")) or PAGE_ROWS)

    def count(self) -> int | None:
        return count_in(_ask(self.client, f"{self.url}/query", where="1=1", returnCountOnly="true").get("count"))

    def pages(self, out: Collected) -> Iterator[dict[str, Any]]:
        return self._by_offset(out) if self.has_paging else self._by_ids()

    def _by_offset(self, out: Collected) -> Iterator[dict[str, Any]]:
        rows = self.rows
        while True:
            page, rows = smaller_pages(partial(self._offset, out.count), rows)
            yield page
            properties = page.get("properties")
            more = page.get("exceededTransferLimit") or (
                isinstance(properties, dict) and properties.get("exceededTransferLimit")
            )
            if not page.get("features") or not more:
                return

    def _offset(self, start: int, rows: int) -> dict[str, Any]:
        order = {"orderByFields": self.id_field} if self.id_field else {}
        return self._query(where="1=1", resultOffset=start, resultRecordCount=rows, **order)

    def _by_ids(self) -> Iterator[dict[str, Any]]:
        found = _ask(self.client, f"{self.url}/query", where="1=1", returnIdsOnly="true").get("objectIds")
        ids = sorted({one for one in found or [] if count_in(one) is not None})
        if len(ids) > MOST_IDS:
            raise unfetched("source-too-many", _("要素超过 %d 个，已停止。") % MOST_IDS)
        size = min(IDS_AT_ONCE, self.rows)
        for start in range(0, len(ids), size):
            yield self._query(objectIds=",".join(map(str, ids[start : start + size])))

    def _query(self, **params: Any) -> dict[str, Any]:
        return _ask(self.client, f"{self.url}/query", **params, outFields="*", returnGeometry="true", f=self.format)

    def write(self, page: dict[str, Any], out: Collected) -> None:
        """Write the features of a page, and before the first what is said of all of them."""
        if self.format == "geojson":
            if not out.has_begun:
                out.begin(geojson.head(page, ""), geojson.TAIL)
            out.page(geojson.features_in(page), ",\n")
            return
        if not out.has_begun:
            said: dict[str, Any] = {name: page[name] for name in HEAD if name in page}
            comma = "," if said else ""
            out.begin(f'{geojson.written(said)[:-1]}{comma}"features":[\n', geojson.TAIL)
        out.page(((self._identifier(row), geojson.written(row)) for row in list_in(page, "features")), ",\n")

    def _identifier(self, row: dict[str, Any]) -> str:
        attributes = row.get("attributes")
        value = attributes.get(self.id_field) if isinstance(attributes, dict) else None
        return json.dumps(value) if isinstance(value, int | str) and value != "" else ""


def _id_field(about: dict[str, Any]) -> str:
    fields = about.get("fields")
    rows = [row for row in fields if isinstance(row, dict)] if isinstance(fields, list) else []
    return next((str(row.get("name")) for row in rows if row.get("type") == "esriFieldTypeOID"), "")
