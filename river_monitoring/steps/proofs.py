"""What proves a step of rectification: kinds of evidence, and what of it is missing. Pure Python, no Django.

The provincial texts at hand give no number of samples and no age for them, so both are `Rules`, set by configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from river_monitoring.standard.message import Message


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


PROOF_ZH: Mapping[str | tuple[str, str], str] = {
    Proof.NOTE: "情况说明",
    Proof.PLAN: "一点一策方案（文字或文件）",
    Proof.DEADLINE: "整治期限",
    Proof.BEFORE: "治理前照片",
    Proof.AFTER: "治理后照片",
    Proof.MEASURES: "登记的措施全部完成",
    Proof.COMPLIANT: "连续达标水样",
    Proof.FAILING: "不达标的最新水样",
}


class HasNeeds(Protocol):
    """A step of the table, as far as its evidence goes."""

    @property
    def needs(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What a deployment sets: how many consecutive compliant months delist, and how old the last may be (days)."""

    months: int = 3
    max_age_days: int = 45


def proof_name(proof: Proof, rules: Rules) -> Message:
    """Return what people call a kind of evidence.

    >>> str(proof_name(Proof.COMPLIANT, Rules(months=3, max_age_days=45)))
    '连续3个月达标水样（最近一次在45天以内）'
    """
    if proof is Proof.COMPLIANT:
        limits = {"months": rules.months, "days": rules.max_age_days}
        return Message("连续%(months)s个月达标水样（最近一次在%(days)s天以内）", limits)
    return Message(PROOF_ZH[proof])


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


def missing_evidence(step: HasNeeds, file: EvidenceOnFile, today: date, rules: Rules = Rules()) -> tuple[Missing, ...]:
    """What `step` still needs, in the order of the table.

    >>> from river_monitoring.steps.table import TABLE
    >>> delist = TABLE.move("acceptance_asked", "delisted")
    >>> good = [SampleDay(date(2026, 10, 8), True), SampleDay(date(2026, 11, 6), True)]
    >>> file = EvidenceOnFile(note="现场核查", photos_before=1, samples=good)
    >>> in_words(missing_evidence(delist, file, date(2026, 11, 20)))
    '缺：治理后照片；缺：连续3个月达标水样（现有2个月）'
    """
    found = (_check(Proof(proof), file, today, rules) for proof in step.needs)
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
