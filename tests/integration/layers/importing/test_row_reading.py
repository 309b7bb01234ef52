"""Loaded layers as tiles, API and pages: the same rows for the same people."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest

from layers.map_style import loaded_layers
from layers.models import Layer
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db
TILE = "/tiles/ponds/12/3428/1690.mvt"


def tile_features(client: Any, address: str = TILE) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return mapbox_vector_tile.decode(answer.content)["ponds"]["features"]


def tile_of(lng: float, lat: float, zoom: int) -> tuple[int, int]:
    from math import asinh, pi, radians, tan

    x = int((lng + 180) / 360 * 2**zoom)
    y = int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**zoom)
    return x, y


def test_a_loaded_layer_is_in_the_next_tile_with_the_ids_of_the_api(ponds: Layer, client: Any) -> None:
    x, y = tile_of(121.32, 29.85, 10)
    found = tile_features(client, f"/tiles/ponds/10/{x}/{y}.mvt")
    listed = client.get("/api/v1/layers/ponds/features/").json()
    assert {item["id"] for item in found} == {item["id"] for item in listed["features"]} == {1, 2, 3}
    assert {item["properties"]["名称"] for item in found} == {item["properties"]["名称"] for item in listed["features"]}


def test_the_next_tile_shows_the_next_version(ponds: Layer, client: Any, tmp_path: Path, load_file: Callable) -> None:
    x, y = tile_of(121.32, 29.85, 10)
    address = f"/tiles/ponds/10/{x}/{y}.mvt"
    before = client.get(address)["ETag"]
    load_file(write_file(tmp_path / "b.gpkg", [square(121.32, 29.85)], [{"a": 1}]), slug="ponds", mode="replace")
    after = client.get(address, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after["ETag"] != before


def test_an_internal_layer_is_nowhere_for_the_public(secret_ponds: Layer, client: Any) -> None:
    x, y = tile_of(121.32, 29.85, 10)
    for address in (
        "/tiles/ponds.json", f"/tiles/ponds/10/{x}/{y}.mvt", "/api/v1/layers/ponds/", "/api/v1/layers/ponds/features/",
        "/api/v1/layers/ponds/features/1/", "/layers/ponds/", "/layers/ponds/table/", "/layers/ponds/features/1/",
        "/layers/ponds/export.geojson",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert client.get("/api/v1/layers/").json()["count"] == 0
    assert "小微水体" not in client.get("/layers/").content.decode()
    assert "ponds" not in client.get("/tiles/").content.decode()


def test_an_internal_layer_is_there_for_a_signed_in_deputy(secret_ponds: Layer, deputy: Any, as_user: Callable) -> None:
    client = as_user(deputy)
    x, y = tile_of(121.32, 29.85, 10)
    answer = client.get(f"/tiles/ponds/10/{x}/{y}.mvt")
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]
    assert client.get("/layers/ponds/").status_code == 200


def test_features_are_filtered_by_box_and_by_value(ponds: Layer, client: Any) -> None:
    boxed = client.get("/api/v1/layers/ponds/features/?in_bbox=121.309,29.849,121.311,29.851").json()
    assert [item["id"] for item in boxed["features"]] == [1]
    assert boxed["features"][0]["geometry"]["type"] == "MultiPolygon"
    named = client.get("/api/v1/layers/ponds/features/", {"编号": "0013"}).json()
    assert [item["properties"]["名称"] for item in named["features"]] == ["南塘河"]
    assert client.get("/api/v1/layers/ponds/features/?page_size=2&ordering=-编号").json()["features"][0]["id"] == 3


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("in_bbox=1,2,3", "bad-bbox"),
        ("in_bbox=121.4,29,121.3,30", "bad-bbox"),
        ("in_bbox=a,b,c,d", "bad-bbox"),
        ("没有=1", "field-unknown"),
        ("户数=很多", "value-invalid"),
        ("ordering=没有", "field-unknown"),
    ],
)
def test_a_bad_filter_is_told_as_a_problem(ponds: Layer, client: Any, query: str, code: str) -> None:
    answer = client.get(f"/api/v1/layers/ponds/features/?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["code"] == code


def test_one_feature_and_the_missing_one(ponds: Layer, client: Any) -> None:
    assert client.get("/api/v1/layers/ponds/features/2/").json()["properties"]["编号"] == "0013"
    assert client.get("/api/v1/layers/ponds/features/99/").status_code == 404


def test_the_pages_of_a_layer_show_its_rows(ponds: Layer, client: Any) -> None:
    assert "小微水体" in client.get("/layers/").content.decode()
    page = client.get("/layers/ponds/").content.decode()
    assert "审图号" in page
    assert "撤销" not in page
    table = client.get("/layers/ponds/table/?ordering=-面积").content.decode()
    assert table.index("西塘河北段") < table.index("南塘河") < table.index("鄞江小微水体")
    assert "南塘河" in client.get("/layers/ponds/features/2/").content.decode()
    assert client.get("/layers/ponds/features/99/").status_code == 404
    assert client.get("/layers/ponds/table/?q=南塘").context["count"] == 1


def test_a_source_is_text_wherever_map_clients_read_it_as_html(ponds: Layer, client: Any) -> None:
    Layer.objects.filter(pk=ponds.pk).update(source="<img src=x onerror=alert(1)> 测绘院")
    safe = "&lt;img src=x onerror=alert(1)&gt; 测绘院"
    assert client.get("/tiles/ponds.json").json()["attribution"] == safe
    (drawn,) = loaded_layers(None, "", "light")
    assert drawn.source["attribution"] == safe


def test_tilejson_names_the_fields(ponds: Layer, client: Any) -> None:
    body = client.get("/tiles/ponds.json").json()
    assert "名称" in body["vector_layers"][0]["fields"]
