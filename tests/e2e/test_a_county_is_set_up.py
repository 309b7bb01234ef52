"""Somebody who does not program sets a county up: the printed code, the first account, a file a step, then the map."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.data import county
from tests.e2e.conftest import Site

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
    ("deputies", "人大代表.xlsx", ""),
    ("projects", "projects.csv", ""),
    ("routing", "routing.csv", ""),
)


@pytest.fixture
def page(browser: Browser, browser_context_args: dict, empty_site: Site) -> Iterator[Page]:
    """A page of the empty site, not of the demo's."""
    context = browser.new_context(**browser_context_args | {"base_url": empty_site.url})
    yield context.new_page()
    context.close()


def test_a_county_is_set_up_by_who_follows_the_page(page: Page, empty_site: Site, tmp_path: Path) -> None:
    county.write_county(tmp_path)
    county.write_borders(tmp_path, code="区划代码")
    _make_first_account(page, empty_site)
    _write_record(page)
    for slug, name, crs in FILES:
        _load(page, slug, tmp_path / name, crs)
    page.goto("/setup/")
    expect(page.locator(".notice--ok")).to_contain_text("必需的都有了")
    page.goto("/map/")
    expect(page).to_have_title("地图 · 㵲水县人大监督地图")
    page.goto("/search/?q=𬇙溪")
    expect(page.locator("#panel")).to_contain_text("𬇙溪口")
    page.goto("/river/points/W-4/")
    expect(page.locator("h1")).to_contain_text("堃湖心")
    page.goto("/routing/")
    expect(page.locator(".notice--ok")).to_be_visible()


def _make_first_account(page: Page, site: Site) -> None:
    printed = site.manage("setup_code").stdout
    page.goto("/river/points/")
    page.wait_for_url("**/setup/")
    page.locator("input[name=code]").fill(printed.split()[-1])
    page.locator("input[name=username]").fill("wang")
    page.locator("input[name=display_name]").fill("王工")
    page.locator("input[name=password]").fill("a long enough phrase")
    page.locator("input[name=again]").fill("a long enough phrase")
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
