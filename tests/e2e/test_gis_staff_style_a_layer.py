"""GIS staff style a layer: the map shows each choice at once, others see it once it is saved, and it can be undone."""

import json
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.e2e.drawing import gbk_shapefile, publish_layer

SLUG = "styled-e2e"
NAMES = ["污水主管一", "雨水支管二", "截污干管三"]
COLOUR_OF = """(id) => JSON.stringify(window.__map.getLayer(id) && window.__map.getPaintProperty(id, 'fill-color'))"""
# A page that has just been opened may still be making its map: it has no style yet, or not that layer.
IS_COLOUR = """([id, colour]) => {
    const map = window.__map;
    if (!map?.style?.getLayer(id)) return false;
    return JSON.stringify(map.getPaintProperty(id, 'fill-color')) === colour;
}"""
DRAWN_AS = """([id, part]) => {
    const map = window.__map;
    if (!map?.style?.getLayer(id)) return false;
    return JSON.stringify(map.getPaintProperty(id, 'fill-color')).includes(part);
}"""


@pytest.fixture
def layer(site, tmp_path):
    """Three squares with a name and a number each; every test begins with its plain style."""
    archive = gbk_shapefile(tmp_path / "styled.zip", NAMES)
    mode = "replace" if site.manage("export_layer", SLUG, str(tmp_path / "x.geojson")).returncode == 0 else "create"
    done = site.manage("load_layer", str(archive), "--slug", SLUG, "--title", "待画管网", "--mode", mode)
    assert done.returncode == 0, done.stderr
    publish_layer(site, SLUG)
    return SLUG


def public_style(site):
    with urllib.request.urlopen(f"{site.url}/api/v1/layers/{SLUG}/style/") as response:
        return json.loads(response.read())["style"]


def open_editor(page, map_ready):
    page.goto(f"/layers/{SLUG}/style/")
    page.wait_for_function("(id) => window.__map && window.__map.getLayer(id)", arg=f"{SLUG}:fill")


def test_the_map_shows_a_choice_before_it_is_saved_and_undo_brings_the_old_style_back(
    page, sign_in, site, layer, map_ready
):
    sign_in("gis")
    open_editor(page, map_ready)
    plain = page.evaluate(COLOUR_OF, f"{SLUG}:fill")
    page.get_by_label("按类别").check()
    page.wait_for_function(DRAWN_AS, arg=[f"{SLUG}:fill", NAMES[0]])
    legend = page.locator("#style-legend")
    for words in (*NAMES, "其他", "无数据"):
        expect(legend).to_contain_text(words)
    expect(page.locator("#legend")).to_contain_text(NAMES[0])
    assert public_style(site)["kind"] == "single", "nothing is saved yet"

    page.locator("#class-0-colour").fill("#123456")
    page.wait_for_function(DRAWN_AS, arg=[f"{SLUG}:fill", "#123456"])
    page.locator("#class-0-label").fill("主管")
    expect(legend).to_contain_text("主管")

    page.get_by_role("button", name="保存样式").click()
    expect(page.locator("#panel")).to_contain_text("样式已保存")
    saved = public_style(site)
    assert (saved["kind"], saved["classes"][0]["colour"], saved["classes"][0]["label"]) == (
        "categorized",
        "#123456",
        "主管",
    )

    page.get_by_role("button", name="换回这个").first.click()
    expect(page.locator("#panel")).to_contain_text("已换回")
    assert public_style(site)["kind"] == "single"
    page.wait_for_function(IS_COLOUR, arg=[f"{SLUG}:fill", plain])


def test_leaving_the_editor_forgets_the_draft(page, sign_in, site, layer, map_ready):
    sign_in("gis")
    open_editor(page, map_ready)
    before = page.evaluate(COLOUR_OF, f"{SLUG}:fill")
    page.locator("input[name=colour]").fill("#654321")
    page.wait_for_function(DRAWN_AS, arg=[f"{SLUG}:fill", "#654321"])
    page.locator("#panel").get_by_role("link", name="待画管网").first.click()
    page.wait_for_url(f"**/layers/{SLUG}/**")
    page.wait_for_function(IS_COLOUR, arg=[f"{SLUG}:fill", before])


def test_by_keyboard_on_a_phone(page, sign_in, site, layer, map_ready):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in("gis")
    open_editor(page, map_ready)
    page.get_by_label("统一样式").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(DRAWN_AS, arg=[f"{SLUG}:fill", NAMES[0]])
    assert page.evaluate("document.activeElement.name") == "kind"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_the_button_shows_the_preview(browser, site, layer):
    context = browser.new_context(java_script_enabled=False, base_url=site.url, locale="zh-CN")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("gis")
    page.locator("input[name=password]").fill("demo-gis")
    page.locator("form:has(input[name=password]) button").click()
    page.goto(f"/layers/{SLUG}/style/")
    page.get_by_label("按类别").check()
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#style-legend")).to_contain_text(NAMES[1])
    assert public_style(site)["kind"] == "single"
    context.close()
