"""What may happen to a paper: from, verb, to, who, and what the step needs.

    draft -> submitted -> accepted -> assigned -> answered -> settled
      ^          |                       ^           |
      '- declined                        '-----------'   sent back, or a planned item is answered again

What each organ does with it is a table of its own (`papers.handling.table`); the steps of SYSTEM here follow from it.

Sources: 代表法 (2025) Art. 51; 浙江省实施代表法办法 Art. 10 (议案: 案由、案据、方案; ten deputies at county level);
the provincial handling rule (2016 text) §§7, 9, 10 (form, joint suggestions with a lead deputy, during a session or
between), §28 (key supervision), §§8, 29 (court, procuratorate and supervisory commission handle too).
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition, stay


class PaperState(StrEnum):
    """Where a paper stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class PaperVerb(StrEnum):
    """What is done to a paper."""

    EDIT = "edit"
    SHARE = "share"
    INVITE = "invite"
    UNINVITE = "uninvite"
    CONFIRM = "confirm"
    RECANT = "recant"
    PLACE = "place"
    ATTACH = "attach"
    SUBMIT = "submit"
    DISCARD = "discard"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    DECLINE = "decline"
    REVISE = "revise"
    ASSIGN = "assign"
    MARK_KEY = "mark_key"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    COMPLETE = "complete"
    COME_BACK = "come_back"
    GIVE_BACK = "give_back"
    SETTLE = "settle"


class PaperParty(StrEnum):
    """Who somebody is to a paper."""

    LEAD = "lead"
    GROUP = "group"
    SIGNER = "signer"
    STAFF = "staff"
    SYSTEM = "system"


S, V, P = PaperState, PaperVerb, PaperParty
_LEAD, _SIGNER = frozenset({P.LEAD}), frozenset({P.SIGNER})
_WRITERS = frozenset({P.LEAD, P.GROUP})
_STAFF, _SYSTEM = frozenset({P.STAFF}), frozenset({P.SYSTEM})

STATES = (
    State(S.DRAFT, _("起草联名"), ("drafting",), tone="muted"),
    State(S.SUBMITTED, _("待审查"), ("open", "waiting", "filed"), tone="warn"),
    State(S.DECLINED, _("退回提出人"), ("with_author",), tone="warn"),
    State(S.ACCEPTED, _("待交办"), ("open", "waiting", "filed", "taken_up"), tone="warn"),
    State(S.ASSIGNED, _("办理中"), ("open", "filed", "taken_up", "in_hand"), tone="info"),
    State(S.ANSWERED, _("已答复"), ("open", "filed", "taken_up", "in_hand"), tone="info"),
    State(S.SETTLED, _("已办结"), ("ended", "filed", "taken_up"), tone="ok"),
    State(S.WITHDRAWN, _("已撤回"), ("ended",), tone="muted"),
)
"""Groups: ``drafting`` still with its deputies; ``filed`` staff have it; ``taken_up`` it was found admissible and may
be published; ``waiting`` staff must act; ``in_hand`` organs have it; ``with_author`` sent back; ``ended`` over."""
_TAKEN_UP = (S.ACCEPTED, S.ASSIGNED, S.ANSWERED, S.SETTLED)

