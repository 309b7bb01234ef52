"""How a water point leaves the list: one table of steps, who may take them and what proves them.

Pure Python, no Django. The states follow the 2017 campaign of Zhejiang against inferior class V water: survey and
listing (挂号), one plan per water (一点一策), works, acceptance, delisting (销号), look-back (回头看). The provincial
texts at hand give no number of samples and no age for them, so both are `Rules`, set by configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from river_monitoring.standard.message import Message

Who = Literal["own_officer", "other_officer", "staff"]


class State(StrEnum):
    NONE = "none"
    LISTED = "listed"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    ACCEPTANCE_ASKED = "acceptance_asked"
    DELISTED = "delisted"
    LOOK_BACK = "look_back"
    SUSPENDED = "suspended"


class Proof(StrEnum):
    """A kind of evidence that a step can require."""

    NOTE = "note"
    PLAN = "plan"
    DEADLINE = "due_on"
    BEFORE = "photos_before"
    AFTER = "photos_after"
    MEASURES = "measures"
    COMPLIANT = "samples"
    FAILING = "failing_sample"


PROOF_ZH = {
    Proof.NOTE: "情况说明",
    Proof.PLAN: "一点一策方案（文字或文件）",
    Proof.DEADLINE: "整治期限",
    Proof.BEFORE: "治理前照片",
    Proof.AFTER: "治理后照片",
    Proof.MEASURES: "登记的措施全部完成",
    Proof.FAILING: "不达标的最新水样",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `clock` says which date the step sets on the point."""

    source: State
    target: State
    title: str
    who: frozenset[Who]
    proofs: tuple[Proof, ...]
    clock: Literal["", "due", "listed", "delisted"] = ""


OWN: frozenset[Who] = frozenset({"own_officer"})
OWN_OR_STAFF: frozenset[Who] = frozenset({"own_officer", "staff"})
# Acceptance is never in the hand of the department that did the work.
INSPECTOR: frozenset[Who] = frozenset({"other_officer", "staff"})
_OPEN = (State.LISTED, State.PLANNED, State.UNDER_WAY, State.ACCEPTANCE_ASKED)

# In the order of the work: of several rows from one state the first is the way forward.
TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.NONE, State.LISTED, "挂号", OWN_OR_STAFF, (Proof.NOTE, Proof.DEADLINE), "listed"),
    Transition(State.LISTED, State.PLANNED, "制定一点一策", OWN, (Proof.PLAN, Proof.DEADLINE), "due"),
    Transition(State.PLANNED, State.UNDER_WAY, "开工治理", OWN, (Proof.BEFORE,)),
    Transition(
        State.UNDER_WAY,
        State.ACCEPTANCE_ASKED,
        "申请验收",
        OWN,
        (Proof.BEFORE, Proof.AFTER, Proof.MEASURES, Proof.NOTE),
    ),
    Transition(
        State.ACCEPTANCE_ASKED,
        State.DELISTED,
        "验收销号",
        INSPECTOR,
        (Proof.BEFORE, Proof.AFTER, Proof.MEASURES, Proof.COMPLIANT, Proof.NOTE),
        "delisted",
    ),
    Transition(State.ACCEPTANCE_ASKED, State.UNDER_WAY, "验收退回", INSPECTOR, (Proof.NOTE,)),
    Transition(State.DELISTED, State.LOOK_BACK, "开展回头看", OWN_OR_STAFF, (Proof.NOTE,)),
    Transition(State.LOOK_BACK, State.DELISTED, "回头看通过", INSPECTOR, (Proof.COMPLIANT, Proof.NOTE)),
    *(
        Transition(
            state, State.LISTED, "反弹重新挂号", OWN_OR_STAFF, (Proof.FAILING, Proof.NOTE, Proof.DEADLINE), "listed"
        )
        for state in (State.DELISTED, State.LOOK_BACK)
    ),
    *(Transition(state, State.SUSPENDED, "暂停治理", OWN_OR_STAFF, (Proof.NOTE,)) for state in _OPEN),
    *(Transition(State.SUSPENDED, state, "恢复治理", OWN_OR_STAFF, (Proof.NOTE,)) for state in _OPEN),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a deployment sets: how many consecutive compliant months delist, and how old the last may be (days)."""

    months: int = 3
    max_age_days: int = 45


def proof_name(proof: Proof, rules: Rules) -> Message:
    """
    >>> str(proof_name(Proof.COMPLIANT, Rules(months=3, max_age_days=45)))
    '连续3个月达标水样（最近一次在45天以内）'
    """
    if proof is Proof.COMPLIANT:
        limits = {"months": rules.months, "days": rules.max_age_days}
        return Message("连续%(months)s个月达标水样（最近一次在%(days)s天以内）", limits)
    return Message(PROOF_ZH[proof])


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a role of `accounts.models.Role` and, for an officer, the department's key."""

    role: str
    department: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the point stands: its state, the department responsible for it, and what a suspension interrupted.

    `workers` are other departments that took a step since the listing; like the responsible one, none of them may
    accept the works.
    """

    state: State
    department: int
    suspended_from: State | None = None
    workers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SampleDay:
    """A sample of the point: its day and whether its class meets the target; None when it could not be rated."""

    day: date
    compliant: bool | None


@dataclass(frozen=True, slots=True)
class EvidenceOnFile:
    """All that can prove a step: what is handed in now and what the point's file already holds.

    `open_measures` counts measures that are not done. `since` is the day of the present listing; older samples prove
    nothing about these works.
    """

    note: str = ""
    plan: bool = False
    due_on: date | None = None
    photos_before: int = 0
    photos_after: int = 0
    open_measures: int = 0
    samples: Sequence[SampleDay] = field(default_factory=tuple)
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A piece of evidence that is not there: its field and the words after "缺："."""

    proof: Proof
    message: Message

    @property
    def text(self) -> str:
        """The words in Chinese."""
        return str(self.message)


