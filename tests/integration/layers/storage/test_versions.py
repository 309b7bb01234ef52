"""Versions: replace, append, upsert, undo - and what a failure half-way leaves behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from geokit.refusal import Refusal
from layers.models import Layer, LayerVersion
from layers.storage import tables
from layers.storage.rows import rows_of
from layers.storage.versions import undo_layer
from tests.data.gis_files import PONDS, gbk_ponds, square, write_file

pytestmark = pytest.mark.django_db


def names_by_id(layer: Layer) -> dict[int, str]:
    layer.refresh_from_db()
    position = [item["name"] for item in layer.current_version.fields].index("名称")
    return dict(rows_of(layer.current_version).order_by("id").values_list("id", f"f{position}"))


def changed_ponds(folder: Path) -> Path:
    """The second pond renamed, the third gone, a fourth new."""
    rows = [
        {**PONDS[1], "名称": "南塘河（改）"},
        {"编号": "0020", "名称": "中塘河", "面积": 5.0, "户数": 1},
    ]
    return gbk_ponds(folder / "changed", rows=rows, geometries=[square(121.32, 29.85), square(121.36, 29.86)])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    (tmp_path / "changed").mkdir()
    return changed_ponds(tmp_path)


def test_upsert_changes_by_key_keeps_the_rest_and_the_ids(ponds: Layer, changed: Path, load_file: Callable) -> None:
    load_file(changed, slug="ponds", mode="upsert", key="编号")
    found = names_by_id(ponds)
    assert found[1] == "西塘河北段"
    assert found[2] == "南塘河（改）"
    assert found[3] == "鄞江小微水体"
    assert set(found.values()) == {"西塘河北段", "南塘河（改）", "鄞江小微水体", "中塘河"}
    assert ponds.current_version.number == 2


def test_upsert_without_a_key_is_refused(ponds: Layer, changed: Path, load_file: Callable) -> None:
    with pytest.raises(Refusal) as caught:
        load_file(changed, slug="ponds", mode="upsert")
    assert caught.value.code == "key-required"


def test_append_adds_rows_with_new_ids(ponds: Layer, changed: Path, load_file: Callable) -> None:
    load_file(changed, slug="ponds", mode="append")
    assert sorted(names_by_id(ponds)) == [1, 2, 3, 4, 5]


def test_append_that_would_repeat_a_key_is_refused(ponds: Layer, changed: Path, load_file: Callable) -> None:
    with pytest.raises(Refusal) as caught:
        load_file(changed, slug="ponds", mode="append", key="编号")
    assert caught.value.code == "key-not-unique"
    assert len(names_by_id(ponds)) == 3


def test_replace_keeps_only_the_new_rows_and_ids_by_key(ponds: Layer, changed: Path, load_file: Callable) -> None:
    load_file(changed, slug="ponds", mode="replace", key="编号")
    found = names_by_id(ponds)
    assert found[2] == "南塘河（改）"
    assert len(found) == 2
    assert set(found) - {2} <= {4, 5}


def test_append_with_another_kind_of_geometry_is_refused(ponds: Layer, tmp_path: Path, load_file: Callable) -> None:
    points = write_file(tmp_path / "p.gpkg", [square(121.33, 29.85).centroid], [{"编号": "9"}], geometry_type="Point")
    with pytest.raises(Refusal) as caught:
        load_file(points, slug="ponds", mode="append")
    assert caught.value.code == "geometry-type-changed"


def test_append_brings_new_columns_and_widens_numbers(ponds: Layer, tmp_path: Path, load_file: Callable) -> None:
    rows = [{"编号": "0030", "面积": 3, "备注": "新"}]
    load_file(write_file(tmp_path / "more.gpkg", [square(121.37, 29.85)], rows), slug="ponds", mode="append")
    ponds.refresh_from_db()
    kinds = {item["name"]: item["kind"] for item in ponds.current_version.fields}
    assert kinds["备注"] == "text"
    assert kinds["面积"] == "double"
    assert ponds.current_version.rows == 4


def test_append_of_numbers_and_words_makes_the_column_text(ponds: Layer, tmp_path: Path, load_file: Callable) -> None:
    words = write_file(tmp_path / "words.gpkg", [square(121.37, 29.85)], [{"编号": "0030", "面积": "很大"}])
    load_file(words, slug="ponds", mode="append")
    numbers = write_file(tmp_path / "numbers.gpkg", [square(121.38, 29.85)], [{"面积": 4}])
    load_file(numbers, slug="ponds", mode="append")
    ponds.refresh_from_db()
    position = [item["name"] for item in ponds.current_version.fields].index("面积")
    stored = list(rows_of(ponds.current_version).order_by("id").values_list(f"f{position}", flat=True))
    assert stored == ["1250.5", "980", "310.25", "很大", "4"]


def test_append_of_a_column_that_means_something_else_is_refused(
    ponds: Layer, tmp_path: Path, load_file: Callable
) -> None:
    polygons = tmp_path / "dated.geojson"
    polygons.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"面积":true},"geometry":'
        '{"type":"Polygon","coordinates":[[[121.3,29.8],[121.31,29.8],[121.31,29.81],[121.3,29.8]]]}}]}',
        "utf-8",
    )
    with pytest.raises(Refusal) as caught:
        load_file(polygons, slug="ponds", mode="append")
    assert caught.value.code == "field-type-changed"


def test_undo_goes_back_and_undo_to_goes_forward(ponds: Layer, changed: Path, load_file: Callable, gis: Any) -> None:
    load_file(changed, slug="ponds", mode="replace")
    assert undo_layer("ponds", user=gis).number == 1
    assert len(names_by_id(ponds)) == 3
    assert undo_layer("ponds", to_version=2, user=gis).number == 2
    assert len(names_by_id(ponds)) == 2


def test_undoing_the_first_version_takes_the_layer_off_and_can_be_undone(ponds: Layer) -> None:
    assert undo_layer("ponds") is None
    ponds.refresh_from_db()
    assert ponds.current_version is None
    with pytest.raises(Refusal) as caught:
        undo_layer("ponds")
    assert caught.value.code == "nothing-to-undo"
    assert undo_layer("ponds", to_version=1).number == 1


def test_undo_to_a_version_that_is_not_there_is_refused(ponds: Layer) -> None:
    with pytest.raises(Refusal) as caught:
        undo_layer("ponds", to_version=7)
    assert caught.value.code == "version-missing"
    ponds.refresh_from_db()
    assert ponds.current_version.number == 1


def test_a_load_that_breaks_half_way_leaves_the_earlier_version_and_no_table(
    ponds: Layer, changed: Path, load_file: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(tables, "finish", break_down)
    with pytest.raises(RuntimeError):
        load_file(changed, slug="ponds", mode="replace")
    assert names_by_id(ponds)[1] == "西塘河北段"
    assert LayerVersion.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'layer_data' AND tablename = %s", [f"l{ponds.pk}_v2"]
        )
        assert cursor.fetchone() == (0,)


def test_rows_lie_in_hilbert_order_and_keep_their_source_row(world: Any, tmp_path: Path, load_file: Callable) -> None:
    places = [(121.39, 29.89), (121.30, 29.80), (121.385, 29.885), (121.305, 29.805)]
    rows = [{"n": index} for index in range(4)]
    load_file(write_file(tmp_path / "a.gpkg", [square(*place, 0.001) for place in places], rows), slug="a")
    version = Layer.objects.get().current_version
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, source_row FROM layer_data.{version.table_name} ORDER BY ctid")
        stored = cursor.fetchall()
    assert sorted(stored) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert [pk for pk, _ in stored] != [1, 2, 3, 4]
    assert {frozenset(pk for pk, _ in stored[:2]), frozenset(pk for pk, _ in stored[2:])} == {
        frozenset({1, 3}),
        frozenset({2, 4}),
    }
