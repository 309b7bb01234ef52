"""`manage.py new_district`: a fictitious county of another province from files, and what then works there."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import rules
from accounts.models import Area, Congress, Department, District, LoadedRow, Membership, Person, User
from projects.models import Project
from river_monitoring.models import MonitoringPoint, Outfall, Reach, ReachLink, River, Sample
from stations.models import Deputy, ServiceArea, Station
from supervision.findings.models import Category
from supervision.routing.routes import route
from tests.data import county
from tests.data.gis_files import project, shapefile_parts, write_file, zip_files

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture
def elsewhere(settings: Any, db: None) -> None:
    """No environment says which district this is."""
    settings.DISTRICT_CODE = ""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    county.write_county(folder)
    return folder


@pytest.fixture
def folder(files: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(files, tmp_path / "county"))


def new_district(folder: Path, *flags: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, JSON and stderr of the command."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command(
            "new_district", str(folder / "DISTRICT.toml"), str(folder), "--json", *flags, stdout=out, stderr=err
        )
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(out.getvalue()), err.getvalue()


def rewrite(path: Path, change: Callable[[list[dict[str, str]]], None], encoding: str = "utf-8-sig") -> None:
    with path.open(encoding=encoding, newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def loaded(files: Path) -> Iterator[None]:
    code, body, err = new_district(files)
    assert (code, err) == (0, ""), body
    User.objects.create_user(username="first", role="admin")
    yield


def test_the_files_of_another_province_become_its_district(loaded: None) -> None:
    town = Area.objects.get(code="999901102")
    assert (town.name, town.parent.code, town.geom.valid) == ("𬇙头镇", county.CODE, True)
    assert town.geom.extent == pytest.approx((116.9, 30.0, 117.0, 30.1), abs=2e-3)
    assert Area.objects.filter(level="village", geom=None).count() == 3
    lake = River.objects.get(code="L-1")
    assert (lake.kind, lake.name) == ("lake", "堃湖")
    assert lake.surface.extent == pytest.approx(county.LAKES["L-1"][1], abs=2e-5)  # was drawn in GCJ-02
    assert ReachLink.objects.filter(upstream__code="R-2-2", downstream__river__code="R-1").exists()
    assert Reach.objects.get(code="R-1-1").area.name == "堃西乡"
    point = MonitoringPoint.objects.get(code="W-4")
    assert (point.water, point.area.name, point.department.code) == ("lake", "堃东镇", "ecology")
    outfall = Outfall.objects.get(code="PW-1")
    assert (outfall.kind, outfall.area.name, outfall.points.get().code) == ("other", "城关街道", "W-2")
    assert Sample.objects.filter(is_historic=True, point__code="W-2", water_class__gte=4).count() == 1
    assert Station.objects.get(code="LZ-2").opening == "每周三 14:00-16:00"
    assert ServiceArea.objects.get(station__code="LZ-2").geom.extent == pytest.approx(
        (116.9, 30.0, 117.0, 30.2), abs=2e-3
    )
    assert Deputy.objects.get(name="仝𬤊").constituency.get().name == "东社区"
    project = Project.objects.get(code="WS2026-01")
    assert (project.status, project.progress, project.milestones.count()) == ("building", 20, 3)
    assert Department.objects.filter(code__in=("court", "procuratorate", "supervision")).count() == 3


def test_congresses_of_five_levels_come_in_with_members_who_sit_in_several(loaded: None) -> None:
    levels = ["national", "province", "city", "district", "town"]
    assert {one.level: one.memberships.count() for one in Congress.objects.all()} == dict(
        zip(levels, [1, 1, 1, 10, 6], strict=True)
    )
    several = Person.objects.get(code="DB-1")
    assert (several.name, several.memberships.count(), several.user) == ("仝𬤊", 3, None)
    assert Deputy.objects.get(code="DB-1").person == several
    leader = Membership.objects.get(code="DB-1")
    assert (leader.posts, leader.group.name, leader.congress.seats) == (["小组组长"], "第一小组", 12)


def test_its_record_and_rules_are_in_force(loaded: None) -> None:
    record = District.objects.get()
    assert (record.code, record.phone_code, record.code_prefix) == (county.CODE, "0999", "WS")
    assert rules.value("ranges.basis") == "㵲水县河道管理办法第九条"
    assert rules.value("calendar.days_off") == (date(2027, 3, 3),)


def test_pages_tiles_search_and_routing_work_there(loaded: None, as_user: Any) -> None:
    anyone = as_user(None)
    home = anyone.get("/").content.decode()
    assert "㵲水县人大监督地图" in home and "海曙" not in home and "宁波" not in home
    for address in ("/map/", "/river/", "/river/points/W-4/", "/river/waters/L-2/", "/projects/WS2026-01/",
                    "/stations/LZ-1/", "/numbers/", "/rules/"):  # fmt: skip
        answer = anyone.get(address)
        assert answer.status_code == 200, address
        assert "海曙" not in answer.content.decode(), address
    assert "𬇙溪" in anyone.get("/search/?q=𬇙溪").content.decode()
    assert anyone.get("/tiles/monitoring_points/10/844/421.mvt").status_code == 200
    style = anyone.get("/styles/weishui.json").json()
    assert style["metadata"]["bounds"] == pytest.approx([116.9, 30.0, 117.1, 30.2], abs=1e-4)
    town = Area.objects.get(code="999901100")
    assert route(Category.ENVIRONMENT, town, place=Point(116.95, 30.15, srid=4326)).department.code == "ecology"
    assert route(Category.GENERAL, town).department.code == "town-999901100"


def test_the_same_files_again_change_nothing(loaded: None, files: Path) -> None:
    rows = LoadedRow.objects.count()
    code, body, _err = new_district(files)
    assert code == 0 and body["changed"] == [] and body["rules"] == []
    assert all(file["stored"] == file["changed"] == 0 for file in body["files"])
    assert LoadedRow.objects.count() == rows


def test_a_file_sent_again_updates_by_code_and_says_what_it_leaves_out(loaded: None, folder: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0]["监督电话"] = "0999-1"
        del rows[1:3]

    rewrite(folder / "departments.csv", change, "gb18030")
    body = new_district(folder)[1]
    found = next(file for file in body["files"] if file["dataset"] == "departments")
    assert (found["stored"], found["changed"], found["same"], found["missing"]) == (0, 1, 6, 2)
    assert Department.objects.get(code="water").phone == "0999-1" and Department.objects.filter(code="court").exists()


def test_check_says_the_same_and_writes_nothing(files: Path) -> None:
    with CaptureQueriesContext(connection):
        code, checked, _err = new_district(files, "--check")
    assert (code, checked["status"]) == (0, "checked")
    assert not any(model.objects.exists() for model in (Area, District, User, River, LoadedRow))
    _code, loaded, _err = new_district(files)
    assert checked["files"] == loaded["files"]


def test_wrong_rows_are_left_out_and_named(folder: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[3]["上级代码"] = "no-such"
        rows[4]["层级"] = "王国"
        rows[5] |= {"区划代码": rows[0]["区划代码"]}

    rewrite(folder / "areas.csv", change)
    code, body, err = new_district(folder)
    areas = next(file for file in body["files"] if file["file"] == "areas.csv")
    assert code == 2 and "Traceback" not in err and err.count("\n") == 1
    assert [(one["row"], one["field"], one["code"]) for one in areas["rejections"]] == [
        (5, "parent", "unknown"), (6, "level", "unknown"), (7, "code", "key-duplicate"),
        (9, "parent", "unknown"), (10, "parent", "unknown"),
    ]  # fmt: skip
    assert Area.objects.filter(code=county.CODE).exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not toml [", "district-file"),
        ("name = 'x'", "district-file"),
        ("code = 7", "district-file"),
        ("code = '999901'\nunheard = 'of'", "district-file"),
        ("code = '999901'\n[rules]\nno.such = 1", "district-file"),
        ("code = '999901'\n[box]\nwest = 'x'\nsouth=1\neast=2\nnorth=3", "district-file"),
        ("code = '999901'\n[files.\"a.csv\"]\ndatum = 'mars'", "district-file"),
        ("code = 'abc'\nname='甲县'\ncongress='甲'\nsite_name='甲'", "bad-district"),
        ("code = '999901'", "bad-district"),
    ],
)
def test_a_district_file_that_is_none_is_refused_in_one_line(folder: Path, text: str, code: str) -> None:
    (folder / "DISTRICT.toml").write_text(text, encoding="utf-8")
    left, body, err = new_district(folder)
    assert (left, body["status"], body["error"]["code"]) == (2, "refused", code)
    assert err.startswith(f"new_district: {code}: ") and err.count("\n") == 1
    assert not District.objects.exists() and not Area.objects.exists()


def test_a_database_of_another_district_stays_its_own(loaded: None, folder: Path) -> None:
    text = (folder / "DISTRICT.toml").read_text(encoding="utf-8").replace('code = "999901"', 'code = "888801"')
    (folder / "DISTRICT.toml").write_text(text, encoding="utf-8")
    left, body, _err = new_district(folder)
    assert (left, body["error"]["code"]) == (2, "other-district")
    assert District.objects.get().code == county.CODE


def test_a_file_that_cannot_be_read_costs_no_other(folder: Path) -> None:
    (folder / "points.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (folder / "reaches.gpkg").write_bytes(b"nothing")
    (folder / "unknown.csv").write_text("a,b\n1,2\n")
    left, body, _err = new_district(folder)
    assert left == 2 and body["unused"] == ["unknown.csv"]
    assert {file["file"] for file in body["files"] if "error" in file} >= {"points.xlsx", "reaches.gpkg"}
    assert Station.objects.count() == 2


def test_a_layer_of_the_wrong_kind_is_refused_row_by_row(folder: Path) -> None:
    (folder / "points-lakes.geojson").write_bytes((folder / "rivers-lakes.geojson").read_bytes())
    body = new_district(folder)[1]
    found = next(file for file in body["files"] if file["file"] == "points-lakes.geojson")
    assert {one["code"] for one in found["rejections"]} == {"geometry-type"} and found["stored"] == 0


def test_a_shapefile_of_points_becomes_monitoring_points(folder: Path) -> None:
    (folder / "points.xlsx").unlink()
    rows = [{"点位编码": "S-1", "点位名称": "塘", "类型": "小微水体", "责任部门": "water", "目标水质": "Ⅴ"}]
    shapes = project([shapely.Point(116.96, 30.17)], county.EPSG)
    made = folder / "made"
    write_file(made / "p.shp", shapes, rows, crs="EPSG:4548", encoding="GB18030", geometry_type="Point")
    zip_files(folder / "points.zip", {f"p{suffix}": content for suffix, content in shapefile_parts(made).items()})
    body = new_district(folder)[1]
    found = next(file for file in body["files"] if file["dataset"] == "points")
    assert found["stored"] == 1, found
    point = MonitoringPoint.objects.get(code="S-1")
    assert (point.geom.x, point.geom.y) == pytest.approx((116.96, 30.17), abs=1e-6)
    assert point.area.name == "堃东镇"
