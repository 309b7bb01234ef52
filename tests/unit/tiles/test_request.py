"""What a client may ask of a tileset: how it is parsed, and when two requests are equal."""

import pytest

from geokit.refusal import BadInput
from tiles.grids.tile_matrix_sets import CGCS2000, WEB_MERCATOR
from tiles.query.request import MAX_FILTER, PLAIN, TileRequest


def test_nothing_asked_is_the_plain_request():
    assert TileRequest.parse({}) == PLAIN
    assert (PLAIN.key, PLAIN.is_plain) == ("", True)


def test_parameters_of_other_purposes_change_nothing():
    assert TileRequest.parse({"v": "3", "token": "x"}).is_plain


def test_equal_requests_have_equal_keys_however_they_are_written():
    one = TileRequest.parse({"properties": "name,class,id", "grid": "c", "filter": " class >= 5 "})
    two = TileRequest.parse({"filter": "class >= 5", "grid": "EPSG:4490", "properties": "class, name,name"})
    assert one.key == two.key == "filter=class+%3E%3D+5&properties=class%2Cname&grid=CGCS2000"


def test_different_requests_have_different_keys():
    queries = [{}, {"filter": "a=1"}, {"filter": "a=2"}, {"properties": ""}, {"properties": "a"}, {"at": "2026-03"}]
    keys = {TileRequest.parse(query).key for query in [*queries, {"grid": "CGCS2000"}]}
    assert len(keys) == len(queries) + 1


def test_the_key_asks_for_the_same_again():
    from urllib.parse import parse_qsl

    query = TileRequest.parse({"filter": "name = 'a&b=c'", "properties": "", "at": "2026-03", "grid": "c"})
    assert TileRequest.parse(dict(parse_qsl(query.key, keep_blank_values=True))) == query


@pytest.mark.parametrize("name", ["", "w", "EPSG:3857", "WebMercatorQuad", "webmercatorquad"])
def test_web_mercator_has_many_names(name):
    assert TileRequest.parse({"grid": name}).grid == WEB_MERCATOR


@pytest.mark.parametrize("name", ["c", "C", "CGCS2000", "epsg:4490"])
def test_cgcs2000_has_some(name):
    assert TileRequest.parse({"grid": name}).grid == CGCS2000


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"grid": "mars"}, "bad-grid"),
        ({"at": "2026-13"}, "bad-at"),
        ({"at": "2026-3"}, "bad-at"),
        ({"at": "2026-03-01"}, "bad-at"),
        ({"at": "٢٠٢٦-03"}, "bad-at"),
        ({"filter": "a" * (MAX_FILTER + 1)}, "bad-filter"),
        ({"filter": "{}", "filter-lang": "cql2-json"}, "bad-filter-lang"),
        ({"properties": ",".join(f"p{n}" for n in range(65))}, "bad-properties"),
    ],
)
def test_what_cannot_be_meant_is_refused(query, code):
    with pytest.raises(BadInput) as refused:
        TileRequest.parse(query)
    assert refused.value.code == code
