"""Feishu: in its own browser and by a code to scan, by allauth's provider. The identity is the open_id of our app."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.provider import FeishuProvider
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels import feishu
from accounts.signin.ways.base import Adapter, Provider, Way, code_of


class FeishuClient(FeishuOAuth2Client):
    """Allauth's, with the application's token asked for in JSON, as the published interface has it."""

    def app_access_token(self) -> str:
        body = {"app_id": self.consumer_key, "app_secret": self.consumer_secret}
        with get_adapter().get_requests_session() as session:
            said = session.request("POST", self.app_access_token_url, json=body).json()
        if said.get("code", 0) != 0 or not said.get("app_access_token"):
            raise OAuth2Error(f"no token of the application: {code_of(said)}")
        return str(said["app_access_token"])


class FeishuAdapter(Adapter, FeishuOAuth2Adapter):
    """Allauth's, with our callback and our refusals."""

    def get_client(self, request: HttpRequest, app: Any) -> FeishuClient:
        address = self.get_callback_url(request, app)
        way = self.access_token_method
        return FeishuClient(request, app.client_id, app.secret, way, self.access_token_url, address)


class Feishu(Provider, FeishuProvider):
    """Allauth's; the open_id is kept, under which the channel for notices reaches her."""

    oauth2_adapter_class = FeishuAdapter

    def name_in(self, data: Any) -> str:
        return str(data.get("name") or "")

    def known_in(self, data: Any) -> dict[str, str]:
        return {"open_id": str(data["open_id"])}


def probe(request: HttpRequest) -> None:
    """Ask for a token of the application."""
    feishu.PLATFORM.token(settings.FEISHU)


WAY = Way(
    "feishu", "feishu", _("飞书"), Feishu, feishu.VARIABLES, lambda: settings.FEISHU,
    ("FEISHU_APP_ID", "FEISHU_APP_SECRET"), probe, inside=("feishu", "lark/"),
    notes=[_("在飞书开放平台的应用里打开“网页应用”，把上面的回调地址填进“安全设置”的重定向 URL。")],
)  # fmt: skip
