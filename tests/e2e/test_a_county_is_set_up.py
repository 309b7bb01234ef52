"""Somebody who does not program sets a county up: the printed code, the first account, a file a step, then the map.

Then what the platform is for is walked there: a report at a point until it is rated, a project that a stranger sees,
a vote that says why it cannot be called, a reception that is booked.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.data import county
from tests.e2e.conftest import Site
from tests.e2e.drawing import photo

RECORD = {
    "code": county.CODE,
    "slug": "weishui",
    "name": "㵲水县",
    "congress": "㵲水县人民代表大会",
    "site_name": "㵲水县人大监督地图",
    "phone_code": "0999",
    "code_prefix": "WS",
    "west": "116.85",
    "south": "29.95",
    "east": "117.15",
    "north": "30.25",
}
FILES = (
    ("areas", "areas.csv", ""),
    ("areas", "areas-borders.zip", "EPSG:4548"),
    ("departments", "departments.csv", ""),
    ("rivers", "rivers.csv", ""),
    ("reaches", "reaches.gpkg", ""),
    ("points", "points.xlsx", ""),
    ("stations", "stations.csv", ""),
    ("congresses", "congresses.csv", ""),
    ("deputies", "人大代表.xlsx", ""),
    ("memberships", "代表任职.xlsx", ""),
    ("projects", "projects.csv", ""),
    ("routing", "routing.csv", ""),
)

PASSWORD = "a long enough phrase"
PEOPLE = f"""
from accounts.models import Department, Person, User
from stations.models import Deputy
deputy = User.objects.create_user("yu", password="{PASSWORD}", role="deputy")
water = Department.objects.get(code="water")
User.objects.create_user("shui", password="{PASSWORD}", role="officer", department=water)
Deputy.objects.filter(code="DB-2").update(user=deputy)
Person.objects.filter(memberships__code="DB-2").update(user=deputy)
"""
"""A deputy of the county and an officer of its water bureau, as invitations would make them."""


@pytest.fixture
def page(browser: Browser, browser_context_args: dict, empty_site: Site) -> Iterator[Page]:
    """A page of the empty site, not of the demo's."""
    context = browser.new_context(**browser_context_args | {"base_url": empty_site.url})
    yield context.new_page()
    context.close()


def test_a_county_is_set_up_by_who_follows_the_page(page: Page, empty_site: Site, tmp_path: Path) -> None:
    county.write_county(tmp_path)
    county.write_borders(tmp_path, code="区划代码")
    began = time.monotonic()
    _make_first_account(page, empty_site)
    _write_record(page)
    for slug, name, crs in FILES:
        _load(page, slug, tmp_path / name, crs)
    page.goto("/setup/")
    expect(page.locator(".notice--ok")).to_contain_text("必需的都有了")
    print(f"set up in {time.monotonic() - began:.0f} s of a browser's time")  # noqa: T201
    page.goto("/map/")
    expect(page).to_have_title("地图 · 㵲水县人大监督地图")
    page.goto("/search/?q=𬇙溪")
    expect(page.locator("#panel")).to_contain_text("𬇙溪口")
    page.goto("/river/points/W-4/")
    expect(page.locator("h1")).to_contain_text("堃湖心")
    page.goto("/routing/")
    expect(page.locator(".notice--ok")).to_be_visible()
    done = empty_site.manage("shell", "-c", PEOPLE)
    assert done.returncode == 0, done.stderr
    _matter_is_reported_answered_and_rated(page, tmp_path)
    _vote_says_why_not(page)
    _reception_is_announced_and_booked(page)


@contextmanager
def _somebody(page: Page, name: str = "") -> Iterator[Page]:
    """Another person's browser; without a name a stranger's."""
    browser = page.context.browser
    assert browser is not None
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin is not None
    context = browser.new_context(base_url=origin[0], locale="zh-CN", timezone_id="Asia/Shanghai")
    theirs = context.new_page()
    if name:
        theirs.goto("/accounts/login/")
        theirs.locator("input[name=login]").fill(name)
        theirs.locator("input[name=password]").fill(PASSWORD)
        theirs.locator("form:has(input[name=password]) button").click()
        theirs.wait_for_url("**/work/")
    yield theirs
    context.close()


