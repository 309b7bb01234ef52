"""The words of the chain: states, steps, parties, and what the table must know of a person and a matter."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(StrEnum):
    """Where a matter stands; the values of `Suggestion.state`."""

    RECEIVED = "received"
    SUBMITTED = "submitted"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    REPLIED = "replied"
    REDO = "redo"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"


class Verb(StrEnum):
    """A step somebody takes."""

    ACCEPT = "accept"
    ADOPT = "adopt"
    ASSIGN = "assign"
    REPLY = "reply"
    CO_REPLY = "co_reply"
    RATE = "rate"
    REOPEN = "reopen"
    FORWARD = "forward"
    RETURN = "return"
    RECALL = "recall"
    ASK_CO = "ask_co"
    URGE = "urge"
    SAY = "say"
    PAUSE = "pause"
    RESUME = "resume"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    LINK = "link"
    UNLINK = "unlink"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    REDACT = "redact"
    DECLINE = "decline"
    RECONSIDER = "reconsider"
    ABSORB = "absorb"
    RELEASE = "release"
    COME_BACK = "come_back"
    ESCALATE = "escalate"


class Party(StrEnum):
    """Who somebody is to one matter."""

    STAFF = "staff"
    HANDLER = "handler"
    CO_HANDLER = "co_handler"
    AUTHOR = "author"
    REPORTER = "reporter"
    DEPUTY = "deputy"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Person:
    """The one who asks. `reporter_of`: the matter whose private link this person holds."""

    id: int | None
    role: str
    department_id: int | None = None
    reporter_of: int | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What the table must know of a suggestion."""

    state: str
    author_id: int | None
    department_id: int | None = None
    id: int | None = None
    co_departments: frozenset[int] = frozenset()
    """Those that were asked for an opinion and have not given it."""
    returnable_until: date | None = None
    due_on: date | None = None
    planned_on: date | None = None
    redo_count: int = 0
    urged_on: date | None = None
    is_paused: bool = False
    is_public: bool = False
    was_passed_on: bool = False
    """It came from another department, not from staff."""
    has_absorbed: bool = False


STATE_NAMES = {
    State.RECEIVED: _("待审核"),
    State.SUBMITTED: _("待交办"),
    State.ASSIGNED: _("办理中"),
    State.RETURNED: _("退回重派"),
    State.REPLIED: _("已答复"),
    State.REDO: _("重新办理"),
    State.CLOSED: _("已办结"),
    State.DECLINED: _("不予受理"),
    State.MERGED: _("已并案"),
}
VERB_NAMES = {
    Verb.ACCEPT: pgettext_lazy("step", "受理"),
    Verb.ADOPT: pgettext_lazy("step", "认领"),
    Verb.ASSIGN: pgettext_lazy("step", "交办"),
    Verb.REPLY: pgettext_lazy("step", "答复"),
    Verb.CO_REPLY: pgettext_lazy("step", "提出会办意见"),
    Verb.RATE: pgettext_lazy("step", "评价"),
    Verb.REOPEN: pgettext_lazy("step", "要求重办"),
    Verb.FORWARD: pgettext_lazy("step", "转办"),
    Verb.RETURN: pgettext_lazy("step", "退回"),
    Verb.RECALL: pgettext_lazy("step", "收回"),
    Verb.ASK_CO: pgettext_lazy("step", "请会办"),
    Verb.URGE: pgettext_lazy("step", "催办"),
    Verb.SAY: pgettext_lazy("step", "补充说明"),
    Verb.PAUSE: pgettext_lazy("step", "暂停计时"),
    Verb.RESUME: pgettext_lazy("step", "恢复计时"),
    Verb.MERGE: pgettext_lazy("step", "并案"),
    Verb.UNMERGE: pgettext_lazy("step", "撤销并案"),
    Verb.SPLIT: pgettext_lazy("step", "拆分"),
    Verb.LINK: pgettext_lazy("step", "关联对象"),
    Verb.UNLINK: pgettext_lazy("step", "取消关联"),
    Verb.PUBLISH: pgettext_lazy("step", "公开"),
    Verb.WITHDRAW: pgettext_lazy("step", "取消公开"),
    Verb.REDACT: pgettext_lazy("step", "遮盖照片"),
    Verb.DECLINE: pgettext_lazy("step", "不予受理"),
    Verb.RECONSIDER: pgettext_lazy("step", "恢复受理"),
    Verb.ABSORB: pgettext_lazy("step", "接收并案"),
    Verb.RELEASE: pgettext_lazy("step", "撤销接收"),
    Verb.COME_BACK: pgettext_lazy("step", "到期再答复"),
    Verb.ESCALATE: pgettext_lazy("step", "超期上报"),
}
PARTY_NAMES = {
    Party.STAFF: _("人大工作人员"),
    Party.HANDLER: _("主办单位"),
    Party.CO_HANDLER: _("会办单位"),
    Party.AUTHOR: _("提出人"),
    Party.REPORTER: _("上报人"),
    Party.DEPUTY: _("人大代表"),
    Party.SYSTEM: _("系统"),
}
