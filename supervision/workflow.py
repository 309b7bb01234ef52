"""What may happen to a suggestion: from, verb, to, who, and what the step needs.

    submitted -> assigned -> (returned -> assigned) -> replied -> rated: closed
                                                               -> reopened: redo -> replied -> closed

The table is the rule; everything else here reads it. No database: callers describe the person and
the matter, and get an answer in words that can be shown as they are.

Sources: 代表法 (2025) Art. 51; 浙江省实施代表法办法 Art. 43; the provincial handling rule (2016): a
department returns in 10 days what is not its own; the deputy rates the handling and the result; who
is not satisfied with the result sends the matter back once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from geokit.refusal import FieldError, NotPermitted
from supervision import clocks


class State(StrEnum):
    """Where a suggestion stands; the values of `Suggestion.state`."""

    SUBMITTED = "submitted"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    REPLIED = "replied"
    REDO = "redo"
    CLOSED = "closed"


class Verb(StrEnum):
    """A step somebody takes."""

    ASSIGN = "assign"
    RETURN = "return"
    REPLY = "reply"
    RATE = "rate"
    REOPEN = "reopen"
    URGE = "urge"


class Party(StrEnum):
    """Who somebody is to one matter."""

    STAFF = "staff"
    HANDLER = "handler"
    AUTHOR = "author"


IN_HAND = frozenset({State.ASSIGNED, State.REDO})
"""A department is working on it and its clock runs."""

UNROUTED = frozenset({State.SUBMITTED, State.RETURNED})
"""Nobody has it; staff must assign it."""

DISSATISFIED = "dissatisfied"
REDO_LIMIT = 1
"""A matter goes back to its department once (浙江省实施代表法办法 Art. 43)."""


@dataclass(frozen=True, slots=True)
class Person:
    """The one who asks."""

    id: int | None
    role: str
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What the table must know of a suggestion."""

    state: str
    author_id: int
    department_id: int | None = None
    assigned_on: date | None = None
    due_on: date | None = None
    redo_count: int = 0
    urged_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table. `event` is the verb of the event that records the step."""

    source: State
    verb: Verb
    target: State
    who: frozenset[Party]
    event: str
    needs: tuple[str, ...] = ()


_STAFF = frozenset({Party.STAFF})
_HANDLER = frozenset({Party.HANDLER})
_AUTHOR = frozenset({Party.AUTHOR})
_WHO_WAITS = frozenset({Party.STAFF, Party.AUTHOR})
_RATING = ("handling", "outcome")

TABLE: tuple[Transition, ...] = (
    Transition(State.SUBMITTED, Verb.ASSIGN, State.ASSIGNED, _STAFF, "assigned", ("department",)),
    Transition(State.RETURNED, Verb.ASSIGN, State.ASSIGNED, _STAFF, "assigned", ("department",)),
    Transition(State.ASSIGNED, Verb.RETURN, State.RETURNED, _HANDLER, "returned", ("text",)),
    Transition(State.ASSIGNED, Verb.REPLY, State.REPLIED, _HANDLER, "replied", ("text", "result")),
    Transition(State.REDO, Verb.REPLY, State.REPLIED, _HANDLER, "replied", ("text", "result")),
    Transition(State.REPLIED, Verb.RATE, State.CLOSED, _AUTHOR, "rated", _RATING),
    Transition(State.REPLIED, Verb.REOPEN, State.REDO, _AUTHOR, "reopened", (*_RATING, "text")),
    Transition(State.ASSIGNED, Verb.URGE, State.ASSIGNED, _WHO_WAITS, "urged"),
    Transition(State.REDO, Verb.URGE, State.REDO, _WHO_WAITS, "urged"),
)

STATE_NAMES = {
    State.SUBMITTED: _("待交办"),
    State.ASSIGNED: _("办理中"),
    State.RETURNED: _("退回重派"),
    State.REPLIED: _("已答复"),
    State.REDO: _("重新办理"),
    State.CLOSED: _("已办结"),
}
VERB_NAMES = {
    Verb.ASSIGN: pgettext_lazy("step", "交办"),
    Verb.RETURN: pgettext_lazy("step", "退回"),
    Verb.REPLY: pgettext_lazy("step", "答复"),
    Verb.RATE: pgettext_lazy("step", "评价"),
    Verb.REOPEN: pgettext_lazy("step", "要求重办"),
    Verb.URGE: pgettext_lazy("step", "催办"),
}
PARTY_NAMES = {
    Party.STAFF: _("人大工作人员"),
    Party.HANDLER: _("主办单位"),
    Party.AUTHOR: _("提出人"),
}
_NEED_MESSAGES = {
    (Verb.ASSIGN, "department"): _("请选择主办单位。"),
    (Verb.RETURN, "text"): _("请写明退回的理由，以便重新交办。"),
    (Verb.REPLY, "text"): _("请写明办理情况和答复内容。"),
    (Verb.REPLY, "result"): _("请选择办理结果(A、B、C 或 D)。"),
    (Verb.RATE, "handling"): _("请评价办理工作。"),
    (Verb.RATE, "outcome"): _("请评价办理结果。"),
    (Verb.REOPEN, "handling"): _("请评价办理工作。"),
    (Verb.REOPEN, "outcome"): _("请评价办理结果。"),
    (Verb.REOPEN, "text"): _("对办理结果不满意时，请写明哪些问题还没有解决。"),
}


def parties_of(person: Person, matter: Matter) -> frozenset[Party]:
    """Return who `person` is to `matter`; a stranger is nobody."""
    found = set()
    if person.role in {"staff", "admin"}:
        found.add(Party.STAFF)
    handles = person.department_id is not None and person.department_id == matter.department_id
    if person.role == "officer" and handles:
        found.add(Party.HANDLER)
    if person.id is not None and person.id == matter.author_id:
        found.add(Party.AUTHOR)
    return frozenset(found)


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
    if obstacle := _obstacle(step, matter, mine, today):
        raise NotPermitted(obstacle, code="not-now")
    return step


def steps_now(person: Person, matter: Matter, today: date) -> tuple[Transition, ...]:
    """Return every step that `person` may take now, in the table's order."""
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
    state: State | None = None
    for verb in event_verbs:
        state = _next_state(state, verb)
    if state is None:
        raise ValueError("a history starts with its submission")
    return state


