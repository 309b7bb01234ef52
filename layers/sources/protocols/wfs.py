"""WFS 2.0 with paging (`count`, `startIndex`), and 1.1 in one answer; GeoJSON where it is offered, else GML.

OGC 09-025r2 and 04-094. The CRS is the feature type's own: none is asked for, so nothing is converted over there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from layers.sources.client import Client, plain_words, unfetched, with_params
from layers.sources.collected import Collected
from layers.sources.protocols import geojson, gml
from layers.sources.protocols.base import PAGE_ROWS, Choice, Fetched, Progress, Wanted, count_in, smaller_pages

OURS = ("service", "version", "request", "acceptversions", "typename", "typenames", "outputformat", "srsname",
        "maxfeatures", "count", "startindex", "resulttype")  # fmt: skip
"""Parameters of the protocol, which people copy along with an address."""
JSON_FORMATS = ("application/geo+json", "application/json", "application/json; subtype=geojson", "geojson", "json")


@dataclass(frozen=True, slots=True)
class Service:
    """What its capabilities say."""

    version: str
    json_format: str
    types: dict[str, tuple[str, str]]
    """Title and CRS by name."""

    @property
    def has_paging(self) -> bool:
        return self.version.startswith("2.")


def choices(client: Client) -> list[Choice]:
    """The feature types of the service."""
    return [Choice(name, title or name) for name, (title, _crs) in _service(client).types.items()]


def fetch(client: Client, wanted: Wanted, report: Progress) -> Fetched:
    """All features of a type in one GeoJSON or GML file. Raises BadInput."""
    service = _service(client)
    if wanted.name not in service.types:
        raise unfetched("source-layer-gone", _("服务里已经没有“%s”这个图层。") % wanted.name)
    reading = _Reading(client, service, wanted.name)
    name = f"{wanted.stem}.{'geojson' if service.json_format else 'gml'}"
    out = Collected(wanted.folder / name, wanted.most_bytes)
    try:
        expected = _paged(reading, out, report) if service.has_paging else _whole(reading, out, report)
        return Fetched(out.path, name, out.end(expected))
    finally:
        out.close()


def _service(client: Client) -> Service:
    asked = {"service": "WFS", "request": "GetCapabilities", "acceptVersions": "2.0.0,1.1.0"}
    root = client.xml(_base(client.url), asked)
    _refuse_exception(client, root)
    if gml.local(root.tag) != "WFS_Capabilities":
        raise unfetched("source-unreadable", _("这个地址不是 WFS 服务。"))
    version = root.get("version", "")
    if version[:4] not in ("2.0.", "1.1."):
        raise unfetched("source-version", _("对方的 WFS 版本是 %s，能读的是 2.0 和 1.1。") % plain_words(version)[:10])
    types = dict(_type_in(one) for one in root.iter() if gml.local(one.tag) == "FeatureType")
    types.pop("", None)
    return Service(version, _json_format(root), types)


def _type_in(element: Element) -> tuple[str, tuple[str, str]]:
    said = {gml.local(child.tag): plain_words(child.text or "") for child in element}
    return said.get("Name", ""), (said.get("Title", ""), said.get("DefaultCRS") or said.get("DefaultSRS", ""))


def _json_format(root: Element) -> str:
    """The name by which the operation GetFeature offers GeoJSON; empty where it does not."""
    offered: dict[str, str] = {}
    for operation in root.iter():
        if gml.local(operation.tag) != "Operation" or operation.get("name") != "GetFeature":
            continue
        for parameter in operation.iter():
            if gml.local(parameter.tag) == "Parameter" and parameter.get("name", "").lower() == "outputformat":
                values = (value.text or "" for value in parameter.iter() if gml.local(value.tag) == "Value")
                offered.update({value.strip().lower(): value.strip() for value in values})
    return next((offered[name] for name in JSON_FORMATS if name in offered), "")


def _base(url: str) -> str:
    """The address without what the protocol itself asks."""
    address, mark, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0].lower() not in OURS]
    return f"{address}{mark}{'&'.join(kept)}" if kept else address


class _Reading:
    """Pages of one feature type."""

    def __init__(self, client: Client, service: Service, name: str) -> None:
        self.client, self.service = client, service
        self.crs = service.types[name][1]
        self.url = with_params(_base(client.url), {
            "service": "WFS", "version": service.version, "request": "GetFeature",
            "typeNames" if service.has_paging else "typeName": name,
        })  # fmt: skip

    def ask(self, **more: Any) -> Any:
        """One page, as JSON or as the root of XML."""
        if not self.service.json_format or more.get("resultType") == "hits":
            root = self.client.xml(self.url, more)
            _refuse_exception(self.client, root)
            return root
        return self.client.json(self.url, {**more, "outputFormat": self.service.json_format})[0]

    def write(self, page: Any, out: Collected) -> int:
        """Write a page's features; how many."""
        if isinstance(page, dict):
            if not out.has_begun:
                out.begin(geojson.head(page, self.crs), geojson.TAIL)
            rows: Iterator[tuple[str, str]] = geojson.features_in(page)
        else:
            if not out.has_begun:
                out.begin(gml.head(gml.namespace_in(page)), gml.TAIL)
            rows = gml.features_in(page, self.crs)
        return out.page(rows, ",\n" if isinstance(page, dict) else "\n")

    def page(self, start: int, rows: int) -> Any:
        return self.ask(count=rows, startIndex=start)


def _paged(reading: _Reading, out: Collected, report: Progress) -> int | None:
    """Read page by page until one is empty or the count is full; return how many there are said to be."""
    rows, expected = PAGE_ROWS, None
    while True:
        page, rows = smaller_pages(partial(reading.page, out.count), rows)
        came = reading.write(page, out)
        said = _matched(page)
        expected = said if expected is None or not out.count else expected
        report(out.count, expected)
        if not came or (expected == out.count and came != rows):
            return expected


def _whole(reading: _Reading, out: Collected, report: Progress) -> int | None:
    """Read everything at once, and hold it against the number that the service gives."""
    expected = _matched(reading.ask(resultType="hits"))
    report(0, expected)
    reading.write(reading.ask(), out)
    report(out.count, expected)
    return expected


def _matched(page: Any) -> int | None:
    names = ("numberMatched", "totalFeatures", "numberOfFeatures")
    return next((count for name in names if (count := count_in(page.get(name))) is not None), None)


def _refuse_exception(client: Client, root: Element) -> None:
    """Raise BadInput with the service's own words where it answers with an exception."""
    if gml.local(root.tag) in ("ExceptionReport", "ServiceExceptionReport"):
        raise unfetched("source-exception", _("对方拒绝：%s") % client.words(" ".join(root.itertext())))