PAPERS = StepTable(
    name="papers",
    title=_("议案和代表建议"),
    states=STATES,
    transitions=(
        Transition(S.DRAFT, V.EDIT, S.DRAFT, _WRITERS, ("title", "facts"), "edited"),
        Transition(S.DRAFT, V.SHARE, S.DRAFT, _LEAD, (), "shared", notice="paper-shared"),
        Transition(S.DRAFT, V.INVITE, S.DRAFT, _LEAD, ("members",), "invited", notice="paper-invited"),
        Transition(S.DRAFT, V.UNINVITE, S.DRAFT, _LEAD, ("member",), "uninvited"),
        Transition(S.DRAFT, V.CONFIRM, S.DRAFT, _SIGNER, (), "confirmed", notice="paper-confirmed", keeps_version=True),
        Transition(S.DRAFT, V.RECANT, S.DRAFT, _SIGNER, (), "recanted", notice="paper-recanted", keeps_version=True),
        Transition(S.DRAFT, V.PLACE, S.DRAFT, _WRITERS, (), "placed", keeps_version=True),
        Transition(S.DRAFT, V.ATTACH, S.DRAFT, _WRITERS, (), "attached", keeps_version=True),
        Transition(S.DRAFT, V.SUBMIT, S.SUBMITTED, _LEAD, (), "submitted", notice="paper-submitted"),
        Transition(S.DRAFT, V.DISCARD, S.WITHDRAWN, _LEAD, (), "discarded"),
        Transition(S.SUBMITTED, V.WITHDRAW, S.WITHDRAWN, _LEAD, ("text",), "withdrawn", notice="paper-withdrawn"),
        Transition(S.SUBMITTED, V.ACCEPT, S.ACCEPTED, _STAFF, (), "accepted", notice="paper-accepted"),
        Transition(S.SUBMITTED, V.DECLINE, S.DECLINED, _STAFF, ("reason", "text"), "declined", notice="paper-declined"),
        Transition(S.DECLINED, V.REVISE, S.DRAFT, _LEAD, (), "revised"),
        Transition(S.ACCEPTED, V.ASSIGN, S.ASSIGNED, _STAFF, ("departments",), "assigned", notice="paper-assigned"),
        Transition(S.ASSIGNED, V.ASSIGN, S.ASSIGNED, _STAFF, ("departments",), "assigned", notice="paper-assigned"),
        *stay(_TAKEN_UP[:3], V.MARK_KEY, _STAFF, ("leader",), event="marked_key", notice="paper-marked_key"),
        *stay(_TAKEN_UP, V.PUBLISH, _STAFF, (), event="published"),
        *stay(_TAKEN_UP, V.UNPUBLISH, _STAFF, ("text",), event="unpublished"),
        Transition(S.ASSIGNED, V.COMPLETE, S.ANSWERED, _SYSTEM, (), "completed"),
        Transition(S.ANSWERED, V.COME_BACK, S.ASSIGNED, _SYSTEM, (), "came_back"),
        Transition(S.ASSIGNED, V.GIVE_BACK, S.ACCEPTED, _SYSTEM, (), "given_back"),
        Transition(S.ANSWERED, V.SETTLE, S.SETTLED, _SYSTEM, (), "settled", notice="paper-settled"),
    ),
    verbs={
        V.EDIT: pgettext_lazy("paper", "修改文本"),
        V.SHARE: pgettext_lazy("paper", "小组共享"),
        V.CONFIRM: pgettext_lazy("paper", "确认联名"),
        V.RECANT: pgettext_lazy("paper", "退出联名"),
        V.INVITE: pgettext_lazy("paper", "邀请联名"),
        V.UNINVITE: pgettext_lazy("paper", "取消邀请"),
        V.PLACE: pgettext_lazy("paper", "标注地点"),
        V.ATTACH: pgettext_lazy("paper", "添加附件"),
        V.SUBMIT: pgettext_lazy("paper", "提交"),
        V.DISCARD: pgettext_lazy("paper", "放弃起草"),
        V.WITHDRAW: pgettext_lazy("paper", "撤回"),
        V.ACCEPT: pgettext_lazy("paper", "同意立案"),
        V.DECLINE: pgettext_lazy("paper", "退回提出人"),
        V.REVISE: pgettext_lazy("paper", "重新起草"),
        V.ASSIGN: pgettext_lazy("paper", "交办"),
        V.MARK_KEY: pgettext_lazy("paper", "列为重点督办"),
        V.PUBLISH: pgettext_lazy("paper", "公开全文"),
        V.UNPUBLISH: pgettext_lazy("paper", "取消公开"),
        V.COMPLETE: pgettext_lazy("paper", "答复齐全"),
        V.COME_BACK: pgettext_lazy("paper", "继续办理"),
        V.GIVE_BACK: pgettext_lazy("paper", "退回待交办"),
        V.SETTLE: pgettext_lazy("paper", "办结"),
    },
    parties={
        P.LEAD: _("领衔代表"),
        P.GROUP: _("共享小组的代表"),
        P.SIGNER: _("受邀联名的代表"),
        P.STAFF: _("人大工作人员"),
        P.SYSTEM: _("系统"),
    },
    beginnings={"drafted": S.DRAFT, "registered": S.ACCEPTED, "entered": S.SETTLED},
    needs={
        "title": _("请写题目。"),
        "facts": _("请写明案由或情况。"),
        "members": _("请选择要邀请的代表。"),
        "member": _("请选择要取消邀请的代表。"),
        "departments": _("请选择承办单位。"),
        "leader": _("请写明督办领导。"),
        "reason": _("请选择退回的理由。"),
        (V.DECLINE, "text"): _("请写明给提出人的话。"),
        (V.WITHDRAW, "text"): _("请写明撤回的理由。"),
        (V.UNPUBLISH, "text"): _("请写明取消公开的理由。"),
    },
)
