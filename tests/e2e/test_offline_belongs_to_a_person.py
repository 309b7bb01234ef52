"""What is written without signal goes out in the name of whom the device knows: after a browser that was killed, over a
line that breaks in the middle, with a full store, and from two devices of one person of which another borrowed one."""

import contextlib
import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.drawing import photo
from tests.e2e.line import line_to

PLACE = {"longitude": 121.5495, "latitude": 29.8745}
FILED = """
    SELECT f.text, u.username, (SELECT count(*) FROM supervision_findingphoto p WHERE p.finding_id = f.id)
    FROM supervision_finding f LEFT JOIN accounts_user u ON u.id = f.reporter_id WHERE f.text LIKE %s ORDER BY f.text
"""


@pytest.fixture
def telephone(browser_type, browser_type_launch_args, browser_context_args, site, tmp_path):
    """Start the browser of a device: what it keeps lies in its own folder, as on a telephone."""
    running: list[BrowserContext] = []

    def start(name: str, **more) -> Page:
        wishes = browser_type_launch_args | browser_context_args | {"base_url": site.url, "geolocation": PLACE}
        wishes |= {"viewport": {"width": 390, "height": 844}, "permissions": ["geolocation"], **more}
        context = browser_type.launch_persistent_context(tmp_path / name, **wishes)
        context.set_default_timeout(PATIENCE_MS)
        running.append(context)
        return context.pages[0]

    yield start
    for context in running:
        with contextlib.suppress(Exception):  # the killed ones
            context.close()


def kill(folder: Path) -> None:
    """Kill the browser that keeps its things in `folder`, as a telephone does that needs the memory."""
    mark = f"--user-data-dir={folder}".encode()
    mine = [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit()
        and mark in _arguments(process)
        and not any(b"--type=" in a for a in _arguments(process))
    ]
    assert mine
    for number in mine:
        os.kill(number, signal.SIGKILL)


def _arguments(process: Path) -> list[bytes]:
    with contextlib.suppress(OSError):
        return (process / "cmdline").read_bytes().split(b"\0")
    return []


def enter(page: Page, name: str, url: str = "") -> None:
    page.goto(url + "/accounts/login/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(f"demo-{name}")
    page.locator("form:has(input[name=password]) button").click()
    page.wait_for_url("**/work/")


def come_back(page: Page, name: str) -> None:
    """With signal, in a browser that forgot the session: the outbox asks, and sends once she has shown herself."""
    page.goto("/outbox/")
    expect(page.locator(".outbox__state")).to_contain_text("请重新登录")
    page.get_by_role("link", name="的名义发送").click()
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(f"demo-{name}")
    page.locator("form:has(input[name=password]) button").click()
    page.wait_for_url("**/outbox/")
    expect(page.locator(".outbox__state")).to_contain_text("已送达")


def get_ready(page: Page, name: str, url: str = "") -> None:
    """Signed in, and the form has been opened once with signal."""
    enter(page, name, url)
    page.goto(url + "/report/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # from here on the worker reads along
    expect(page.locator("form[data-outbox-form]")).to_be_visible()


def write(page: Page, folder: Path, text: str) -> None:
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("input[name=lat]")).not_to_have_value("")
    page.locator("input[name=photos]").set_input_files(photo(folder / f"{text}.jpg"))
    page.locator("input[name=kind][value=garbage]").check()
    page.locator("textarea[name=text]").fill(text)


def send(page: Page) -> None:
    page.locator("form[data-outbox-form] button.btn--primary").click()


def test_a_cold_browser_files_under_the_account_it_knows(telephone, tmp_path, sql):
    page = telephone("phone")
    get_ready(page, "deputy")
    page.context.close()  # put away, with what it keeps
    page = telephone("phone", offline=True)
    page.goto("/report/")
    expect(page.locator("form[data-outbox-form]")).to_have_attribute("data-filed-as", re.compile(r"^\d+$"))
    write(page, tmp_path, "冷启动：桥下有垃圾")
    send(page)
    expect(page.locator("[data-outbox]")).to_contain_text("等待发送，1 张照片")
    kill(tmp_path / "phone")
    assert sql(FILED, "冷启动%") == []

    page = telephone("phone")
    come_back(page, "deputy")
    assert sql(FILED, "冷启动%") == [("冷启动：桥下有垃圾", "deputy", 1)]


def test_a_line_that_breaks_in_the_middle_costs_nothing(page, context, site, tmp_path, sql):
    context.grant_permissions(["geolocation"])
    context.set_geolocation(PLACE)
    with line_to(site.url) as line:
        get_ready(page, "deputy", line.url)
        write(page, tmp_path, "断线：岸边有垃圾")
        line.break_after(10_000)
        send(page)
        expect(page.locator("[data-outbox]")).to_contain_text("等待发送，1 张照片")
        assert line.broken.is_set()
        assert sql(FILED, "断线%") == []

        line.mend()
        page.goto(line.url + "/outbox/")
        page.get_by_role("button", name="现在发送").click()
        expect(page.locator(".outbox__state")).to_contain_text("已送达")
    assert sql(FILED, "断线%") == [("断线：岸边有垃圾", "deputy", 1)]


def test_a_full_store_leaves_everything_on_the_page_and_says_so(page, context, sign_in, site, tmp_path, sql):
    context.grant_permissions(["geolocation"])
    context.set_geolocation(PLACE)
    sign_in("deputy")
    page.goto("/report/")
    write(page, tmp_path, "存满了：路灯不亮")
    room = context.new_cdp_session(page)
    room.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": 1})
    context.set_offline(True)
    send(page)
    expect(page.locator(".outbox__problem")).to_contain_text("这部设备存不下了")
    expect(page.locator("textarea[name=text]")).to_have_value("存满了：路灯不亮")
    expect(page.locator(".photo-tray img")).to_have_count(1)

    context.set_offline(False)
    send(page)
    page.wait_for_url("**/findings/**")
    assert sql(FILED, "存满了%") == [("存满了：路灯不亮", "deputy", 1)]


def test_two_devices_of_one_person_and_one_of_them_borrowed(telephone, tmp_path, sql):
    for name in ("first", "second"):
        page = telephone(name)
        get_ready(page, "deputy")
        page.context.close()
        page = telephone(name, offline=True)
        page.goto("/report/")
        write(page, tmp_path, f"两部手机：{name}")
        send(page)
        expect(page.locator("[data-outbox]")).to_contain_text("等待发送，1 张照片")
        kill(tmp_path / name)

    borrowed = telephone("second", offline=True)
    borrowed.context.clear_cookies()
    borrowed.context.set_offline(False)
    enter(borrowed, "staff")
    borrowed.goto("/outbox/")
    expect(borrowed.get_by_role("link", name="的名义发送")).to_be_visible()
    come_back(telephone("first"), "deputy")
    assert sql(FILED, "两部手机%") == [("两部手机：first", "deputy", 1)]

    borrowed.context.clear_cookies()
    enter(borrowed, "deputy")
    borrowed.goto("/outbox/")
    expect(borrowed.locator(".outbox__state")).to_contain_text("已送达")
    assert sql(FILED, "两部手机%") == [("两部手机：first", "deputy", 1), ("两部手机：second", "deputy", 1)]
