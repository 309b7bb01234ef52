"""DingTalk: in its own browser and by a code to scan, by allauth's provider. The identity is the openId of our app."""

from typing import Any

from allauth.socialaccount.providers.dingtalk.client import DingTalkOAuth2Client
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels import dingtalk
from accounts.signin.ways.base import Adapter, Provider, Way


class DingTalkAdapter(Adapter, DingTalkOAuth2Adapter):
    """Allauth's, with our callback and our refusals."""

    client_class = DingTalkOAuth2Client


class DingTalk(Provider, DingTalkProvider):
    """Allauth's, asking for nothing but who it is."""

    oauth2_adapter_class = DingTalkAdapter

    def get_default_scope(self) -> list[str]:
        return ["openid"]

    def get_auth_params(self) -> dict[str, str]:
        return {"prompt": "consent"}

    def name_in(self, data: Any) -> str:
        return str(data.get("nick") or "")


def probe(request: HttpRequest) -> None:
    """Ask for a token of the application."""
    dingtalk.PLATFORM.token(settings.DINGTALK)


WAY = Way(
    "dingtalk", "dingtalk", _("钉钉"), DingTalk, dingtalk.VARIABLES[:2], lambda: settings.DINGTALK,
    ("DINGTALK_APP_KEY", "DINGTALK_APP_SECRET"), probe, inside=("dingtalk",),
    notes=[
        _("在钉钉开放平台的应用里打开“登录与分享”，把上面的回调地址填进去。"),
        _("为应用申请“通讯录个人信息读权限”（Contact.User.Read）。"),
    ],
)  # fmt: skip
