"""Loads of datasets: who may, what is bounded, and how far a load is taken back."""

from pathlib import Path
from typing import Any

import pytest

from accounts.loads import GivenRow
from accounts.loads.models import Load
from accounts.loads.registry import declared
from accounts.loads.services import Answer, ReadFile, load_rows, undo
from accounts.models import Area, Department, User
from geo_portal.setup.reading import Reading, read_file
from geokit.refusal import BadInput, NotPermitted, Refusal
from ledger.models import AuditEntry
from river_monitoring.models import MonitoringPoint
from tests.conftest import World

HEAD = "代码,名称,监督电话\n"
POINTS = "编码,名称,点位类型,责任部门,目标类别,经度,纬度\n"


def load(
    actor: User | None, slug: str, text: str, tmp_path: Path, *, dry_run: bool = False, how: Reading | None = None
) -> Answer:
    path = tmp_path / f"{slug}.csv"
    path.write_text(text, encoding="utf-8")
    dataset = declared()[slug]
    return load_rows(actor, dataset, read_file(dataset, path.name, path, how), dry_run=dry_run)


def test_a_preview_shows_the_difference_and_keeps_nothing(world: World, staff: User, tmp_path: Path) -> None:
    answer = load(staff, "departments", f"{HEAD}water,区水利局,0999-1\nnew,新局,\n", tmp_path, dry_run=True)
    assert answer.counts == {"stored": 1, "changed": 1, "same": 0, "refused": 0}
    [changed] = [outcome for outcome in answer.outcomes if outcome.changes]
    assert [(one.column, one.before, one.after) for one in changed.changes] == [("phone", "", "0999-1")]
    assert answer.missing == ["ecology"] and answer.missing_total == 1
    assert not Department.objects.filter(code="new").exists() and not Load.objects.exists()


def test_a_load_is_taken_back_as_it_was(world: World, staff: User, tmp_path: Path) -> None:
    answer = load(staff, "departments", f"{HEAD}water,水务局,0999-1\nnew,新局,\n", tmp_path)
    assert answer.load is not None
    _load, undone, kept = undo(staff, answer.load.pk)
    assert (undone, kept) == (2, 0)
    assert Department.objects.get(code="water").name == "区水利局"
    assert not Department.objects.filter(code="new").exists()
    assert {"dataset-loaded", "dataset-load-undone"} <= set(AuditEntry.objects.values_list("verb", flat=True))
    with pytest.raises(BadInput):
        undo(staff, answer.load.pk)


def test_what_was_built_on_or_changed_since_is_kept_and_said(world: World, staff: User, tmp_path: Path) -> None:
    answer = load(staff, "departments", f"{HEAD}one,一局,\ntwo,二局,\nthree,三局,\n", tmp_path)
    assert answer.load is not None
    person = User.objects.create_user(username="o", role="officer", department=Department.objects.get(code="one"))
    Department.objects.filter(code="two").update(phone="0999-2")
    _load, undone, kept = undo(staff, answer.load.pk)
    assert (undone, kept) == (1, 2) and person.department.code == "one"
    reasons = dict(answer.load.rows.values_list("name", "kept_because"))
    assert "改过" in reasons["two"] and reasons["one"] and not reasons["three"]


def test_loads_are_taken_back_from_the_newest_on(world: World, staff: User, tmp_path: Path) -> None:
    first = load(staff, "departments", f"{HEAD}water,水务局,\n", tmp_path).load
    load(staff, "departments", f"{HEAD}water,水务局,0999-1\n", tmp_path)
    assert first is not None
    with pytest.raises(BadInput) as refused:
        undo(staff, first.pk)
    assert refused.value.code == "not-the-newest"


def test_borders_of_an_area_are_taken_back_to_none(world: World, staff: User, tmp_path: Path) -> None:
    Area.objects.create(code="330203105", name="新镇", level="town", parent=world.district)
    path = tmp_path / "borders.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"330203105"},"geometry":'
        '{"type":"Polygon","coordinates":[[[121.3,29.8],[121.31,29.8],[121.31,29.81],[121.3,29.8]]]}}]}'
    )
    dataset = declared()["areas"]
    answer = load_rows(staff, dataset, read_file(dataset, path.name, path))
    assert answer.counts["changed"] == 1 and answer.load is not None, answer.outcomes
    assert Area.objects.get(code="330203105").point is not None
    assert undo(staff, answer.load.pk)[1:] == (1, 0)
    area = Area.objects.get(code="330203105")
    assert area.geom is None and area.point is None


def test_neither_town_staff_nor_others_load_or_undo(
    world: World, staff: User, admin_user: User, deputy: User, officer: User, gis: User, tmp_path: Path
) -> None:
    mine = load(admin_user, "departments", f"{HEAD}new,新局,\n", tmp_path).load
    assert mine is not None
    User.objects.filter(pk=staff.pk).update(area=world.west_town)
    for person in (User.objects.get(pk=staff.pk), deputy, officer, gis, None):
        with pytest.raises(NotPermitted):
            load(person, "departments", f"{HEAD}x,x,\n", tmp_path)
        with pytest.raises(NotPermitted):
            undo(person, mine.pk)
    assert Department.objects.filter(code="new").exists() and not Department.objects.filter(code="x").exists()


