"""The dashboard: one question in the address, and figures, drawings, table and files that all answer it."""

import html
import io
import re
from datetime import date

import pytest
from django.test import Client
from PIL import Image
from python_calamine import CalamineWorkbook

from accounts.models import Role, User
from projects.models import Project, Rating
from reporting.dashboard.page_data import numbers_of
from reporting.dashboard.selection import Selection
from supervision.models import Finding

TODAY = date(2026, 11, 24)


@pytest.fixture
def year(world, matter):
    """Six answered in the west (two of them late), one there overdue, two in the east not due yet."""
    for place, days in enumerate((3, 5, 10, 20, 95, 100)):
        matter(date(2026, 2, 1 + place), world.west_town, world.water, days, outcome="satisfied" if place < 2 else "")
    matter(date(2026, 6, 1), world.west_town, world.water)
    matter(date(2026, 10, 1), world.east_town, world.ecology)
    matter(date(2026, 10, 2), world.east_town, world.ecology, category="social")


def test_shares_come_with_what_they_are_shares_of(year, staff):
    total = numbers_of(staff, Selection(), TODAY).total
    assert (total.total, total.replied, total.overdue) == (9, 6, 1)
    in_time, satisfied = total.ratio("answered-in-time"), total.ratio("satisfied")
    assert (in_time.part, in_time.whole, in_time.percent) == (4, 7, 57)
    assert (satisfied.part, satisfied.whole) == (2, 2)


def test_two_ratings_are_too_few_for_a_percentage(as_user, year, staff):
    assert numbers_of(staff, Selection(), TODAY).total.ratio("satisfied").percent is None
    page = as_user(staff).get("/numbers/").text
    assert re.search(r'figure=satisfied" data-counts="2">2</a>\s*/ <a [^>]*figure=rated"', page)


def test_answer_times_are_a_distribution(year, staff):
    found = numbers_of(staff, Selection(), TODAY).total.spread
    assert (found.p25, found.p50, found.p90) == (6.2, 15, 97.5)


def test_a_town_with_few_answers_has_no_percentiles(year, staff):
    east = next(group for group in numbers_of(staff, Selection(), TODAY).groups if group.label == "东镇")
    assert (east.total, east.spread, east.ratio("answered-in-time").percent) == (2, None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("area=330203101", 2),
        ("department=water", 7),
        ("category=social", 1),
        ("since=2026-06-01", 3),
        ("since=2026-06-01&until=2026-06-01", 1),
        ("area=330203101&category=social&department=ecology", 1),
        ("area=330203100&department=ecology", 0),
        ("took=0", 2),
        ("took=91&area=330203100", 2),
        ("took=91&area=330203101", 0),
    ],
)
def test_figures_table_and_file_answer_the_same_question(as_user, year, staff, query, expected):
    client = as_user(staff)
    context = client.get(f"/numbers/?{query}").context
    assert context["total"].total == expected
    assert sum(group.total for group in context["groups"]) == expected
    rows = client.get(f"/numbers/export.csv?{query}").content.decode("utf-8-sig").splitlines()
    assert next(line for line in rows if line.startswith("合计,")).split(",")[1] == str(expected)


@pytest.mark.parametrize("by", ["area", "department", "category", "month"])
def test_the_table_is_cut_as_asked_and_adds_up(as_user, year, staff, by):
    context = as_user(staff).get(f"/numbers/?by={by}").context
    assert sum(group.total for group in context["groups"]) == context["total"].total == 9


@pytest.mark.parametrize(
    "query", ["", "area=330203100", "took=0", "since=2026-02-01&until=2026-02-28", "by=department"]
)
def test_every_bar_circle_and_row_leads_to_as_many_as_it_shows(as_user, year, staff, query):
    client = as_user(staff)
    page = client.get(f"/numbers/?{query}").text
    found = [
        (html.unescape(link), int(count))
        for link, count in re.findall(r'<a href="(\?[^"]*)" aria-label="[^"]*? (\d+) 件"', page)
        if "已选" not in page
    ]
    for link, count in found:
        assert client.get(f"/numbers/{link}").context["total"].total == count, link
    assert found or "已选" in page


