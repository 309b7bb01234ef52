"""A citizen finds her deputy, books a place at the station on her phone, and gives it back by her private link."""

import re

import pytest
from playwright.sync_api import expect

COMING = """
    SELECT r.id, r.capacity FROM stations_reception r
    WHERE r.status = 'announced' AND r.starts_at > now() AND r.capacity > coalesce(
        (SELECT sum(people) FROM stations_booking b WHERE b.reception_id = r.id AND b.cancelled_at IS NULL), 0)
    ORDER BY r.starts_at DESC LIMIT 1
"""
BOOKED = "SELECT count(*) FROM stations_booking WHERE reception_id = %s AND cancelled_at IS NULL"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(request, browser, base_url):
    context = browser.new_context(
        base_url=base_url, locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


def test_she_finds_her_deputy_by_the_name_of_her_village(phone, sql):
    village = sql(
        "SELECT name FROM accounts_area WHERE level = 'village' AND name LIKE '%%社区' ORDER BY code LIMIT 1"
    )[0][0]
    phone.goto("/stations/mine/")
    phone.get_by_label("住址、村社或镇街").fill(village)
    phone.get_by_role("button", name="查找", exact=True).click()
    expect(phone.get_by_role("heading", name="我的联络站")).to_be_visible()
    expect(phone.locator("section:has(#my-deputies) li")).not_to_have_count(0)


def test_she_books_keeps_the_link_and_cancels(phone, sql, request):
    day, _capacity = sql(COMING)[0]
    before = sql(BOOKED, day)[0][0]
    phone.goto(f"/stations/receptions/{day}/")
    phone.get_by_label("怎么称呼您").fill("王女士")
    phone.get_by_label("联系电话").fill("call me")
    phone.get_by_role("button", name="预约", exact=True).click()
    expect(phone.get_by_role("alert")).to_contain_text("请填写可以联系到您的电话")
    expect(phone.get_by_label("怎么称呼您")).to_have_value("王女士")
    number = "13900000001" if "without" in request.node.name else "13900000002"
    phone.get_by_label("联系电话").fill(number)
    phone.get_by_role("button", name="预约", exact=True).click()
    phone.wait_for_url(re.compile(r"/stations/bookings/[\w-]{32}/"))
    assert sql(BOOKED, day)[0][0] == before + 1
    link = phone.get_by_label("这一页的链接").input_value()
    phone.goto(link)
    expect(phone.get_by_text("预约有效，请准时到场。")).to_be_visible()
    phone.get_by_role("button", name="取消预约").click()
    expect(phone.get_by_text("这个预约已经取消。")).to_be_visible()
    assert sql(BOOKED, day)[0][0] == before
