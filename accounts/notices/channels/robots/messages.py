"""What a group's robot is sent: DingTalk, WeCom, and signed webhooks for other systems.

* DingTalk, custom robot: ``timestamp`` (ms) and ``sign`` = base64(HMAC-SHA256(secret, "timestamp\\nsecret")) join the
  address; answers ``{"errcode": 0}``; 20 messages a minute.
* WeCom, group robot: the key in the address is all; markdown up to 4096 bytes of UTF-8; ``{"errcode": 0}``;
  20 messages a minute.
* Webhook: the headers of the Standard Webhooks specification 1.0 (webhook-id, -timestamp, -signature).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

from accounts.notices.channels.base import NotDelivered
from accounts.notices.channels.standard_webhooks import signed_headers
from accounts.notices.channels.wording import dingtalk
from accounts.notices.channels.wording import link as _link
from accounts.notices.channels.wording import plain as _plain
from accounts.notices.models import Notice, Robot, RobotHost
from geokit.fetching import https
from geokit.fetching.addresses import not_allowed, public_host
from ui.text.cut import cut

WECOM_BYTES = 4096
DINGTALK_BYTES = 12_000  # of 20,000 that the whole message may have


@dataclass(frozen=True, slots=True)
class Message:
    """An HTTPS POST as it goes out."""

    url: str
    headers: dict[str, str]
    body: bytes


def check_address(url: str) -> None:
    """Refuse an address that is not https on an allowed host and the usual port. Raises BadInput.

    Asked when a robot is added and again before every message, so that a host taken off the list gets nothing more.
    """
    host = public_host(url)
    if not RobotHost.objects.filter(host=host).exists():
        raise not_allowed(_("主机“%s”不在允许的名单里，请管理员先在系统管理中添加。") % host)


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """
    >>> dingtalk_sign("this is secret", 1577262236757)
    'hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM='
    """
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def message_for(robot: Robot, notice: Notice, link: str, now: datetime) -> Message:
    """Write `notice` the way `robot` reads; `link` is the absolute address of what it is about."""
    return _WRITERS[robot.form](robot, notice, link, now)


def send(message: Message) -> None:
    """Post it. Raises NotDelivered unless the answer is 2xx and, where it has an ``errcode``, that is 0."""
    try:
        status, answer = https.post(message.url, message.headers, message.body)
    except OSError as error:
        # What lies below a URLError says more than the word itself; neither names the address.
        raise NotDelivered(type(getattr(error, "reason", None) or error).__name__) from error
    if not 200 <= status < 300:
        raise NotDelivered(f"HTTP {status}")
    try:
        said = json.loads(answer or b"{}")
    except ValueError:
        return
    if isinstance(said, dict) and said.get("errcode", 0) != 0:
        raise NotDelivered(f"{said['errcode']} {str(said.get('errmsg', ''))[:200]}")


def _dingtalk(robot: Robot, notice: Notice, link: str, now: datetime) -> Message:
    stamp = int(now.timestamp() * 1000)
    query = urlencode({"timestamp": stamp, "sign": dingtalk_sign(robot.secret, stamp)})
    joint = "&" if urlsplit(robot.url).query else "?"
    return _json(f"{robot.url}{joint}{query}", dingtalk(notice.title, notice.body, link, DINGTALK_BYTES))


def _wecom(robot: Robot, notice: Notice, link: str, now: datetime) -> Message:
    end = _link(link)
    room = WECOM_BYTES - len(end.encode())
    text = cut(f"**{_plain(notice.title)}**\n{_plain(notice.body)}", room)
    return _json(robot.url, {"msgtype": "markdown", "markdown": {"content": text + end}})


def _webhook(robot: Robot, notice: Notice, link: str, now: datetime) -> Message:
    data = {"title": notice.title, "body": notice.body, "url": link, "key": notice.key}
    message = _json(robot.url, {"type": notice.kind, "timestamp": notice.at.isoformat(), "data": data})
    keys = [robot.secret] if robot.secret else []
    headers = signed_headers(f"notice-{notice.pk}", now, message.body, keys)
    return Message(message.url, {**message.headers, **headers}, message.body)


def _json(url: str, body: dict[str, object]) -> Message:
    content = json.dumps(body, ensure_ascii=False).encode()
    return Message(url, {"Content-Type": "application/json; charset=utf-8"}, content)


_WRITERS: dict[str, Callable[[Robot, Notice, str, datetime], Message]] = {
    Robot.Form.DINGTALK: _dingtalk,
    Robot.Form.WECOM: _wecom,
    Robot.Form.WEBHOOK: _webhook,
}