EAST, WEST = "area=330203101", "area=330203100"


@pytest.mark.parametrize(
    "query", ["", "by=month", "by=department&since=2026-02-03&until=2026-06-10", "by=category&took=0", WEST, EAST]
)
def test_every_figure_leads_to_the_list_that_it_counts(as_user, year, staff, query):
    client = as_user(staff)
    links = set(re.findall(r'<a href="([^"]*)" data-counts="(\d+)"', client.get(f"/numbers/?{query}").text))
    matters = {link for link in links if "/numbers/matters/" in link[0]}
    assert len(matters) > 3 or (query, matters) == (EAST, {(f"/numbers/matters/?{EAST}", "2")})  # neither is due yet
    for link, count in links:
        listed = client.get(html.unescape(link))
        assert listed.context["page"].paginator.count == int(count), link
        if "/numbers/matters/" not in link:
            continue
        rows = client.get(html.unescape(link).replace("matters/", "matters/export.csv")).content.decode("utf-8-sig")
        assert len(rows.splitlines()) == int(count) + 1


def test_what_is_due_is_told_apart_where_its_share_stands(as_user, year, staff):
    total = as_user(staff).get("/numbers/").context["total"]
    in_time = total.ratio("answered-in-time")
    assert (in_time.whole, in_time.part, total.late, total.overdue) == (7, 4, 2, 1)


def test_a_list_holds_what_its_reader_may_see_and_says_what_it_did_not_understand(as_user, year, other_officer):
    client = as_user(other_officer)
    assert client.get("/numbers/matters/").context["page"].paginator.count == 2
    answer = client.get("/numbers/matters/?figure=nonsense&since=x&took=5")
    assert (answer.status_code, answer.context["page"].paginator.count) == (200, 2)
    assert "有的条件没有用上" in answer.text


def test_a_bar_of_half_a_month_counts_that_half(as_user, year, staff):
    client = as_user(staff)
    page = client.get("/numbers/?since=2026-02-03&until=2026-06-10&by=month").context
    assert [(month.key, month.total) for month in page["groups"]] == [("2026-02", 4), ("2026-06", 1)]
    assert client.get(f"/numbers/?{page['groups'][0].query}").context["total"].total == 4


def test_a_chosen_bar_leads_back_to_all(as_user, year, staff):
    page = as_user(staff).get("/numbers/?took=0&department=water").text
    (back,) = re.findall(r'<a href="(\?[^"]*)" aria-label="0–7 天 2 件，已选', page)
    assert html.unescape(back) == "?department=water"


def test_groups_with_few_answers_are_named_and_not_drawn(as_user, year, staff):
    page = as_user(staff).get("/numbers/").text
    drawing = page[page.index("dashboard__chart--spread") :]
    drawing = drawing[: drawing.index("</svg>")]
    assert drawing.count("plot__median") == 1
    assert "东镇 答复 0 件，不统计用时" in drawing


def test_the_map_shows_what_is_counted(as_user, year, staff, officer):
    ids = set(Finding.objects.filter(area__code="330203101").values_list("pk", flat=True))
    assert set(as_user(staff).get("/numbers/?area=330203101").context["on_map"]["findings"]) == ids
    assert "findings" not in as_user(officer).get("/numbers/?area=330203101").context["on_map"]
    assert "map-only" not in as_user(staff).get("/numbers/").text


def test_the_map_names_every_project_once_however_many_rated_it(as_user, year, district, staff):
    rated = Project.objects.get(code="P-1")
    Rating.objects.create(project=rated, voter="public", satisfied=2_000, fairly_satisfied=30)
    other = Project.objects.create(
        code="P-2", name="另一个", year=2026, category="water", lead=rated.lead, area=rated.area, geom=rated.geom,
        starts_on=rated.starts_on, ends_on=rated.ends_on,
    )  # fmt: skip
    page = as_user(staff).get(f"/numbers/?area={rated.area.code}")
    assert page.context["on_map"]["projects"] == sorted([rated.pk, other.pk])
    (satisfied,) = (each for each in page.context["related"].figures if each.indicator.code == "satisfied-public")
    assert (satisfied.ratio.part, satisfied.ratio.whole) == (2030, 2030)


