"""Signing in as a person does, codes of an authenticator app, and the log."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client, RequestFactory

from accounts.models import SignInEvent, User
from accounts.notices.channels import platform
from tests.integration.accounts.identity_servers import ISSUER
from tests.integration.accounts.message_servers import KEY_ID
from tests.integration.accounts.message_servers import SECRET as APP_SECRET
from tests.integration.accounts.signin.ways import SERVERS

PASSWORD = "a long enough phrase"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile MicroMessenger/8.0.50"


@pytest.fixture
def on_device() -> Callable[..., Client]:
    """Return a client that says of itself what a browser does."""

    def make(agent: str = CHROME, address: str = "198.51.100.77") -> Client:
        return Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)

    return make


@pytest.fixture
def enter() -> Callable[..., object]:
    """Return a function that sends the sign-in form."""

    def send(client: Client, user: User, password: str = PASSWORD, **more: str) -> object:
        return client.post("/accounts/login/", {"login": user.username, "password": password, **more})

    return send


@pytest.fixture
def with_totp() -> Callable[[User], Authenticator]:
    """Return a function that gives somebody an authenticator app with a secret known here."""

    def give(user: User) -> Authenticator:
        return TOTP.activate(user, SECRET).instance

    return give


def code_at(steps: int = 0, secret: str = SECRET) -> str:
    """The code of now, or of so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def outcomes(user: User | None) -> list[str]:
    """What the log says of somebody, the oldest first."""
    return list(SignInEvent.objects.filter(user=user).order_by("pk").values_list("outcome", flat=True))


def request_of(address: str = "198.51.100.77") -> object:
    return RequestFactory(REMOTE_ADDR=address).get("/")


@pytest.fixture
def offered(settings: object, monkeypatch: pytest.MonkeyPatch, db: None) -> object:
    """Every way of signing in beside the password, set up by the operator."""
    monkeypatch.setattr(platform, "_kept", {})
    settings.SITE_URL = "https://map.example.org"
    settings.SIGN_IN_WAYS = list(SERVERS)
    settings.DINGTALK = {"DINGTALK_APP_KEY": KEY_ID, "DINGTALK_APP_SECRET": APP_SECRET, "DINGTALK_AGENT_ID": ""}
    settings.WECOM = {"WECOM_CORP_ID": KEY_ID, "WECOM_SECRET": APP_SECRET, "WECOM_AGENT_ID": "1000002"}
    settings.FEISHU = {"FEISHU_APP_ID": KEY_ID, "FEISHU_APP_SECRET": APP_SECRET}
    settings.WEIXIN_MP = {"WEIXIN_MP_APP_ID": KEY_ID, "WEIXIN_MP_APP_SECRET": APP_SECRET}
    settings.WEIXIN_WEB = {"WEIXIN_WEB_APP_ID": KEY_ID, "WEIXIN_WEB_APP_SECRET": APP_SECRET}
    host = "openplatform.example.org"
    settings.ZZD = {"ZZD_APP_KEY": KEY_ID, "ZZD_APP_SECRET": APP_SECRET, "ZZD_HOST": host, "ZZD_LOGIN_HOST": host}
    settings.OIDC = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": KEY_ID, "OIDC_CLIENT_SECRET": APP_SECRET}
    return settings


@pytest.fixture
def program_of(serve: Callable[..., object], offered: object) -> Callable[[str], object]:
    """Return a function that starts the program of a way, whose server is ours."""

    def start(way: str) -> object:
        server = serve(SERVERS[way])
        server.codes, server.errors, server.site = {}, [], offered.SITE_URL
        return server

    return start