def find_transition(source: State, target: State) -> Transition | None:
    """
    >>> find_transition(State.LISTED, State.PLANNED).title
    '制定一点一策'
    >>> find_transition(State.LISTED, State.DELISTED) is None
    True
    """
    return next((row for row in TRANSITIONS if (row.source, row.target) == (source, target)), None)


def steps_from(standing: Standing) -> list[Transition]:
    """The rows that lead on from where the point stands; a suspension leads back only to what it interrupted.

    >>> [row.target.value for row in steps_from(Standing(State.SUSPENDED, 1, State.PLANNED))]
    ['planned']
    """
    rows = [row for row in TRANSITIONS if row.source is standing.state]
    if standing.state is State.SUSPENDED:
        return [row for row in rows if row.target is (standing.suspended_from or State.LISTED)]
    return rows


def refusal(step: Transition, actor: Actor, standing: Standing) -> str:
    """Why `actor` may not take `step`; empty when she may.

    >>> delist = find_transition(State.ACCEPTANCE_ASKED, State.DELISTED)
    >>> standing = Standing(State.ACCEPTANCE_ASKED, department=1)
    >>> refusal(delist, Actor("officer", 1), standing)
    '“验收销号”须由责任部门以外的部门或人大工作人员办理'
    >>> refusal(delist, Actor("officer", 2), standing), refusal(delist, Actor("staff"), standing)
    ('', '')
    >>> refusal(delist, Actor("deputy"), standing)
    '“验收销号”须由责任部门以外的部门或人大工作人员办理'
    """
    if _as_who(actor, standing) in step.who:
        return ""
    return f"“{step.title}”须由{who_may(step)}办理"


def who_may(step: Transition) -> str:
    """
    >>> who_may(find_transition(State.PLANNED, State.UNDER_WAY))
    '责任部门的联络员'
    """
    return _WHO_ZH[step.who]


_WHO_ZH = {
    OWN: "责任部门的联络员",
    OWN_OR_STAFF: "责任部门的联络员或人大工作人员",
    INSPECTOR: "责任部门以外的部门或人大工作人员",
}


def allowed(step: Transition, actor: Actor, standing: Standing) -> bool:
    """
    >>> plan = find_transition(State.LISTED, State.PLANNED)
    >>> allowed(plan, Actor("officer", 1), Standing(State.LISTED, 1))
    True
    >>> allowed(plan, Actor("officer", 2), Standing(State.LISTED, 1))
    False
    """
    return not refusal(step, actor, standing)


def _as_who(actor: Actor, standing: Standing) -> Who | None:
    if actor.role in ("staff", "admin"):
        return "staff"
    if actor.role != "officer" or actor.department is None:
        return None
    if actor.department == standing.department:
        return "own_officer"
    return None if actor.department in standing.workers else "other_officer"


