"""WCAG 2.2 AA of what citizens see of projects: at a desk and on a phone, in both languages and themes."""

import pytest

from tests.e2e.test_everybody_can_use_the_pages import SIZES, violations, violations_in_both_themes

LOCALES = ("zh-CN", "en-GB")
PAGES = (
    "/projects/?q=wsfl",
    "/projects/?near=南门&year=2026",
    "/projects/?q=火星&category=water",
    "/projects/{many}/",
    "/projects/{said}/",
    "/projects/{said}/feedback/",
    "/projects/open-data/",
)


def _pages(sql):
    many = sql("SELECT p.code FROM projects_project p JOIN projects_projectplace s ON s.project_id = p.id LIMIT 1")[0][
        0
    ]
    said = sql(
        "SELECT p.code FROM projects_project p JOIN projects_feedback f ON f.project_id = p.id"
        " WHERE f.state = 'shown' AND f.photo <> '' ORDER BY f.id LIMIT 1"
    )[0][0]
    return [page.format(many=many, said=said) for page in PAGES]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", LOCALES)
def test_the_publics_pages_of_projects_have_no_barriers(browser, browser_context_args, sql, size, locale):
    more = {"viewport": SIZES[size], "locale": locale, "color_scheme": "light"}
    context = browser.new_context(**browser_context_args | more)
    page = context.new_page()
    found = [violations_in_both_themes(page, address) for address in _pages(sql)]
    context.close()
    assert [entry for entry in found if entry] == []


@pytest.mark.parametrize("size", SIZES)
def test_the_desk_of_feedback_and_a_followers_page_have_no_barriers(page, sign_in, sql, size):
    page.set_viewport_size(SIZES[size])
    project = sql("SELECT id, code FROM projects_project WHERE status = 'building' ORDER BY code LIMIT 1")[0]
    email = f"axe-{size}@example.org"
    page.goto(f"/projects/{project[1]}/")
    page.locator("#follow input[name=email]").fill(email)
    page.locator("#follow form button").click()
    page.get_by_text("请到邮箱里打开").wait_for()
    token = sql("SELECT token FROM projects_follower WHERE email = %s", email)[0][0]
    addresses = [f"/projects/follow/{token}/"]
    found = [violations(page, address) for address in addresses]
    sign_in("staff")
    found += [violations(page, f"/projects/feedback/{state}") for state in ("", "?state=shown", "?state=hidden")]
    assert [entry for entry in found if entry] == []
