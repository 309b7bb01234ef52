"""Whose turn it is: who must do what by when, in one line; and which steps are not open now, and what opens them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import Asker
from supervision.matters.guards import obstacle
from supervision.matters.models import Suggestion
from supervision.matters.permissions import person_of
from supervision.matters.queries import matter_of, matters_of
from supervision.matters.states import Matter, Party, State, Verb
from supervision.matters.table import IN_HAND, TABLE, parties_of

NEVER_SHOWN = frozenset({Verb.UNLINK, Verb.ABSORB, Verb.RELEASE})
"""Steps without a form of their own."""


def turn_of(matter: Suggestion) -> str:
    """Who must do what by when; empty where nothing is left to do."""
    return turns_of([matter])[matter.pk]


def turns_of(matters: Sequence[Suggestion]) -> dict[int, str]:
    """Return the same of several by key; what is asked does not grow with them."""
    facts = matters_of([matter for matter in matters if matter.state in IN_HAND])
    return {matter.pk: _turn(matter, facts.get(matter.pk)) for matter in matters}


def _turn(matter: Suggestion, facts: Matter | None) -> str:
    """`facts` are known of what a department has in hand."""
    state = State(matter.state)
    if facts is not None and facts.request:
        return _("轮到人大工作人员：决定主办单位的申请。%s") % _by(matter.due_on)
    if state in IN_HAND:
        words = {"who": matter.department, "day": _by(matter.due_on)}
        if matter.paused_on:
            return _("轮到%(who)s：书面答复。计时已暂停。") % words
        return _("轮到%(who)s：书面答复。%(day)s") % words
    if state == State.RECEIVED:
        return _("轮到人大工作人员：审核受理。%s") % _by(matter.notice_due_on)
    if state in (State.SUBMITTED, State.RETURNED):
        return _("轮到人大工作人员：交办。%s") % _by(matter.notice_due_on)
    if state == State.REPLIED:
        return _turn_to_rate(matter)
    return ""


def _turn_to_rate(matter: Suggestion) -> str:
    """Who rates an answer: its author, unless she works for the department that gave it."""
    author = matter.author
    if author is None:
        return _("已答复，尚无代表认领，没有人评价。")
    if author.role == Role.OFFICER and author.department_id == matter.department_id:
        return _("已答复。提出人在主办单位工作，不评价本单位的答复。")
    return _("轮到提出人：评价答复。")


def _by(day: Any) -> str:
    return _("%s 前办完。") % date_format(day) if day else ""


@dataclass(frozen=True, slots=True)
class NotNow:
    """A step that this person takes at other times."""

    name: Any
    why: str
    opens: str
    """The states in which it is open."""


def steps_not_now(matter: Suggestion, user: Asker, open_now: Collection[Verb]) -> list[NotNow]:
    """The steps that are this person's but not open, each with why and what would open it."""
    facts, today = matter_of(matter), timezone.localdate()
    mine = parties_of(person_of(user), facts)
    if mine <= {Party.DEPUTY}:
        return []
    found = []
    for verb in TABLE.verbs:
        lines = [line for line in TABLE.lines_of(verb) if not line.who.isdisjoint(mine)]
        if not lines or verb in open_now or verb in NEVER_SHOWN:
            continue
        if any(line.source == matter.state for line in lines):
            if why := obstacle(verb, facts, mine, today):
                found.append(NotNow(TABLE.verbs[verb], why, ""))
            continue
        states = _("、").join(str(TABLE.label(state)) for state in dict.fromkeys(line.source for line in lines))
        found.append(NotNow(TABLE.verbs[verb], "", _("在这些状态时可以办：%s。") % states))
    return found
