"""What an update would change: by key, by content, how far geometry moved, and that looking changes nothing."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection

from layers.importing.import_report import Report
from layers.importing.inspection import difference_queries, version_difference
from layers.importing.inspection.preview import inspect
from layers.importing.options import LoadOptions
from layers.models import Layer
from tests.data.gis_files import PONDS, gbk_ponds, pond_squares, square, write_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def compare(load_file: Callable[..., Report], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """The difference of a file with these geometries and rows to the layer `ponds`."""

    def run(geometries: list, rows: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
        path = write_file(tmp_path / "update.gpkg", geometries, rows, geometry_type=options.pop("kind", "Polygon"))
        given = {"slug": "ponds", "mode": "replace", "key": "编号", "dry_run": True} | options
        report = load_file(path, **given)
        assert report.difference is not None
        return report.difference

    return run


def told(found: dict[str, Any]) -> tuple[int, int, int, int]:
    return found["new"], found["changed"], found["unchanged"], found["missing"]


def test_the_same_file_again_changes_nothing(ponds: Layer, load_file: Callable[..., Report], tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    report = load_file(gbk_ponds(tmp_path / "again"), slug="ponds", mode="replace", key="编号", dry_run=True)
    assert report.difference is not None
    assert told(report.difference) == (0, 0, 3, 0)
    assert report.difference["rows"] == []


def test_new_changed_unchanged_and_missing_rows_are_told_by_key(ponds: Layer, compare: Callable[..., Any]) -> None:
    first, second, _ = pond_squares()
    rows = [PONDS[0] | {"名称": "西塘河南段", "户数": 15}, PONDS[1], PONDS[1] | {"编号": "0099", "名称": "新塘"}]
    found = compare([first, second, square(121.4, 29.9)], rows)
    assert told(found) == (1, 1, 1, 1)
    by_status = {row["status"]: row for row in found["rows"]}
    assert by_status["changed"]["changes"] == {"名称": ["西塘河北段", "西塘河南段"], "户数": [12, 15]}
    assert by_status["changed"]["moved_m"] is None
    assert (by_status["new"]["key"], by_status["missing"]["key"]) == ("0099", "0014")
    assert {item["field"]: item["rows"] for item in found["fields"]} == {"名称": 1, "户数": 1}
    assert (found["against"], found["matched_by"], found["missing_are"]) == (1, "key", "removed")


@pytest.mark.parametrize(("mode", "fate"), [("upsert", "kept"), ("append", "kept"), ("replace", "removed")])
def test_every_way_of_updating_has_its_difference(
    ponds: Layer, compare: Callable[..., Any], mode: str, fate: str
) -> None:
    found = compare([pond_squares()[0]], [PONDS[0]], mode=mode)
    assert told(found) == (0, 0, 1, 2)
    assert found["missing_are"] == fate


def test_a_polygon_moved_east_is_told_in_metres(ponds: Layer, compare: Callable[..., Any]) -> None:
    """0.001 degrees of longitude at 29.851 N are 96.66 m on the WGS 84 ellipsoid."""
    first, second, third = pond_squares()
    moved = shapely.transform(first, lambda places: places + np.array([0.001, 0]))
    found = compare([moved, second, third], PONDS)
    (row,) = found["rows"]
    expected = 111_412.84e-3 * math.cos(math.radians(29.851)) - 0.0935 * math.cos(3 * math.radians(29.851))
    assert row["moved_by"] == "hausdorff"
    assert row["moved_m"] == pytest.approx(expected, rel=1e-3)
    assert row["moved_m"] == pytest.approx(96.58, abs=0.1)
    assert found["moved"] == {"rows": 1, "max_m": row["moved_m"]}


def test_a_point_moved_is_told_by_the_geodesic(load_file: Callable[..., Report], world: Any, tmp_path: Path) -> None:
    rows = [{"编号": "a"}, {"编号": "b"}]
    points = [shapely.Point(121.3, 29.85), shapely.Point(121.4, 29.85)]
    load_file(write_file(tmp_path / "a.gpkg", points, rows, geometry_type="Point"), slug="wells", key="编号")
    points[1] = shapely.Point(121.4, 29.851)
    later = write_file(tmp_path / "b.gpkg", points, rows, geometry_type="Point")
    report = load_file(later, slug="wells", key="编号", mode="upsert", dry_run=True)
    assert report.difference is not None
    (row,) = report.difference["rows"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_Distance('POINT(121.4 29.85)'::geography, 'POINT(121.4 29.851)'::geography)")
        expected = cursor.fetchone()[0]
    assert (row["moved_by"], row["key"]) == ("geodesic", "b")
    assert row["moved_m"] == pytest.approx(expected, abs=0.001)


def test_very_long_geometries_are_told_by_their_centroids(
    ponds: Layer, compare: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version_difference, "VERTEX_PAIRS", 10_000)
    circle = shapely.Point(121.31, 29.85).buffer(0.01, quad_segs=64)
    found = compare([circle, *pond_squares()[1:]], PONDS)
    assert [row["moved_by"] for row in found["rows"]] == ["hausdorff"]
    monkeypatch.setattr(version_difference, "VERTEX_PAIRS", 1)
    monkeypatch.setattr(version_difference, "FEWEST_PAIRS", 1)
    found = compare([circle, *pond_squares()[1:]], PONDS)
    assert [row["moved_by"] for row in found["rows"]] == ["centroid"]


def test_the_same_shape_begun_elsewhere_is_no_change(ponds: Layer, compare: Callable[..., Any]) -> None:
    first, second, third = pond_squares()
    ring = list(first.exterior.coords)
    turned = shapely.Polygon([*ring[1:], ring[1]])
    assert told(compare([turned, second, third], PONDS)) == (0, 0, 3, 0)


def test_without_a_key_rows_meet_by_content(ponds: Layer, compare: Callable[..., Any]) -> None:
    rows = [PONDS[0], PONDS[1], PONDS[2] | {"名称": "改了名"}]
    found = compare(pond_squares(), rows, key="")
    assert found["matched_by"] == "content"
    assert told(found) == (1, 0, 2, 1)


def test_a_key_that_repeats_among_the_published_rows_is_not_used(
    load_file: Callable[..., Report], world: Any, tmp_path: Path
) -> None:
    twice = [PONDS[0], PONDS[0], PONDS[2]]
    load_file(write_file(tmp_path / "a.gpkg", pond_squares(), twice), slug="ponds")
    later = write_file(tmp_path / "b.gpkg", pond_squares()[:2], PONDS[:2])
    report = load_file(later, slug="ponds", mode="replace", key="编号", dry_run=True)
    assert report.difference is not None
    assert report.difference["matched_by"] == "content"


def test_fields_that_come_go_or_change_their_type_are_told_once(ponds: Layer, compare: Callable[..., Any]) -> None:
    rows = [{"编号": row["编号"], "名称": row["名称"], "户数": str(row["户数"] or ""), "等级": "甲"} for row in PONDS]
    found = compare(pond_squares(), rows)
    assert (found["fields_added"], found["fields_removed"]) == (["等级"], ["面积"])
    assert found["fields_retyped"] == [{"field": "户数", "before": "bigint", "after": "text"}]
    assert [row["changes"] for row in found["rows"]] == [{"户数": [None, ""]}], "12 and '12' are the same"


def test_a_field_name_with_quotes_and_percent_signs_is_only_a_name(
    load_file: Callable[..., Report], world: Any, tmp_path: Path
) -> None:
    name = "50%'); DROP TABLE layers_layer; --{x}"
    load_file(write_file(tmp_path / "a.gpkg", [square(121.3, 29.8)], [{"k": "1", name: "a"}]), slug="odd", key="k")
    later = write_file(tmp_path / "b.gpkg", [square(121.3, 29.8)], [{"k": "1", name: "b"}])
    report = load_file(later, slug="odd", mode="upsert", key="k", dry_run=True)
    assert report.difference is not None
    assert report.difference["rows"][0]["changes"] == {name: ["a", "b"]}


def _work_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'layer_work'")
        return {name for (name,) in cursor.fetchall()}


def test_looking_leaves_nothing_behind(ponds: Layer, compare: Callable[..., Any]) -> None:
    before = _work_tables()  # a test whose worker was killed may have left some
    compare(pond_squares()[:1], PONDS[:1])
    assert _work_tables() == before
    ponds.refresh_from_db()
    assert ponds.current_version.number == 1


def test_rows_and_shapes_are_paged_and_filtered(ponds: Layer, load_file: Callable[..., Report], tmp_path: Path) -> None:
    rows = [PONDS[0] | {"名称": "改名"}, PONDS[1] | {"编号": "0099"}]
    path = write_file(tmp_path / "u.gpkg", pond_squares()[:2], rows)
    options = LoadOptions(path=path, file_name="u.gpkg", slug="ponds", mode="replace", key="编号")
    inspect(options, Report(), lambda phase, done, total: None, (), token=7)
    base = ponds.current_version
    assert [row["status"] for row in difference_queries.page(7, base, "", "", 0)] == [
        "changed",
        "missing",
        "missing",
        "new",
    ]
    assert [row["key"] for row in difference_queries.page(7, base, "missing", "", 0)] == ["0013", "0014"]
    assert [row["key"] for row in difference_queries.page(7, base, "missing", "", 1, 1)] == ["0014"]
    assert [row["key"] for row in difference_queries.page(7, base, "", "名称", 0)] == ["0012"]
    assert difference_queries.count(7, "", "geom") == 0
    shapes = {
        status: (before is None, after is None)
        for _, status, _, before, after in difference_queries.shapes(7, base, "", "", 0)
    }
    assert shapes == {"changed": (False, False), "missing": (False, True), "new": (True, False)}
    assert len(list(difference_queries.all_rows(7))) == 4
