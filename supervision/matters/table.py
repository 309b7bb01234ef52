"""What may happen to a matter: from, verb, to, who, and what the step needs.

    received -> submitted -> assigned -> replied -> closed
        |           ^           |           |-> redo -> replied     once
        v           |           v
     declined       '------- returned

The table is the rule; states, their names, groups and tones are read from it alone. No database.

Sources: 代表法 (2025) Art. 51; 浙江省实施代表法办法 Art. 43; the provincial handling rule (2016): a
department asks in 10 days to return what is not its own, or that it go to another, and for more time when it needs it,
and the assigner consents or not; a co-handler answers the lead; the deputy rates the handling and the result; who is
not satisfied with the result sends the matter back once; what is in a plan is answered again.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State as Standing
from ledger.steps import StepTable, Transition
from supervision.matters.guards import REDO_LIMIT
from supervision.matters.states import Matter, Party, Person, State, Verb

DISSATISFIED = "dissatisfied"
Line = Transition[State, Verb, Party]

_UNROUTED = ("open", "accepted", "taken_up", "waiting", "unrouted", "without_department")
STATES = (
    # What the public reports is looked at first; what a deputy files is a matter already.
    Standing(State.RECEIVED, _("待审核"), ("open", "waiting", "without_department"), tone="warn"),
    Standing(State.SUBMITTED, _("待交办"), _UNROUTED, tone="warn"),
    Standing(State.ASSIGNED, _("办理中"), ("open", "accepted", "taken_up", "in_hand"), tone="info"),
    Standing(State.RETURNED, _("退回重派"), _UNROUTED, tone="warn"),
    Standing(State.REPLIED, _("已答复"), ("open", "accepted", "taken_up", "answered"), tone="info"),
    Standing(State.REDO, _("重新办理"), ("open", "accepted", "taken_up", "in_hand"), tone="warn"),
    Standing(State.CLOSED, _("已办结"), ("ended", "taken_up", "answered"), tone="ok"),
    Standing(State.DECLINED, _("不予受理"), ("ended", "without_department"), tone="muted"),
    Standing(State.MERGED, _("已并案"), ("ended", "without_department"), tone="muted"),
)
"""Groups: ``open`` not settled; ``accepted`` open and looked at; ``taken_up`` accepted or closed; ``waiting`` staff;
``unrouted`` nobody has it; ``in_hand`` a department works on it and its clock runs; ``answered`` a plan may bring it
back; ``ended`` nothing more happens; ``without_department`` nobody needs to have it."""

_STAFF = frozenset({Party.STAFF})
_HANDLER = frozenset({Party.HANDLER})
_CO_HANDLER = frozenset({Party.CO_HANDLER})
_AUTHOR = frozenset({Party.AUTHOR})
_DEPUTY = frozenset({Party.DEPUTY})
_SYSTEM = frozenset({Party.SYSTEM})
_STAFF_OR_HANDLER = _STAFF | _HANDLER
_STAFF_OR_AUTHOR = _STAFF | _AUTHOR
_CONCERNED = frozenset({Party.STAFF, Party.HANDLER, Party.CO_HANDLER, Party.AUTHOR, Party.REPORTER})
_RATING = ("handling", "outcome")


def _in(*groups: str) -> tuple[State, ...]:
    return tuple(state.name for state in STATES if set(groups) & set(state.groups))


_OPEN, _ACCEPTED, _HANDLED, _RUNNING = _in("open"), _in("accepted"), _in("in_hand"), _in("waiting", "in_hand")

_KEEP_VERSION = frozenset(
    {
        Verb.URGE, Verb.TAKE_BACK_URGE, Verb.SAY, Verb.CO_REPLY, Verb.LINK, Verb.UNLINK, Verb.ABSORB, Verb.RELEASE,
        Verb.REDACT, Verb.ESCALATE,
    }
)  # fmt: skip
"""They hurt nobody's open form."""
_QUIET = frozenset({"absorbed", "released", "linked", "unlinked", "published", "withdrawn", "redacted", "escalated"})
"""Events of which nobody is notified, or which send a notice of their own (`escalation`)."""


