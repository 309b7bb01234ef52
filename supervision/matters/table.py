"""What may happen to a matter: from, verb, to, who, and what the step needs.

    received -> submitted -> assigned -> replied -> closed
        |           ^           |           |-> redo -> replied     once
        v           |           v
     declined       '------- returned

The table is the rule; everything else here reads it. No database: callers describe the person and
the matter, and get an answer in words that can be shown as they are.

Sources: 代表法 (2025) Art. 51; 浙江省实施代表法办法 Art. 43; the provincial handling rule (2016): a
department returns in 10 days what is not its own; a co-handler answers the lead; the deputy rates the handling and
the result; who is not satisfied with the result sends the matter back once; what is in a plan is answered again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from geokit.refusal import FieldError, NotPermitted
from supervision.matters.guards import REDO_LIMIT, obstacle
from supervision.matters.states import PARTY_NAMES, STATE_NAMES, VERB_NAMES, Matter, Party, Person, State, Verb

__all__ = [
    "DISSATISFIED", "IN_HAND", "PARTY_NAMES", "REDO_LIMIT", "STATE_NAMES", "TABLE", "UNROUTED", "VERB_NAMES",
    "Matter", "Party", "Person", "State", "Transition", "Verb",
]  # fmt: skip


IN_HAND = frozenset({State.ASSIGNED, State.REDO})
"""A department is working on it and its clock runs."""

UNROUTED = frozenset({State.SUBMITTED, State.RETURNED})
"""Nobody has it; staff must assign it."""

BEGINNINGS = {"received": State.RECEIVED, "submitted": State.SUBMITTED}
"""How a history starts: what the public reports is looked at first, what a deputy files is a matter already."""

DISSATISFIED = "dissatisfied"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table. `event` is the verb of the event that records the step."""

    source: State
    verb: Verb
    target: State | None
    """None: back to where it stood before it was merged."""
    who: frozenset[Party]
    event: str
    needs: tuple[str, ...] = ()


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
_OPEN = (State.RECEIVED, State.SUBMITTED, State.RETURNED, State.ASSIGNED, State.REDO, State.REPLIED)
_HANDLED = (State.ASSIGNED, State.REDO)


def _stay(
    states: Iterable[State], verb: Verb, who: frozenset[Party], event: str, *needs: str
) -> tuple[Transition, ...]:
    """One line for each state: the step is recorded and the matter stays where it is."""
    return tuple(Transition(state, verb, state, who, event, needs) for state in states)


TABLE: tuple[Transition, ...] = (
    Transition(State.RECEIVED, Verb.ACCEPT, State.SUBMITTED, _STAFF, "accepted"),
    Transition(State.RECEIVED, Verb.DECLINE, State.DECLINED, _STAFF, "declined", ("text",)),
    Transition(State.SUBMITTED, Verb.DECLINE, State.DECLINED, _STAFF, "declined", ("text",)),
    Transition(State.RETURNED, Verb.DECLINE, State.DECLINED, _STAFF, "declined", ("text",)),
    Transition(State.DECLINED, Verb.RECONSIDER, State.SUBMITTED, _STAFF, "reconsidered", ("text",)),
    Transition(State.RECEIVED, Verb.ADOPT, State.SUBMITTED, _DEPUTY, "adopted"),
    *_stay(_OPEN[1:], Verb.ADOPT, _DEPUTY, "adopted"),
    Transition(State.SUBMITTED, Verb.ASSIGN, State.ASSIGNED, _STAFF, "assigned", ("department",)),
    Transition(State.RETURNED, Verb.ASSIGN, State.ASSIGNED, _STAFF, "assigned", ("department",)),
    Transition(State.ASSIGNED, Verb.FORWARD, State.ASSIGNED, _STAFF_OR_HANDLER, "forwarded", ("department", "text")),
    Transition(State.ASSIGNED, Verb.RECALL, State.SUBMITTED, _STAFF, "recalled", ("text",)),
    Transition(State.ASSIGNED, Verb.RETURN, State.RETURNED, _HANDLER, "returned", ("text",)),
    *_stay(_HANDLED, Verb.ASK_CO, _STAFF_OR_HANDLER, "co_asked", "department"),
    *_stay(_HANDLED, Verb.CO_REPLY, _CO_HANDLER, "co_replied", "text"),
    Transition(State.ASSIGNED, Verb.REPLY, State.REPLIED, _HANDLER, "replied", ("text", "result")),
    Transition(State.REDO, Verb.REPLY, State.REPLIED, _HANDLER, "replied", ("text", "result")),
    Transition(State.REPLIED, Verb.RATE, State.CLOSED, _AUTHOR, "rated", _RATING),
    Transition(State.REPLIED, Verb.REOPEN, State.REDO, _AUTHOR, "reopened", (*_RATING, "text")),
    Transition(State.REPLIED, Verb.COME_BACK, State.ASSIGNED, _SYSTEM, "came_back"),
    Transition(State.CLOSED, Verb.COME_BACK, State.ASSIGNED, _SYSTEM, "came_back"),
    *_stay(_HANDLED, Verb.URGE, _STAFF_OR_AUTHOR, "urged"),
    *_stay(_HANDLED, Verb.PAUSE, _STAFF, "paused", "text"),
    *_stay(_HANDLED, Verb.RESUME, _STAFF, "resumed"),
    Transition(State.RECEIVED, Verb.MERGE, State.MERGED, _STAFF, "merged", ("other",)),
    Transition(State.SUBMITTED, Verb.MERGE, State.MERGED, _STAFF, "merged", ("other",)),
    Transition(State.RETURNED, Verb.MERGE, State.MERGED, _STAFF, "merged", ("other",)),
    Transition(State.ASSIGNED, Verb.MERGE, State.MERGED, _STAFF, "merged", ("other",)),
    Transition(State.MERGED, Verb.UNMERGE, None, _STAFF, "unmerged", ("text",)),
    *_stay(_OPEN, Verb.ABSORB, _STAFF, "absorbed"),
    *_stay((*_OPEN, State.CLOSED, State.DECLINED), Verb.RELEASE, _STAFF, "released"),
    *_stay(_OPEN[:4], Verb.SPLIT, _STAFF, "split", "title", "text"),
    *_stay((*_OPEN, State.CLOSED), Verb.LINK, _STAFF_OR_AUTHOR, "linked", "thing"),
    *_stay((*_OPEN, State.CLOSED), Verb.UNLINK, _STAFF_OR_AUTHOR, "unlinked"),
    *_stay((*_OPEN[1:], State.CLOSED), Verb.PUBLISH, _STAFF, "published", "text"),
    *_stay(State, Verb.WITHDRAW, _STAFF, "withdrawn"),
    *_stay(State, Verb.REDACT, _STAFF, "redacted"),
    *_stay(_OPEN, Verb.SAY, _CONCERNED, "said", "text"),
    *_stay(_OPEN[:5], Verb.ESCALATE, _SYSTEM, "escalated"),
)

