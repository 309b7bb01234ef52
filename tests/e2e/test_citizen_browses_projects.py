"""A citizen, not signed in: list and map in step, one project's page with and without JavaScript, its address."""

import gzip
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


PROPOSED = """
from projects.models import Project
one = Project.objects.filter(status="candidate").order_by("code").last()
one.pk, one.code, one.name = None, "HS2027-C1", "尚未付表决的候选"
one.save()
"""


def test_a_candidate_is_not_there_for_the_public(page, site):
    # Of its own: a candidate that is put to the vote is public, and other tests call votes on all there are.
    proposed = site.manage("shell", "-c", PROPOSED)
    assert proposed.returncode == 0, proposed.stderr
    response = page.goto("/projects/HS2027-C1/")
    assert response.status == 404
    page.goto("/projects/?q=尚未付表决的候选")
    expect(page.get_by_role("link", name="尚未付表决的候选")).to_have_count(0)


MANY_PLACES = """
    SELECT p.code, p.name FROM projects_project p WHERE p.name IN ('家门口的运动场') AND EXISTS
    (SELECT 1 FROM projects_projectplace WHERE project_id = p.id) LIMIT 1
"""


@pytest.fixture
def of_many_places(sql):
    return sql(MANY_PLACES)[0]


def test_initials_in_the_sites_search_box_lead_to_a_project_by_keyboard(page, sql):
    code, name = sql("SELECT code, name FROM projects_project WHERE name LIKE '%%雨污分流%%' LIMIT 1")[0]
    page.goto("/projects/")
    page.keyboard.press("/")
    page.keyboard.type("ywfl")
    found = page.locator("#search-results a", has=page.locator("mark", has_text="雨污分流")).first
    expect(found).to_be_visible()
    found.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{code}/**")
    expect(page.locator("#panel h1")).to_have_text(name)


def test_who_goes_back_stands_at_the_row_that_was_left(page):
    page.goto("/projects/")
    row = page.locator("#project-list .row__title").nth(3)
    row.focus()
    name = row.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h1")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()


def test_the_nearest_projects_come_first_by_the_devices_position(context, page, project):
    _, code, name, lng, lat, _ = project
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": lng, "latitude": lat})
    page.goto("/projects/")
    page.locator("details.near summary").click()
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("details.near input[name=lng]")).not_to_have_value("")
    page.get_by_role("button", name="从近到远").click()
    page.wait_for_url("**lat=**")
    expect(page.locator("#project-list .row").first).to_contain_text(name)
    expect(page.locator("#project-list .row").first).to_contain_text("距 不到 10 米")


def test_near_a_town_needs_no_javascript(browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/projects/?year=2026")
    page.locator("details.near summary").click()
    page.locator("details.near input[name=near]").fill("古林镇")
    page.get_by_role("button", name="从近到远").click()
    assert "year=2026" in page.url
    expect(page.locator("#project-list .eyebrow")).to_contain_text("离古林镇")
    expect(page.locator("#project-list .row").first).to_contain_text("距")
    context.close()


def test_a_project_of_many_places_is_read_printed_and_walked_by_keyboard(page, of_many_places):
    code, _name = of_many_places
    page.goto(f"/projects/{code}/")
    pairs = page.locator(".pair a")
    if pairs.count():
        pairs.first.focus()
        page.keyboard.press("Tab")
        expect(pairs.nth(1)).to_be_focused()
    for image in page.locator("#panel img").all():
        assert image.get_attribute("loading") == "lazy"
        assert image.get_attribute("width")
        assert image.get_attribute("height")
    page.emulate_media(media="print")
    expect(page.locator(".place-drawing svg")).to_be_visible()
    expect(page.locator(".share__code svg")).to_be_visible()
    for gone in (".rail", "#map-region", ".search", "#follow"):
        expect(page.locator(gone)).to_be_hidden()
    sheets = page.pdf(format="A4").count(b"/Type /Page\n")
    assert 2 <= sheets <= 6


FIRST = re.compile(r"(\.css|/boot[^/]*\.js|/main-[^/]*\.js|/icon[^/]*\.svg)$")
NOTE_FIRST_DRAWING = """const context = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (...words) {
  window.__firstDrawing ??= performance.now();
  return context.apply(this, words);
};"""
PRELOADED = """(html) => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("link[rel$=preload]")]
    .filter(({ href }) => href.includes("island") || href.includes("/styles/"))
    .filter((link) => matchMedia(link.media || "all").matches).map((link) => link.outerHTML)"""
"""What of the map this screen fetches beside the page."""


def _fetched(context, page, address):
    """Address -> bytes over the wire, of all that a page fetches."""
    names, sizes = {}, {}
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address)
    page.wait_for_function("() => window.__map && window.__map.loaded()")
    return {names[key].split("?")[0]: size for key, size in sizes.items() if key in names}


@pytest.mark.parametrize(("kind", "most_kb"), [("list", 90), ("page", 100)])
def test_a_page_is_light_and_the_map_waits_for_the_first_paint(
    browser, browser_context_args, of_many_places, record_testsuite_property, kind, most_kb
):
    address = "/projects/" if kind == "list" else f"/projects/{of_many_places[0]}/"
    phone = browser_context_args | {"viewport": {"width": 390, "height": 844}}
    context = browser.new_context(**phone)
    page = context.new_page()
    page.add_init_script(NOTE_FIRST_DRAWING)
    fetched = _fetched(context, page, address)
    # Tests serve files unpacked; what goes out is packed by whitenoise and by the proxy.
    document = browser_context_args["base_url"] + address  # the API has an address that ends alike
    names = [url for url in fetched if url == document or FIRST.search(url)]
    first = {url: len(gzip.compress(context.request.get(url).body())) for url in names}
    record_testsuite_property(
        address, f"{sum(first.values())} packed bytes to read, {sum(fetched.values())} unpacked with the map"
    )
    assert document in first
    assert sum(first.values()) < most_kb * 1024
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert page.evaluate("window.__firstDrawing") >= painted
    # Its code and style are not asked for beside the page, but by the map's own page: behind everything else there.
    assert page.evaluate(PRELOADED, context.request.get(document).text()) == []
    map_page = context.request.get(f"{browser_context_args['base_url']}/map/").text()
    preloaded = page.evaluate(PRELOADED, map_page)
    assert any("island" in link for link in preloaded)
    assert all('fetchpriority="low"' in link for link in preloaded)
    context.close()


def test_a_citizen_follows_a_project_and_leaves_again(page, project, sql):
    _, code, name, *_ = project
    page.goto(f"/projects/{code}/")
    page.locator("#follow input[name=email]").fill("walker@example.org")
    page.get_by_role("button", name="用邮件关注").click()
    expect(page.locator("main")).to_contain_text("请到邮箱里打开")
    token = sql("SELECT token FROM projects_follower WHERE email = 'walker@example.org'")[0][0]
    page.goto(f"/projects/follow/{token}/")
    page.get_by_role("button", name="是我，确认关注").click()
    expect(page.locator("main")).to_contain_text("您在关注")
    page.get_by_role("button", name="不再关注").click()
    expect(page.locator("#panel h1")).to_have_text(name)
    assert sql("SELECT 1 FROM projects_follower WHERE email = 'walker@example.org'") == []


def test_feedback_is_kept_as_a_draft_and_shows_after_staff_have_looked(page, sign_in, project):
    code, words = project[1], "人行道的盲道断了两处。"
    page.goto(f"/projects/{code}/feedback/")
    page.locator("textarea[name=text]").fill(words)
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value(words)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/projects/feedback/mine/**")
    expect(page.locator("main")).to_contain_text("待审核")
    receipt = page.url
    page.goto(f"/projects/{code}/")
    expect(page.locator("#feedback")).not_to_contain_text(words)

    sign_in("staff")
    page.goto("/projects/feedback/")
    row = page.locator(".desk__row", has_text=words)
    page.locator(".desk__row a.row__title").first.wait_for()
    for _ in range(20):
        page.keyboard.press("j")
        if row.locator("a.row__title").evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Tab")
    expect(row.get_by_role("button", name="公开", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("已公开。")
    page.goto(receipt)
    expect(page.locator("main")).to_contain_text("已公开，大家都看得到。")
    page.goto(f"/projects/{code}/")
    expect(page.locator("#feedback")).to_contain_text(words)
