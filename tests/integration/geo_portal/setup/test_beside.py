"""`new_district --beside`: a second county under the same city, whose files keep their hands off the first one's."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command

from accounts.models import Area, Department, District, Role, RuleChange, User
from accounts.permissions import is_staff_of, leads, reach_of
from papers.models import Paper
from projects.stages.candidates import next_code
from river_monitoring.models import MonitoringPoint, River
from supervision.findings.models import Category
from supervision.routing.models import RoutingRule
from supervision.routing.routes import route
from tests.data import county
from tests.data.county import write_csv

SECOND = "999902"
RECORD = """
code = "999902"
slug = "jia"
name = "甲县"
congress = "甲县人民代表大会"
site_name = "甲县人大监督地图"
code_prefix = "JX"
"""
SHEETS: dict[str, list[tuple[str, ...]]] = {
    "areas": [
        ("区划代码", "名称", "层级", "上级代码"),
        ("9999", "堃阳市", "市", "99"),
        (SECOND, "甲县", "区县", "9999"),
        ("999902100", "堃东镇", "镇街", SECOND),
        ("999901101", "被抢的乡", "镇街", SECOND),
    ],
    "departments": [
        ("代码", "名称", "简称", "区域代码"),
        ("jia-water", "甲县水利局", "水利局", ""),
        ("water", "被抢的水利局", "水利局", ""),
    ],
    "rivers": [
        ("编码", "名称", "水体类型", "河道等级"),
        ("J-1", "甲河", "河流", "县级"),
        ("R-1", "被抢的河", "河流", "县级"),
    ],
    "points": [
        ("点位编码", "点位名称", "类型", "河流", "目标水质", "责任部门", "镇街", "经度", "纬度"),
        ("J-01", "甲河大桥", "县控断面", "J-1", "Ⅲ", "水利局", "堃东镇", "117.3", "30.1"),
        ("W-1", "被抢的点", "县控断面", "J-1", "Ⅲ", "水利局", "堃东镇", "117.3", "30.1"),
        ("J-02", "别人镇里的点", "县控断面", "J-1", "Ⅲ", "水利局", "999901100", "116.95", "30.15"),
    ],
    "routing": [
        ("类别", "镇街", "主办单位"),
        ("所有类别", "堃东镇", "水利局"),
        ("所有类别", "全区", "水利局"),
    ],
}  # fmt: skip
OTHERS = {"areas": 1, "departments": 1, "rivers": 1, "points": 2, "routing": 0}
"""Rows of each sheet that name what is not this district's."""


