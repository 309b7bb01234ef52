"""Two people protect their accounts: one with a passkey and then no password, one with an app on her phone."""

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Site

PASSWORD = "river-bank-at-noon-7"
MAKE = "from accounts.models import User; User.objects.create_user({name!r}, password={password!r}, role='gis')"


@pytest.fixture(scope="session")
def named_site(site: Site) -> str:
    """The site under the name of its SITE_URL: passkeys belong to a name, never to a number."""
    return site.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def enter(site: Site, named_site: str, page: Page) -> Callable[[str], None]:
    """Make an account of this test's own, so that no other test is asked for its factor, and sign in by password."""

    def send(name: str) -> None:
        page.goto(f"{named_site}/accounts/login/")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()

    def make(name: str) -> None:
        done = site.manage("shell", "-c", MAKE.format(name=name, password=PASSWORD))
        assert done.returncode == 0, done.stderr
        send(name)
        page.wait_for_url("**/work/")

    make.again = send  # type: ignore[attr-defined]
    return make


def test_with_a_passkey_she_needs_no_password(
    page: Page, context: BrowserContext, named_site: str, enter: Callable[[str], None]
) -> None:
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    enter("passkey-person")
    page.goto(f"{named_site}/accounts/2fa/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("名称").fill("办公电脑")
    page.get_by_role("button", name="添加").click()
    expect(page.locator("#recovery-codes")).to_contain_text(re.compile(r"(\d{10}\s*){10}"))
    page.goto(f"{named_site}/accounts/")
    expect(page.get_by_role("cell", name="添加两步验证 通行密钥")).to_be_visible()

    context.clear_cookies()
    page.goto(f"{named_site}/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录，不输密码").click()
    page.wait_for_url("**/work/")
    page.goto(f"{named_site}/accounts/")
    expect(page.get_by_text("passkey-person")).to_be_visible()

    context.clear_cookies()
    enter.again("passkey-person")  # type: ignore[attr-defined]
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url("**/work/")


def test_with_an_app_she_shows_a_code(page: Page, context: BrowserContext, named_site: str, enter: Callable) -> None:
    enter("app-person")
    page.goto(f"{named_site}/accounts/2fa/")
    page.get_by_role("link", name="添加验证器").click()
    page.get_by_text("不能扫码").click()
    secret = page.locator("#totp-secret").input_value()
    first = code_at(secret)
    page.get_by_label("动态码").fill(first)
    page.get_by_role("button", name="添加").click()
    expect(page.locator("#recovery-codes")).to_be_visible()

    context.clear_cookies()
    enter.again("app-person")  # type: ignore[attr-defined]
    page.get_by_label("动态码或恢复码").fill(first)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("没有通过")
    page.get_by_label("动态码或恢复码").fill(code_at(secret, steps=1))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/work/")


def code_at(secret: str, steps: int = 0) -> str:
    """The six digits of RFC 6238 for now, or so many half minutes later: a code that was used signs nobody in."""
    moment = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(b32decode(secret), moment, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
