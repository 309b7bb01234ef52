"""Which program's script is loaded where, and whom its ticket (jsapi_ticket) is asked of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels import dingtalk, feishu, wecom, weixin
from accounts.notices.channels.base import NotDelivered, Variable
from accounts.signin.ways.registry import WAYS, inside, offered

Ticket = tuple[str, int]
"""A ticket and the seconds for which it is good."""


@dataclass(frozen=True, slots=True)
class Program:
    """The script of one program."""

    name: str
    """As the front end's adapters are called (`web/src/in-app`)."""
    way: str
    """The way of signing in that belongs to it; `IN_APP_SDKS` names it too."""
    script: str
    """The one file that pages may load; the content policy names nothing else of that host."""
    fetch: Callable[[], Ticket]
    """Ask for a ticket. Raises NotDelivered, Refusal or OSError."""
    given: Callable[[], Mapping[str, str]]
    app: str
    """Variable with the number of the application or corporation."""
    agent: str = ""
    """Variable with the number of the application within the corporation."""
    more: Sequence[Variable] = ()
    """What the operator sets beside the variables of the way."""
    in_milliseconds: bool = False
    """The unit of the time that is signed."""
    notes: Sequence[Any] = ()
    """What the operator does at the program's."""

    def names(self) -> list[str]:
        """Return the names of the variables that it needs, each once."""
        names = [self.app, self.agent, *(variable.name for variable in self.more)]
        return [name for name in dict.fromkeys(names) if name]

    def missing(self) -> list[str]:
        """Names of the variables that are not set."""
        given = self.given()
        return [name for name in self.names() if not given.get(name)]

    def is_on(self) -> bool:
        """Tell whether the operator wants the script, offers the way of signing in, and has set all it needs."""
        return self.way in settings.IN_APP_SDKS and offered(self.way) is not None and not self.missing()

    def signs(self) -> Collection[str]:
        """What the program's browser calls itself."""
        return WAYS[self.way].inside


def _plain(said: Mapping[str, Any], lasts: str = "expires_in") -> Ticket:
    ticket, seconds = said.get("ticket"), said.get(lasts)
    if not isinstance(ticket, str) or not 0 < len(ticket) <= LONGEST_TICKET or not isinstance(seconds, int):
        raise NotDelivered("no ticket in the answer")
    return ticket, seconds


LONGEST_TICKET = 512


def _weixin() -> Ticket:
    address = f"{weixin.HOST}/cgi-bin/ticket/getticket"
    return _plain(weixin.PLATFORM.get(settings.WEIXIN_MP, address, type="jsapi"))


def _wecom() -> Ticket:
    return _plain(wecom.PLATFORM.get(settings.WECOM, f"{wecom.HOST}/cgi-bin/get_jsapi_ticket"))


def _dingtalk() -> Ticket:
    return _plain(dingtalk.PLATFORM.get(settings.DINGTALK, f"{dingtalk.HOST}/get_jsapi_ticket", type="jsapi"))


def _feishu() -> Ticket:
    said = feishu.PLATFORM.post(settings.FEISHU, f"{feishu.HOST}/jssdk/ticket/get", {}).get("data")
    return _plain(said if isinstance(said, dict) else {}, "expire_in")


PROGRAMS = {
    program.way: program
    for program in (
        Program(
            "wecom", "wecom", "https://res.wx.qq.com/open/js/jweixin-1.2.0.js", _wecom, lambda: settings.WECOM,
            "WECOM_CORP_ID",
            notes=[_("可信域名须通过归属验证，才能用 JS-SDK；扫码、定位和分享只用企业身份，不用另配 agentConfig。")],
        ),
        Program(
            "weixin", "weixin_mp", "https://res.wx.qq.com/open/js/jweixin-1.6.0.js", _weixin,
            lambda: settings.WEIXIN_MP, "WEIXIN_MP_APP_ID",
            notes=[_("在公众平台“功能设置”里，把本站域名填进“JS接口安全域名”（须已备案，并放好验证文件）。")],
        ),
        Program(
            "feishu", "feishu", "https://lf1-cdn-tos.bytegoofy.com/goofy/lark/op/h5-js-sdk-1.5.23.js", _feishu,
            lambda: settings.FEISHU, "FEISHU_APP_ID", in_milliseconds=True,
            notes=[_("在飞书开放平台应用的“安全设置”里，把本站域名填进“H5 可信域名”。")],
        ),
        Program(
            "dingtalk", "dingtalk", "https://g.alicdn.com/dingding/dingtalk-jsapi/3.0.25/dingtalk.open.js", _dingtalk,
            lambda: settings.DINGTALK, "DINGTALK_CORP_ID", "DINGTALK_AGENT_ID",
            more=[Variable("DINGTALK_CORP_ID", _("企业的 CorpId，在钉钉开放平台首页"))],
            notes=[_("在钉钉应用的“网页应用”里，首页地址和 PC 端首页地址都填在本站域名下。")],
        ),
    )
}  # fmt: skip


def program_of(user_agent: str) -> Program | None:
    """Return the program in whose browser somebody is, where its script is on; None elsewhere."""
    if not settings.IN_APP_SDKS or not (sign := inside(user_agent)):
        return None
    return next((one for one in PROGRAMS.values() if sign in one.signs() and one.is_on()), None)
