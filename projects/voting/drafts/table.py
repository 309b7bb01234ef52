"""The states of a draft of a vote and the steps between them: nobody calls a vote alone."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition


class Stage(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    CALLED = "called"
    DROPPED = "dropped"


class Verb(StrEnum):
    CHANGE = "change"
    SEND = "send"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    DROP = "drop"


class Party(StrEnum):
    STAFF = "staff"
    SECOND = "second"


STAFF, SECOND = frozenset({Party.STAFF}), frozenset({Party.SECOND})

TABLE = StepTable(
    name="vote_drafts",
    title=_("票决草案"),
    states=(
        State(Stage.DRAFT, pgettext_lazy("vote", "草稿"), ("open",), tone="muted"),
        State(Stage.REVIEW, pgettext_lazy("vote", "待审核"), ("open",), tone="warn"),
        State(Stage.CALLED, _("已安排"), ("ended",), tone="ok"),
        State(Stage.DROPPED, pgettext_lazy("vote", "已放弃"), ("ended",), tone="muted"),
    ),
    transitions=(
        Transition(Stage.DRAFT, Verb.CHANGE, Stage.DRAFT, STAFF, event="changed"),
        Transition(Stage.DRAFT, Verb.SEND, Stage.REVIEW, STAFF, event="sent"),
        Transition(Stage.REVIEW, Verb.APPROVE, Stage.CALLED, SECOND, event="approved"),
        Transition(Stage.REVIEW, Verb.SEND_BACK, Stage.DRAFT, STAFF, ("reason",), event="sent_back"),
        Transition(Stage.DRAFT, Verb.DROP, Stage.DROPPED, STAFF, ("reason",), event="dropped"),
        Transition(Stage.REVIEW, Verb.DROP, Stage.DROPPED, STAFF, ("reason",), event="dropped"),
    ),
    verbs={
        Verb.CHANGE: pgettext_lazy("vote", "修改"),
        Verb.SEND: _("送审"),
        Verb.APPROVE: _("审核同意并安排"),
        Verb.SEND_BACK: _("退回修改"),
        Verb.DROP: pgettext_lazy("vote", "放弃"),
    },
    parties={Party.STAFF: _("组织票决的人大工作人员"), Party.SECOND: _("没有写过这份草案的另一位工作人员")},
    beginnings={"drafted": Stage.DRAFT},
    needs={
        (Verb.SEND_BACK, "reason"): _("请写明退回修改什么。"),
        (Verb.DROP, "reason"): _("请写明放弃的理由。"),
    },
)
