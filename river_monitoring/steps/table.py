"""Rectification of a water point as one table: its states, who takes which step, and what each step needs.

The states follow the 2017 campaign of Zhejiang against inferior class V water: survey and listing (挂号), one plan per
water (一点一策), works, acceptance, delisting (销号), look-back (回头看). Names of states, sets of states and rings of
the map come from here only; `docs/steps/rectification.md` is drawn from it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State as Described
from ledger.steps import StepTable, from_each
from ledger.steps import Transition as Line
from river_monitoring.steps.proofs import PROOF_ZH, Proof


class State(StrEnum):
    """Where a point stands; `TABLE` has the labels."""

    NONE = "none"
    LISTED = "listed"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    ACCEPTANCE_ASKED = "acceptance_asked"
    DELISTED = "delisted"
    LOOK_BACK = "look_back"
    EXCEEDED = "exceeded"
    SUSPENDED = "suspended"


class Verb(StrEnum):
    """What is done with a point."""

    LIST = "list"
    PLAN = "plan"
    START = "start"
    ASK = "ask-acceptance"
    ACCEPT = "accept"
    RETURN = "return"
    LOOK_BACK = "look-back"
    CONFIRM = "confirm"
    MISS = "miss"
    RELIST = "relist"
    RELAPSE = "relapse"
    SUSPEND = "suspend"
    RESUME = "resume"


class Party(StrEnum):
    """Who somebody is to a point.

    `BODY` is an accepting body by the district's rules (河长办, 治水办, the ecology bureau), `ACCEPTOR` one that had no
    part in the works. Congress staff and deputies are no party: they object (`rectification.objections`). `RULE` is no
    person but the rule on relapses (`rectification.relapse`).
    """

    OWN_OFFICER = "own_officer"
    BODY = "body"
    ACCEPTOR = "acceptor"
    RULE = "rule"


Transition = Line[State, Verb, Party]

OWN = frozenset({Party.OWN_OFFICER})
BODY = frozenset({Party.BODY})
OWN_OR_BODY = frozenset({Party.OWN_OFFICER, Party.BODY})
# Acceptance is never in the hand of a department that did the works, not even of an accepting body.
ACCEPTOR = frozenset({Party.ACCEPTOR})
RULE = frozenset({Party.RULE})

ON_LIST = (State.LISTED, State.PLANNED, State.UNDER_WAY, State.ACCEPTANCE_ASKED)
OFF_LIST = (State.DELISTED, State.LOOK_BACK, State.EXCEEDED)
WORKS_DONE = (Proof.MEASURES, Proof.BEFORE, Proof.AFTER)
LISTING = (Proof.TARGET, Proof.NOTE, Proof.DEADLINE)
RELAPSE = (Proof.FAILING, Proof.NOTE, Proof.DEADLINE)
SETS_DEADLINE = ("due", "listed")
"""Clocks of the steps that set the deadline of the works."""
STEP_NOTICE, RELAPSE_NOTICE, MISS_NOTICE = "river-step", "river-relapse", "river-exceeded"
_line = partial(Line[State, Verb, Party], notice=STEP_NOTICE)

# Groups: `listed` everything that is or was on the list; `open` a deadline runs; `at_work` before acceptance is asked;
# `claimed` the department holds the water for mended; `delisted` off the list and watched for a relapse, `holding`
# those of them that were not found to fail; `on_the_way` the conditions of delisting are shown; `works` measures may
# change.
TABLE = StepTable(
    name="rectification",
    title=_("治理"),
    states=(
        Described(State.NONE, _("未挂号")),
        Described(State.LISTED, _("已挂号"), ("listed", "open", "at_work", "on_the_way", "works"), ring="listed"),
        Described(State.PLANNED, _("已定方案"), ("listed", "open", "at_work", "on_the_way", "works"), ring="planned"),
        Described(State.UNDER_WAY, _("治理中"), ("listed", "open", "at_work", "on_the_way", "works"), ring="under_way"),
        Described(
            State.ACCEPTANCE_ASKED,
            _("申请验收"),
            ("listed", "open", "claimed", "on_the_way", "works"),
            ring="acceptance_asked",
        ),
        Described(State.DELISTED, _("已销号"), ("listed", "claimed", "delisted", "holding"), ring="delisted"),
        Described(
            State.LOOK_BACK,
            _("回头看"),
            ("listed", "claimed", "delisted", "holding", "on_the_way"),
            ring="look_back",
        ),
        Described(State.EXCEEDED, _("销号后超标"), ("listed", "delisted", "on_the_way"), tone="bad", ring="exceeded"),
        Described(State.SUSPENDED, _("暂停"), ("listed", "on_the_way", "works"), ring="suspended"),
    ),
    beginnings={"": State.NONE},
    verbs={
        Verb.LIST: pgettext_lazy("step", "挂号"),
        Verb.PLAN: pgettext_lazy("step", "制定一点一策"),
        Verb.START: pgettext_lazy("step", "开工治理"),
        Verb.ASK: pgettext_lazy("step", "申请验收"),
        Verb.ACCEPT: pgettext_lazy("step", "验收销号"),
        Verb.RETURN: pgettext_lazy("step", "验收退回"),
        Verb.LOOK_BACK: pgettext_lazy("step", "开展回头看"),
        Verb.CONFIRM: pgettext_lazy("step", "复核通过"),
        Verb.MISS: pgettext_lazy("step", "判定销号后超标"),
        Verb.RELIST: pgettext_lazy("step", "反弹重新挂号"),
        Verb.RELAPSE: pgettext_lazy("step", "反弹自动重新挂号"),
        Verb.SUSPEND: pgettext_lazy("step", "暂停治理"),
        Verb.RESUME: pgettext_lazy("step", "恢复治理"),
    },
    parties={
        Party.OWN_OFFICER: pgettext_lazy("party", "责任部门的联络员"),
        Party.BODY: pgettext_lazy("party", "验收单位的联络员"),
        Party.ACCEPTOR: pgettext_lazy("party", "没有参与治理的验收单位的联络员"),
        Party.RULE: pgettext_lazy("party", "系统"),
    },
    needs=PROOF_ZH,
    transitions=(
        _line(State.NONE, Verb.LIST, State.LISTED, BODY, LISTING, clock="listed"),
        _line(State.LISTED, Verb.PLAN, State.PLANNED, OWN, (Proof.PLAN, Proof.DEADLINE), clock="due"),
        _line(State.PLANNED, Verb.START, State.UNDER_WAY, OWN, (Proof.BEFORE,)),
        _line(State.UNDER_WAY, Verb.ASK, State.ACCEPTANCE_ASKED, OWN, (*WORKS_DONE, Proof.NOTE)),
        _line(
            State.ACCEPTANCE_ASKED,
            Verb.ACCEPT,
            State.DELISTED,
            ACCEPTOR,
            (Proof.TARGET, *WORKS_DONE, Proof.VOUCHED, Proof.COMPLIANT, Proof.UNDISPUTED, Proof.NOTE),
            clock="delisted",
        ),
        _line(State.ACCEPTANCE_ASKED, Verb.RETURN, State.UNDER_WAY, ACCEPTOR, (Proof.NOTE,)),
        _line(State.DELISTED, Verb.LOOK_BACK, State.LOOK_BACK, OWN_OR_BODY, (Proof.NOTE,)),
        *from_each(
            (State.LOOK_BACK, State.EXCEEDED),
            Verb.CONFIRM,
            State.DELISTED,
            ACCEPTOR,
            (Proof.TARGET, Proof.COMPLIANT, Proof.UNDISPUTED, Proof.NOTE),
            notice=STEP_NOTICE,
        ),
        *from_each(OFF_LIST, Verb.RELIST, State.LISTED, BODY, RELAPSE, notice=RELAPSE_NOTICE, clock="listed"),
        # The rule judges by complete months itself; people must show the failing sample.
        *from_each((State.DELISTED, State.LOOK_BACK), Verb.MISS, State.EXCEEDED, RULE, notice=MISS_NOTICE),
        *from_each(OFF_LIST, Verb.RELAPSE, State.LISTED, RULE, notice=RELAPSE_NOTICE, clock="listed"),
        *from_each(ON_LIST, Verb.SUSPEND, State.SUSPENDED, OWN_OR_BODY, (Proof.NOTE,), notice=STEP_NOTICE),
        _line(State.SUSPENDED, Verb.RESUME, None, OWN_OR_BODY, (Proof.NOTE,)),
    ),
)

OPEN = TABLE.in_group("open")
WORK_STEPS = frozenset((str(move.source), str(move.target)) for move in TABLE.moves if move.who == OWN)
"""From and to which state the department that does the works leads a point; the other steps are the inspectors'."""


def state_choices() -> list[tuple[str, str]]:
    """Return names and labels of all states, for fields of models: migrations name this function, not the states."""
    return TABLE.choices()
