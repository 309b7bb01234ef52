"""A project of many places: points, lines and areas, by the map or by a file."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, Point, Polygon
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from accounts.models import User
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from projects.models import Project, ProjectPlace
from projects.plan import places
from projects.plan.places import (
    NewPlace,
    add_places,
    combine_geometries,
    read_uploaded_places,
    remove_place,
    set_places_done,
)
from projects.plan.services import report_progress
from tests.data.gis_files import gbk_ponds


def _points(number: int) -> list[NewPlace]:
    return [NewPlace(f"{n}号", Point(121.31 + n / 1000, 29.85, srid=4326)) for n in range(1, number + 1)]


def _geojson(*features: tuple[str, dict | None]) -> SimpleUploadedFile:
    rows = [{"type": "Feature", "properties": {"name": name}, "geometry": geom} for name, geom in features]
    body = json.dumps({"type": "FeatureCollection", "features": rows})
    return SimpleUploadedFile("places.geojson", body.encode(), "application/geo+json")


LINE = {"type": "LineString", "coordinates": [[121.31, 29.85], [121.32, 29.86]]}
AREA = {"type": "Polygon", "coordinates": [[[121.31, 29.85], [121.32, 29.85], [121.32, 29.86], [121.31, 29.85]]]}
POINT = {"type": "Point", "coordinates": [121.33, 29.85]}


def test_twenty_places_are_one_project_on_the_map(project: Project, officer: User, as_user: Callable) -> None:
    assert add_places(project.pk, officer, _points(20), project.version) == 20
    project.refresh_from_db()
    assert (project.geom.geom_type, len(project.geom), project.version) == ("MultiPoint", 20, 2)
    features = as_user(None).get("/projects/2026-01/places.geojson").json()["features"]
    assert [feature["properties"]["number"] for feature in features] == list(range(1, 21))
    box = as_user(None).get("/projects/?in_bbox=121.3295,29.84,121.3305,29.86").content.decode()
    assert "西塘河综合整治" in box  # its twentieth place is there


@pytest.mark.parametrize(
    ("shapes", "kind"),
    [
        ([Point(121.31, 29.85)], "Point"),
        ([LineString((0, 0), (1, 1)), LineString((2, 2), (3, 3))], "MultiLineString"),
        ([Polygon(((0, 0), (1, 0), (1, 1), (0, 0)))], "Polygon"),
        ([Point(0, 0), LineString((0, 0), (1, 1))], "GeometryCollection"),
    ],
)
def test_the_projects_geometry_is_all_its_places(shapes: list[GEOSGeometry], kind: str) -> None:
    assert combine_geometries(shapes).geom_type == kind


def test_points_lines_and_areas_come_from_one_file(project: Project, officer: User, as_user: Callable) -> None:
    file = _geojson(("绿道", LINE), ("公园", AREA), ("", POINT))
    answer = as_user(officer).post("/projects/2026-01/places/upload/", {"file": file, "version": 1})
    assert answer.status_code == 302
    found = [(place.name, place.geom.geom_type) for place in project.places.order_by("number")]
    assert found == [("绿道", "LineString"), ("公园", "Polygon"), ("第3处", "Point")]
    assert as_user(None).get("/projects/2026-01/").status_code == 200
    assert as_user(None).get("/projects/").status_code == 200


def test_a_zipped_shapefile_in_gbk_and_cgcs2000_is_read(world: Any, tmp_path: Any) -> None:
    path = gbk_ponds(tmp_path)
    found = read_uploaded_places(SimpleUploadedFile(path.name, path.read_bytes()))
    assert found and all(place.geom.srid == 4326 and place.name for place in found)


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.geojson", b"not json"),
        SimpleUploadedFile("a.exe", b"MZ"),
        _geojson(),
        _geojson(("x", None)),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_added(
    file: SimpleUploadedFile, project: Project, officer: User, as_user: Callable
) -> None:
    file.seek(0)
    answer = as_user(officer).post("/projects/2026-01/places/upload/", {"file": file, "version": 1})
    assert answer.status_code == 400
    assert not project.places.exists()


def test_a_file_is_never_read_in_the_process_of_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: Any) -> None:
        raise AssertionError("read here")

    monkeypatch.setattr("projects.plan.place_files.read_places", never)
    (place,) = read_uploaded_places(_geojson(("公园", AREA)))
    assert (place.name, place.geom.srid, place.geom.geom_type) == ("公园", 4326, "Polygon")


@pytest.mark.parametrize(
    ("limit", "value", "code"), [("WALL_SECONDS", 0.001, "time-limit"), ("MEMORY_MB", 1, "memory-limit")]
)
def test_a_file_that_takes_too_much_ends_its_reader_alone(
    limit: str, value: float, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, limit, value)
    many = [("湖" * 500, {"type": "LineString", "coordinates": [[121.31, 29.85]] * 400}) for _number in range(290)]
    with pytest.raises(BadInput) as caught:
        read_uploaded_places(_geojson(*many))
    assert caught.value.code in {code, "worker-crashed"}  # a C library may end in its own way without memory
    assert caught.value.errors[0].field == "file"


def test_a_file_of_more_vertices_than_a_map_can_show_is_refused_while_it_is_read() -> None:
    line = {"type": "LineString", "coordinates": [[121.31 + n / 1e6, 29.85] for n in range(100_001)]}
    with pytest.raises(BadInput) as caught:
        read_uploaded_places(_geojson(("长", line)))
    assert (caught.value.code, caught.value.errors[0].field) == ("too-detailed", "file")


def test_the_reader_refuses_in_the_language_of_the_page() -> None:
    with override("en"), pytest.raises(BadInput) as caught:
        read_uploaded_places(_geojson(("x", None)))
    assert caught.value.message.isascii()


def test_a_place_outside_the_district_refuses_the_whole_file(project: Project, officer: User) -> None:
    far = [*_points(2), NewPlace("远方", Point(116.4, 39.9, srid=4326))]
    with pytest.raises(BadInput, match="远方") as caught:
        add_places(project.pk, officer, far, project.version)
    assert caught.value.code == "outside-district"
    assert not ProjectPlace.objects.exists()


def test_more_places_than_a_project_can_have_are_refused(project: Project, officer: User) -> None:
    with pytest.raises(BadInput) as caught:
        add_places(project.pk, officer, [NewPlace("x", Point(121.32, 29.85))] * 301, project.version)
    assert caught.value.code == "too-many"


def test_another_department_and_a_stale_page_change_no_places(
    project: Project, officer: User, other_officer: User
) -> None:
    with pytest.raises(NotPermitted):
        add_places(project.pk, other_officer, _points(1), project.version)
    with pytest.raises(StaleEdit):
        add_places(project.pk, officer, _points(1), project.version + 1)
    assert not ProjectPlace.objects.exists()


def test_places_are_marked_done_and_taken_away_unless_a_report_is_about_them(
    project: Project, officer: User, staff: User, today: date, as_user: Callable
) -> None:
    add_places(project.pk, officer, _points(2), 1)
    one, two = project.places.order_by("number")
    with pytest.raises(BadInput):
        set_places_done(project.pk, officer, {one.pk: today + timedelta(days=1)}, 2)
    with pytest.raises(BadInput) as back_dated:
        set_places_done(project.pk, officer, {one.pk: today - timedelta(days=31)}, 2)
    assert back_dated.value.code == "too-long-ago"
    form = {f"done_{one.pk}": str(today), f"done_{two.pk}": "", "version": 2}
    assert as_user(officer).post("/projects/2026-01/places/", form).status_code == 302
    one.refresh_from_db()
    assert one.done_on == today
    assert as_user(officer).post("/projects/2026-01/places/", form | {f"done_{two.pk}": "soon"}).status_code == 400
    report_progress(project.pk, officer, "完工", place=one)
    with pytest.raises(BadInput) as caught:
        remove_place(project.pk, staff, one.pk, 3)
    assert caught.value.code == "has-reports"
    removal = f"/projects/2026-01/places/{two.pk}/remove/"
    pages = {who: as_user(who).get("/projects/2026-01/places/").content.decode() for who in (officer, staff)}
    assert [removal in pages[who] for who in (officer, staff)] == [False, True]  # no button that only refuses
    assert as_user(officer).post(removal, {"version": 3}).status_code == 400  # "one of two is done" is what it owes
    assert as_user(staff).post(removal, {"version": 3}).status_code == 302
    project.refresh_from_db()
    assert (project.geom.geom_type, project.places.count()) == ("Point", 1)


def test_one_place_is_added_by_its_coordinates(project: Project, officer: User, as_user: Callable) -> None:
    form = {"name": "东门", "lng": "121.34", "lat": "29.85", "version": 1}
    assert as_user(officer).post("/projects/2026-01/places/add/", form).status_code == 302
    wrong = as_user(officer).post("/projects/2026-01/places/add/", form | {"lng": "far", "version": 2})
    assert wrong.status_code == 400
    assert [place.name for place in project.places.all()] == ["东门"]
