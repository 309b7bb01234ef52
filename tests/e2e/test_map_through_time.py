"""The map through time: slider, filters, list and symbols show one and the same, also after a reload."""

import re

import pytest
from playwright.sync_api import expect

# The demo's fixed day is in November 2026, so March has samples of nearly every point.
MONTH = "2026-03"
INFERIOR_IN = """
    SELECT count(*) FROM (
        SELECT point_id FROM river_monitoring_sample
        WHERE phenomenon_time >= %s::timestamp AT TIME ZONE 'Asia/Shanghai'
          AND phenomenon_time < (%s::timestamp + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
        GROUP BY point_id HAVING max(water_class) = 6
    ) AS worst
"""
# Every symbol in view once, with how many points it stands for and the worst of them.
DRAWN = """() => {
    const layers = ["monitoring_points", "monitoring_point_clusters"];
    const found = window.__map.queryRenderedFeatures({ layers });
    const symbols = new Map(found.map(({ source, id, properties }) => [source + id, properties]));
    const all = [...symbols.values()];
    return {
        count: all.reduce((sum, { count }) => sum + (count ?? 1), 0),
        classes: [...new Set(all.map((properties) => properties.class))],
    };
}"""


@pytest.fixture
def inferior(sql):
    return sql(INFERIOR_IN, f"{MONTH}-01", f"{MONTH}-01")[0][0]


def choose_month(page, month):
    """Move the slider by its keys, as the help says: `t` goes to it."""
    expect(page.locator("#map-time")).to_be_visible()
    page.keyboard.press("t")
    slider = page.locator("#map-month")
    expect(slider).to_be_focused()
    months = page.request.get("/api/v1/monitoring-points/months/").json()
    names = [row["month"] for row in months]
    for _ in range(len(names) - names.index(month)):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(f"at={month}"))


def drawn_until(page, map_ready, count):
    """What is drawn once it stands for `count` points; the newest tiles may still be on their way."""
    page.wait_for_function(f"(count) => ({DRAWN})().count === count", arg=count)
    map_ready()
    return page.evaluate(DRAWN)


def test_a_month_and_a_filter_are_one_for_list_map_legend_and_address(page, map_ready, inferior):
    page.goto("/river/points/")
    map_ready()
    choose_month(page, MONTH)
    expect(page.locator("#map-time output")).to_have_text("2026年3月")
    expect(page.locator("#point-list")).to_contain_text("这是2026年3月的情况")
    expect(page.locator("#map-month")).to_be_focused()

    page.keyboard.press("f")
    page.locator("#panel details.filters label", has_text="劣Ⅴ类").click()
    page.get_by_role("button", name="应用筛选").click()
    page.wait_for_url(re.compile(r"class=6"))

    def all_say_the_same():
        line = page.locator("#point-list .in-view")
        expect(line).to_contain_text(f"符合条件 {inferior} 个")
        expect(page.locator("#map-counts")).to_have_text(f"图上 {inferior} / {inferior} 个点位")
        expect(page.locator("[data-class-count='6']")).to_have_text(str(inferior))
        assert drawn_until(page, map_ready, inferior) == {"count": inferior, "classes": [6]}
        return page.locator("#point-list .row__title").all_inner_texts()

    assert 0 < inferior < 100
    before, address = all_say_the_same(), page.url
    assert f"at={MONTH}" in address
    page.reload()
    map_ready()
    assert all_say_the_same() == before
    assert page.url == address

    # A point opened from here is of the month as well, and the way back leads to the same list.
    page.locator("#point-list .row__title").first.click()
    page.wait_for_url(re.compile(rf"/river/points/[^/]+/\?.*at={MONTH}"))
    expect(page.locator("#point-then")).to_contain_text("2026年3月的情况")
    expect(page.locator("#point-then .class-mark")).to_have_text("劣Ⅴ类")
    page.go_back()
    expect(page.locator("#map-time output")).to_have_text("2026年3月")
    expect(page.locator("#point-list .in-view")).to_contain_text(f"符合条件 {inferior} 个")
    # The map stays where it flew to, and says how many of them are there.
    expect(page.locator("#map-counts")).to_have_text(re.compile(rf"^图上 \d+ / {inferior} 个点位$"))
    assert page.locator("#point-list .row__title").all_inner_texts() == before


