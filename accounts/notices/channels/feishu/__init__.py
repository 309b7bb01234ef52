"""Notices as messages of an application's bot in Feishu (飞书), to one member of the organisation."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Own, Variable, Words
from accounts.notices.channels.own import channel
from accounts.notices.channels.platform import Platform, read
from accounts.notices.channels.user_ids import clean_user_id
from accounts.notices.models import FEISHU
from geokit.fetching import https
from ui.text.cut import cut

HOST = "https://open.feishu.cn/open-apis"
TEXT_BYTES = 8000
OPEN_ID = re.compile(r"ou_[0-9A-Za-z]+")
VARIABLES = (
    Variable("FEISHU_APP_ID", _("自建应用的 App ID")),
    Variable("FEISHU_APP_SECRET", _("自建应用的 App Secret"), secret=True),
)


def _fetch(given: Mapping[str, str]) -> dict[str, Any]:
    body = json.dumps({"app_id": given["FEISHU_APP_ID"], "app_secret": given["FEISHU_APP_SECRET"]}).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    said = read(https.post(f"{HOST}/auth/v3/tenant_access_token/internal", headers, body), any_status=True)
    return {**said, "access_token": said.get("tenant_access_token"), "expires_in": said.get("expire")}


PLATFORM = Platform(
    _fetch, stale=frozenset({99991661, 99991663, 99991664, 99991668, 99991677}),
    gone=frozenset({230013, 230029, 230034, 230053}), never=frozenset({230001, 230006}), bearer=True,
)  # fmt: skip


def say(address: str, words: Words) -> None:
    """Send one message now. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    kind = "open_id" if OPEN_ID.fullmatch(address) else "user_id"
    body = {"receive_id": address, "msg_type": "post", "content": json.dumps(_post(words), ensure_ascii=False)}
    PLATFORM.post(settings.FEISHU, f"{HOST}/im/v1/messages?receive_id_type={kind}", body)


def _post(words: Words) -> dict[str, Any]:
    """A message of plain pieces: text stays text, so people's words become no link and no mention."""
    lines: list[list[dict[str, Any]]] = [[{"tag": "text", "text": cut(words.body or "-", TEXT_BYTES)}]]
    if words.url:
        lines.append([{"tag": "a", "text": translated("查看"), "href": words.url}])
    return {"zh_cn": {"title": cut(words.title, 300), "content": lines}}


OWN = Own(
    _("飞书用户 ID"), _("在飞书管理后台的成员资料里查看，或者问本单位的飞书管理员。会收到一条带验证码的消息。"),
    clean_user_id, say, lambda: VARIABLES, lambda: settings.FEISHU,
    notes=[
        _("应用要打开机器人能力，有“以应用的身份发消息”权限，可用范围包含收信的人。"),
        _("按用户 ID 发还要“获取用户 user ID”权限。"),
    ],
    identity=("feishu", "open_id"),
)  # fmt: skip
CHANNEL = channel(FEISHU, _("飞书消息"), OWN, (timedelta(minutes=1), 20))
