"""A deputy's afternoon without signal: her pages, a patrol, what she finds, a browser that is killed. Nothing is lost
and nothing comes twice."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.drawing import photo
from tests.e2e.test_deputy_patrols_a_river import A_WALK

STORED = """
    SELECT u.username, p.ended_at IS NOT NULL,
      (SELECT count(*) FROM supervision_patrols_trackpoint t WHERE t.patrol_id = p.id) >= 3,
      (SELECT count(*) FROM supervision_patrols_patrolfinding f WHERE f.patrol_id = p.id),
      (SELECT count(*) FROM supervision_patrols_patrolphoto h
         JOIN supervision_patrols_patrolfinding f ON f.id = h.found_id
         WHERE f.patrol_id = p.id AND h.exif_place IS NOT NULL AND greatest(h.width, h.height) <= 2048)
    FROM supervision_patrols_patrol p JOIN accounts_user u ON u.id = p.user_id WHERE p.id > %s
"""


@pytest.fixture
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "permissions": ["geolocation"],
    }


def stand(context, page, place):
    context.set_geolocation({"longitude": place[0], "latitude": place[1], "accuracy": 8})
    page.wait_for_timeout(3_200)  # the recorder takes one position in three seconds


def found(page, folder, text, *colours):
    photos = [photo(folder / f"{colour}.jpg", colour, (3000, 2250)) for colour in colours]
    page.locator("input[name=kind][value=floating]").check()
    page.locator("input[name=photos]").set_input_files(photos)
    expect(page.locator(".photo-tray img")).to_have_count(len(photos))
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("input[name=lat]")).not_to_have_value("")
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="记入巡查").click()
    expect(page.locator("[data-outbox]")).to_contain_text(text)


def test_a_patrol_without_signal_is_all_there_afterwards_and_once(page, context, sign_in, sql, tmp_path):
    places = sql(A_WALK)
    before = sql("SELECT coalesce(max(id), 0) FROM supervision_patrols_patrol")[0][0]
    sign_in("deputy")
    stand(context, page, places[0])
    page.goto("/patrols/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # from here on the worker reads along
    page.goto("/work/")
    expect(page.locator("h1")).to_contain_text("的工作")

    context.set_offline(True)
    page.goto("/work/")
    expect(page.locator("h1")).to_contain_text("的工作")
    expect(page.locator(".strip")).to_contain_text("没有信号：这一页是")
    page.goto("/projects/never-read/")
    expect(page.locator("h1")).to_contain_text("没有信号")

    page.goto("/patrols/new/")
    page.get_by_role("button", name="开始巡查并记录轨迹").click()
    expect(page.locator(".strip")).to_contain_text("巡查中")
    for place in places[1:4]:
        stand(context, page, place)
    found(page, tmp_path, "桥下有漂浮物", "teal", "olive")

    page.close()  # the browser is killed
    page = context.new_page()
    page.goto("/patrols/new/")
    expect(page.locator(".strip")).to_contain_text("巡查中")
    stand(context, page, places[4])
    found(page, tmp_path, "岸边有垃圾", "brown")
    page.get_by_role("button", name="结束巡查").click()
    expect(page.locator("[data-outbox]")).to_contain_text("巡查结束")
    assert sql(STORED, before) == []

    context.set_offline(False)
    page.goto("/outbox/")
    # One that finds the server busy is tried again after 15, 30, 60 and 120 s; where one is refused, the test says why.
    expect(page.locator(".outbox__state")).to_contain_text(["已送达"] * 4, timeout=300_000)
    page.reload()
    expect(page.locator(".outbox__state", has_text="已送达")).to_have_count(4)
    assert sql(STORED, before) == [("deputy", True, True, 2, 3)]
    assert not page.evaluate("Object.keys(localStorage).some((key) => /^patrol[:-]active|^patrol:/.test(key))")
    expect(page.locator(".strip", has_text=re.compile("巡查中"))).to_have_count(0)
