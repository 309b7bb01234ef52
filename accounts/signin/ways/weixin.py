"""WeChat: inside it by the service account, elsewhere by a code to scan (a website application). One identity.

Both give the same unionid where they belong to one account of the open platform; without it each openid is an identity
of its own. Allauth's classes take the answer of an error for a person, and mistreat names that are not ASCII, so who
it is is read here.
"""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.weixin.client import WeixinOAuth2Client
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels import weixin
from accounts.notices.channels.base import Variable
from accounts.signin.ways.base import Adapter, Provider, Way, code_of, shaped, uid_of


class WeixinClient(WeixinOAuth2Client):
    """Allauth's; the address ends as WeChat wants it."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        return f"{super().get_redirect_url(authorization_url, scope, extra_params)}#wechat_redirect"


class _Adapter(Adapter, WeixinOAuth2Adapter):
    client_class = WeixinClient
    access_token_method = "GET"  # noqa: S105 - as published, with the secret in the query; allauth posts

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        given = kwargs["response"]
        if given.get("is_snapshotuser"):  # a made-up person, shown to pages that WeChat itself looks at
            raise OAuth2Error("a snapshot user")
        with get_adapter().get_requests_session() as session:
            asked = {"access_token": token.token, "openid": shaped(given.__getitem__, "openid")}
            said = session.get(self.profile_url, params=asked).json()
        if not isinstance(said, dict) or said.get("errcode") or said.get("openid") != asked["openid"]:
            raise OAuth2Error(f"no person: {code_of(said) if isinstance(said, dict) else '?'}")
        return shaped(self.get_provider().sociallogin_from_response, request, said)


class ServiceAccountAdapter(_Adapter):
    """Inside WeChat."""

    provider_id = "weixin_mp"
    authorize_url = "https://open.weixin.qq.com/connect/oauth2/authorize"


class WebsiteAdapter(_Adapter):
    """Elsewhere, by a code to scan."""

    provider_id = "weixin_web"
    authorize_url = "https://open.weixin.qq.com/connect/qrconnect"


class _Weixin(Provider, WeixinProvider):
    def extract_uid(self, data: Any) -> str:
        if data.get("unionid"):
            return uid_of("union", str(data["unionid"]))
        return uid_of(self.app.client_id, str(data["openid"]))

    def name_in(self, data: Any) -> str:
        return str(data.get("nickname") or "")


class ServiceAccount(_Weixin):
    """The service account; its openid is kept, under which the channel for notices reaches her."""

    oauth2_adapter_class = ServiceAccountAdapter

    def get_default_scope(self) -> list[str]:
        return ["snsapi_userinfo"]

    def known_in(self, data: Any) -> dict[str, str]:
        return {"openid": str(data["openid"])}


class Website(_Weixin):
    """The website application."""

    oauth2_adapter_class = WebsiteAdapter


def probe(request: HttpRequest) -> None:
    """Ask for a token of the service account."""
    weixin.PLATFORM.token(settings.WEIXIN_MP)


INSIDE = Way(
    "weixin_mp", "weixin", _("微信"), ServiceAccount, weixin.VARIABLES[:2], lambda: settings.WEIXIN_MP,
    ("WEIXIN_MP_APP_ID", "WEIXIN_MP_APP_SECRET"), probe, inside=("micromessenger",), only_inside=True,
    notes=[
        _("须是认证的服务号。在公众平台“设置与开发”的“网页授权域名”里填本站域名，并把服务器地址加进 IP 白名单。"),
        _("服务号和网站应用绑定到同一个微信开放平台账号，一个人在两处才是同一个。"),
    ],
)  # fmt: skip
ELSEWHERE = Way(
    "weixin_web", "weixin", _("微信扫码"), Website,
    (
        Variable("WEIXIN_WEB_APP_ID", _("微信开放平台网站应用的 AppID")),
        Variable("WEIXIN_WEB_APP_SECRET", _("微信开放平台网站应用的 AppSecret"), secret=True),
    ),
    lambda: settings.WEIXIN_WEB, ("WEIXIN_WEB_APP_ID", "WEIXIN_WEB_APP_SECRET"), not_inside=True,
    inside=("micromessenger",),
    notes=[_("在微信开放平台的网站应用里，把“授权回调域”填成本站域名。它没有不经本人的检查办法，请自己扫码试一次。")],
)  # fmt: skip
