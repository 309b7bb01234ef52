"""WCAG 2.2 AA, as far as a machine can tell, at a desk and on a phone, for the public and for people signed in."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WHOLE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""All that another theme can change: the rules of WCAG 2 A and AA that look at colours."""
CHECK = """(rules) => axe.run(document, { runOnly: rules }).then((result) => result.violations.map((violation) => ({
    rule: violation.id, where: violation.nodes.map((node) => node.target.join(" ")).slice(0, 3),
})))"""
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
PUBLIC = [
    "/",
    "/map/",
    "/river/",
    "/river/points/",
    "/river/points/?class=6&class=5&at=2026-03",
    "/map/?class=6&at=2026-03",
    "/river/waters/",
    "/river/statistics/",
    "/river/appraisal/",
    "/river/lakes/",
    "/projects/",
    "/stations/",
    "/stations/HSLZ-01/",
    "/stations/mine/?q=南塘社区",
    "/stations/receptions/",
    "/stations/statistics/",
    "/stations/deputies/",
    "/layers/",
    "/numbers/",
    "/search/?q=塘",
]
SIGNED_IN = {
    "deputy": ["/work/", "/report/", "/findings/"],
    "officer": ["/work/", "{point}"],
    "gis": ["/layers/import/"],
    "staff": ["/work/", "/numbers/"],
    "staff at the stations": [
        "/stations/areas/",
        "/stations/duty/",
        "/stations/duty/rule/",
        "/stations/activities/new/",
        "/stations/sheets/receptions/",
        "/stations/HSLZ-01/receptions/new/",
        "/stations/HSLZ-01/edit/",
    ],
    "deputy on duty": ["/stations/duty/", "/stations/activities/", "/stations/activities/sign-in/"],
}


def violations(page, address):
    response = page.goto(address)
    assert response.ok, address
    page.evaluate(AXE.read_text())
    return {address: found} if (found := page.evaluate(CHECK, WHOLE)) else {}


def violations_in_both_themes(page, address):
    """The same page in the light, then its colours in the dark theme; tokens are one, so a phone's are enough."""
    found = violations(page, address)
    if page.viewport_size["width"] > SIZES["phone"]["width"]:
        return found
    page.emulate_media(color_scheme="dark")
    if dark := page.evaluate(CHECK, COLOURS):
        found[f"{address} in the dark theme"] = dark
    page.emulate_media(color_scheme="light")
    return found


@pytest.fixture(params=SIZES)
def sized(request, page):
    page.set_viewport_size(SIZES[request.param])
    return page


@pytest.mark.parametrize("third", range(3))
def test_the_public_pages_have_no_barriers(sized, sql, third):
    point = sql("SELECT code FROM river_monitoring_monitoringpoint WHERE current_class = 6 ORDER BY code LIMIT 1")[0][0]
    project = sql("SELECT code FROM projects_project WHERE status = 'rated' ORDER BY code LIMIT 1")[0][0]
    addresses = [*PUBLIC, f"/river/points/{point}/", f"/projects/{project}/", "/accounts/login/"]
    found = [violations_in_both_themes(sized, address) for address in addresses[third::3]]
    assert [entry for entry in found if entry] == []


@pytest.mark.parametrize("role", SIGNED_IN)
def test_the_pages_of_people_who_signed_in_have_no_barriers(sized, sign_in, sql, role):
    point = sql(
        "SELECT p.code FROM river_monitoring_monitoringpoint p JOIN accounts_user u"
        " ON u.department_id = p.department_id AND u.username = 'officer' WHERE p.status = 'under_way' LIMIT 1"
    )[0][0]
    sign_in(role.split()[0])
    addresses = [address.format(point=f"/river/points/{point}/") for address in SIGNED_IN[role]]
    found = [violations_in_both_themes(sized, address) for address in addresses]
    assert [entry for entry in found if entry] == []


REPORT = """
- main:
  - heading "上报看到的情况" [level=1]
  - heading "1 地点" [level=2]
  - button "用我的位置"
  - button "在地图上选"
  - textbox "地点"
  - heading "2 拍照" [level=2]
  - button "照片"
  - heading "3 情况" [level=2]
  - group "是什么问题"
  - textbox "看到了什么"
  - button "提交"
"""
POINT = """
- main:
  - article:
    - heading [level=1]
    - region "水质结论":
      - heading "水质结论" [level=2]
    - navigation "本页内容"
    - region "谁负责":
      - paragraph:
        - link /电话/
    - paragraph: /下一步/
    - region "水质变化":
      - figure /历次读数/
    - region "销号的条件"
    - region "成因和措施"
    - region "水样"
"""


def test_a_screen_reader_meets_what_matters_in_its_order(page, sql):
    """The names and roles of two pages as they are read aloud: the report's three steps; class, who, next, trend."""
    page.set_viewport_size(SIZES["phone"])
    page.goto("/report/")
    expect(page.locator("body")).to_match_aria_snapshot(REPORT)
    point = sql("SELECT code FROM river_monitoring_monitoringpoint WHERE status = 'acceptance_asked' LIMIT 1")
    point = point or sql("SELECT code FROM river_monitoring_monitoringpoint WHERE status = 'under_way' LIMIT 1")
    page.goto(f"/river/points/{point[0][0]}/")
    expect(page.locator("body")).to_match_aria_snapshot(POINT)
