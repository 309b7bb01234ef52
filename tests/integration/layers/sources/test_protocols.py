"""Each protocol by wire: the list of layers, three pages, the declared CRS; and services that do not keep to it."""

from collections.abc import Callable
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.models import User
from geokit.fetching.download import Downloaded
from layers.models import ImportJob, Layer, LayerSource
from layers.sources import client as source_client
from layers.sources import collected, fetching, services
from ledger.filestore import places
from tests.data.map_services import GML31, LAT_LON, PLACES, WFS1, WFS2, capabilities, gml_of, point
from tests.integration.layers.sources.conftest import inspected, read

BOX = (121.401, 29.8505, 121.425, 29.8625)


@pytest.mark.parametrize(
    ("name", "crs", "pages"),
    [
        ("wfs2", "EPSG:4490", 3), ("wfs2gml", "EPSG:4490", 3), ("wfs11", "EPSG:4490", 1),
        ("ogc", "EPSG:4326", 3), ("arcgis", "EPSG:4490", 3), ("old", "EPSG:4490", 3),
    ],
)  # fmt: skip
def test_all_pages_come_in_the_crs_that_the_service_declares(
    add: Callable[..., LayerSource], service: Any, name: str, crs: str, pages: int
) -> None:
    source = add(name)
    assert [one["title"] for one in source.choices] == ["小微水体"], source.said
    job = inspected(source)
    assert (job.state, job.error_message) == ("previewed", "")
    preview = job.preview
    assert (preview["rows_read"], preview["rows_rejected"], preview["source"]["crs"]) == (25, 0, crs)
    assert preview["bbox"] == pytest.approx(BOX, abs=1e-6)
    counts = {"returncountonly", "returnidsonly", "resulttype"}
    asked = [query for path, query, _headers in service.seen if path.endswith(("query", "items")) or "typename" in query
             or "typenames" in query]  # fmt: skip
    assert len([query for query in asked if not counts & set(query)]) == pages
    assert source.rows_total == 25


def test_a_layer_of_metres_keeps_its_crs_where_geojson_names_none(add: Any, service: Any) -> None:
    """GeoJSON without `crs`: what the capabilities declare holds for metres, WGS 84 for degrees (RFC 7946)."""
    metres = [("x", 38_000 + n, 3_303_000 + n) for n in range(3)]

    def said(handler: Any, asked: dict[str, str]) -> None:
        rows = metres[int(asked["startindex"]) :]
        features = [point(n, name, 500_000 + x, y) for n, (name, x, y) in enumerate(rows)]
        handler.say({"type": "FeatureCollection", "features": features, "totalFeatures": 3})

    def capable(handler: Any, asked: dict[str, str]) -> None:
        body = capabilities("2.0.0", WFS2, "DefaultCRS", ["application/json"])
        handler.say(body.replace(LAT_LON, "urn:ogc:def:crs:EPSG::4549"), "text/xml")

    service.answers = {"GetFeature": said, "GetCapabilities": capable}
    assert inspected(add("wfs2")).preview["source"]["crs"] == "EPSG:4549"


def collection(features: list[Any], **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features, **more}


def ten(start: int = 0) -> list[Any]:
    return [point(*row) for row in PLACES[start : start + 10]]


