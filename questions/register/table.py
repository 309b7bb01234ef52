"""The states of a questionnaire and the steps between them."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition


class Status(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"
    ARCHIVED = "archived"
    DROPPED = "dropped"


class Verb(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    REVISE = "revise"
    CLOSE = "close"
    ANSWER = "answer"
    ARCHIVE = "archive"
    DROP = "drop"


class Party(StrEnum):
    ASKER = "asker"
    REVIEWER = "reviewer"
    SITE = "site"


ASKER, REVIEWER = frozenset({Party.ASKER}), frozenset({Party.REVIEWER})

TABLE = StepTable(
    name="questionnaires",
    title=_("征求意见"),
    states=(
        State(Status.DRAFT, _("起草"), ("drafting",), tone="muted"),
        State(Status.REVIEW, _("待审核"), ("drafting", "in_review"), tone="warn"),
        State(Status.OPEN, _("征求中"), ("public", "open"), tone="ok"),
        State(Status.CLOSED, _("已截止，待答复"), ("public", "waiting"), tone="info"),
        State(Status.ANSWERED, _("已答复"), ("public", "answered"), tone="ok"),
        State(Status.ARCHIVED, _("已归档"), ("public", "answered", "ended"), tone="muted"),
        State(Status.DROPPED, pgettext_lazy("questionnaire", "已作废"), ("ended",), tone="muted"),
    ),
    transitions=(
        Transition(Status.DRAFT, Verb.SUBMIT, Status.REVIEW, ASKER, ("form",), event="submitted"),
        Transition(Status.REVIEW, Verb.APPROVE, Status.OPEN, REVIEWER, event="approved"),
        Transition(Status.REVIEW, Verb.SEND_BACK, Status.DRAFT, ASKER | REVIEWER, ("text",), event="sent_back"),
        Transition(Status.OPEN, Verb.REVISE, Status.DRAFT, ASKER, ("text",), event="revised"),
        Transition(Status.OPEN, Verb.CLOSE, Status.CLOSED, frozenset({Party.ASKER, Party.SITE}), event="closed"),
        Transition(Status.CLOSED, Verb.ANSWER, Status.ANSWERED, ASKER, ("text",), event="answered"),
        Transition(Status.ANSWERED, Verb.ARCHIVE, Status.ARCHIVED, ASKER, event="archived"),
        Transition(Status.DRAFT, Verb.DROP, Status.DROPPED, ASKER, ("text",), event="dropped"),
    ),
    verbs={
        Verb.SUBMIT: _("提交审核"),
        Verb.APPROVE: _("审核通过，开始征求"),
        Verb.SEND_BACK: _("退回修改"),
        Verb.REVISE: _("撤下修改"),
        Verb.CLOSE: _("截止"),
        Verb.ANSWER: _("答复采纳情况"),
        Verb.ARCHIVE: _("归档"),
        Verb.DROP: pgettext_lazy("action", "作废"),
    },
    parties={Party.ASKER: _("征求单位工作人员"), Party.REVIEWER: _("另一名工作人员"), Party.SITE: _("系统")},
    beginnings={"made": Status.DRAFT},
    needs={
        "form": _("还没有问题，请先编写问题。"),
        (Verb.ANSWER, "text"): _("请写明意见怎样采纳、没有采纳的为什么；答复以后才能归档。"),
        (Verb.SEND_BACK, "text"): _("请写明要改什么。"),
        (Verb.REVISE, "text"): _("请写明为什么撤下修改。"),
        (Verb.DROP, "text"): _("请写明为什么作废。"),
    },
)  # fmt: skip
