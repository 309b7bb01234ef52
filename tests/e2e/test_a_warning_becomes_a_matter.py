"""A board is put together, a rule tried on the past and switched on; what the night finds becomes a matter."""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

RAREST = """
    WITH seen AS (
        SELECT i.code, o.value, o.period, max(o.period) OVER (PARTITION BY i.id) AS newest
        FROM supervision_report_indicator i JOIN supervision_report_observation o ON o.indicator_id = i.id
        WHERE i.level = 'town' AND i.period_kind = 'month' AND i.way = 'given' AND o.value IS NOT NULL
          AND o.period + interval '1 month' <= now()
    ), highest AS (SELECT code, max(value) AS most FROM seen WHERE period = newest GROUP BY code)
    SELECT s.code, h.most::float FROM seen s JOIN highest h USING (code)
    GROUP BY s.code, h.most ORDER BY avg((s.value >= h.most)::int), s.code LIMIT 1
"""
"""The indicator whose highest value of the newest month that is over was reached least often, and that value."""
TITLE = "指标高得少见"
NIGHT = "from reporting.jobs import nightly; print(nightly())"


def _rule(page, code, limit):
    """Write a rule of one condition; the form asks what this kind of condition needs, and nothing else."""
    page.get_by_label("名称", exact=True).fill(TITLE)
    page.get_by_label("承办单位").select_option(index=3)
    # From two months ago: a rule of today asks about the first period that is over after today.
    page.get_by_label("起算日期").fill(f"{date.today() - timedelta(days=62)}")
    first = page.locator("[data-part]").first
    expect(first.get_by_label("条件", exact=True)).to_be_visible()
    expect(first.get_by_label("限值", exact=True)).to_be_hidden()
    first.get_by_label("条件", exact=True).select_option("limit")
    expect(first.get_by_label("百分之几")).to_be_hidden()
    first.get_by_label("统计指标").select_option(code)
    first.get_by_label("方向").select_option("above")
    first.get_by_label("限值", exact=True).fill(limit)
    page.get_by_role("button", name="保存并试算").click()


def test_a_rule_is_tried_and_what_it_finds_becomes_a_matter(page, sign_in, site, sql):
    code, most = sql(RAREST)[0]
    sign_in("staff")

    # A limit that everything is beyond: the past says so, and it cannot be switched on.
    page.goto("/boards/rules/new/")
    page.get_by_label("代码", exact=True).fill("seldom-so-high")
    _rule(page, code, "-1000")
    expect(page.locator("#panel")).to_contain_text(re.compile(r"会预警 \d+ 次（[\d.]+%）"))
    page.get_by_role("button", name="启用这条规则").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#panel .badge").first).to_have_text("未启用")

    # Just below the highest value of the newest month: seldom in the past, on the map and as a list.
    page.get_by_role("link", name="改条件").click()
    page.locator("[data-part]").first.get_by_label("限值", exact=True).fill(f"{most - 1e-6:.6f}")
    page.get_by_role("button", name="保存并试算").click()
    expect(page.locator("#trial-list tbody tr").first).to_be_visible()
    expect(page.locator("figure.chart svg").first).to_be_visible()
    page.get_by_role("button", name="启用这条规则").click()
    expect(page.locator("#panel .badge").first).to_have_text("已启用")

    night = site.manage("shell", "-c", NIGHT)
    assert night.returncode == 0, night.stderr
    page.goto("/work/?kind=warnings")
    page.locator("#panel a", has_text=TITLE).first.click()
    expect(page.locator("#panel h1")).to_contain_text(TITLE)
    page.get_by_text("确认并交办", exact=True).first.click()
    form = page.locator("form[action*='/confirm/']")
    form.get_by_label("承办单位").select_option(index=2)
    form.get_by_label("几个工作日内答复").fill("10")
    form.get_by_role("button").click()
    expect(page.locator(".error-summary")).to_be_visible()  # what is asked was not said
    form = page.locator("form[action*='/confirm/']")
    form.get_by_label("要求说明或办理什么").fill("请说明原因和打算")
    form.get_by_role("button").click()
    expect(page.locator("#panel .badge").first).to_have_text("已确认")
    page.get_by_role("link", name=re.compile("看转办事项")).click()
    expect(page.locator("#panel")).to_contain_text("请说明原因和打算")
    expect(page.locator("#panel")).to_contain_text(re.compile(r"\d+月\d+日"))


def _copy_board(page):
    """Make a board of one's own from that of the budget."""
    page.goto("/boards/budget/edit/")
    page.get_by_label("新看板的地址").fill("by-hand")
    page.get_by_label("新看板的名称").fill("手工看板")
    page.get_by_role("button", name="另建", exact=True).click()
    expect(page.locator("#panel h1")).to_have_text("编辑“手工看板”")


def test_a_board_is_put_together_and_filters_as_one(page, sign_in):
    sign_in("staff")
    _copy_board(page)
    page.goto("/boards/by-hand/")
    first = page.locator(".figure-block__title").nth(0).inner_text()
    page.get_by_role("link", name="编辑", exact=True).click()
    parts = page.locator("[data-part]")
    expect(parts.first).to_be_visible()
    held = parts.count()
    expect(parts.first.get_by_label("顺序")).to_be_hidden()
    parts.first.get_by_role("button", name="下移").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="加一块内容").click()
    added = parts.nth(held)
    expect(added.get_by_label("内容", exact=True)).to_be_focused()
    expect(added.get_by_label("地图画法")).to_be_hidden()
    added.get_by_label("内容", exact=True).select_option("map")
    added.get_by_label("统计指标").select_option(index=2)
    added.get_by_label("标题").fill("新加的地图")
    page.get_by_role("button", name="预览").click()
    preview = page.get_by_role("region", name="预览（还没有保存）")
    expect(preview.get_by_role("heading", name="新加的地图")).to_be_visible()
    expect(preview.locator(".figure-block__title").nth(1)).to_have_text(first)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#panel h1")).to_have_text("手工看板")
    expect(page.locator(".figure-block__title").nth(1)).to_have_text(first)

    # A click on the map filters all blocks, a click on a bar leads to the rows; both stand in the address.
    page.locator(".figure-block--map svg a").first.click()
    expect(page).to_have_url(re.compile(r"area=\d{9}"))
    area = re.search(r"area=(\d+)", page.url)[1]
    expect(page.get_by_label("区域", exact=True)).to_have_value(area)
    page.goto("/boards/by-hand/")
    page.locator(".figure-block--bars svg a").first.click()
    expect(page).to_have_url(re.compile(r"/boards/indicators/\w+/\?.*area="))
    page.goto("/boards/by-hand/versions/")
    expect(page.locator("#panel")).to_contain_text("第 2 版")
