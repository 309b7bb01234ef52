"""The states of a page and the steps between them: drafting, three reviews (三审), publication."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition, from_each


class Status(StrEnum):
    DRAFT = "draft"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    SUBMIT = "submit"
    PASS = "pass"  # noqa: S105 - a step, no password
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    SEND_BACK = "send_back"
    GO_LIVE = "go_live"
    REVISE = "revise"
    WITHDRAW = "withdraw"


class Party(StrEnum):
    EDITOR = "editor"
    REVIEWER = "reviewer"
    SITE = "site"


EDITOR, REVIEWER, SITE = (frozenset({party}) for party in Party)
REVIEWS = (Status.FIRST, Status.SECOND, Status.THIRD)

TABLE = StepTable(
    name="pages",
    title=pgettext_lazy("website", "网站页面"),
    states=(
        State(Status.DRAFT, _("起草"), ("drafting",), tone="muted"),
        State(Status.FIRST, _("待初审"), ("in_review",), tone="warn"),
        State(Status.SECOND, _("待复审"), ("in_review",), tone="warn"),
        State(Status.THIRD, _("待终审"), ("in_review",), tone="warn"),
        State(Status.SCHEDULED, _("待定时发布"), ("waiting",), tone="info"),
        State(Status.PUBLISHED, _("已发布"), ("shown",), tone="ok"),
        State(Status.WITHDRAWN, _("已撤下"), ("ended",), tone="muted"),
    ),
    transitions=(
        Transition(Status.DRAFT, Verb.SUBMIT, Status.FIRST, EDITOR, ("body", "issue"), event="submitted"),
        Transition(Status.FIRST, Verb.PASS, Status.SECOND, REVIEWER, event="passed_first"),
        Transition(Status.SECOND, Verb.PASS, Status.THIRD, REVIEWER, event="passed_second"),
        *from_each(REVIEWS, Verb.PUBLISH, Status.PUBLISHED, REVIEWER, event="published", notice="published"),
        *from_each(REVIEWS, Verb.SCHEDULE, Status.SCHEDULED, REVIEWER, event="scheduled"),
        *from_each((*REVIEWS, Status.SCHEDULED), Verb.SEND_BACK, Status.DRAFT, EDITOR, ("text",), event="sent_back"),
        Transition(Status.SCHEDULED, Verb.GO_LIVE, Status.PUBLISHED, SITE, event="published", notice="published"),
        Transition(Status.PUBLISHED, Verb.REVISE, Status.DRAFT, EDITOR, event="revised"),
        Transition(Status.WITHDRAWN, Verb.REVISE, Status.DRAFT, EDITOR, event="revised"),
        *from_each((Status.DRAFT, Status.PUBLISHED), Verb.WITHDRAW, Status.WITHDRAWN, EDITOR | SITE, ("text",),
                   event="withdrawn"),
        *from_each((*REVIEWS, Status.SCHEDULED), Verb.WITHDRAW, Status.WITHDRAWN, SITE, ("text",), event="withdrawn"),
    ),
    verbs={
        Verb.SUBMIT: _("提交审校"),
        Verb.PASS: _("审校通过，转下一审"),
        Verb.PUBLISH: _("终审通过，发布"),
        Verb.SCHEDULE: _("终审通过，定时发布"),
        Verb.SEND_BACK: _("退回修改"),
        Verb.GO_LIVE: _("到时发布"),
        Verb.REVISE: pgettext_lazy("website", "修改"),
        Verb.WITHDRAW: _("撤下"),
    },
    parties={Party.EDITOR: _("本单位编辑"), Party.REVIEWER: _("没有参与这一稿的另一名编辑"), Party.SITE: _("系统")},
    beginnings={"made": Status.DRAFT},
    needs={
        "body": _("还没有正文，请先增加一段。"),
        "issue": _("这是会刊，请先增加一段“会刊 PDF”。"),
        (Verb.SEND_BACK, "text"): _("请写明要改什么。"),
        (Verb.WITHDRAW, "text"): _("请写明为什么撤下。"),
    },
)  # fmt: skip