def _step(source: State, verb: Verb, target: State | None, who: frozenset[Party], event: str, *needs: str) -> Line:
    """One line; `event` is the verb of the event that records it and the kind of its notice."""
    notice = "" if event in _QUIET else event
    return Line(source, verb, target, who, needs, event, notice, keeps_version=verb in _KEEP_VERSION)


def _stay(states: Iterable[State], verb: Verb, who: frozenset[Party], event: str, *needs: str) -> tuple[Line, ...]:
    """One line for each state: the step is recorded and the matter stays where it is."""
    return tuple(_step(state, verb, state, who, event, *needs) for state in states)


TRANSITIONS = (
    _step(State.RECEIVED, Verb.ACCEPT, State.SUBMITTED, _STAFF, "accepted"),
    _step(State.RECEIVED, Verb.DECLINE, State.DECLINED, _STAFF, "declined", "text"),
    _step(State.SUBMITTED, Verb.DECLINE, State.DECLINED, _STAFF, "declined", "text"),
    _step(State.RETURNED, Verb.DECLINE, State.DECLINED, _STAFF, "declined", "text"),
    _step(State.DECLINED, Verb.RECONSIDER, State.SUBMITTED, _STAFF, "reconsidered", "text"),
    _step(State.RECEIVED, Verb.ADOPT, State.SUBMITTED, _DEPUTY, "adopted"),
    *_stay(_ACCEPTED, Verb.ADOPT, _DEPUTY, "adopted"),
    _step(State.SUBMITTED, Verb.ASSIGN, State.ASSIGNED, _STAFF, "assigned", "department"),
    _step(State.RETURNED, Verb.ASSIGN, State.ASSIGNED, _STAFF, "assigned", "department"),
    _step(State.ASSIGNED, Verb.FORWARD, State.ASSIGNED, _STAFF, "forwarded", "department", "text"),
    _step(State.ASSIGNED, Verb.RECALL, State.SUBMITTED, _STAFF, "recalled", "text"),
    _step(State.ASSIGNED, Verb.ASK_RETURN, State.ASSIGNED, _HANDLER, "return_asked", "text"),
    _step(State.ASSIGNED, Verb.ASK_FORWARD, State.ASSIGNED, _HANDLER, "forward_asked", "department", "text"),
    *_stay(_HANDLED, Verb.ASK_EXTENSION, _HANDLER, "extend_asked", "until", "text"),
    *_stay(_HANDLED, Verb.DROP_REQUEST, _HANDLER, "ask_dropped"),
    _step(State.ASSIGNED, Verb.RETURN, State.RETURNED, _STAFF, "returned"),
    _step(State.ASSIGNED, Verb.HAND_ON, State.ASSIGNED, _STAFF, "passed_on", "department"),
    *_stay(_HANDLED, Verb.EXTEND, _STAFF, "extended", "until"),
    *_stay(_HANDLED, Verb.REFUSE_REQUEST, _STAFF, "ask_refused", "text"),
    *_stay(_HANDLED, Verb.ASK_CO, _STAFF_OR_HANDLER, "co_asked", "department"),
    *_stay(_HANDLED, Verb.CO_REPLY, _CO_HANDLER, "co_replied", "text"),
    _step(State.ASSIGNED, Verb.REPLY, State.REPLIED, _HANDLER, "replied", "text", "result"),
    _step(State.REDO, Verb.REPLY, State.REPLIED, _HANDLER, "replied", "text", "result"),
    # Beside the first reply, never instead of it; whoever rates it has the form anew.
    _step(State.REPLIED, Verb.CORRECT_REPLY, State.REPLIED, _HANDLER, "reply_corrected", "text"),
    _step(State.REPLIED, Verb.RATE, State.CLOSED, _AUTHOR, "rated", *_RATING),
    _step(State.REPLIED, Verb.REOPEN, State.REDO, _AUTHOR, "reopened", *_RATING, "text"),
    _step(State.REPLIED, Verb.COME_BACK, State.ASSIGNED, _SYSTEM, "came_back"),
    _step(State.CLOSED, Verb.COME_BACK, State.ASSIGNED, _SYSTEM, "came_back"),
    *_stay(_HANDLED, Verb.URGE, _STAFF_OR_AUTHOR, "urged"),
    *_stay(_HANDLED, Verb.TAKE_BACK_URGE, _STAFF_OR_AUTHOR, "urge_withdrawn"),
    *_stay(_HANDLED, Verb.PAUSE, _STAFF, "paused", "text"),
    *_stay(_HANDLED, Verb.RESUME, _STAFF, "resumed"),
    _step(State.RECEIVED, Verb.MERGE, State.MERGED, _STAFF, "merged", "other"),
    _step(State.SUBMITTED, Verb.MERGE, State.MERGED, _STAFF, "merged", "other"),
    _step(State.RETURNED, Verb.MERGE, State.MERGED, _STAFF, "merged", "other"),
    _step(State.ASSIGNED, Verb.MERGE, State.MERGED, _STAFF, "merged", "other"),
    _step(State.MERGED, Verb.UNMERGE, None, _STAFF, "unmerged", "text"),
    *_stay(_OPEN, Verb.ABSORB, _STAFF, "absorbed"),
    *_stay((*_OPEN, State.CLOSED, State.DECLINED), Verb.RELEASE, _STAFF, "released"),
    *_stay((*_in("waiting"), State.ASSIGNED), Verb.SPLIT, _STAFF, "split", "title", "text"),
    *_stay((*_OPEN, State.CLOSED), Verb.LINK, _STAFF_OR_AUTHOR, "linked", "thing"),
    *_stay((*_OPEN, State.CLOSED), Verb.UNLINK, _STAFF_OR_AUTHOR, "unlinked"),
    *_stay((*_ACCEPTED, State.CLOSED), Verb.PUBLISH, _STAFF, "published", "text"),
    *_stay(State, Verb.WITHDRAW, _STAFF, "withdrawn"),
    *_stay(State, Verb.REDACT, _STAFF, "redacted"),
    *_stay(_OPEN, Verb.SAY, _CONCERNED, "said", "text"),
    *_stay(_RUNNING, Verb.ESCALATE, _SYSTEM, "escalated"),
)

