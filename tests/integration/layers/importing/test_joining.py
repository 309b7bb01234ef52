"""A table without coordinates takes its shapes from areas or from a layer, by code, by name or by an address."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.core.management import call_command

from accounts.models import Area
from geokit.refusal import BadInput
from layers.importing import jobs
from layers.importing.import_report import Report
from layers.importing.joining import MOST_LOOKED_UP
from layers.importing.memory import with_memory
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from layers.storage.rows import rows_of
from tests.data.cast import World, box
from tests.data.gis_files import square, write_file
from tests.integration.layers.importing.test_pages import inspected


@pytest.fixture
def gis_client(gis: Any, as_user: Any) -> Any:
    return as_user(gis)


def table(folder: Path, *lines: str) -> Path:
    (path := folder / "table.csv").write_text("\n".join(["对象,人数", *lines]) + "\n", "utf-8")
    return path


def placed(folder: Path) -> Path:
    """The same table with coordinates."""
    (path := folder / "placed.csv").write_text("对象,人数,经度,纬度\n南塘河,1,121.35,29.86\n", "utf-8")
    return path


def loaded(path: Path, **options: Any) -> Report:
    report = Report()
    load(LoadOptions(path=path, file_name=path.name, slug="joined", join_column="对象", **options), report)
    return report


def rejected(report: Report) -> dict[int, str]:
    return {issue.row: issue.code for issue in report.issues if issue.rejected}


def shapes() -> list[Any]:
    return [
        row.geom.envelope.extent
        for row in rows_of(Layer.objects.get(slug="joined").current_version).order_by("source_row")
    ]


def village(code: str, name: str, town: Area, *, outlined: bool = True) -> Area:
    return Area.objects.create(
        code=code, name=name, level=Area.Level.VILLAGE, parent=town, point=Point(121.315, 29.815, srid=4326),
        geom=box(121.31, 29.81, 121.32, 29.82) if outlined else None,
    )  # fmt: skip


def test_rows_meet_areas_by_code_by_name_and_by_words_that_name_one(world: World, tmp_path: Path) -> None:
    town, other = world.west_town, Area.objects.filter(level=Area.Level.TOWN).exclude(pk=world.west_town.pk)[0]
    lines = [f"{town.code},1", f"{town.name},2", f"{town.name}某路 12 号,3", f"{other.code},4", "没有这个地方,5", ",6"]
    report = loaded(table(tmp_path, *lines), join="areas")
    assert (report.rows_read, report.rows_loaded, report.geometry_type) == (6, 4, "MultiPolygon")
    assert rejected(report) == {5: "join-unmatched", 6: "join-empty"}
    assert shapes() == [town.geom.extent] * 3 + [other.geom.extent]


def test_an_area_without_an_outline_counts_so_that_none_is_taken_by_chance(world: World, tmp_path: Path) -> None:
    outlined = village("330203100201", "石桥村村委会", world.west_town)
    village("330203101201", "石桥村村委会", world.east_town, outlined=False)
    village("330203101202", "布政村村委会", world.east_town, outlined=False)
    lines = [
        "石桥村,1",
        "石桥村村委会,2",
        f"{world.west_town.name}石桥村,3",
        "布政村,4",
        "布政村村委会,5",
        "330203101202,6",
    ]
    report = loaded(table(tmp_path, *lines), join="areas")
    without = dict.fromkeys((4, 5, 6), "join-unmatched")
    assert rejected(report) == {1: "join-ambiguous", 2: "join-ambiguous"} | without
    assert all("还没有边界图形" in issue.reason for issue in report.issues if issue.row in without)
    assert shapes() == [outlined.geom.extent]


def test_a_part_of_a_name_and_pinyin_are_proposed_and_not_taken(world: World, tmp_path: Path) -> None:
    village("330203100201", "布政村村委会", world.west_town)
    report = loaded(table(tmp_path, "布,1", "buzheng,2", "布政,3", "布政村,4", "布政村桥东 50 米,5"), join="areas")
    assert rejected(report) == {1: "join-unmatched", 2: "join-unmatched"}
    assert all("是不是 布政村村委会" in issue.reason for issue in report.issues if issue.rejected)


def test_more_addresses_than_are_looked_up_are_told_so(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.importing.joining.MOST_LOOKED_UP", 2)
    town = world.west_town.name
    report = loaded(table(tmp_path, "没有甲,1", "没有乙,2", f"{town}某路 12 号,3", f"{town},4"), join="areas")
    assert rejected(report) == dict.fromkeys((1, 2, 3), "join-unmatched")
    assert "2 种写法" in next(issue.reason for issue in report.issues if issue.row == 3)


def test_rows_meet_a_layers_features_and_a_misspelt_one_is_told_what_was_meant(
    ponds: Layer, world: World, tmp_path: Path
) -> None:
    report = loaded(table(tmp_path, "南塘河,1", "南塘何,2", " 西塘河北段 ,3"), join="ponds", join_to="名称")
    assert rejected(report) == {2: "join-unmatched"}
    assert "南塘河" in report.issues[0].reason and "对象" in report.issues[0].field
    assert [extent[0] for extent in shapes()] == pytest.approx([121.32, 121.31], abs=1e-6)


def test_the_business_key_is_compared_where_no_field_is_said(ponds: Layer, world: World, tmp_path: Path) -> None:
    assert rejected(loaded(table(tmp_path, "0013,1", "13,2"), join="ponds")) == {2: "join-unmatched"}


def test_a_key_that_several_shapes_have_is_not_guessed(
    ponds: Layer, world: World, tmp_path: Path, load_file: Any
) -> None:
    twice = tmp_path / "twice.csv"
    twice.write_text("站,lng,lat\n甲,121.31,29.85\n甲,121.32,29.85\n乙,121.33,29.85\n", "utf-8")
    load_file(twice, slug="twice")
    report = loaded(table(tmp_path, "甲,1", "乙,2"), join="twice", join_to="站")
    assert rejected(report) == {1: "join-ambiguous"}
    assert report.geometry_type == "MultiPoint"


def test_many_and_long_keys_are_not_compared_with_every_name(
    ponds: Layer, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    monkeypatch.setattr("layers.importing.joining.get_close_matches", lambda key, *more: compared.append(key) or [])
    lines = [f"没有{number},1" for number in range(1_000)] + ["塘" * 200 + ",1", "南塘河,1"]
    report = loaded(table(tmp_path, *lines), join="ponds", join_to="名称")
    assert (report.rows_loaded, report.rows_rejected) == (1, 1_001)
    assert len(compared) == MOST_LOOKED_UP and max(map(len, compared)) < 10


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"join": "nothing"}, "layer-missing"),
        ({"join": "ponds", "join_to": "颜色"}, "field-unknown"),
        ({"join": "ponds", "join_column": "颜色"}, "field-unknown"),
        ({"join": "ponds", "join_column": ""}, "join-no-column"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    ponds: Layer, world: World, tmp_path: Path, options: dict[str, str], code: str
) -> None:
    path = table(tmp_path, "南塘河,1")
    with pytest.raises(BadInput) as refused:
        load(LoadOptions(path=path, file_name="t.csv", slug="joined", **{"join_column": "对象"} | options), Report())
    assert refused.value.code == code
    assert not Layer.objects.filter(slug="joined").exists()


def test_nobody_joins_to_a_layer_or_a_field_that_she_may_not_read(
    ponds: Layer, world: World, tmp_path: Path, gis: Any
) -> None:
    path, said = table(tmp_path, "南塘河,1"), {"join": "ponds", "join_to": "名称"}
    Layer.objects.filter(pk=ponds.pk).update(public_fields=["编号"])
    for visibility, code in (("public", "field-unknown"), ("internal", "layer-missing")):
        Layer.objects.filter(pk=ponds.pk).update(visibility=visibility)
        with pytest.raises(BadInput) as refused:
            loaded(path, **said, user=AnonymousUser())
        assert refused.value.code == code
    assert loaded(path, **said, user=gis).rows_loaded == 1


def test_the_preview_asks_for_the_layer_and_shows_what_did_not_meet_one(
    gis_client: Any,
    ponds: Layer,
    tmp_path: Path,
) -> None:
    job = inspected(gis_client, table(tmp_path, "南塘河,1", "北塘河,2"))
    assert (job.state, job.error_code) == ("previewed", "csv-no-coordinates")
    assert '<option value="ponds">' in gis_client.get(f"/layers/import/{job.pk}/").content.decode()
    join = {"join": "ponds", "join_column": "对象", "join_to": "名称"}
    said = {"slug": "joined", "title": "人数", "mode": "create"} | join
    gis_client.post(f"/layers/import/{job.pk}/confirm/", said | {"do": "inspect"})
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert (job.error_code, job.preview["rows_loaded"], job.preview["rows_rejected"]) == ("", 1, 1)
    assert "join-unmatched" in gis_client.get(f"/layers/import/{job.pk}/findings/").content.decode()
    gis_client.post(f"/layers/import/{job.pk}/confirm/", said)
    jobs.run_import(job.pk)
    assert len(shapes()) == 1
    choices = Layer.objects.get(slug="joined").current_version.report["choices"]
    assert {name: choices[name] for name in join} == join


def test_a_forgotten_or_misspelt_column_is_asked_for_and_the_fields_stay(
    gis_client: Any, ponds: Layer, tmp_path: Path
) -> None:
    job = inspected(gis_client, table(tmp_path, "南塘河,1"))
    said = {"slug": "joined", "mode": "create", "do": "inspect", "join": "ponds", "join_to": "名称"}
    for column, code in (("", "join-no-column"), ("没有", "field-unknown"), ("对象", "")):
        gis_client.post(f"/layers/import/{job.pk}/confirm/", said | {"join_column": column})
        jobs.inspect_upload(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error_code) == ("previewed", code)
        page = gis_client.get(f"/layers/import/{job.pk}/").content.decode()
        assert 'name="join"' in page and 'name="join_column"' in page and '<option value="对象">' in page
    assert job.preview["rows_loaded"] == 1


def test_a_remembered_join_is_dropped_where_the_file_has_places_of_its_own(ponds: Layer, tmp_path: Path) -> None:
    loaded(table(tmp_path, "南塘河,1"), join="ponds", join_to="名称")
    drawn = write_file(tmp_path / "next.gpkg", [square(121.35, 29.85)], [{"对象": "南塘河", "人数": 1}])
    for path, family, dropped in (
        (drawn, "MultiPolygon", True), (placed(tmp_path), "MultiPoint", True),
        (table(tmp_path, "南塘河,1"), "MultiPolygon", False),
    ):  # fmt: skip
        report = Report()
        load(with_memory(LoadOptions(path=path, file_name=path.name, slug="joined", mode="replace")), report)
        assert (report.rows_loaded, report.geometry_type) == (1, family)
        assert ("join-forgotten" in [warning["code"] for warning in report.warnings]) == dropped


def test_a_join_that_was_dropped_is_not_said_by_the_form(gis_client: Any, ponds: Layer, tmp_path: Path) -> None:
    loaded(table(tmp_path, "南塘河,1"), join="ponds", join_to="名称")
    job = inspected(gis_client, placed(tmp_path))
    gis_client.post(f"/layers/import/{job.pk}/confirm/", {"update": "joined"})
    jobs.inspect_upload(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code, job.preview["geometry_type"]) == ("previewed", "", "MultiPoint")
    form = gis_client.get(f"/layers/import/{job.pk}/").context["form"]
    assert not any(form[name].value() for name in ("join", "join_column", "join_to"))
    said = {"slug": "joined", "mode": "replace", "datum": "wgs84", "invalid": "repair"}
    gis_client.post(f"/layers/import/{job.pk}/confirm/", said)
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("done", "")


def test_the_command_line_joins_too(ponds: Layer, tmp_path: Path, capsys: Any) -> None:
    path = table(tmp_path, "南塘河,1")
    call_command("load_layer", str(path), slug="joined", join="ponds", join_column="对象", join_to="名称", json=True)
    assert '"rows_loaded": 1' in capsys.readouterr().out