def _next_state(state: State | None, event: str) -> State:
    if state is None and event == "submitted":
        return State.SUBMITTED
    for step in TABLE:
        if step.source == state and step.event == event:
            return step.target
    raise ValueError(f"no step from {state} records {event}")


def _wrong_moment(matter: Matter, verb: Verb) -> str:
    return gettext("当前状态为“%(state)s”，不能“%(verb)s”。") % {
        "state": STATE_NAMES[State(matter.state)],
        "verb": VERB_NAMES[verb],
    }


def _obstacle(step: Transition, matter: Matter, mine: frozenset[Party], today: date) -> str:
    """Return why a step that the table allows cannot be taken today, or an empty string."""
    if step.verb is Verb.RETURN and matter.assigned_on:
        last = clocks.returnable_until(matter.assigned_on)
        if today > last:
            return gettext("退回期限为交办后 10 日(%(day)s 止)，现已超过，请办理并答复。") % {"day": date_format(last)}
    if step.verb is Verb.REOPEN and matter.redo_count >= REDO_LIMIT:
        return gettext("本件已重新办理过一次，不能再次要求重办。")
    if step.verb is Verb.URGE:
        return _urge_obstacle(matter, mine, today)
    return ""


def _urge_obstacle(matter: Matter, mine: frozenset[Party], today: date) -> str:
    if matter.urged_on == today:
        return gettext("今天已经催办过，请明天再催。")
    if Party.STAFF not in mine and matter.due_on and not clocks.is_overdue(matter.due_on, today):
        return gettext("答复期限(%(day)s)未到，期满后可以催办。") % {"day": date_format(matter.due_on)}
    return ""
