"""Notices as messages of an application in WeCom (企业微信), to one member of the organisation."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Own, UnknownAddress, Variable, Words
from accounts.notices.channels.own import channel
from accounts.notices.channels.platform import Platform, read
from accounts.notices.channels.user_ids import clean_user_id
from accounts.notices.channels.wording import plain
from accounts.notices.models import WECOM
from geokit.fetching import https
from ui.text.cut import cut

HOST = "https://qyapi.weixin.qq.com"
TITLE_BYTES, TEXT_BYTES = 128, 512
VARIABLES = (
    Variable("WECOM_CORP_ID", _("企业 ID")),
    Variable("WECOM_SECRET", _("自建应用的 Secret"), secret=True),
    Variable("WECOM_AGENT_ID", _("自建应用的 AgentId")),
)


def _fetch(given: Mapping[str, str]) -> dict[str, Any]:
    query = urlencode({"corpid": given["WECOM_CORP_ID"], "corpsecret": given["WECOM_SECRET"]})
    return read(https.get(f"{HOST}/cgi-bin/gettoken?{query}"))


PLATFORM = Platform(
    _fetch, stale=frozenset({40014, 42001}), gone=frozenset({40003, 60111, 81013}), never=frozenset({40056, 301002})
)


def say(user_id: str, words: Words) -> None:
    """Send one message now. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    given = settings.WECOM
    body = {"touser": user_id, "agentid": given["WECOM_AGENT_ID"], **_message(words)}
    said = PLATFORM.post(given, f"{HOST}/cgi-bin/message/send", body)
    if said.get("invaliduser"):  # it says ok all the same, and sends to nobody
        raise UnknownAddress("invaliduser")


def _message(words: Words) -> dict[str, Any]:
    text = cut(plain(words.body), TEXT_BYTES)
    if not words.url:
        return {"msgtype": "text", "text": {"content": f"{plain(words.title)}\n{text}"}}
    card = {"title": cut(plain(words.title), TITLE_BYTES), "description": text or "-", "url": words.url}
    return {"msgtype": "textcard", "textcard": {**card, "btntxt": translated("查看")}}


OWN = Own(
    _("企业微信账号"), _("企业微信通讯录里的账号（userid），可以问本单位的企业微信管理员。会收到一条带验证码的消息。"),
    clean_user_id, say, lambda: VARIABLES, lambda: settings.WECOM,
    notes=[_("应用的可见范围要包含收信的人；本站服务器的公网地址要填进应用的企业可信 IP。")],
)  # fmt: skip
CHANNEL = channel(WECOM, _("企业微信应用消息"), OWN, (timedelta(minutes=1), 20))
