"""The attribute table and the page of a feature: filters, order, pages, the same as CSV."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from layers.catalogue import attribute_table
from layers.models import Layer
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db
ROWS = 23


@pytest.fixture
def wells(world: Any, tmp_path: Path, load_file: Callable) -> Layer:
    """Twenty-three squares; depth repeats and is sometimes missing, so that order is put to the test."""
    rows = [
        {"name": f"井{n:02d}", "depth": None if n % 7 == 0 else float(n % 4), "dug": None if n == 3 else 2000 + n}
        for n in range(1, ROWS + 1)
    ]
    shapes = [square(121.3 + n * 0.003, 29.85) for n in range(ROWS)]
    load_file(write_file(tmp_path / "w.gpkg", shapes, rows), slug="wells", title="水井")
    return Layer.objects.get(slug="wells")


def ids_of(answer: Any) -> list[int]:
    assert answer.status_code == 200
    return [pk for pk, _cells in answer.context["rows"]]


def walk(client: Any, query: dict[str, Any]) -> list[int]:
    """All ids, page after page."""
    found, place = [], {}
    for _turn in range(50):
        answer = client.get("/layers/wells/table/", {**query, **place})
        page = ids_of(answer)
        found += page
        if not answer.context["window"].has_after:
            return found
        place = {"after": answer.context["last"]}
    raise AssertionError("the table has no end")


@pytest.mark.parametrize("ordering", ["", "-id", "depth", "-depth", "name", "-name", "dug"])
def test_pages_forward_and_back_show_every_row_once(
    wells: Layer, client: Any, monkeypatch: pytest.MonkeyPatch, ordering: str
) -> None:
    whole = ids_of(client.get("/layers/wells/table/", {"ordering": ordering}))
    monkeypatch.setattr(attribute_table, "PAGE_SIZE", 5)
    assert walk(client, {"ordering": ordering}) == whole
    assert sorted(whole) == list(range(1, ROWS + 1))

    last = client.get("/layers/wells/table/", {"ordering": ordering, "last": "1"})
    assert ids_of(last) == whole[-5:]
    before = client.get("/layers/wells/table/", {"ordering": ordering, "before": last.context["first"]})
    assert ids_of(before) == whole[-10:-5]
    assert before.context["window"].has_after


def test_rows_without_a_value_come_last_both_ways(wells: Layer, client: Any) -> None:
    empty = {7, 14, 21}
    for ordering in ("depth", "-depth"):
        assert set(ids_of(client.get("/layers/wells/table/", {"ordering": ordering}))[-3:]) == empty


def test_a_place_that_is_gone_shows_the_first_page(wells: Layer, client: Any) -> None:
    assert ids_of(client.get("/layers/wells/table/?after=999"))[0] == 1
    assert ids_of(client.get("/layers/wells/table/?after=1e9"))[0] == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name__contains": "井1"}, set(range(10, 20))),
        ({"depth__min": "3"}, {3, 11, 15, 19, 23}),
        ({"depth__min": "1", "depth__max": "1"}, {1, 5, 9, 13, 17}),
        ({"depth__null": "true"}, {7, 14, 21}),
        ({"dug__null": "0", "dug__max": "2004"}, {1, 2, 4}),
        ({"depth": "2", "name__contains": "0"}, {2, 6, 10}),
        ({"q": "井23"}, {23}),
        ({"name__contains": "50%_"}, set()),
    ],
)
def test_each_column_can_be_filtered(wells: Layer, client: Any, query: dict[str, str], expected: set[int]) -> None:
    answer = client.get("/layers/wells/table/", query)
    assert set(ids_of(answer)) == expected
    assert (answer.context["count"], answer.context["exact"]) == (len(expected), True)
    listed = client.get("/api/v1/layers/wells/features/", query).json()
    assert {item["id"] for item in listed["features"]} == expected, "the API answers the same"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"nothing__min": "1"}, "field-unknown"),
        ({"depth__min": "deep"}, "value-invalid"),
        ({"depth__null": "maybe"}, "value-invalid"),
        ({"depth__contains": "1"}, "filter-unsuitable"),
        ({"name__min": "a"}, "filter-unsuitable"),
        ({"ordering": "nothing"}, "field-unknown"),
        ({"columns": "nothing"}, "field-unknown"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_not_ignored(
    wells: Layer, client: Any, query: dict[str, str], code: str
) -> None:
    assert client.get("/layers/wells/table/", query).status_code == 400
    if "columns" not in query:
        answer = client.get("/api/v1/layers/wells/features/", query)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_large_counts_are_estimated_and_said_to_be(wells: Layer, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribute_table, "EXACT_COUNT", 5)
    assert client.get("/layers/wells/table/").context["exact"], "a whole version's rows are known"
    answer = client.get("/layers/wells/table/?dug__min=2000")
    assert not answer.context["exact"]
    assert answer.context["count"] >= 6
    assert "估计" in answer.content.decode()


def test_the_download_is_exactly_what_is_shown(wells: Layer, client: Any) -> None:
    query = {"depth__min": "2", "ordering": "-dug", "columns": ["dug", "name"]}
    page = client.get("/layers/wells/table/", query)
    assert [head["name"] for head in page.context["heads"]] == ["name", "dug"]
    address = f"/layers/wells/table.csv?{urlencode(query, doseq=True)}"
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["id", "name", "dug"]
    shown = [
        [str(pk), *("" if value is None else str(value) for value, _n in cells)] for pk, cells in page.context["rows"]
    ]
    assert rows == shown
    assert client.get("/layers/wells/table.csv?depth__min=x").status_code == 400


def test_a_download_of_too_many_rows_is_refused_with_what_to_do(
    wells: Layer, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.pages.catalogue.attribute_table_views.DOWNLOAD_ROWS", 10)
    answer = client.get("/layers/wells/table.csv")
    assert answer.status_code == 400
    assert "export_layer" in answer.content.decode()
    assert client.get("/layers/wells/table.csv?depth__null=1").status_code == 200


def test_a_feature_has_its_measures_and_its_neighbours_in_the_tables_order(wells: Layer, client: Any) -> None:
    answer = client.get("/layers/wells/features/9/?ordering=-dug&depth__min=1")
    assert (answer.context["before"], answer.context["after"]) == (10, 6)
    facts = answer.context["facts"]
    # 0.002 degrees: 221.7 m north-south, 193.2 m east-west at 29.85 degrees north.
    assert facts.area == pytest.approx(221.7 * 193.2, rel=2e-3)
    assert facts.perimeter == pytest.approx(2 * (221.7 + 193.2), rel=2e-3)
    assert facts.length is None
    assert (facts.parts, facts.vertices) == (1, 5)
    assert 'href="/layers/wells/table/?ordering=-dug&amp;depth__min=1"' in answer.content.decode()
    first = client.get("/layers/wells/features/1/")
    assert (first.context["before"], first.context["after"]) == (None, 2)
    assert client.get("/layers/wells/features/999/").status_code == 404
    assert client.get(f"/layers/wells/features/{2**70}/").status_code == 404


def test_editors_see_a_features_way_through_the_versions(
    world: Any, ponds: Layer, gis: Any, as_user: Callable, client: Any, tmp_path: Path, load_file: Callable
) -> None:
    from tests.data.gis_files import PONDS, gbk_ponds, pond_squares

    (tmp_path / "b").mkdir()
    rows = [{**PONDS[0], "名称": "西塘河"}, *PONDS[1:]]
    shapes = [square(121.311, 29.851), *pond_squares()[1:]]
    load_file(gbk_ponds(tmp_path / "b", rows=rows, geometries=shapes), slug="ponds", mode="upsert", key="编号")
    history = as_user(gis).get("/layers/ponds/features/1/").context["history"]
    assert [(item.version.number, item.kind, item.fields, item.moved) for item in history] == [
        (2, "changed", ["名称"], True), (1, "new", [], False),
    ]  # fmt: skip
    still = as_user(gis).get("/layers/ponds/features/2/").context["history"]
    assert [item.kind for item in still] == ["same", "new"]
    assert client.get("/layers/ponds/features/1/").context["history"] == []


@pytest.fixture
def visits(world: Any, tmp_path: Path, load_file: Callable) -> Layer:
    """Two points with a local time each."""
    rows = [{"at": "2026-05-01T10:00:00"}, {"at": "2026-05-02T03:00:00"}]
    source = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.3, 29.85]}, "properties": row}
        for row in rows
    ]
    (path := tmp_path / "visits.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": source}))
    load_file(path, slug="visits", title="走访")
    return Layer.objects.get(slug="visits")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"at": "2026-05-01T10:00:00"}, {1}),
        ({"at": "2026-05-01T02:00:00Z"}, {1}),
        ({"at": "2026-05-01T22:00:00+20:00"}, {1}),  # a zone that the database does not know
        ({"at__min": "2026-05-01T10:00:01"}, {2}),
        ({"at__max": "2026-05-01T10:00:00+08:00"}, {1}),
        ({"at__max": "2026-05-02"}, {1}),
        ({"in-district": "all"}, {1, 2}),  # whose things somebody is shown is no column
    ],
)
def test_times_are_compared_as_the_local_times_that_they_are(
    visits: Layer, client: Any, query: dict[str, str], expected: set[int]
) -> None:
    listed = client.get("/api/v1/layers/visits/features/", query)
    assert listed.status_code == 200, listed.json()
    assert {feature["id"] for feature in listed.json()["features"]} == expected


def test_a_time_at_the_edge_of_the_calendar_is_compared_as_it_says(visits: Layer, client: Any) -> None:
    def found(**query: str) -> int:
        answer = client.get("/api/v1/layers/visits/features/", query)
        assert answer.status_code == 200, answer.json()
        return len(answer.json()["features"])

    assert found(at="9999-12-31T23:59:59Z") == 0
    assert found(at__max="9999-12-31T23:59:59Z") == found()