def missing_evidence(
    step: Transition, file: EvidenceOnFile, today: date, rules: Rules = Rules()
) -> tuple[Missing, ...]:
    """What `step` still needs, in the order of the table.

    >>> delist = find_transition(State.ACCEPTANCE_ASKED, State.DELISTED)
    >>> good = [SampleDay(date(2026, 10, 8), True), SampleDay(date(2026, 11, 6), True)]
    >>> file = EvidenceOnFile(note="现场核查", photos_before=1, samples=good)
    >>> in_words(missing_evidence(delist, file, date(2026, 11, 20)))
    '缺：治理后照片；缺：连续3个月达标水样（现有2个月）'
    """
    found = (_check(proof, file, today, rules) for proof in step.proofs)
    return tuple(missing for missing in found if missing is not None)


def in_words(missing: Iterable[Missing]) -> str:
    return "；".join(f"缺：{piece.text}" for piece in missing)


def _check(proof: Proof, file: EvidenceOnFile, today: date, rules: Rules) -> Missing | None:
    if proof is Proof.COMPLIANT:
        return _check_samples(file, today, rules)
    if proof is Proof.FAILING:
        return _check_failing(file)
    if proof is Proof.DEADLINE and file.due_on is not None and file.due_on <= today:
        return Missing(proof, Message("晚于今天的整治期限（填写的是%(day)s）", {"day": file.due_on}))
    if proof is Proof.MEASURES and file.open_measures:
        return Missing(proof, Message("登记的措施全部完成（还有%(open)s项未完成）", {"open": file.open_measures}))
    given = {
        Proof.MEASURES: True,
        Proof.NOTE: bool(file.note.strip()),
        Proof.PLAN: file.plan,
        Proof.DEADLINE: file.due_on is not None,
        Proof.BEFORE: file.photos_before > 0,
        Proof.AFTER: file.photos_after > 0,
    }
    return None if given[proof] else Missing(proof, Message(PROOF_ZH[proof]))


def _check_samples(file: EvidenceOnFile, today: date, rules: Rules) -> Missing | None:
    samples = counting_samples(file, today)
    months = compliant_months(samples)
    if len(months) < rules.months:
        counts = {"months": rules.months, "held": len(months)}
        return Missing(Proof.COMPLIANT, Message("连续%(months)s个月达标水样（现有%(held)s个月）", counts))
    newest = max(sample.day for sample in samples)
    if today - newest > timedelta(days=rules.max_age_days):
        named = {"days": rules.max_age_days, "day": newest}
        return Missing(Proof.COMPLIANT, Message("%(days)s天以内的水样（最近一次是%(day)s）", named))
    return None


def _check_failing(file: EvidenceOnFile) -> Missing | None:
    """A relapse needs a sample that fails: the newest one that could be rated."""
    rated = [sample for sample in file.samples if sample.compliant is not None]
    newest = max(rated, key=lambda sample: sample.day, default=None)
    if newest is not None and newest.compliant is False:
        return None
    if newest is None:
        return Missing(Proof.FAILING, Message("不达标的最新水样（尚无水样）"))
    return Missing(Proof.FAILING, Message("不达标的最新水样（最近一次%(day)s达标）", {"day": newest.day}))


def counting_samples(file: EvidenceOnFile, today: date) -> list[SampleDay]:
    """The samples that count for the present listing, up to today."""
    return [
        sample for sample in file.samples if (file.since is None or sample.day >= file.since) and sample.day <= today
    ]


def compliant_months(samples: Iterable[SampleDay]) -> list[tuple[int, int]]:
    """The run of consecutive compliant months that ends with the newest sampled month, newest first.

    A month complies when every sample of it does: one that fails, or could not be rated, breaks the run; so does a
    month without any sample.

    >>> run = [SampleDay(date(2026, month, 5), True) for month in (7, 9, 10)]
    >>> compliant_months(run)
    [(2026, 10), (2026, 9)]
    >>> compliant_months([*run, SampleDay(date(2026, 10, 20), False)])
    []
    """
    months: dict[tuple[int, int], bool] = {}
    for sample in samples:
        month = (sample.day.year, sample.day.month)
        months[month] = months.get(month, True) and sample.compliant is True
    run: list[tuple[int, int]] = []
    for month in sorted(months, reverse=True):
        if not months[month] or (run and month != _month_before(run[-1])):
            break
        run.append(month)
    return run


def _month_before(month: tuple[int, int]) -> tuple[int, int]:
    return (month[0] - 1, 12) if month[1] == 1 else (month[0], month[1] - 1)


# A point in one of these states has a deadline that runs.
OPEN = (State.LISTED, State.PLANNED, State.UNDER_WAY, State.ACCEPTANCE_ASKED)
