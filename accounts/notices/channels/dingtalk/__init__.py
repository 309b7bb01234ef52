"""Notices as work notices (工作通知) of an application in DingTalk, to one member of the organisation."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Own, Variable, Words
from accounts.notices.channels.own import channel
from accounts.notices.channels.platform import Platform, read
from accounts.notices.channels.user_ids import clean_user_id
from accounts.notices.channels.wording import dingtalk
from accounts.notices.models import DINGTALK
from geokit.fetching import https

HOST = "https://oapi.dingtalk.com"
TEXT_BYTES = 4000
VARIABLES = (
    Variable("DINGTALK_APP_KEY", _("企业内部应用的 AppKey（Client ID）")),
    Variable("DINGTALK_APP_SECRET", _("企业内部应用的 AppSecret（Client Secret）"), secret=True),
    Variable("DINGTALK_AGENT_ID", _("企业内部应用的 AgentId")),
)


def _fetch(given: Mapping[str, str]) -> dict[str, Any]:
    query = urlencode({"appkey": given["DINGTALK_APP_KEY"], "appsecret": given["DINGTALK_APP_SECRET"]})
    return read(https.get(f"{HOST}/gettoken?{query}"))


PLATFORM = Platform(
    _fetch, stale=frozenset({40014, 42001}), gone=frozenset({33012, 60121}), never=frozenset({40035, 400002})
)


def say(user_id: str, words: Words) -> None:
    """Send one work notice now. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    given = settings.DINGTALK
    message = dingtalk(words.title, words.body, words.url, TEXT_BYTES)
    body = {"agent_id": given["DINGTALK_AGENT_ID"], "userid_list": user_id, "msg": message}
    PLATFORM.post(given, f"{HOST}/topapi/message/corpconversation/asyncsend_v2", body)


OWN = Own(
    _("钉钉 userid"), _("在钉钉管理后台的通讯录里查看，或者问本单位的钉钉管理员。会收到一条带验证码的工作通知。"),
    clean_user_id, say, lambda: VARIABLES, lambda: settings.DINGTALK,
    notes=[_("应用要有“消息通知”权限，可见范围包含收信的人；本站服务器的公网地址要填进应用的服务器出口 IP。")],
)  # fmt: skip
CHANNEL = channel(DINGTALK, _("钉钉工作通知"), OWN, (timedelta(minutes=1), 20))