TABLE = StepTable(
    name="matters",
    title=_("意见建议办理"),
    states=STATES,
    transitions=TRANSITIONS,
    verbs={
        Verb.ACCEPT: pgettext_lazy("step", "受理"),
        Verb.ADOPT: pgettext_lazy("step", "认领"),
        Verb.ASSIGN: pgettext_lazy("step", "交办"),
        Verb.REPLY: pgettext_lazy("step", "答复"),
        Verb.CORRECT_REPLY: pgettext_lazy("step", "更正答复"),
        Verb.CO_REPLY: pgettext_lazy("step", "提出会办意见"),
        Verb.RATE: pgettext_lazy("step", "评价"),
        Verb.REOPEN: pgettext_lazy("step", "要求重办"),
        Verb.FORWARD: pgettext_lazy("step", "转办"),
        Verb.ASK_RETURN: pgettext_lazy("step", "申请退回"),
        Verb.ASK_FORWARD: pgettext_lazy("step", "申请转办"),
        Verb.ASK_EXTENSION: pgettext_lazy("step", "申请延期"),
        Verb.DROP_REQUEST: pgettext_lazy("step", "撤回申请"),
        Verb.RETURN: pgettext_lazy("step", "同意退回"),
        Verb.HAND_ON: pgettext_lazy("step", "同意转办"),
        Verb.EXTEND: pgettext_lazy("step", "同意延期"),
        Verb.REFUSE_REQUEST: pgettext_lazy("step", "不同意申请"),
        Verb.RECALL: pgettext_lazy("step", "收回"),
        Verb.ASK_CO: pgettext_lazy("step", "请会办"),
        Verb.URGE: pgettext_lazy("step", "催办"),
        Verb.TAKE_BACK_URGE: pgettext_lazy("step", "撤回催办"),
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
    },
    parties={
        Party.STAFF: _("人大工作人员"),
        Party.HANDLER: _("主办单位"),
        Party.CO_HANDLER: _("会办单位"),
        Party.AUTHOR: _("提出人"),
        Party.REPORTER: _("上报人"),
        Party.DEPUTY: _("人大代表"),
        Party.SYSTEM: _("系统"),
    },
    beginnings={"received": State.RECEIVED, "submitted": State.SUBMITTED},
    needs={
        (Verb.DECLINE, "text"): _("请写明不予受理的理由，提出人会看到。"),
        (Verb.RECONSIDER, "text"): _("请写明恢复受理的理由。"),
        (Verb.ASSIGN, "department"): _("请选择主办单位。"),
        (Verb.FORWARD, "department"): _("请选择转给哪个单位。"),
        (Verb.FORWARD, "text"): _("请写明转办的理由。"),
        (Verb.RECALL, "text"): _("请写明收回的理由。"),
        (Verb.ASK_RETURN, "text"): _("请写明退回的理由，以便重新交办。"),
        (Verb.ASK_FORWARD, "department"): _("请选择应由哪个单位办理。"),
        (Verb.ASK_FORWARD, "text"): _("请写明转办的理由。"),
        (Verb.HAND_ON, "department"): _("请选择转给哪个单位。"),
        (Verb.ASK_EXTENSION, "until"): _("请填写希望延到哪一天。"),
        (Verb.ASK_EXTENSION, "text"): _("请写明延期的理由。"),
        (Verb.EXTEND, "until"): _("请填写延到哪一天。"),
        (Verb.REFUSE_REQUEST, "text"): _("请写明不同意的理由，主办单位会看到。"),
        (Verb.ASK_CO, "department"): _("请选择会办单位。"),
        (Verb.CO_REPLY, "text"): _("请写明会办意见。"),
        (Verb.CORRECT_REPLY, "text"): _("请写明更正哪里、更正为什么；原来的答复保留。"),
        (Verb.REPLY, "text"): _("请写明办理情况和答复内容。"),
        (Verb.REPLY, "result"): _("请选择办理结果（A、B、C 或 D）。"),
        (Verb.RATE, "handling"): _("请评价办理工作。"),
        (Verb.RATE, "outcome"): _("请评价办理结果。"),
        (Verb.REOPEN, "handling"): _("请评价办理工作。"),
        (Verb.REOPEN, "outcome"): _("请评价办理结果。"),
        (Verb.REOPEN, "text"): _("对办理结果不满意时，请写明哪些问题还没有解决。"),
        (Verb.PAUSE, "text"): _("请写明暂停计时的理由。"),
        (Verb.MERGE, "other"): _("请选择并入哪一件。"),
        (Verb.UNMERGE, "text"): _("请写明撤销并案的理由。"),
        (Verb.SPLIT, "title"): _("请写明拆分出来的题目。"),
        (Verb.SPLIT, "text"): _("请写明拆分出来的内容。"),
        (Verb.LINK, "thing"): _("请选择要关联的点位、项目或联络站。"),
        (Verb.PUBLISH, "text"): _("请写明公开的内容，不要写姓名和电话。"),
        (Verb.SAY, "text"): _("请写明要补充的情况。"),
    },
)
IN_HAND = TABLE.in_group("in_hand")
NOT_TAKEN_UP = (State.RECEIVED, State.DECLINED, State.MERGED)
"""Nobody has looked at it, it is no matter, or it is counted as another."""
UNROUTED = TABLE.in_group("unrouted")