def test_a_judged_point_changes_by_its_own_event_and_only_by_who_may(
    world: World, staff: User, admin_user: User, tmp_path: Path
) -> None:
    row = "P-1,塘,小微水体,water,{},121.31,29.85\n"
    assert load(staff, "points", POINTS + row.format("Ⅴ"), tmp_path).counts["stored"] == 1
    refused = load(staff, "points", POINTS + row.format("Ⅲ"), tmp_path)
    assert refused.counts["refused"] == 1
    assert load(admin_user, "points", POINTS + row.format("Ⅲ"), tmp_path).counts["changed"] == 1
    point = MonitoringPoint.objects.get(code="P-1")
    assert point.target_class == 3 and point.changes.count() == 1


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("P-1,塘,小微水体,water,Ⅴ,29.85,121.31", "lng", None),
        ("P-1,塘,小微水体,water,Ⅴ,x,29.85", "lng", "not-a-number"),
        ("P-1,塘,小微水体,water,Ⅴ,nan,nan", "lng", "impossible"),
        ("P-1,塘,小微水体,water,Ⅴ,inf,29", "lng", "impossible"),
        ("P-1,塘,小微水体,water,Ⅴ,,", "lng", "place-missing"),
        ("P-1,塘,小微水体,water,Ⅴ,1,1", "lng", "outside-district"),
        ("P-1,塘,大水体,water,Ⅴ,121.31,29.85", "kind", "unknown"),
        ("P-1,塘,小微水体,nobody,Ⅴ,121.31,29.85", "department", "unknown"),
        ("P-1,塘,小微水体,water,Ⅸ,121.31,29.85", "target_class", "unknown"),
        (",塘,小微水体,water,Ⅴ,121.31,29.85", "code", "required"),
        ("P 1,塘,小微水体,water,Ⅴ,121.31,29.85", "code", "invalid"),
        ("P-1," + "塘" * 81 + ",小微水体,water,Ⅴ,121.31,29.85", "name", "too-long"),
    ],
)
def test_a_wrong_cell_is_named_with_row_field_code_and_reason(
    world: World, staff: User, tmp_path: Path, row: str, field: str, code: str | None
) -> None:
    [outcome] = load(staff, "points", POINTS + row + "\n", tmp_path).outcomes
    assert outcome.number == 2 and outcome.outcome == "refused"
    assert any(error.field == field and code in (None, error.code) and error.message for error in outcome.errors)
    assert not MonitoringPoint.objects.exists()


def test_coordinates_of_web_maps_are_moved_where_it_is_said(world: World, staff: User, tmp_path: Path) -> None:
    text = f"{POINTS}P-1,塘,小微水体,water,Ⅴ,121.35,29.85\n"
    load(staff, "points", text, tmp_path, how=Reading(datum="gcj02"))
    place: Any = MonitoringPoint.objects.get().geom
    assert 0.002 < 121.35 - place.x < 0.008 and place.y != 29.85


@pytest.mark.parametrize("slug", ["areas", "departments"])
def test_too_many_rows_and_too_large_files_are_refused_before_they_are_read(
    world: World, staff: User, tmp_path: Path, slug: str
) -> None:
    with pytest.raises(Refusal) as rows:
        load(staff, slug, "代码,区划代码,名称\n" + "1,2,x\n" * 5001, tmp_path)
    with pytest.raises(Refusal) as size:
        load(staff, slug, "代码,区划代码,名称\n" + "x" * (5 * 1024**2), tmp_path)
    assert rows.value.code == "sheet-too-large" and size.value.code == "upload-too-large"


def test_a_wkt_bomb_is_one_refused_row(world: World, staff: User, tmp_path: Path) -> None:
    nested = "GEOMETRYCOLLECTION(" * 5000
    text = f'编码,名称,河流编码,WKT\nX-1,段,R,"{nested}"\n'
    answer = load(staff, "reaches", text, tmp_path)
    assert [error.field for outcome in answer.outcomes for error in outcome.errors] == ["wkt"]


def _is_choice(column: Any) -> bool:
    known = [word for value, label in column.choices for word in (value, str(label), str(label).removesuffix("类"))]
    return str(column.example) in known


def test_every_dataset_s_own_examples_can_be_read_back(world: World) -> None:
    for dataset in declared().values():
        heads = dataset.heads()
        for column in dataset.columns:
            assert heads[str(column.head).lower()] == column.name, (dataset.slug, column.name)
            labels = [label for _value, label in column.choices]
            assert (
                not labels
                or str(column.example) in ["", *map(str, labels), *dict(column.choices)]
                or dataset.slug == "points"
            )
        assert set(dataset.key) <= set(dataset.labels()), dataset.slug


@pytest.mark.parametrize("slug", sorted(declared()))
def test_a_cell_that_no_database_stores_is_refused_and_others_get_on(world: World, staff: User, slug: str) -> None:
    dataset = declared()[slug]
    rows = [GivenRow(2, {column.name: "x\0" for column in dataset.columns})]
    answer = load_rows(staff, dataset, ReadFile("x.csv", b"", rows), dry_run=True)
    assert [error.code for error in answer.outcomes[0].errors] == ["control-character"]