EXCEPTION = (
    '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0"><ows:Exception'
    ' exceptionCode="OperationProcessingFailed"><ows:ExceptionText>磁盘已满</ows:ExceptionText></ows:Exception>'
    "</ows:ExceptionReport>"
)
ITEMS, GET, QUERY = "/ogc/collections/ponds/items", "request=GetFeature", "resultOffset"
ELSEWHERE = "http://127.0.0.1:1/ogc/collections/ponds/items"
DEEP = "[" * 200_000
BAD: list[tuple[str, str, Any, str]] = [
    ("wfs2", GET, lambda h, q: h.say(collection(ten(), numberMatched=25)), "给了两次"),
    ("wfs2", GET, lambda h, q: h.say(collection(ten() if q["startindex"] == "0" else [], numberMatched=99)), "说有 99"),
    ("wfs2", GET, lambda h, q: h.say(collection(ten(int(q["startindex"])), numberMatched=5)), "说有 5"),
    ("wfs2", GET, lambda h, q: h.say(EXCEPTION, "text/xml", 400), "磁盘已满"),
    ("wfs2gml", GET, lambda h, q: h.say(EXCEPTION, "text/xml"), "磁盘已满"),
    ("wfs2gml", GET, lambda h, q: h.say("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml"), "DOCTYPE"),
    ("wfs11", "resultType=hits", lambda h, q: h.say(gml_of([], WFS1, GML31, "m", 'numberOfFeatures="40"')), "说有 40"),
    ("ogc", ITEMS, lambda h, q: h.say(collection(ten(), links=[{"rel": "next", "href": h.path}])), "给了两次|指回"),
    ("ogc", ITEMS, lambda h, q: h.say(collection(ten(), links=[{"rel": "next", "href": ELSEWHERE}])), "另一个主机"),
    ("ogc", ITEMS, lambda h, q: h.say({"code": "ServerError", "description": "索引损坏"}, status=500), "索引损坏"),
    ("ogc", ITEMS, lambda h, q: h.say("<html>请登录</html>", "text/html"), "JSON"),
    ("ogc", ITEMS, lambda h, q: h.say(DEEP), "JSON"),
    ("ogc", ITEMS, lambda h, q: h.say('{"type":"FeatureCollection","features":[{"a":NaN}]}'), "JSON"),
    ("ogc", ITEMS, lambda h, q: h.say('{"type":"FeatureCollection","features":[{"a":"\\ud800"}]}'), "不成字"),
    ("ogc", ITEMS, lambda h, q: h.say(collection([])), "没有给出任何要素"),
    ("ogc", ITEMS, lambda h, q: h.say(b"", status=302, Location="/elsewhere"), "转到了别处"),
    ("ogc", ITEMS, lambda h, q: h.say(b"", status=401), "核对令牌"),
    ("arcgis", QUERY, lambda h, q: h.say({"error": {"code": 499, "message": "Token Required", "details": []}}), "令牌"),
    ("arcgis", QUERY, lambda h, q: h.say({"error": {"code": 400, "message": "Invalid query"}}), "Invalid query"),
    ("old", "objectIds=", lambda h, q: h.say({"features": []}), "实际取到 0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "word", "answer", "said"), BAD, ids=range(len(BAD)))
def test_what_a_service_does_not_keep_ends_the_reading_in_words_and_nothing_is_taken(
    add: Any, service: Any, name: str, word: str, answer: Any, said: str
) -> None:
    service.answers = {word: answer}
    source = add(name)
    assert source.outcome == "failed"
    assert any(one in source.said for one in said.split("|")), source.said
    assert service.origin not in source.said
    assert not ImportJob.objects.exists()
    assert [path for path in places.folder("imports").iterdir() if any(path.iterdir())] == []


def test_a_service_that_never_ends_is_left_at_the_bounds(
    add: Any, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(handler: Any, asked: dict[str, str]) -> None:
        start = int(asked["startindex"])
        handler.say(collection([point(start + n, f"{start + n}", 121.4, 29.8) for n in range(10)]))

    service.answers = {GET: endless}
    monkeypatch.setattr(collected, "MOST_FEATURES", 95)
    assert "超过 95 个" in add("wfs2").said
    monkeypatch.setattr(collected, "MOST_FEATURES", 10**6)
    monkeypatch.setattr(source_client, "MOST_REQUESTS", 12)
    assert "页数太多" in add("wfs2").said
    monkeypatch.setattr(source_client, "MOST_REQUESTS", 10**6)
    monkeypatch.setattr(source_client, "WHOLE_SECONDS", 0.3)
    said = add("wfs2").said
    assert "半个小时" in said or "限定的时间" in said


def test_a_page_that_is_too_long_is_asked_for_in_smaller_ones(
    add: Any, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_client, "PAGE_BYTES", 3_000)
    service.rows = 10**6
    source = add("wfs2")
    assert inspected(source).preview["rows_read"] == 25
    assert {query["count"] for _path, query, _headers in service.seen if "count" in query} == {
        "1000",
        "250",
        "62",
        "15",
    }
    monkeypatch.setattr(source_client, "PAGE_BYTES", 900)
    assert "太大" in read(source).said


@pytest.mark.parametrize(("kind", "path"), [("wfs", "/ogc/wfs"), ("ogcapi", "/ogc/")])
def test_this_sites_own_services_are_read_as_any_others(
    ponds: Layer, gis: User, settings: Any, client: Any, monkeypatch: pytest.MonkeyPatch, kind: str, path: str
) -> None:
    """A further server that was not written for these tests: asked without a wire in between."""

    def asked(url: str, sink: Any, bounds: Any, headers: dict[str, str], *, inner: bool) -> Downloaded:
        parts = urlsplit(url)
        answer = client.get(f"{parts.path}?{parts.query}", headers=headers)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code == 200:
            sink.write(content)
        told = Message()
        for name, value in answer.headers.items():
            told[name] = value
        return Downloaded(answer.status_code, told, len(content), content)

    settings.SOURCE_INNER_ORIGINS = ["http://testserver"]
    services.add_host(gis, host="testserver")
    monkeypatch.setattr(source_client, "download", asked)
    source = services.add_source(gis, kind=kind, url=f"http://testserver{path}", title="自己的")
    fetching.work(source.pk)
    source.refresh_from_db()
    name = next((one["name"] for one in source.choices if one["title"] == ponds.title), source.said)
    services.choose(gis, source.pk, name)
    job = inspected(read(source))
    assert (job.state, job.preview["rows_read"]) == ("previewed", 3), job.error_message
    assert ponds.current_version is not None
    assert job.preview["bbox"] == pytest.approx(ponds.current_version.bbox, abs=1e-6)
