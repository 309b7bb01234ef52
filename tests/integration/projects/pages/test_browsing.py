"""What a citizen finds: by pinyin, near a place, on one page, as files and feeds."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.gis.geos import GeometryCollection, LineString, Point, Polygon
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Area
from projects.models import Candidacy, News, ProgressReport, Project, ProjectPlace, VoteSession
from projects.pages.project_page import before_after_pairs
from projects.plan.services import report_progress
from projects.vector_layers import LAYERS
from tests import roles

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def pipes(make_project: Callable[..., Project]) -> Project:
    return make_project("P-1", name="老旧污水管网改造", geom=Point(121.31, 29.85, srid=4326))


@pytest.fixture
def school(make_project: Callable[..., Project], world: Any) -> Project:
    return make_project(
        "P-2", name="新建中心小学", category="education", area=world.east_town, geom=Point(121.39, 29.85, srid=4326)
    )


@pytest.fixture
def lost(make_project: Callable[..., Project], world: Any) -> Project:
    """It stood in a vote and was not chosen."""
    project = make_project("P-9", name="落选的公园", status=Project.Status.RESERVE)
    opens = timezone.now() - timedelta(days=9)
    session = VoteSession.objects.create(
        title="票决", year=2026, area=world.district, places=1, opens_at=opens, closes_at=opens + timedelta(days=1)
    )
    Candidacy.objects.create(session=session, project=project, number=1)
    return project


@pytest.mark.parametrize("words", ["wsgw", "污水管网", "wushuiguan", "WSGW 改造"])
def test_words_and_initials_find_and_mark(words: str, pipes: Project, school: Project, as_user: Callable) -> None:
    page = as_user(None).get("/projects/", {"q": words}).content.decode()
    assert re.search(r"<mark>污水管", page)
    assert school.name not in page


def test_the_sites_own_search_box_finds_by_initials_and_marks(pipes: Project, as_user: Callable) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        page = as_user(None).get("/search/", {"q": "wsgw"}, headers=headers).content.decode()
        assert f'<a class="row__title" href="/projects/{pipes.code}/">老旧<mark>污水管网</mark>改造</a>' in page


def test_marks_escape_what_they_mark(make_project: Callable[..., Project], as_user: Callable) -> None:
    make_project(name="<b>河</b>道")
    page = as_user(None).get("/projects/", {"q": "<b>"}).content.decode()
    assert "<mark>&lt;b&gt;</mark>河" in page
    assert "<b>河" not in page


def test_an_empty_list_says_what_each_condition_keeps_away(pipes: Project, school: Project, as_user: Callable) -> None:
    page = as_user(None).get("/projects/?q=wsgw&category=education").content.decode()
    assert "不限教育：1 项" in page
    assert "不限搜索词：1 项" in page
    assert "wsgw" in as_user(None).get("/projects/?q=火星").content.decode()  # how to write initials


def test_the_nearest_come_first_with_their_distance(pipes: Project, school: Project, as_user: Callable) -> None:
    page = as_user(None).get("/projects/?lng=121.39&lat=29.851").content.decode()
    assert page.index(school.name) < page.index(pipes.name)
    assert "距 110 米" in page
    assert re.search(r"距 7\.\d 千米", page)
    assert "从近到远（离您的位置）" in page


def test_a_typed_town_is_a_place_too(pipes: Project, school: Project, as_user: Callable) -> None:
    page = as_user(None).get("/projects/", {"near": "东镇", "year": "2026"}).content.decode()
    assert page.index(school.name) < page.index(pipes.name)
    assert "离东镇" in page
    assert '<input type="hidden" name="year" value="2026">' in page
    assert page.index(school.name) < page.index(pipes.name)


def test_a_name_that_fits_two_places_asks_which(pipes: Project, as_user: Callable, world: Any) -> None:
    for town, code in ((world.west_town, "1"), (world.east_town, "2")):
        Area.objects.create(
            code=f"33020310{code}201", name="南塘村", level=Area.Level.VILLAGE, parent=town, point=town.point
        )
    page = as_user(None).get("/projects/", {"near": "南塘村"}).content.decode()
    assert "您说的是哪里？" in page
    assert "南塘村（东镇）" in page
    assert "near=%E5%8D%97%E5%A1%98%E6%9D%91&amp;place=330203102201" in page
    chosen = as_user(None).get("/projects/", {"near": "南塘村", "place": "330203102201"}).content.decode()
    assert "离南塘村" in chosen


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("near=火星", "没有找到“火星”"),
        ("lng=121", "请同时填写经度和纬度"),
        ("lng=999&lat=1", "field__error"),
        ("lng=a&lat=b", "field__error"),
    ],
)
def test_a_place_that_is_none_is_named_and_the_list_stays(
    query: str, words: str, pipes: Project, as_user: Callable
) -> None:
    page = as_user(None).get(f"/projects/?{query}")
    assert page.status_code == 200
    assert words in page.content.decode()
    assert pipes.name in page.content.decode()


def test_what_stood_in_a_vote_stays_public_whatever_became_of_it(
    lost: Project, candidate: Project, as_user: Callable
) -> None:
    client = as_user(None)
    assert client.get("/projects/P-9/").status_code == 200
    assert lost.name in client.get("/projects/").content.decode()
    assert client.get(f"/api/v1/projects/{lost.pk}/").status_code == 200
    assert "P-9" in client.get("/projects/download.csv").content.decode()
    assert client.get(f"/projects/{candidate.code}/").status_code == 404
    with roles.owner_rights():
        Candidacy.objects.all().delete()
    assert client.get("/projects/P-9/").status_code == 404


def test_a_page_can_be_shared_printed_and_read_by_machines(pipes: Project, as_user: Callable) -> None:
    Project.objects.filter(pk=pipes.pk).update(goal="</script><script>alert(1)</script>")
    page = as_user(None).get("/projects/P-1/").content.decode()
    assert 'role="img" aria-label="二维码' in page
    assert "data-print" in page
    assert 'property="og:url" content="http://testserver/projects/P-1/"' in page
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert found
    described = json.loads(found[1])
    assert described["url"] == "http://testserver/projects/P-1/"
    assert described["description"] == "</script><script>alert(1)</script>"
    assert described["funding"]["amount"]["value"] == 2_000_000
    assert "<script>alert" not in page


def test_points_lines_and_areas_of_one_project_are_drawn_and_listed(
    make_project: Callable[..., Project], as_user: Callable
) -> None:
    shapes = [
        Point(121.32, 29.85, srid=4326),
        LineString((121.32, 29.85), (121.33, 29.86), srid=4326),
        Polygon.from_bbox((121.33, 29.84, 121.335, 29.845)),
    ]
    project = make_project("P-3", geom=GeometryCollection(*shapes, srid=4326))
    for number, shape in enumerate(shapes, 1):
        ProjectPlace.objects.create(project=project, number=number, name=f"点位{number}", geom=shape)
    page = as_user(None).get("/projects/P-3/").content.decode()
    assert "共 3 处，已完成 0 处" in page
    assert 'class="place-drawing__line"' in page
    assert 'class="place-drawing__area"' in page
    assert page.count('class="place-drawing__mark') == 3
    places = as_user(None).get(f"/api/v1/projects/{project.pk}/").json()["properties"]["places"]
    assert [place["geometry"]["type"] for place in places] == ["Point", "LineString", "Polygon"]


def test_places_of_a_candidate_are_on_no_tile(candidate: Project, pipes: Project, staff: Any) -> None:
    layer = next(layer for layer in LAYERS if layer.name == "project_places")
    for project in (candidate, pipes):
        ProjectPlace.objects.create(project=project, number=1, name="甲", geom=project.geom)
    assert {place.project_id for place in layer.queryset(None)} == {pipes.pk}
    assert layer.queryset(staff).count() == 2


def test_before_and_after_make_a_pair_for_each_place(
    pipes: Project, photo: SimpleUploadedFile, as_user: Callable, today: Any
) -> None:
    for day, moment in enumerate(["during", "before", "after", "after"]):
        photo.seek(0)
        on = today - timedelta(days=9 - day)
        ProgressReport.objects.create(project=pipes, reported_on=on, text=f"第 {day} 天", moment=moment, photo=photo)
    (pair,) = before_after_pairs(pipes.reports.all())
    assert (pair.before.text, pair.after.text) == ("第 1 天", "第 3 天")
    page = as_user(None).get("/projects/P-1/").content.decode()
    assert "前后对比" in page
    assert page.count('class="pair"') == 1
    small = as_user(None).get(f"/projects/P-1/photos/{pair.before.pk}/small/")
    assert small["Content-Type"] == "image/jpeg"


def test_csv_is_by_the_rfc_and_no_cell_is_a_formula(make_project: Callable[..., Project], as_user: Callable) -> None:
    make_project("P-5", name='=cmd|"/c calc"!A1', address=" @SUM(A1)", goal="两行\n文字,有逗号")
    answer = as_user(None).get("/projects/download.csv")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv; charset=utf-8")
    assert text.split("\r\n")[0].count(",") == 19
    assert text.endswith("\r\n")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["名称"] == '\'=cmd|"/c calc"!A1'
    assert row["地址"] == "' @SUM(A1)"
    assert row["目标任务"] == "两行\n文字,有逗号"


@pytest.mark.parametrize("address", ["/projects/download.csv", "/projects/download.geojson", "/projects/feed.atom"])
def test_who_has_a_file_already_is_not_sent_it_again(
    address: str, pipes: Project, officer: Any, as_user: Callable
) -> None:
    report_progress(pipes.pk, officer, "开工")
    first = as_user(None).get(address)
    assert first["ETag"]
    assert first["Last-Modified"]
    again = as_user(None).get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    since = as_user(None).get(address, headers={"If-Modified-Since": first["Last-Modified"]})
    assert since.status_code == 304
    report_progress(pipes.pk, officer, "又有进展")
    Project.objects.filter(pk=pipes.pk).update(name="改名了")
    assert as_user(None).get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_every_field_of_the_file_is_explained(pipes: Project, as_user: Callable) -> None:
    page = as_user(None).get("/projects/open-data/").content.decode()
    header = as_user(None).get("/projects/download.csv").content.decode("utf-8-sig").split("\r\n")[0]
    for title in header.split(","):
        assert f'<th scope="row">{title}</th>' in page, title
    assert "CC-BY-4.0" in page


def _entries(answer: Any) -> list[str]:
    feed = ElementTree.fromstring(answer.content)
    return [entry.findtext(f"{ATOM}title") or "" for entry in feed.iter(f"{ATOM}entry")]


def test_feeds_tell_of_all_of_a_filter_and_of_one(
    pipes: Project, school: Project, candidate: Project, officer: Any, staff: Any, as_user: Callable
) -> None:
    for project in (pipes, school):
        report_progress(project.pk, officer, f"{project.name}开工")
    report_progress(candidate.pk, staff, "不公开的进展")
    client = as_user(None)
    assert len(_entries(client.get("/projects/feed.atom"))) == 2
    assert _entries(client.get("/projects/feed.atom?category=education")) == [
        "新建中心小学：报告进展：新建中心小学开工"
    ]
    assert len(_entries(client.get("/projects/P-1/feed.atom"))) == 1
    assert client.get(f"/projects/{candidate.code}/feed.atom").status_code == 404
    # A feed is the public's, whoever reads it: shared caches may keep it.
    assert "不公开的进展" not in as_user(staff).get("/projects/feed.atom").content.decode()


def test_news_are_written_whoever_writes_the_thing(pipes: Project, today: Any) -> None:
    assert not News.objects.exists()
    pipes.milestones.filter(order=2).update(done_on=today)
    Project.objects.filter(pk=pipes.pk).update(light="yellow")
    Project.objects.filter(pk=pipes.pk).update(light="yellow")
    assert list(News.objects.order_by("pk").values_list("kind", "before", "after", "subject")) == [
        ("milestone", "", "", "节点2"),
        ("light", "green", "yellow", ""),
    ]


def test_money_is_said_and_drawn(make_project: Callable[..., Project], as_user: Callable) -> None:
    make_project("P-6", budget_wan=100, spent_wan=130)
    page = as_user(None).get("/projects/P-6/").content.decode()
    assert "资金完成 130%，工程完成 40%" in page
    assert "超出计划" in page
    make_project("P-7", budget_wan=0, spent_wan=0)
    assert 'class="budget"' not in as_user(None).get("/projects/P-7/").content.decode()
