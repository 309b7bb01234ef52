"""A deputy: map -> point by colour and shape -> class, trend, timeline -> a finding with a photo at that place."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.drawing import photo

# An inferior-V small water with samples, that no finding of this test is about yet.
A_BAD_POINT = """
    SELECT id, code, name, ST_X(geom), ST_Y(geom), department_id FROM river_monitoring_monitoringpoint
    WHERE current_class = 6 AND status IN ('listed', 'planned', 'under_way') ORDER BY code LIMIT 1 OFFSET %s
"""
SYMBOL_OF = """([id]) => {
    const found = window.__map.queryRenderedFeatures({ layers: ["monitoring_points"] });
    const point = found.find((feature) => feature.id === id);
    return point && { class: point.properties.class, image: point.layer.layout["icon-image"].name };
}"""
PLACE_OF = "([lng, lat]) => window.__map.project([lng, lat])"


@pytest.fixture
def bad_point(sql):
    return sql(A_BAD_POINT, 0)[0]


def open_map_at(page, map_ready, lng, lat):
    page.goto(f"/map/?c={lng:.6f},{lat:.6f}&z=16")
    map_ready()


def test_the_worst_point_is_drawn_in_its_own_colour_and_shape(page, map_ready, bad_point, sql):
    pk, _, _, lng, lat, _ = bad_point
    open_map_at(page, map_ready, lng, lat)
    worst = page.evaluate(SYMBOL_OF, [pk])
    assert worst["class"] == 6
    good_pk, good_lng, good_lat = sql(
        "SELECT id, ST_X(geom), ST_Y(geom) FROM river_monitoring_monitoringpoint WHERE current_class = 2 LIMIT 1"
    )[0]
    open_map_at(page, map_ready, good_lng, good_lat)
    good = page.evaluate(SYMBOL_OF, [good_pk])
    assert good["class"] == 2
    assert worst["image"] != good["image"]


def test_from_a_tap_on_the_map_to_a_finding_with_a_photo(page, map_ready, sign_in, bad_point, sql, tmp_path):
    pk, code, name, lng, lat, department = bad_point
    sign_in("deputy")
    open_map_at(page, map_ready, lng, lat)

    place = page.evaluate(PLACE_OF, [lng, lat])
    page.locator("canvas.maplibregl-canvas").click(position=place)
    page.wait_for_url(f"**/river/points/{code}/**")

    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", level=1)).to_have_text(name)
    expect(panel).to_contain_text("劣Ⅴ类")
    expect(panel).to_contain_text("决定类别的指标")
    limiting = sql(
        "SELECT s.limiting->>0 FROM river_monitoring_sample s"
        " JOIN river_monitoring_monitoringpoint p ON p.current_sample_id = s.id WHERE p.id = %s",
        pk,
    )[0][0]
    assert limiting
    expect(panel.locator("figure.chart canvas").first).to_be_visible()
    assert panel.locator(".timeline__item").count() >= 1

    panel.get_by_role("link", name="上报我看到的").click()
    page.wait_for_url(f"**/report/?point={code}**")
    page.locator("input[name=photos]").set_input_files(photo(tmp_path / "河边.jpg"))
    page.locator("input[name=kind][value=water-colour]").check()
    page.locator("textarea[name=text]").fill("河面有大片浮萍，排口有黑水流出。")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile(r"/findings/\d+/"))

    expect(page.locator("#panel")).to_contain_text("河面有大片浮萍")
    expect(page.locator("#panel img").first).to_be_visible()
    stored = sql(
        "SELECT f.point_id, ST_Distance(f.geom::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography),"
        " s.department_id, s.state, (SELECT count(*) FROM supervision_findingphoto WHERE finding_id = f.id)"
        " FROM supervision_finding f JOIN supervision_suggestion s ON s.finding_id = f.id"
        " ORDER BY f.id DESC LIMIT 1",
        lng,
        lat,
    )[0]
    assert stored[0] == pk
    assert stored[1] < 5
    assert stored[2:] == (department, "assigned", 1)


def test_a_file_that_is_no_photo_is_refused_and_the_words_are_kept(page, sign_in, bad_point, tmp_path):
    sign_in("deputy")
    page.goto(f"/report/?point={bad_point[1]}")
    broken = tmp_path / "不是照片.jpg"
    broken.write_bytes(b"this is no picture" * 100)
    page.locator("input[name=photos]").set_input_files(broken)
    page.locator("input[name=kind][value=water-colour]").check()
    page.locator("textarea[name=text]").fill("写了很久的情况说明。")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("写了很久的情况说明。")
