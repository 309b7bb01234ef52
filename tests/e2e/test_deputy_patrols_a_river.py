"""A deputy on her phone: the worst water near her, a patrol that outlives a lost signal and a reload, its length."""

import re

import pytest
from playwright.sync_api import expect

# Where somebody walks: along a reach, 40 m at a time.
A_WALK = """
    SELECT ST_X(p), ST_Y(p) FROM (
        SELECT ST_LineInterpolatePoint(ST_GeometryN(geom, 1), least(1, 40.0 * n / length_m)) AS p, n
        FROM river_monitoring_reach, generate_series(0, 9) AS n
        WHERE code = (SELECT code FROM river_monitoring_reach WHERE length_m > 1500 ORDER BY code LIMIT 1)
    ) AS steps ORDER BY n
"""
SENT = re.compile(r"[1-9]\d* 个点已送达，0 个待发送")


@pytest.fixture
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "permissions": ["geolocation"],
        "geolocation": {"longitude": 121.5, "latitude": 29.87, "accuracy": 8},
    }


@pytest.fixture
def walk_to(context, page):
    """Stand at a place, long enough after the one before for the phone to take it."""

    def go(lng, lat):
        page.wait_for_timeout(3_200)  # the recorder takes one position in three seconds
        context.set_geolocation({"longitude": lng, "latitude": lat, "accuracy": 8})

    return go


def test_the_worst_water_near_her_is_one_thumb_from_inspecting_it(page, sign_in, sql):
    code = sql(
        "SELECT code FROM river_monitoring_monitoringpoint"
        " WHERE ST_DWithin(geom::geography, ST_SetSRID(ST_MakePoint(121.5, 29.87), 4326)::geography, 10000)"
        " ORDER BY current_class DESC, ST_Distance(geom::geography,"
        " ST_SetSRID(ST_MakePoint(121.5, 29.87), 4326)::geography) LIMIT 1"
    )[0][0]
    sign_in("deputy")
    page.goto("/river/near/")
    page.locator("select[name=within]").select_option("10000")
    page.get_by_role("button", name="用我的位置").click()
    page.wait_for_url("**/river/near/?near=121.500000%2C29.870000**")
    first = page.locator(".near-row").first
    expect(first.locator("a.row__title")).to_have_attribute("href", f"/river/points/{code}/")
    first.get_by_role("link", name="在这里检查").click()
    page.wait_for_url(f"**/report/?point={code}**")


def test_a_patrol_outlives_a_lost_signal_and_a_reload(page, context, sign_in, sql, walk_to):
    places = sql(A_WALK)
    sign_in("deputy")
    context.set_geolocation({"longitude": places[0][0], "latitude": places[0][1], "accuracy": 8})
    page.goto("/patrols/new/")
    page.get_by_role("button", name="开始巡查").click()
    page.wait_for_url(re.compile(r"/patrols/\d+/$"))
    pk = int(page.url.rstrip("/").rpartition("/")[2])

    expect(page.locator(".strip")).to_contain_text("巡查中")
    state = page.locator("[data-patrol-state]")
    for place in places[1:3]:
        walk_to(*place)
    expect(state).to_have_text(SENT)

    context.set_offline(True)
    for place in places[3:5]:
        walk_to(*place)
    expect(state).to_contain_text("没有信号")
    context.set_offline(False)
    expect(state).to_have_text(SENT)

    page.reload()
    walk_to(*places[5])
    expect(page.get_by_role("button", name="暂停记录")).to_be_visible()
    expect(state).to_have_text(SENT)

    page.get_by_role("button", name="结束巡查").click()
    expect(page.locator("#panel")).to_contain_text("有轨迹的时间")
    length, numbers, points, outside = sql(
        "SELECT p.length_m, array_agg(t.number ORDER BY t.number), count(*), count(*) FILTER (WHERE t.fault <> '')"
        " FROM supervision_patrols_patrol p JOIN supervision_patrols_trackpoint t ON t.patrol_id = p.id"
        " WHERE p.id = %s GROUP BY p.id",
        pk,
    )[0]
    assert numbers == list(range(points))
    # 40 m in three seconds is 48 km/h: below what is believed, so all of it counts.
    assert outside == 0
    assert 80 < length < 230
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('patrol'))") == []