def run(folder: Path, *flags: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    code = 0
    try:
        call_command(
            "new_district", str(folder / "DISTRICT.toml"), str(folder), "--json", *flags, stdout=out, stderr=StringIO()
        )
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(out.getvalue())


@pytest.fixture
def first(db: None, settings: Any, tmp_path: Path) -> User:
    """The first county, with one member of the staff who has no area yet."""
    settings.DISTRICT_CODE = ""
    (folder := tmp_path / "first").mkdir()
    county.write_county(folder)
    assert run(folder)[0] == 0
    return User.objects.create_user(username="first-staff", role=Role.STAFF)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (found := tmp_path / "second").mkdir()
    (found / "DISTRICT.toml").write_text(RECORD)
    for slug, rows in SHEETS.items():
        write_csv(found / f"{slug}.csv", rows)
    return found


def snapshot() -> list[Any]:
    """What the first county is, as far as the second one's files name it."""
    kept: list[Any] = [
        list(Area.objects.filter(code__startswith="999901").order_by("code").values("code", "name", "parent__code")),
        list(Department.objects.filter(code="water").values("name", "short_name", "phone")),
        list(River.objects.filter(code="R-1").values("name", "grade")),
        list(MonitoringPoint.objects.filter(code__startswith="W-").order_by("code").values("name", "area", "river")),
        Paper.objects.count(),
    ]
    return kept


def test_a_second_countys_files_change_nothing_of_the_first(first: User, folder: Path) -> None:
    before = snapshot()
    code, body = run(folder, "--beside")
    assert code == 2  # rows were refused
    refused = {file["dataset"]: [row["code"] for row in file["rejections"]] for file in body["files"]}
    assert refused == {slug: ["other-district"] * count for slug, count in OTHERS.items()}
    assert snapshot() == before


@pytest.mark.parametrize(
    "row",
    [
        ("9999", "被改名的市", "市", "99"),
        ("99", "被改名的省", "省", ""),
        (county.CODE, "被改名的县", "区县", "9999"),
        (county.CODE, "㵲水县", "市", "99"),
        ("999903", "凭空的县", "区县", "9999"),
        ("999901100", "堃东镇", "镇街", SECOND),
        ("999901100201", "𬇙头村", "村社", "999902100"),
        ("999902100", "堃东镇", "镇街", county.CODE),
    ],
)
def test_no_row_changes_what_is_above_or_beside(first: User, folder: Path, row: tuple[str, ...]) -> None:
    run(folder, "--beside")
    before = list(Area.objects.order_by("code").values("code", "name", "level", "parent__code"))
    same = [(SECOND, "甲县", "区县", "9999"), (county.CODE, "㵲水县", "区县", "9999"), ("9999", "堃阳市", "市", "99")]
    given = [one for one in same if one[0] != row[0]]
    write_csv(folder / "areas.csv", [SHEETS["areas"][0], *given, row])
    _code, body = run(folder, "--beside")
    (areas,) = [file for file in body["files"] if file["dataset"] == "areas"]
    assert [one["code"] for one in areas["rejections"]] == ["other-district"]
    assert list(Area.objects.order_by("code").values("code", "name", "level", "parent__code")) == before


def test_names_mean_the_own_district_and_its_people_its_inside(first: User, folder: Path) -> None:
    run(folder, "--beside")
    cache.clear()
    own, town = Area.objects.get(code=SECOND), Area.objects.get(code="999902100")
    water = Department.objects.get(code="jia-water")
    point = MonitoringPoint.objects.get(code="J-01")
    assert (water.area, point.area, point.department) == (own, town, water)
    assert route(Category.ENVIRONMENT, town).department == water
    RoutingRule.objects.get(area=town).delete()
    rule = route(Category.ENVIRONMENT, town).rule  # “全区” of its own sheet, before the whole instance's
    assert rule is not None and (rule.area, rule.department) == (own, water)
    assert route(Category.ENVIRONMENT, Area.objects.get(code="999901100")).rule != rule
    assert Department.objects.get(code="water").area == Area.objects.get(code=county.CODE)
    staff = User.objects.create_user(username="second-staff", role=Role.STAFF, area=own)
    city = User.objects.create_user(username="city-staff", role=Role.STAFF, area=own.parent)
    first = User.objects.get(pk=first.pk)
    theirs = Area.objects.get(code="999901100")
    assert (reach_of(first), reach_of(staff), reach_of(city)) == (Area.objects.get(code=county.CODE), own, None)
    assert [leads(one, town) for one in (first, staff, city)] == [False, True, True]
    assert [is_staff_of(one, theirs) for one in (first, staff, city)] == [True, False, True]
    assert (next_code(2027, town)[:2], next_code(2027, theirs)[:2]) == ("JX", "WS")


def test_sent_again_it_is_the_same_and_its_own_rows_can_change(first: User, folder: Path) -> None:
    run(folder, "--beside")
    departments = [*SHEETS["departments"][:1], ("jia-water", "甲县水务局", "水利局", "")]
    write_csv(folder / "departments.csv", departments)
    _code, body = run(folder, "--beside")
    counts = {file["dataset"]: (file["stored"], file["changed"]) for file in body["files"]}
    assert counts == {slug: (0, int(slug == "departments")) for slug in SHEETS}
    assert Department.objects.get(code="jia-water").area == Area.objects.get(code=SECOND)


def test_a_name_that_the_own_district_no_longer_has_never_means_anothers(first: User, folder: Path) -> None:
    run(folder, "--beside")
    write_csv(folder / "departments.csv", [*SHEETS["departments"][:1], ("jia-water", "甲县水务局", "水务局", "")])
    _code, body = run(folder, "--beside")
    refused = {file["dataset"]: {row["code"] for row in file["rejections"]} for file in body["files"]}
    assert refused["routing"] == {"unknown"}
    assert not RoutingRule.objects.filter(area__parent__code=SECOND).exclude(department__code="jia-water").exists()


@pytest.mark.parametrize(
    ("flags", "city", "refusal"), [((), "9999", "other-district"), (("--beside",), "9998", "no-city")]
)
def test_without_the_flag_or_under_another_city_nothing_is_written(
    flags: tuple[str, ...], city: str, refusal: str, first: User, folder: Path
) -> None:
    rows = [("区划代码", "名称", "层级", "上级代码"), (city, "某市", "市", "99"), (SECOND, "甲县", "区县", city)]
    rows.append(("999902100", "堃东镇", "镇街", SECOND))
    write_csv(folder / "areas.csv", rows)
    code, body = run(folder, *flags)
    assert (code, body["error"]["code"]) == (2, refusal)
    assert not District.objects.filter(code=SECOND).exists()
    assert not Department.objects.filter(code="jia-water").exists()


def test_a_water_without_reaches_is_of_who_entered_it(first: User, folder: Path) -> None:
    run(folder, "--beside")
    (tail,) = [River.objects.create(code="T-1", name="谁也没画的河")]  # the city's: of no district
    write_csv(
        folder / "rivers.csv",
        [SHEETS["rivers"][0], *[(code, "改名", "河流", "县级") for code in ("L-1", "T-1", "J-1")]],
    )
    _code, body = run(folder, "--beside")
    (rivers,) = [file for file in body["files"] if file["dataset"] == "rivers"]
    assert [(one["code"], one["row"]) for one in rivers["rejections"]] == [("other-district", 2), ("other-district", 3)]
    assert River.objects.get(code="J-1").name == "改名"
    assert River.objects.get(code="J-1").area == Area.objects.get(code=SECOND)
    assert River.objects.get(code="L-1").area == Area.objects.get(code=county.CODE)
    tail.refresh_from_db()
    assert tail.name == "谁也没画的河"


def test_rules_of_a_district_beside_are_left_out_and_named(first: User, folder: Path) -> None:
    before = list(RuleChange.objects.order_by("pk").values("key", "value", "effective_from"))
    rules = '[rules]\n"ranges.county_m" = 30\n"patrols.deputy.every_days" = 7\n'
    (folder / "DISTRICT.toml").write_text(f"since = 2020-01-01\n{RECORD}\n{rules}")
    _code, body = run(folder, "--beside")
    assert (body["rules"], body["rules_left"]) == ([], ["patrols.deputy.every_days", "ranges.county_m"])
    assert list(RuleChange.objects.order_by("pk").values("key", "value", "effective_from")) == before
    assert District.objects.filter(code=SECOND).exists()