_NEED_MESSAGES = {
    (Verb.DECLINE, "text"): _("请写明不予受理的理由，提出人会看到。"),
    (Verb.RECONSIDER, "text"): _("请写明恢复受理的理由。"),
    (Verb.ASSIGN, "department"): _("请选择主办单位。"),
    (Verb.FORWARD, "department"): _("请选择转给哪个单位。"),
    (Verb.FORWARD, "text"): _("请写明转办的理由。"),
    (Verb.RECALL, "text"): _("请写明收回的理由。"),
    (Verb.RETURN, "text"): _("请写明退回的理由，以便重新交办。"),
    (Verb.ASK_CO, "department"): _("请选择会办单位。"),
    (Verb.CO_REPLY, "text"): _("请写明会办意见。"),
    (Verb.REPLY, "text"): _("请写明办理情况和答复内容。"),
    (Verb.REPLY, "result"): _("请选择办理结果(A、B、C 或 D)。"),
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
}


def parties_of(person: Person, matter: Matter) -> frozenset[Party]:
    """Return who `person` is to `matter`; a stranger is nobody.

    Whoever reported without an account is the author until a deputy adopts the matter.
    """
    reports = person.reporter_of is not None and person.reporter_of == matter.id
    found = {
        Party.STAFF: person.role in {"staff", "admin"},
        Party.AUTHOR: _is_author(person, matter) or (reports and matter.author_id is None),
        Party.REPORTER: reports,
        Party.DEPUTY: person.role == "deputy",
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


def transition_for(person: Person, matter: Matter, verb: Verb, today: date) -> Transition:
    """Return the line of the table that lets `person` do `verb` now.

    Raises NotPermitted, saying why not: the wrong person (asked first, so that a stranger learns nothing
    more), the wrong moment (code ``wrong-state``), or a clock that has run out (``not-now``).
    """
    lines = [line for line in TABLE if line.verb == verb]
    who = frozenset().union(*(line.who for line in lines))
    mine = parties_of(person, matter) & who
    if not mine:
        names = gettext("、").join(str(PARTY_NAMES[party]) for party in Party if party in who)
        raise NotPermitted(gettext("“%(verb)s”只能由%(who)s进行。") % {"verb": VERB_NAMES[verb], "who": names})
    step = next((line for line in lines if line.source == matter.state), None)
    if step is None:
        raise NotPermitted(_wrong_moment(matter, verb), code="wrong-state")
    if why := obstacle(verb, matter, mine, today):
        raise NotPermitted(why, code="not-now")
    return step


def steps_now(person: Person, matter: Matter, today: date) -> tuple[Transition, ...]:
    """Return every step that `person` may take now, in the order of the verbs."""
    found = []
    for verb in Verb:
        try:
            found.append(transition_for(person, matter, verb, today))
        except NotPermitted:
            continue
    return tuple(found)


def missing_for(step: Transition, given: Mapping[str, object]) -> list[FieldError]:
    """Return what the step still needs, one error for each field that is empty."""
    return [
        FieldError(name, "required", str(_NEED_MESSAGES[step.verb, name]))
        for name in step.needs
        if not str(given.get(name) or "").strip()
    ]


def state_after(event_verbs: Iterable[str]) -> State:
    """Return the state that a history of event verbs leads to; raises ValueError on a broken history."""
    state = before_merge = None
    for verb in event_verbs:
        if state is None:
            state = _beginning(verb)
            continue
        step = _line_of(state, verb)
        if step.verb is Verb.MERGE:
            before_merge = state
        state = step.target or before_merge
    if state is None:
        raise ValueError("a history starts with its submission")
    return state


def _beginning(event: str) -> State:
    if event not in BEGINNINGS:
        raise ValueError(f"no history starts with {event}")
    return BEGINNINGS[event]


def _line_of(state: State, event: str) -> Transition:
    for step in TABLE:
        if step.source == state and step.event == event:
            return step
    raise ValueError(f"no step from {state} records {event}")


def _wrong_moment(matter: Matter, verb: Verb) -> str:
    return gettext("当前状态为“%(state)s”，不能“%(verb)s”。") % {
        "state": STATE_NAMES[State(matter.state)],
        "verb": VERB_NAMES[verb],
    }
