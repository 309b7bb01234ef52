"""What an organ does with a paper that was assigned to it.

    assigned -> signed -> delivered -> settled
        |                    |-> redo -> signed      once
        |                    '-> planned -> signed   answered again when it is done
        |-> returned         with the assigner's consent
        '-> advised          a co-handler's opinion to the lead organ

Sources: the provincial handling rule (2016 text) §14 (returned with consent), §17 (contact with the deputy before the
answer), §18 (separately or merged), §20 (planned items are answered again), §21 (extension with consent), §22 (uniform
format, signed by the head, sealed, to each co-signer), §23 (opinion form); 浙江省实施代表法办法 Art. 43 (again, once).
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition, from_each, stay


class HandlingState(StrEnum):
    """Where an organ stands with a paper."""

    ASSIGNED = "assigned"
    SIGNED = "signed"
    DELIVERED = "delivered"
    REDO = "redo"
    PLANNED = "planned"
    SETTLED = "settled"
    RETURNED = "returned"
    ADVISED = "advised"


class HandlingVerb(StrEnum):
    """What is done with it."""

    CONTACT = "contact"
    DRAFT = "draft"
    SIGN = "sign"
    DELIVER = "deliver"
    RATE = "rate"
    FOLLOW = "follow"
    REOPEN = "reopen"
    ADVISE = "advise"
    RETURN = "return"
    EXTEND = "extend"
    REFUSE_REQUEST = "refuse_request"
    ASK_RETURN = "ask_return"
    ASK_EXTENSION = "ask_extension"
    DROP_REQUEST = "drop_request"
    RECALL = "recall"
    CORRECT = "correct"
    RECEIVE = "receive"
    OPINE = "opine"
    URGE = "urge"


class HandlingParty(StrEnum):
    """Who somebody is to it."""

    STAFF = "staff"
    HANDLER = "handler"
    CO_HANDLER = "co_handler"
    LEAD = "lead"
    SIGNER = "signer"


S, V, P = HandlingState, HandlingVerb, HandlingParty
_STAFF, _HANDLER, _CO = frozenset({P.STAFF}), frozenset({P.HANDLER}), frozenset({P.CO_HANDLER})
_DEPUTIES = frozenset({P.LEAD, P.SIGNER})
_RATERS = frozenset({P.LEAD, P.STAFF})
"""The lead deputy; staff enter what she wrote on paper, and say where it is."""
_RUNNING = (S.ASSIGNED, S.REDO, S.PLANNED)
_ANSWERED = (S.DELIVERED, S.PLANNED, S.SETTLED)
_RATING = ("handling", "outcome")

HANDLINGS = StepTable(
    name="paper_handlings",
    title=_("议案建议的承办"),
    states=(
        State(S.ASSIGNED, _("待答复"), ("running", "unanswered"), tone="info"),
        State(S.SIGNED, _("已签发，待盖章送达"), ("unanswered",), tone="info"),
        State(S.DELIVERED, _("已答复，待评价"), ("answered",), tone="info"),
        State(S.REDO, _("重新办理"), ("running", "unanswered"), tone="warn"),
        State(S.PLANNED, _("列入计划，跟踪中"), ("running", "answered"), tone="info"),
        State(S.SETTLED, _("已办结"), ("answered", "ended"), tone="ok"),
        State(S.RETURNED, _("已退回"), ("ended", "out"), tone="muted"),
        State(S.ADVISED, _("已提会办意见"), ("ended", "aside"), tone="ok"),
    ),
    transitions=(
        *stay(_RUNNING, V.CONTACT, _HANDLER, ("with_whom", "how", "on"), event="contacted"),
        *stay(_RUNNING, V.DRAFT, _HANDLER, ("text", "result"), event="drafted"),
        *from_each(_RUNNING, V.SIGN, S.SIGNED, _HANDLER, ("number", "signer", "signed_on"), event="signed"),
        Transition(S.SIGNED, V.RECALL, None, _HANDLER, ("text",), "recalled"),
        Transition(S.SIGNED, V.DELIVER, S.DELIVERED, _HANDLER, ("file", "code"), "delivered", notice="delivered"),
        *stay(_ANSWERED, V.CORRECT, _HANDLER, ("text",), event="corrected", notice="corrected"),
        *stay(_ANSWERED, V.RECEIVE, _DEPUTIES, (), event="received", keeps_version=True),
        *stay(_ANSWERED, V.OPINE, _DEPUTIES, _RATING, event="opined", keeps_version=True),
        Transition(S.DELIVERED, V.RATE, S.SETTLED, _RATERS, _RATING, "rated", notice="rated"),
        Transition(S.DELIVERED, V.FOLLOW, S.PLANNED, _RATERS, _RATING, "planned", notice="planned"),
        Transition(S.DELIVERED, V.REOPEN, S.REDO, _RATERS, (*_RATING, "text"), "reopened", notice="reopened"),
        Transition(S.ASSIGNED, V.ADVISE, S.ADVISED, _CO, ("text",), "advised", notice="advised"),
        Transition(S.ASSIGNED, V.ASK_RETURN, S.ASSIGNED, _HANDLER | _CO, ("text",), "return_asked", "return_asked"),
        *stay(
            (S.ASSIGNED, S.REDO),
            V.ASK_EXTENSION,
            _HANDLER,
            ("until", "text"),
            event="extend_asked",
            notice="extend_asked",
        ),
        *stay((S.ASSIGNED, S.REDO), V.DROP_REQUEST, _HANDLER | _CO, (), event="ask_dropped"),
        Transition(S.ASSIGNED, V.RETURN, S.RETURNED, _STAFF, (), "returned", notice="returned"),
        *stay((S.ASSIGNED, S.REDO), V.EXTEND, _STAFF, ("until",), event="extended", notice="extended"),
        *stay((S.ASSIGNED, S.REDO), V.REFUSE_REQUEST, _STAFF, ("text",), event="ask_refused", notice="ask_refused"),
        *stay(
            (*_RUNNING, S.SIGNED),
            V.URGE,
            frozenset({P.STAFF, P.LEAD}),
            (),
            event="urged",
            notice="urged",
            keeps_version=True,
        ),
    ),
    verbs={
        V.CONTACT: pgettext_lazy("paper", "登记与代表的沟通"),
        V.DRAFT: pgettext_lazy("paper", "起草答复"),
        V.SIGN: pgettext_lazy("paper", "签发答复"),
        V.DELIVER: pgettext_lazy("paper", "上传盖章件并送达"),
        V.RECEIVE: pgettext_lazy("paper", "确认收到"),
        V.RATE: pgettext_lazy("paper", "评价答复"),
        V.FOLLOW: pgettext_lazy("paper", "评价并继续跟踪"),
        V.REOPEN: pgettext_lazy("paper", "要求重新办理"),
        V.OPINE: pgettext_lazy("paper", "提出本人意见"),
        V.ADVISE: pgettext_lazy("paper", "提出会办意见"),
        V.RETURN: pgettext_lazy("paper", "同意退回"),
        V.EXTEND: pgettext_lazy("paper", "同意延期"),
        V.REFUSE_REQUEST: pgettext_lazy("paper", "不同意申请"),
        V.ASK_RETURN: pgettext_lazy("paper", "申请退回"),
        V.ASK_EXTENSION: pgettext_lazy("paper", "申请延期"),
        V.DROP_REQUEST: pgettext_lazy("paper", "撤回申请"),
        V.RECALL: pgettext_lazy("paper", "撤销签发"),
        V.CORRECT: pgettext_lazy("paper", "发出更正"),
        V.URGE: pgettext_lazy("paper", "催办"),
    },
    parties={
        P.STAFF: _("人大工作人员"),
        P.HANDLER: _("承办单位"),
        P.CO_HANDLER: _("会办单位"),
        P.LEAD: _("领衔代表"),
        P.SIGNER: _("联名代表"),
    },
    beginnings={"assigned": S.ASSIGNED, "entered": S.SETTLED},
    needs={
        "with_whom": _("请写明与哪位代表沟通。"),
        "how": _("请选择沟通方式。"),
        "on": _("请填写沟通日期。"),
        "text": _("请写明内容。"),
        "result": _("请选择办理结果（A、B、C 或 D）。"),
        "number": _("请填写文号。"),
        "signer": _("请填写签发的负责人。"),
        "signed_on": _("请填写签发日期。"),
        "file": _("请上传盖章后的扫描件（PDF 或 OFD）。"),
        "code": _("请填写盖章文本末尾的校验码。"),
        "handling": _("请评价办理工作。"),
        "outcome": _("请评价办理结果。"),
        "until": _("请填写延到哪一天。"),
    },
)