def _matter_is_reported_answered_and_rated(page: Page, folder: Path) -> None:
    with _somebody(page, "yu") as deputy, _somebody(page, "shui") as officer:
        deputy.goto("/river/points/W-1/")
        deputy.locator("#panel").get_by_role("link", name="上报我看到的").click()
        deputy.wait_for_url("**/report/?point=W-1**")
        deputy.locator("input[name=photos]").set_input_files(photo(folder / "河边.jpg"))
        deputy.locator("input[name=kind][value=water-colour]").check()
        deputy.locator("textarea[name=text]").fill("㵲水大桥下水色发黑。")
        deputy.get_by_role("button", name="提交").click()
        deputy.wait_for_url(re.compile(r"/findings/\d+/"))
        expect(deputy.locator("#panel")).to_contain_text("水利局")  # the point's own department
        officer.goto("/work/")
        officer.get_by_role("link", name=re.compile("㵲水大桥下水色发黑")).first.click()
        reply = officer.locator("form[action$='/reply/']")
        reply.locator("textarea[name=text]").fill("已封堵排口，水色恢复。")
        reply.locator("select[name=result]").select_option("A")
        reply.locator("button.btn--primary").click()
        expect(officer.locator("#panel")).to_contain_text("已封堵排口")
        deputy.goto("/work/")
        deputy.get_by_role("link", name=re.compile("㵲水大桥下水色发黑")).first.click()
        rate = deputy.locator("form[action$='/rate/']")
        rate.locator("input[name=handling]").first.check()
        rate.locator("input[name=outcome]").first.check()
        rate.locator("button.btn--primary").click()
        expect(deputy.locator("#panel")).to_contain_text("已办结")


def _vote_says_why_not(page: Page) -> None:
    """The county's rules ask for more candidates than places; the page says how many."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    page.goto("/projects/votes/new/")
    page.get_by_label("名称", exact=True).fill("2027 年票决")
    page.get_by_label("城关菜场改造").check()
    page.get_by_label("应选项目数").fill("1")
    page.get_by_label("开始时间").fill(f"{now + timedelta(minutes=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("截止时间").fill(f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="保存草案").click()
    expect(page.locator(".error-summary")).to_contain_text("应选 1 个，候选项目至少 2 个，现在 1 个")


def _reception_is_announced_and_booked(page: Page) -> None:
    begins = datetime.now(ZoneInfo("Asia/Shanghai")).replace(hour=9, minute=0) + timedelta(days=20)
    page.goto("/stations/LZ-2/receptions/new/")
    page.locator("input[name=kind]").first.check()
    page.get_by_label("开始").fill(f"{begins:%Y-%m-%dT%H:%M}")
    page.get_by_label("结束").fill(f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.get_by_label("彧珺").check()
    page.locator("#panel form button.btn--primary").click()
    page.wait_for_url(re.compile(r"/stations/receptions/\d+/"))
    with _somebody(page) as stranger:
        stranger.goto("/projects/WS2026-01/")
        expect(stranger.locator("h1")).to_contain_text("堃东镇社区食堂")
        stranger.goto(page.url)
        stranger.get_by_label("怎么称呼您").fill("王女士")
        stranger.get_by_label("联系电话").fill("13900000001")
        stranger.get_by_role("button", name="预约", exact=True).click()
        stranger.wait_for_url(re.compile(r"/stations/bookings/[\w-]{32}/"))
        expect(stranger.get_by_text("预约有效，请准时到场。")).to_be_visible()


def _make_first_account(page: Page, site: Site) -> None:
    printed = site.manage("setup_code").stdout
    page.goto("/river/points/")
    page.wait_for_url("**/setup/")
    page.locator("input[name=code]").fill(printed.split()[-1])
    page.locator("input[name=username]").fill("wang")
    page.locator("input[name=display_name]").fill("王工")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=again]").fill(PASSWORD)
    page.locator("form:has(input[name=again]) button.btn--primary").click()
    expect(page.locator("h1")).to_have_text("开通本区")


def _write_record(page: Page) -> None:
    page.get_by_role("link", name="本区资料").first.click()
    for name, value in RECORD.items():
        page.locator(f"#panel input[name={name}]").fill(value)
    page.locator("#panel form button.btn--primary").click()
    expect(page.locator("h1")).to_have_text("开通本区")


def _load(page: Page, slug: str, path: Path, crs: str) -> None:
    page.goto(f"/setup/{slug}/")
    page.locator("input[name=file]").set_input_files(path)
    if crs:
        page.locator("#panel details:has(input[name=crs]) summary").click()
        page.locator("input[name=crs]").fill(crs)
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#report")).to_have_text("预览（还没有写入）")
    expect(page.locator(".badge--bad")).to_have_count(0)
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#report")).to_have_text("导入结果")