def test_now_is_at_the_right_end_and_leaves_no_month_in_the_address(page, map_ready, sql):
    page.goto(f"/map/?at={MONTH}")
    map_ready()
    expect(page.locator("#map-time")).to_have_class(re.compile("is-past"))
    page.locator("#map-month").focus()
    page.keyboard.press("End")
    expect(page.locator("#map-time output")).to_have_text("现在（2026年11月）")
    page.wait_for_url(lambda url: "at=" not in url)
    total = sql("SELECT count(*) FROM river_monitoring_monitoringpoint")[0][0]
    worst = sql("SELECT count(*) FROM river_monitoring_monitoringpoint WHERE current_class = 6")[0][0]
    expect(page.locator("[data-class-count='6']")).to_have_text(str(worst))
    expect(page.locator("#map-by-class .chip", has_text="劣Ⅴ类")).to_contain_text(str(worst))
    assert drawn_until(page, map_ready, total)["count"] == total


def test_playing_goes_on_from_month_to_month_and_stops_when_asked(page, map_ready):
    page.goto(f"/map/?at={MONTH}")
    map_ready()
    page.get_by_role("button", name="逐月播放").click()
    page.wait_for_url(re.compile("at=2026-04"))
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name="逐月播放")).to_be_visible()


def test_a_click_on_a_cluster_goes_closer_and_the_address_keeps_it(page, map_ready):
    page.goto("/river/points/")
    map_ready()
    place = page.evaluate("""() => {
        const layers = ["monitoring_point_clusters"];
        const canvas = window.__map.getCanvas();
        const { left, top } = canvas.getBoundingClientRect();
        const at = (cluster) => window.__map.project(cluster.geometry.coordinates);
        const uncovered = ({ x, y }) => document.elementFromPoint(left + x, top + y) === canvas;
        const found = window.__map.queryRenderedFeatures({ layers }).filter((cluster) => uncovered(at(cluster)));
        const heap = found.reduce((most, one) => (one.properties.count > most.properties.count ? one : most));
        return { x: at(heap).x, y: at(heap).y, zoom: window.__map.getZoom() };
    }""")
    page.locator("canvas.maplibregl-canvas").click(position={"x": place["x"], "y": place["y"]})
    page.wait_for_function("(zoom) => window.__map.getZoom() > zoom + 1", arg=place["zoom"])
    page.wait_for_url(re.compile(r"[?&]z=1\d"))


def test_a_phones_map_waits_behind_a_page_of_text_until_the_sheet_is_lowered(page, map_ready):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/library/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => window.__map === undefined")
    page.locator("[data-sheet-step=down]").click()
    map_ready()


@pytest.mark.parametrize("path", ["/map/", "/river/points/"])
def test_on_a_phone_the_filters_open_from_the_map_and_fit_the_screen(page, map_ready, path):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    map_ready()
    page.get_by_role("button", name="筛选点位").click()
    box = page.locator("#panel details.filters label", has_text="劣Ⅴ类")
    expect(box).to_be_in_viewport()
    box.click()
    page.locator("#panel select[name=area]").select_option(index=1)
    page.get_by_role("button", name="应用筛选").click()
    page.wait_for_url(re.compile(r"class=6.*area=\d+|area=\d+.*class=6"))
    expect(page.locator(".chip--chosen")).to_have_count(2)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    page.get_by_role("link", name="全部清除").click()
    page.wait_for_url(lambda url: "class=6" not in url)
    expect(page.locator(".chip--chosen")).to_have_count(0)
