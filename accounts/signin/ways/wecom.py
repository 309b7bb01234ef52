"""WeCom: in its own browser and by a code to scan. The identity is the userid together with the corporation's number.

Asked with the application's token: `cgi-bin/auth/getuserinfo`. Somebody who is no member comes back without a userid.
"""

from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels import NotDelivered, wecom
from accounts.signin.ways.base import DirectAdapter, Provider, Way, uid_of
from geokit.refusal import Refusal

INSIDE = "https://open.weixin.qq.com/connect/oauth2/authorize"
SCAN = "https://login.work.weixin.qq.com/wwlogin/sso/login"
SIGN = "wxwork"
"""Stands in what its own browser says of itself."""


class WeComClient(OAuth2Client):
    """Builds the two addresses; the code is spent by the adapter."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        common = {
            "appid": self.consumer_key, "redirect_uri": self.callback_url, "state": self.state,
            "agentid": settings.WECOM["WECOM_AGENT_ID"],
        }  # fmt: skip
        if authorization_url == SCAN:
            return f"{SCAN}?{urlencode({'login_type': 'CorpApp', **common})}"
        return f"{INSIDE}?{urlencode({**common, 'response_type': 'code', 'scope': 'snsapi_base'})}#wechat_redirect"


class WeComAdapter(DirectAdapter):
    """Asks whose code it is."""

    provider_id = "wecom"
    access_token_url = f"{wecom.HOST}/cgi-bin/auth/getuserinfo"
    client_class = WeComClient

    @property
    def authorize_url(self) -> str:
        return INSIDE if SIGN in self.request.headers.get("User-Agent", "").lower() else SCAN

    def identity(self, code: str) -> dict[str, Any]:
        try:
            said = wecom.PLATFORM.get(settings.WECOM, self.access_token_url, code=code)
        except (NotDelivered, Refusal, OSError) as error:
            raise OAuth2Error(f"{type(error).__name__}: {error}") from error
        if not said.get("userid"):
            raise OAuth2Error("no member of the organisation")
        return said


class WeCom(Provider):
    """The userid, which is a plain word, is hers within one corporation only."""

    id = "wecom"
    name = "WeCom"
    oauth2_adapter_class = WeComAdapter

    def extract_uid(self, data: Any) -> str:
        return uid_of(self.app.client_id, str(data["userid"]).lower())

    def name_in(self, data: Any) -> str:
        return str(data["userid"])


def probe(request: HttpRequest) -> None:
    """Ask for a token of the application."""
    wecom.PLATFORM.token(settings.WECOM)


WAY = Way(
    "wecom", "wecom", _("企业微信"), WeCom, wecom.VARIABLES, lambda: settings.WECOM,
    ("WECOM_CORP_ID", "WECOM_SECRET"), probe, inside=(SIGN,),
    notes=[
        _("在企业微信管理后台的自建应用里，把本站域名填进“网页授权及 JS-SDK”的可信域名。"),
        _("同一应用的“企业微信授权登录”里，也把本站域名填作授权回调域。"),
        _("本站服务器的公网地址要填进应用的企业可信 IP。"),
    ],
)  # fmt: skip
