"""`/fonts/`: glyph ranges over HTTP, and the grids' descriptions."""

import gzip

import pytest

LATIN = "/fonts/Noto%20Sans%20SC%20Regular/0-255.pbf"


@pytest.fixture(autouse=True)
def glyphs_in_tmp(settings, tmp_path):
    settings.GLYPH_DIR = tmp_path / "glyphs"


def test_a_range_is_served_once_and_then_known(client):
    first = client.get(LATIN)
    assert first.status_code == 200
    assert first["Content-Type"] == "application/x-protobuf"
    assert b"Noto Sans SC Regular" in first.content
    assert client.get(LATIN, headers={"if-none-match": first["ETag"]}).status_code == 304
    packed = client.get(LATIN, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.content) == first.content
    assert first["Cache-Control"] == "public, max-age=604800"


def test_a_range_without_letters_is_empty_but_there(client):
    answer = client.get("/fonts/Noto Sans SC Regular/57344-57599.pbf")
    assert answer.status_code == 200
    assert len(answer.content) < 60


def test_fonts_that_we_do_not_have_are_404(client):
    assert client.get("/fonts/Comic Sans/0-255.pbf").status_code == 404


@pytest.mark.parametrize("span", ["0-254", "1-256", "65536-65791", "0", "-256--1", "a-b", "999999-1000254"])
def test_a_range_that_cannot_be_is_400(client, span):
    answer = client.get(f"/fonts/Noto Sans SC Regular/{span}.pbf")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-glyph-range")


def test_the_grids_are_described(client, db):
    listed = client.get("/tiles/").json()["grids"]
    assert [grid["id"] for grid in listed] == ["WebMercatorQuad", "CGCS2000"]
    body = client.get(listed[1]["matrix_set"]).json()
    assert (
        body["tileMatrices"][0] | {"cellSize": 0.703125, "matrixWidth": 2, "matrixHeight": 1}
        == (body["tileMatrices"][0])
    )
    assert client.get("/tiles/grids/Mars.json").status_code == 404
