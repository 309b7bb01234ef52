"""浙政钉 (专有钉钉): by a code to scan. Asked with requests that are signed with the application's secret.

`GET /gettoken.json`, `POST /rpc/oauth2/getuserinfo_bycode.json`; what is signed is method, time, nonce, path and the
sorted parameters, a line each (HMAC-SHA256, base64). From the published interface; no server of theirs was asked.
"""

import base64
import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Variable
from accounts.signin.ways.base import DirectAdapter, Provider, Way, code_of, shaped, uid_of
from accounts.signin.ways.http import Session

TOKEN, WHO = "/gettoken.json", "/rpc/oauth2/getuserinfo_bycode.json"
VARIABLES = (
    Variable("ZZD_APP_KEY", _("应用的 AppKey")),
    Variable("ZZD_APP_SECRET", _("应用的 AppSecret"), secret=True),
    Variable("ZZD_HOST", _("接口域名，浙政钉是 openplatform-pro.ding.zj.gov.cn")),
    Variable("ZZD_LOGIN_HOST", _("登录域名，浙政钉是 login-pro.ding.zj.gov.cn")),
)


def signature(secret: str, method: str, at: str, nonce: str, path: str, parameters: Mapping[str, str]) -> str:
    """Return the signature of a request.

    >>> signature("s", "GET", "2026-11-29T21:00:00.000+08:00", "17", "/gettoken.json", {"appkey": "k"})
    'CeG8Rj9LdrvQr7bNUQYHDfxwkM0iCHSqvNOVWVXQUFE='
    """
    lines = [method, at, nonce, path, urlencode(sorted(parameters.items()))]
    digest = hmac.digest(secret.encode(), "\n".join(lines).encode(), "sha256")
    return base64.b64encode(digest).decode()


def ask(method: str, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Send a signed request and return the `data` of its answer. Raises OAuth2Error, RequestException."""
    given, at = settings.ZZD, timezone.localtime().isoformat(timespec="milliseconds")
    nonce = f"{secrets.randbelow(10**16):016}"
    signed = signature(given["ZZD_APP_SECRET"], method, at, nonce, path, parameters)
    headers = {
        "X-Hmac-Auth-Timestamp": at, "X-Hmac-Auth-Version": "1.0", "X-Hmac-Auth-Nonce": nonce,
        "apiKey": given["ZZD_APP_KEY"], "X-Hmac-Auth-Signature": signed,
    }  # fmt: skip
    place = "params" if method == "GET" else "data"
    url = f"https://{given['ZZD_HOST']}{path}"
    sent = {place: sorted(parameters.items())}
    said = Session().request(method, url, headers=headers, **sent).json()
    return _data(said)


def _data(said: Any) -> dict[str, Any]:
    content = said.get("content") if isinstance(said, dict) else None
    if not isinstance(content, dict) or not said.get("success") or not content.get("success"):
        codes = {"code": said.get("errorCode") or said.get("Code") or "?"} if isinstance(said, dict) else {}
        raise OAuth2Error(f"refused: {code_of(codes)}")
    found = content.get("data")
    if not isinstance(found, dict):
        raise OAuth2Error("no data in the answer")
    return found


def token() -> str:
    """Return a token of the application. Raises the same."""
    given = settings.ZZD
    asked = {"appkey": given["ZZD_APP_KEY"], "appsecret": given["ZZD_APP_SECRET"]}
    return str(shaped(ask("GET", TOKEN, asked).__getitem__, "accessToken"))


class ZhezhengdingClient(OAuth2Client):
    """Builds the address of the page with the code."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        asked = {
            "response_type": "code", "client_id": self.consumer_key, "redirect_uri": self.callback_url,
            "scope": "get_user_info", "authType": "QRCODE", "state": self.state,
        }  # fmt: skip
        return f"{authorization_url}?{urlencode(asked)}"


class ZhezhengdingAdapter(DirectAdapter):
    """Asks whose code it is."""

    provider_id = "zhezhengding"
    client_class = ZhezhengdingClient
    access_token_url = WHO

    @property
    def authorize_url(self) -> str:
        return f"https://{settings.ZZD['ZZD_LOGIN_HOST']}/oauth2/auth.htm"

    def identity(self, code: str) -> dict[str, Any]:
        return ask("POST", WHO, {"access_token": token(), "code": code})


class Zhezhengding(Provider):
    """The number of the account is hers within one tenant of one installation."""

    id = "zhezhengding"
    name = "浙政钉"
    oauth2_adapter_class = ZhezhengdingAdapter

    def extract_uid(self, data: Any) -> str:
        return uid_of(f"{settings.ZZD['ZZD_HOST']}:{data['realmId']}", str(int(data["accountId"])))

    def name_in(self, data: Any) -> str:
        return str(data.get("nickNameCn") or data.get("lastName") or "")


def probe(request: HttpRequest) -> None:
    """Ask for a token of the application."""
    token()


WAY = Way(
    "zhezhengding", "zhezhengding", _("浙政钉"), Zhezhengding, VARIABLES, lambda: settings.ZZD,
    ("ZZD_APP_KEY", "ZZD_APP_SECRET"), probe,
    notes=[
        _("在专有钉钉开放平台为应用开通扫码登录，把上面的回调地址填进去。没有向浙政钉的服务器实际请求过，启用前请自己扫码试一次。"),
        _("接口只在政务外网可达时，服务器要能连到它。"),
    ],
)  # fmt: skip