def parties_of(person: Person, matter: Matter) -> frozenset[Party]:
    """Return who `person` is to `matter`; a stranger is nobody.

    Whoever reported without an account is the author until a deputy adopts the matter.
    """
    reports = person.reporter_of is not None and person.reporter_of == matter.id
    found = {
        Party.STAFF: person.role in {"staff", "admin"},
        Party.AUTHOR: _is_author(person, matter) or (reports and matter.author_id is None),
        Party.REPORTER: reports,
        Party.DEPUTY: person.role == "deputy" or person.sits,
        Party.SYSTEM: person.role == "system",
    }
    if person.role == "officer" and person.department_id is not None:
        found[Party.HANDLER] = person.department_id == matter.department_id
        found[Party.CO_HANDLER] = not found[Party.HANDLER] and person.department_id in matter.co_departments
    return frozenset(party for party, is_one in found.items() if is_one)


def _is_author(person: Person, matter: Matter) -> bool:
    return person.id is not None and person.id == matter.author_id


def rating_verb(outcome: str, redo_count: int) -> Verb:
    """Return what a rating does: dissatisfied with the result sends back, once; anything else closes."""
    if outcome == DISSATISFIED and redo_count < REDO_LIMIT:
        return Verb.REOPEN
    return Verb.RATE
