"""Notices as subscription messages (订阅通知) of a service account in WeChat, to one person who has subscribed.

Nobody knows her openid there; it comes with the identity by which she signs in inside WeChat. A message is a template
of the account's: which of its fields holds what, the operator says in `WEIXIN_MP_FIELDS`.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.district import current
from accounts.notices.channels.base import NeverDelivered, Own, Variable, Words
from accounts.notices.channels.own import channel
from accounts.notices.channels.platform import Platform, read
from accounts.notices.models import WEIXIN
from geokit.fetching import https
from geokit.refusal import refuse

HOST = "https://api.weixin.qq.com"
OPENID = re.compile(r"[A-Za-z0-9_-]{20,40}")
FIELD = re.compile(r"((?:thing|time|character_string|phrase|const)\d{1,3})=(title|at|site)")
LONGEST = {"thing": 20, "phrase": 5, "character_string": 32, "const": 20, "time": 30}
"""Characters that each kind of field takes."""
VARIABLES = (
    Variable("WEIXIN_MP_APP_ID", _("服务号的 AppID")),
    Variable("WEIXIN_MP_APP_SECRET", _("服务号的 AppSecret"), secret=True),
    Variable("WEIXIN_MP_TEMPLATE", _("订阅通知模板的编号（政务类目可以申请长期订阅）")),
    Variable(
        "WEIXIN_MP_FIELDS",
        _("模板的关键词各填什么：title 标题、at 时间、site 本站名称，如 thing1=title,time2=at,thing3=site"),
    ),
)


def _fetch(given: Mapping[str, str]) -> dict[str, Any]:
    asked = {"appid": given["WEIXIN_MP_APP_ID"], "secret": given["WEIXIN_MP_APP_SECRET"]}
    return read(https.get(f"{HOST}/cgi-bin/token?{urlencode({'grant_type': 'client_credential', **asked})}"))


PLATFORM = Platform(
    _fetch, stale=frozenset({40001, 40014, 42001}), gone=frozenset({40003, 43004, 43101}),
    never=frozenset({40037, 41030, 47003, 48001}),
)  # fmt: skip


def say(openid: str, words: Words) -> None:
    """Send one message now. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    given = settings.WEIXIN_MP
    body: dict[str, Any] = {"touser": openid, "template_id": given["WEIXIN_MP_TEMPLATE"], "data": _data(given, words)}
    if words.url:
        body["page"] = words.url
    PLATFORM.post(given, f"{HOST}/cgi-bin/message/subscribe/bizsend", body)


def _data(given: Mapping[str, str], words: Words) -> dict[str, dict[str, str]]:
    """The fields of the template. Raises NeverDelivered for what the operator wrote wrongly."""
    at = timezone.localtime()
    values = {"title": words.title, "at": f"{at:%Y-%m-%d %H:%M}", "site": str(current().title)}
    pairs = [FIELD.fullmatch(part.strip()) for part in given["WEIXIN_MP_FIELDS"].split(",")]
    if not all(pairs):
        raise NeverDelivered("WEIXIN_MP_FIELDS is not read")
    return {pair[1]: {"value": _fit(pair[1], values[pair[2]])} for pair in pairs if pair}


def _fit(name: str, value: str) -> str:
    return " ".join(value.split())[: LONGEST[name.rstrip("0123456789")]] or "-"


def clean(address: str) -> str:
    """Return an openid, which only comes with an identity. Raises BadInput."""
    if not OPENID.fullmatch(address):
        raise refuse("address", "invalid", gettext("请先在微信里打开本站，绑定微信登录。"))
    return address


OWN = Own(
    _("微信"), _("在微信里打开本站，绑定微信登录以后，就能在这里选用。"),
    clean, say, lambda: VARIABLES, lambda: settings.WEIXIN_MP,
    notes=[
        _("服务器的公网地址要加进公众平台的 IP 白名单；消息里的链接要在服务号的业务域名下。"),
        _("收信的人要在服务号里订阅过这个模板；一次性订阅的，订阅一次只收一条。"),
    ],
    identity=("weixin", "openid"), is_typed=False,
)  # fmt: skip
CHANNEL = channel(WEIXIN, _("微信订阅通知"), OWN, (timedelta(minutes=1), 5), (timedelta(hours=1), 20))