def test_paper_says_what_was_asked(as_user, year, staff):
    asked = as_user(staff).get("/numbers/?area=330203101&category=social&since=2026-01-01").context["asked"]
    assert asked == "东镇；2026-01-01 – ；社会事业"


def test_months_without_matters_are_on_the_axis_too(year, staff):
    months = numbers_of(staff, Selection(), TODAY).months
    assert [month.key for month in months] == [f"2026-{month:02d}" for month in range(2, 11)]
    assert sum(month.total for month in months) == 9


def test_a_question_that_is_not_one_is_said_and_the_rest_still_holds(as_user, year, staff):
    answer = as_user(staff).get("/numbers/?since=2026-12-01&until=2026-01-01&area=nowhere&department=water")
    assert answer.status_code == 200
    assert "结束日期不能早于开始日期" in answer.content.decode()
    assert answer.context["choice"].department.code == "water"
    assert answer.context["choice"].area is None


def test_each_counts_what_she_may_see(as_user, year, officer, other_officer, world):
    assert as_user(officer).get("/numbers/").context["total"].total == 7
    assert as_user(other_officer).get("/numbers/").context["total"].total == 2
    stranger = User.objects.create_user("deputy-2", role=Role.DEPUTY)
    assert as_user(stranger).get("/numbers/").context["total"].total == 0


