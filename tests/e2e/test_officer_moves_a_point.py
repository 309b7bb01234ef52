"""An officer moves a point of her own department with evidence; the very next tile and page show it."""

import gzip
import math
import urllib.error
import urllib.request

import mapbox_vector_tile
from playwright.sync_api import expect

from tests.e2e.drawing import photo

OWN_POINT = """
    SELECT p.id, p.code, ST_X(p.geom), ST_Y(p.geom)
    FROM river_monitoring_monitoringpoint p
    JOIN accounts_user u ON u.department_id = p.department_id AND u.username = 'officer'
    WHERE p.status = %s ORDER BY p.code LIMIT 1 OFFSET %s
"""


def own_point(sql, status, index=0):
    """Return id, code, lng, lat of a point of the officer's department in that state."""
    rows = sql(OWN_POINT, status, index)
    assert rows, f"the demo has a point number {index} that is {status}"
    return rows[0]


def status_of(sql, pk):
    return sql("SELECT status FROM river_monitoring_monitoringpoint WHERE id = %s", pk)[0][0]


def tile_of(lng, lat, zoom=14):
    n = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"{zoom}/{int((lng + 180) / 360 * n)}/{int(y * n)}"


def status_in_tile(site, pk, lng, lat, etag=None):
    """Return the point's status in its tile and the tile's ETag; None and the tag when it was not changed."""
    request = urllib.request.Request(f"{site.url}/tiles/monitoring_points/{tile_of(lng, lat)}.mvt")
    request.add_header("Accept-Encoding", "gzip")
    if etag:
        request.add_header("If-None-Match", etag)
    try:
        with urllib.request.urlopen(request) as response:
            content = gzip.decompress(response.read())
            tag = response.headers["ETag"]
    except urllib.error.HTTPError as error:
        assert error.code == 304
        return None, etag
    features = mapbox_vector_tile.decode(content)["monitoring_points"]["features"]
    return next(f["properties"]["status"] for f in features if f["id"] == pk), tag


def step_to(page, target):
    """The form of the step that leads to `target`, opened."""
    step = page.locator("details", has=page.locator(f"input[name=to_state][value={target}]"))
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    return step


def test_with_its_evidence_the_step_shows_in_the_next_tile_and_page(page, sign_in, site, sql, tmp_path):
    pk, code, lng, lat = own_point(sql, "planned")
    before, etag = status_in_tile(site, pk, lng, lat)
    assert before == "planned"
    assert status_in_tile(site, pk, lng, lat, etag) == (None, etag)

    sign_in("officer")
    page.goto(f"/river/points/{code}/")
    step = step_to(page, "under_way")
    step.locator("input[name=photos_before]").set_input_files(photo(tmp_path / "治理前.jpg", place=(lng, lat)))
    step.locator("button[type=submit]").click()

    history = page.locator("section", has=page.get_by_role("heading", name="治理过程"))
    expect(history.locator("dl")).to_contain_text("治理中")
    expect(history.locator(".timeline__item img").last).to_be_visible()
    after, _ = status_in_tile(site, pk, lng, lat, etag)
    assert after == "under_way"


def test_without_its_evidence_the_step_is_refused_and_what_is_missing_is_named(page, sign_in, sql):
    pk, code, _, _ = own_point(sql, "under_way", 0)
    sign_in("officer")
    page.goto(f"/river/points/{code}/")
    step = step_to(page, "acceptance_asked")
    step.locator("textarea[name=note]").fill("清淤和截污都已完成。")
    step.locator("button[type=submit]").click()
    expect(page.locator(".error-summary")).to_contain_text("治理后照片")
    expect(page.locator("details[open] textarea[name=note]")).to_have_value("清淤和截污都已完成。")
    assert status_of(sql, pk) == "under_way"


def test_a_form_that_somebody_overtook_is_refused(page, sign_in, sql, tmp_path):
    pk, code, _, _ = own_point(sql, "under_way", 1)
    sign_in("officer")
    page.goto(f"/river/points/{code}/")
    step = step_to(page, "acceptance_asked")
    step.locator("input[name=version]").evaluate("field => { field.value = '999'; }")
    step.locator("textarea[name=note]").fill("清淤和截污都已完成。")
    for kind in ("before", "after"):
        step.locator(f"input[name=photos_{kind}]").set_input_files(photo(tmp_path / f"{kind}.jpg", "#667788"))
    step.locator("button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert status_of(sql, pk) == "under_way"


def test_an_officer_of_another_department_has_no_form_and_cannot_post_one(page, sign_in, sql):
    pk, code, _, _ = own_point(sql, "under_way", 2)
    sign_in("officer2")
    page.goto(f"/river/points/{code}/")
    expect(page.locator("#panel h1")).to_be_visible()
    expect(page.locator("input[name=to_state][value=acceptance_asked]")).to_have_count(0)
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        f"/river/points/{code}/transition/",
        form={
            "csrfmiddlewaretoken": token,
            "to_state": "acceptance_asked",
            "version": str(sql("SELECT version FROM river_monitoring_monitoringpoint WHERE id = %s", pk)[0][0]),
            "note": "停一停",
        },
        headers={"Referer": page.url},
    )
    assert answer.status == 403
    assert status_of(sql, pk) == "under_way"
