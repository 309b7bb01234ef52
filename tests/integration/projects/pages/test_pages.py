"""The pages without JavaScript: list, filters, paging, detail, downloads, an officer's forms."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from projects.models import Project, Rating
from projects.plan.statistics import numbers

EAST_BOX = "121.35,29.80,121.40,29.90"


@pytest.fixture
def two(make_project: Callable[..., Project], world: Any) -> list[Project]:
    other = make_project(
        "2025-07",
        name="月湖公园提升",
        year=2025,
        category=Project.Category.CULTURE,
        lead=world.ecology,
        area=world.east_town,
        geom=Point(121.38, 29.86, srid=4326),
    )
    return [make_project(), other]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=月湖", ["2025-07"]),
        ("q=yhgy", ["2025-07"]),
        ("q=xitanghe", ["2026-01"]),
        ("q=zhengzhi 西镇", ["2026-01"]),
        ("q=不存在", []),
        ("year=2025", ["2025-07"]),
        ("category=water", ["2026-01"]),
        ("light=green", ["2026-01", "2025-07"]),
        ("light=red", []),
        ("status=rated", []),
        ("area=330203101", ["2025-07"]),
        ("lead=water", ["2026-01"]),
        (f"in_bbox={EAST_BOX}", ["2025-07"]),
    ],
)
def test_filters_narrow_the_api_and_the_page_alike(
    query: str, found: list[str], two: list[Project], as_user: Callable
) -> None:
    features = as_user(None).get(f"/api/v1/projects/?{query}").json()["features"]
    assert [feature["properties"]["code"] for feature in features] == found
    page = as_user(None).get(f"/projects/?{query}").content.decode()
    assert {project.code for project in two if f"/projects/{project.code}/" in page} == set(found)


def test_each_filter_in_force_can_be_taken_off(two: list[Project], as_user: Callable) -> None:
    page = as_user(None).get("/projects/?q=yh&year=2025&lead=ecology&category=wine").content.decode()
    assert 'href="/projects/?q=yh&amp;lead=ecology&amp;category=wine">2025<' in page
    assert ">生态环境分局<" in page
    assert ">wine<" not in page


def test_the_worst_light_comes_first_when_asked(
    two: list[Project], make_project: Callable[..., Project], as_user: Callable, today: date
) -> None:
    past = today - timedelta(days=10)
    make_project("2024-03", name="迟到的桥", year=2024, steps=[(60, past, past), (40, past, None)])
    for order, codes in (
        ("urgency", ["2024-03", "2025-07", "2026-01"]),
        ("year", ["2024-03", "2025-07", "2026-01"]),
        ("", ["2026-01", "2025-07", "2024-03"]),
    ):
        features = as_user(None).get(f"/api/v1/projects/?ordering={order}").json()["features"]
        assert [feature["properties"]["code"] for feature in features] == codes
        page = as_user(None).get(f"/projects/?ordering={order}").content.decode()
        assert sorted(codes, key=lambda code: page.index(f"/projects/{code}/")) == codes
    assert as_user(None).get("/api/v1/projects/?ordering=lead__phone").status_code == 400


def test_the_list_says_how_many_of_how_many_the_map_shows(two: list[Project], as_user: Callable) -> None:
    assert "共 2 项，当前地图范围 1 项" in as_user(None).get(f"/projects/?in_bbox={EAST_BOX}").content.decode()
    elsewhere = as_user(None).get("/projects/?in_bbox=100,20,101,21").content.decode()
    assert "共 2 项，当前地图范围 0 项" in elsewhere
    assert "当前地图范围里没有项目" in elsewhere


def test_a_list_with_no_match_teaches_the_next_step(two: list[Project], as_user: Callable) -> None:
    assert "没有符合条件的项目" in as_user(None).get("/projects/?q=火星").content.decode()


@pytest.mark.parametrize("query", ["in_bbox=1,2,3", "in_bbox=a", "in_bbox=122,29,121,30"])
def test_a_bad_box_is_refused_on_page_and_api(query: str, two: list[Project], as_user: Callable) -> None:
    assert as_user(None).get(f"/projects/?{query}").status_code == 400
    answer = as_user(None).get(f"/api/v1/projects/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "in_bbox"


def test_a_filter_that_cannot_be_is_named_on_the_page_and_refused_by_the_api(
    two: list[Project], as_user: Callable
) -> None:
    page = as_user(None).get("/projects/?category=wine")
    assert page.status_code == 200
    assert "有的条件没有用上" in page.content.decode()
    assert as_user(None).get("/api/v1/projects/?category=wine").status_code == 400


def test_paging_works_by_links_and_keeps_the_filter(make_project: Callable[..., Project], as_user: Callable) -> None:
    for number in range(22):
        make_project(f"P-{number:02}")
    first = as_user(None).get("/projects/?category=water").content.decode()
    assert "第 1 页，共 2 页" in first
    assert "?category=water&amp;page=2" in first
    second = as_user(None).get("/projects/?category=water&page=2").content.decode()
    assert second.count("data-feature=") == 2


def test_a_page_says_what_where_who_how_much_how_far(project: Project, as_user: Callable) -> None:
    Rating.objects.create(project=project, voter=Rating.Voter.DEPUTY, satisfied=152, fairly_satisfied=30)
    page = as_user(None).get("/projects/2026-01/").content.decode()
    for words in (
        "西塘河综合整治", "西镇", "区水利局", "计划 200 万元，已完成 50 万元", "（25%）", "节点1", "实际完成 40%",
        "亮绿灯", "共 182 票", "满意 152 票（84%）", "<svg", "/report/?project=2026-01", "http://testserver/projects/2026-01/",
        'property="og:title"', f'data-select="projects:{project.pk}"',
    ):  # fmt: skip
        assert words in page, words
    assert "更新这个项目" not in page


def test_a_line_is_a_project_too(make_project: Callable[..., Project], as_user: Callable) -> None:
    make_project(geom=LineString((121.31, 29.84), (121.33, 29.86), srid=4326))
    assert "data-bbox=" in as_user(None).get("/projects/2026-01/").content.decode()
    assert as_user(None).get("/projects/").status_code == 200


def test_a_late_milestone_is_marked_and_the_light_explained(
    make_project: Callable[..., Project], as_user: Callable, today: date
) -> None:
    past = today - timedelta(days=10)
    make_project(steps=[(65, past, past), (35, past, None)])
    page = as_user(None).get("/projects/2026-01/").content.decode()
    assert "已逾期" in page
    assert "落后 35 个百分点，超过 30 个，亮红灯" in page


@pytest.mark.parametrize("query", ["year=2099", "status=done-", "lead=nobody"])
def test_a_file_is_refused_where_a_filter_is_none_and_not_filled_with_every_row(
    two: list[Project], as_user: Callable, query: str
) -> None:
    for ending in ("csv", "geojson"):
        answer = as_user(None).get(f"/projects/download.{ending}?{query}", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, query.partition("=")[0])
    assert as_user(None).get(f"/projects/?{query}").status_code == 200


def test_csv_and_geojson_state_their_licence_and_are_the_filtered_list(two: list[Project], as_user: Callable) -> None:
    answer = as_user(None).get("/projects/download.csv?year=2025")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["编号"], row["许可"], row["经度（WGS 84）"]) for row in rows] == [
        ("2025-07", "CC-BY-4.0", "121.380000")
    ]
    assert 'rel="license"' in answer["Link"]
    collection = as_user(None).get("/projects/download.geojson?year=2025").json()
    assert "creativecommons.org/licenses/by/4.0" in collection["license"]
    assert [feature["properties"]["code"] for feature in collection["features"]] == ["2025-07"]
    assert as_user(None).get("/projects/download.xls").status_code == 404


def test_a_name_that_looks_like_a_formula_stays_text_in_a_spreadsheet(
    make_project: Callable[..., Project], as_user: Callable
) -> None:
    make_project(name='=HYPERLINK("x")')
    assert "'=HYPERLINK" in as_user(None).get("/projects/download.csv").content.decode()


def test_script_in_a_name_is_shown_as_text(make_project: Callable[..., Project], as_user: Callable) -> None:
    make_project(name="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")
    for address in ("/projects/", "/projects/2026-01/"):
        page = as_user(None).get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_an_officer_completes_a_milestone_by_the_form(
    project: Project, officer: Any, as_user: Callable, today: date
) -> None:
    client = as_user(officer)
    assert "更新这个项目" in client.get("/projects/2026-01/").content.decode()
    last = project.milestones.get(order=2)
    form = {"milestone": last.pk, "version": project.version, "done_on": today.isoformat()}
    assert client.post("/projects/2026-01/milestones/", form).status_code == 302
    assert "完成 100%" in client.get("/projects/2026-01/").content.decode()


@pytest.mark.parametrize(("who", "status"), [("other_officer", 404), ("deputy", 404), ("gis", 404), (None, 302)])
def test_nobody_else_completes_a_milestone(
    who: str | None, status: int, project: Project, as_user: Callable, today: date, request: Any
) -> None:
    client = as_user(request.getfixturevalue(who) if who else None)
    last = project.milestones.get(order=2)
    form = {"milestone": last.pk, "version": project.version, "done_on": today.isoformat()}
    assert client.post("/projects/2026-01/milestones/", form).status_code == status
    assert (
        client.post("/projects/2026-01/reports/", {"text": "x", "reported_on": form["done_on"]}).status_code == status
    )
    last.refresh_from_db()
    assert last.done_on is None
    assert not project.reports.exists()


def test_a_stale_form_comes_back_with_the_fresh_version(
    project: Project, officer: Any, as_user: Callable, today: date
) -> None:
    Project.objects.filter(pk=project.pk).update(version=7)
    last = project.milestones.get(order=2)
    form = {"milestone": last.pk, "version": 1, "done_on": today.isoformat()}
    answer = as_user(officer).post("/projects/2026-01/milestones/", form)
    assert answer.status_code == 409
    assert "已被更新" in answer.content.decode()
    assert 'name="version" value="7"' in answer.content.decode()


def test_a_report_form_names_what_is_missing_and_keeps_what_was_typed(
    project: Project, officer: Any, as_user: Callable, today: date
) -> None:
    client = as_user(officer)
    answer = client.post(
        "/projects/2026-01/reports/", {"text": "", "problems": "雨天", "reported_on": today.isoformat()}
    )
    assert answer.status_code == 400
    assert "请写明进展" in answer.content.decode()
    assert "雨天" in answer.content.decode()
    fake = SimpleUploadedFile("p.jpg", b"not a photo", "image/jpeg")
    answer = client.post(
        "/projects/2026-01/reports/", {"text": "清淤", "reported_on": today.isoformat(), "photo": fake}
    )
    assert answer.status_code == 400
    assert "不是可以识别的照片" in answer.content.decode()
    assert not project.reports.exists()


def test_a_report_with_a_photo_shows_on_the_public_page(
    project: Project, officer: Any, as_user: Callable, today: date, photo: SimpleUploadedFile
) -> None:
    form = {"text": "完成清淤 1.2 公里", "reported_on": today.isoformat(), "photo": photo}
    assert as_user(officer).post("/projects/2026-01/reports/", form).status_code == 302
    page = as_user(None).get("/projects/2026-01/").content.decode()
    assert "完成清淤 1.2 公里" in page
    assert f"/projects/2026-01/photos/{project.reports.get().pk}/" in page
    assert 'property="og:image"' in page


def test_only_a_public_project_offers_a_poster_and_a_card(
    project: Project, candidate: Project, staff: Any, as_user: Callable
) -> None:
    for one, is_offered in ((project, True), (candidate, False)):
        page = as_user(staff).get(one.get_absolute_url()).content.decode()
        offered = [address in page for address in (f"/posters/projects/{one.code}.pdf", 'property="og:image"')]
        assert offered == [is_offered, is_offered], one.code


def test_numbers_have_denominators(two: list[Project], candidate: Project) -> None:
    found = numbers(None)
    assert (found["total"], found["under_way"]) == (2, 2)
    assert {row["light"]: (row["count"], row["of"]) for row in found["lights"]}["green"] == (2, 2)
    assert [(row["year"], row["total"]) for row in found["years"]] == [(2026, 1), (2025, 1)]
    assert numbers(None, year=2025)["categories"][0]["category"] == "culture"
    assert numbers(None, area="330203100")["total"] == 1


def test_the_numbers_partial_shows_counts_over_their_base(two: list[Project]) -> None:
    shown = render_to_string("projects/_numbers.html", {"numbers": numbers(None)})
    assert "共 2 个项目" in shown
    assert "/projects/?category=water" in shown
    assert "0 / 1" in shown
    assert "还没有项目" in render_to_string("projects/_numbers.html", {"numbers": numbers(None, year=1999)})