@pytest.mark.parametrize("chart", ["map", "days", "spread", "months"])
def test_each_drawing_on_the_page_can_be_taken_away(as_user, year, staff, chart):
    client = as_user(staff)
    assert f"chart={chart}&amp;" in client.get("/numbers/").text
    answer = client.get(f"/numbers/export.png?chart={chart}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert len(Image.open(io.BytesIO(answer.content)).convert("L").getcolors(256)) > 3


def test_months_are_a_line_whose_marks_lead_to_their_month(as_user, year, staff):
    drawings = {drawing.name: drawing.svg for drawing in as_user(staff).get("/numbers/").context["drawings"]}
    months = drawings["months"]
    (line,) = re.findall(r'<polyline class="plot__line" points="([^"]+)"', months)
    assert len(line.split()) == months.count("<circle") == months.count("<a href=") == 9
    assert "since=2026-02-01" in months
    assert "plot__bar" in drawings["days"]
    assert "<polyline" not in drawings["days"]


@pytest.mark.parametrize("extension", ["csv", "xlsx", "png"])
def test_the_public_gets_no_file_of_matters(client, year, extension):
    assert client.get(f"/numbers/export.{extension}?chart=days").status_code == 404


def test_the_public_page_says_who_sees_more(client, year):
    answer = client.get("/numbers/?area=330203101")
    assert "登录后查看" in answer.content.decode()
    assert answer.context["related"].figures


def test_the_workbook_holds_shares_as_numbers(as_user, year, staff):
    content = as_user(staff).get("/numbers/export.xlsx?department=water").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    head = next(row for row in rows if "提出" in row)
    total = dict(zip(head, next(row for row in rows if row[0] == "合计"), strict=False))
    assert (total["提出"], total["按期答复率"], total["应答复"]) == (7, pytest.approx(4 / 7, abs=1e-4), 7)


def test_a_drawing_can_be_taken_away_as_a_picture(as_user, year, staff):
    answer = as_user(staff).get("/numbers/export.png?chart=days&department=water")
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.format == "PNG"
    assert picture.size[0] >= 800


def test_there_is_no_picture_of_another_chart(as_user, staff):
    assert as_user(staff).get("/numbers/export.png?chart=secrets").status_code == 400
    assert as_user(staff).get("/numbers/export.docx").status_code == 404
    for address in ("/numbers/export.csv", "/numbers/matters/export.csv"):
        assert as_user(staff).get(f"{address}?department=nobody").status_code == 400


def test_drawings_need_no_script_and_carry_no_strangers_markup(as_user, world, matter, staff):
    world.east_town.name = "<script>alert(1)</script>"
    world.east_town.save()
    matter(date(2026, 10, 1), world.east_town, world.ecology)
    page = as_user(staff).get("/numbers/").content.decode()
    assert (
        page.count('<svg xmlns="http://www.w3.org/2000/svg" class="plot"') == 3
    )  # map, days, months: nobody has answers to compare
    assert "<script>alert" not in page


def test_however_many_matters_the_page_asks_as_often(as_user, world, matter, staff, django_assert_max_num_queries):
    client = as_user(staff)
    for number in range(12):
        matter(date(2026, 1 + number % 9, 5), world.west_town, world.water, 3 + number)
    client.get("/numbers/")
    with django_assert_max_num_queries(20):
        client.get("/numbers/?area=330203100")


def test_two_spans_of_time_stand_side_by_side_and_each_count_leads_to_its_list(as_user, staff, matter, world):
    for place in range(8):
        matter(date(2026, 3, 1 + place), world.west_town, world.water, 10 if place else 200)
    for place in range(6):
        matter(date(2026, 5, 1 + place), world.east_town, world.water, 10)
    client = as_user(staff)
    spans = "a-since=2026-03-01&a-until=2026-03-31&b-since=2026-05-01&b-until=2026-05-31"
    answer = client.get(f"/numbers/compare/?{spans}")
    rows = {row.title: row for row in answer.context["rows"]}
    assert ([cell.text for cell in rows["提出"].cells], rows["提出"].difference) == (["8", "6"], "-2")
    in_time = rows["按期答复"] if "按期答复" in rows else next(row for row in answer.context["rows"][5:])
    assert (in_time.cells[0].text, in_time.cells[1].text) == ("88%", "100%")
    for cell in rows["提出"].cells:
        assert client.get(cell.url).context["page"].paginator.count == int(cell.text)
    assert "<svg" in answer.context["drawing"]
    links = set(re.findall(r'<a href="([^"]*)" data-counts="(\d+)"', answer.text))
    counted = {figure.rpartition("figure=")[2] for figure, _count in links if "figure=" in figure}
    assert {"replied", "late", "in-time", "due"} <= counted  # both parts of a share, and what a median is of
    assert {("3", "8"), ("5", "6")} <= {(re.search(r"since=2026-0(\d)", url)[1], n) for url, n in links}  # the chart
    for url, count in links:
        page = client.get(html.unescape(url)).context["page"]
        assert page.paginator.count == int(count), url
    towns = f"a-area={world.west_town.code}&b-area={world.east_town.code}"
    rows = {row.title: row for row in client.get(f"/numbers/compare/?{towns}").context["rows"]}
    assert [cell.text for cell in rows["提出"].cells] == ["8", "6"]
    for bad in ("a-area=none", "a-since=x&b-until=99999-01-01", "a-since=2026-02-01&a-until=2026-01-01"):
        assert client.get(f"/numbers/compare/?{bad}").status_code == 200


def test_a_question_is_kept_by_name_as_the_inbox_keeps_its_own(as_user, year, staff, officer):
    client = as_user(staff)
    client.post("/work/views/", {"name": "东镇", "query": "due=overdue"})
    kept = client.post("/numbers/views/", {"name": "东镇", "query": f"{EAST}&by=month&page=2&since="}, follow=True)
    view = staff.saved_views.get(page="numbers")
    assert (view.query, kept.redirect_chain) == (f"{EAST}&by=month", [(f"/numbers/?{EAST}&by=month", 302)])
    assert f'href="/numbers/?{EAST}&amp;by=month" aria-current="true">东镇</a>' in kept.text
    assert "due=overdue" not in kept.text
    assert as_user(officer).post(f"/numbers/views/{view.pk}/remove/").status_code == 404
    assert client.post(f"/work/views/{view.pk}/remove/").status_code == 404
    assert client.post(f"/numbers/views/{view.pk}/remove/").status_code == 302
    assert Client().get("/numbers/?by=month").status_code == 200
