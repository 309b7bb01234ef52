"""The states of a voter's message and the steps between them."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from ledger.steps import State, StepTable, Transition, from_each, stay


class Status(StrEnum):
    NEW = "new"
    STATION = "station"
    MATTER = "matter"
    ANSWERED = "answered"
    CLOSED = "closed"
    DISMISSED = "dismissed"


class Verb(StrEnum):
    ANSWER = "answer"
    HAND_OVER = "hand_over"
    FALL_DUE = "fall_due"
    RAISE = "raise"
    DISMISS = "dismiss"
    RELAY = "relay"
    COME_BACK = "come_back"
    SAY = "say"
    RATE = "rate"
    REOPEN = "reopen"
    REISSUE = "reissue"


class Party(StrEnum):
    VOTER = "voter"
    DEPUTY = "deputy"
    STATION = "station"
    SITE = "site"


VOTER, SITE = frozenset({Party.VOTER}), frozenset({Party.SITE})
DEPUTY, BOTH = frozenset({Party.DEPUTY}), frozenset({Party.DEPUTY, Party.STATION})
OPEN = (Status.NEW, Status.STATION)

TABLE = StepTable(
    name="voter_messages",
    title=_("选民来信"),
    states=(
        State(Status.NEW, _("待代表答复"), ("open", "with_deputy"), tone="info"),
        State(Status.STATION, _("联络站办理"), ("open", "with_station"), tone="warn"),
        State(Status.MATTER, _("已转为事项"), ("passed_on",), tone="info"),
        State(Status.ANSWERED, _("已答复"), ("answered",), tone="ok"),
        State(Status.CLOSED, _("已评价"), ("answered", "done"), tone="ok"),
        State(Status.DISMISSED, _("不予办理"), ("done",), tone="muted"),
    ),
    transitions=(
        Transition(Status.NEW, Verb.ANSWER, Status.ANSWERED, DEPUTY, ("text",), event="answered", notice="answered"),
        Transition(Status.STATION, Verb.ANSWER, Status.ANSWERED, BOTH, ("text",), event="answered", notice="answered"),
        Transition(Status.NEW, Verb.HAND_OVER, Status.STATION, DEPUTY, event="handed_over", notice="to_station"),
        Transition(Status.NEW, Verb.FALL_DUE, Status.STATION, SITE, event="late", notice="to_station"),
        *from_each(OPEN, Verb.RAISE, Status.MATTER, BOTH, event="raised", notice="raised"),
        *from_each(OPEN, Verb.DISMISS, Status.DISMISSED, BOTH, ("text",), event="dismissed", notice="answered"),
        *from_each((Status.STATION, Status.MATTER), Verb.RELAY, Status.ANSWERED, SITE, ("text",), event="relayed",
                   notice="answered"),
        Transition(Status.MATTER, Verb.COME_BACK, Status.STATION, SITE, ("text",), event="came_back",
                   notice="to_station"),
        *stay((*OPEN, Status.MATTER, Status.ANSWERED), Verb.SAY, VOTER, ("text",), event="said", notice="said",
              keeps_version=True),
        Transition(Status.ANSWERED, Verb.RATE, Status.CLOSED, VOTER, ("rating",), event="rated"),
        Transition(Status.ANSWERED, Verb.REOPEN, Status.STATION, VOTER, ("text",), event="reopened",
                   notice="to_station"),
        *stay(tuple(Status), Verb.REISSUE, BOTH, event="reissued", keeps_version=True),
    ),
    verbs={
        Verb.ANSWER: _("答复选民"),
        Verb.HAND_OVER: _("转联络站"),
        Verb.FALL_DUE: _("到期转联络站"),
        Verb.RAISE: _("转为事项"),
        Verb.DISMISS: _("不予办理"),
        Verb.RELAY: _("带回答复"),
        Verb.COME_BACK: _("退回联络站"),
        Verb.SAY: _("补充"),
        Verb.RATE: _("评价"),
        Verb.REOPEN: _("不满意，请再办"),
        Verb.REISSUE: _("重新出具回执"),
    },
    parties={
        Party.VOTER: _("来信的选民"),
        Party.DEPUTY: _("选区的代表"),
        Party.STATION: _("联络站工作人员"),
        Party.SITE: _("系统"),
    },
    beginnings={"sent": Status.NEW, "left": Status.STATION},
    needs={
        (Verb.ANSWER, "text"): _("请写明答复。"),
        (Verb.DISMISS, "text"): _("请写明理由，选民会看到。"),
        (Verb.RELAY, "text"): _("没有答复的内容。"),
        (Verb.COME_BACK, "text"): _("没有不予受理的理由。"),
        (Verb.SAY, "text"): _("请写明要补充的情况。"),
        (Verb.REOPEN, "text"): _("请写明哪里还没有解决。"),
        "rating": _("请选择是否满意。"),
    },
)  # fmt: skip
