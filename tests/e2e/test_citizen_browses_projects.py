"""A citizen, not signed in: list and map in step, one project's page with and without JavaScript, its address."""

import re

import pytest
from playwright.sync_api import expect

PROJECT = """
    SELECT p.id, p.code, p.name, ST_X(ST_PointOnSurface(p.geom)), ST_Y(ST_PointOnSurface(p.geom)), d.name
    FROM projects_project p JOIN accounts_department d ON d.id = p.lead_id
    WHERE p.status = 'building' ORDER BY p.code LIMIT 1
"""


@pytest.fixture
def project(sql):
    return sql(PROJECT)[0]


def test_pointing_at_a_row_lifts_its_symbol(page, map_ready):
    page.goto("/projects/")
    map_ready()
    row = page.locator("[data-feature^='projects:']").first
    feature = int(row.get_attribute("data-feature").split(":")[1])
    row.hover()
    page.wait_for_function(
        "id => window.__map.getFeatureState({source: 'projects', sourceLayer: 'projects', id}).hover === true",
        arg=feature,
    )


def test_the_list_follows_the_map_and_says_how_many(page, map_ready, project):
    _, _, _, lng, lat, _ = project
    page.goto("/projects/")
    map_ready()
    whole = page.locator("#project-list .eyebrow").inner_text()
    page.locator("#project-list input[type=checkbox]").check()
    page.evaluate("([lng, lat]) => window.__map.jumpTo({center: [lng, lat], zoom: 15})", [lng, lat])
    expect(page.locator("#project-list .eyebrow")).to_contain_text("当前地图范围")
    shown = int(re.search(r"当前地图范围 (\d+) 项", page.locator("#project-list .eyebrow").inner_text()).group(1))
    total = int(re.search(r"共 (\d+) 项", whole).group(1))
    assert 1 <= shown < total
    expect(page.locator("#project-list")).to_contain_text(project[2])


def test_a_click_on_the_map_opens_the_project_with_an_address_to_share(page, map_ready, project):
    _, code, name, lng, lat, _ = project
    page.goto(f"/projects/?c={lng:.6f},{lat:.6f}&z=17")
    map_ready()
    place = page.evaluate("([lng, lat]) => window.__map.project([lng, lat])", [lng, lat])
    page.locator("canvas.maplibregl-canvas").click(position=place)
    page.wait_for_url(f"**/projects/{code}/**")
    expect(page.locator("#panel h1")).to_have_text(name)
    address = page.locator("#share-address").input_value()
    assert address.endswith(f"/projects/{code}/")

    page.goto(address)
    expect(page.locator("#panel h1")).to_have_text(name)


def test_the_page_of_a_project_needs_no_javascript(browser, browser_context_args, project):
    _, code, name, _, _, lead = project
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/projects/")
    page.get_by_role("link", name=name).first.or_(page.get_by_role("link", name="下一页")).first.wait_for()
    page.goto(f"/projects/{code}/")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("main")).to_contain_text(lead)
    expect(page.locator("main svg").first).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)
    context.close()


def test_a_candidate_is_not_there_for_the_public(page, sql):
    candidates = sql("SELECT code, name FROM projects_project WHERE status = 'candidate' LIMIT 1")
    code, name = candidates[0]
    response = page.goto(f"/projects/{code}/")
    assert response.status == 404
    page.goto(f"/projects/?q={name}")
    expect(page.get_by_role("link", name=name)).to_have_count(0)
