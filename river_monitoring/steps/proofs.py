"""What proves a step of rectification: kinds of evidence, and what of it is missing. Pure Python, no Django.

The provincial texts at hand give no number of samples and no age for them, so both are `Rules`, set by configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from river_monitoring.standard.message import Message
from river_monitoring.steps import photos
from river_monitoring.steps.photos import Photo


class Proof(StrEnum):
    """A kind of evidence that a step can require."""

    NOTE = "note"
    PLAN = "plan"
    DEADLINE = "due_on"
    BEFORE = "photos_before"
    AFTER = "photos_after"
    VOUCHED = "photos_vouched"
    MEASURES = "measures"
    TARGET = "target"
    UNDISPUTED = "objections"
    COMPLIANT = "samples"
    FAILING = "failing_sample"


TARGETS = 5
"""The classes I to V that a water can be brought to: inferior V is what the works are against."""

PROOF_ZH: Mapping[str | tuple[str, str], str] = {
    Proof.NOTE: "情况说明",
    Proof.PLAN: "一点一策方案（文字或文件）",
    Proof.DEADLINE: "整治期限",
    Proof.BEFORE: "治理前照片",
    Proof.AFTER: "治理后照片",
    Proof.VOUCHED: "治理前后照片的拍摄位置和时间有据",
    Proof.MEASURES: "至少一项治理措施，且登记的措施全部完成",
    Proof.TARGET: "Ⅰ–Ⅴ类的目标类别",
    Proof.UNDISPUTED: "异议都已答复",
    Proof.COMPLIANT: "连续达标水样",
    Proof.FAILING: "不达标的最新水样",
}


class HasNeeds(Protocol):
    """A step of the table, as far as its evidence goes."""

    @property
    def needs(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What a district sets: how many consecutive compliant months delist, how old the last may be (days), and how far
    from the point a photo may have been taken (metres).
    """

    months: int = 3
    max_age_days: int = 45
    photo_distance_m: int = 300


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
class MonthGap:
    """Why a month (year, month) that was sampled proves nothing; `pattern` has ``%(month)s``."""

    month: tuple[int, int]
    pattern: str

    def message(self, today: date) -> Message:
        """The sentence, with 本月 for the month that it is.

        >>> str(MonthGap((2026, 10), "%(month)s水样存疑").message(date(2026, 11, 20)))
        '2026年10月水样存疑'
        """
        year, number = self.month
        named = Message("%(year)s年%(month)s月", {"year": year, "month": number})
        return Message(self.pattern, {"month": Message("本月") if self.month == (today.year, today.month) else named})


@dataclass(frozen=True, slots=True)
class EvidenceOnFile:
    """All that can prove a step: what is handed in now and what the point's file already holds.

    `photos` are those of the present listing and, as such, those of earlier ones. `completions` say when each measure
    of the present listing was reported complete, `open_measures` counts those that are not done. `since` is the day of
    the present listing; older samples prove nothing about these works. `due_at_most` is the deadline that the
    listing set, which a plan does not put off. `target` is the number of the target class.
    `samples` are the months that prove something, `gaps` say why others do not, `seen` are all: those that fail whoever
    took the samples, those that comply where samples prove it (as `samples` where nothing is said).
    """

    note: str = ""
    plan: bool = False
    due_on: date | None = None
    due_at_most: date | None = None
    photos: Sequence[Photo] = field(default_factory=tuple)
    completions: Sequence[datetime] = field(default_factory=tuple)
    open_measures: int = 0
    open_objections: int = 0
    target: int = 0
    samples: Sequence[SampleDay] = field(default_factory=tuple)
    since: date | None = None
    gaps: Sequence[MonthGap] = field(default_factory=tuple)
    seen: Sequence[SampleDay] | None = None


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
    >>> done = [datetime(2026, 9, 1)]
    >>> before = Photo("before", ["0f"], kept_at=datetime(2026, 5, 2), away_m=12.0)
    >>> file = EvidenceOnFile(note="现场核查", photos=[before], completions=done, samples=good, target=5)
    >>> in_words(missing_evidence(delist, file, date(2026, 11, 20)))
    '缺：治理后照片；缺：连续3个月达标水样（现有2个月）'
    """
    found = (_check(Proof(proof), file, today, rules) for proof in step.needs)
    return tuple(missing for missing in found if missing is not None)


def in_words(missing: Iterable[Missing]) -> str:
    return "；".join(f"缺：{piece.text}" for piece in missing)


def _check(proof: Proof, file: EvidenceOnFile, today: date, rules: Rules) -> Missing | None:
    message = _CHECKS[proof](file, today, rules)
    return Missing(proof, message) if message else None


def _check_note(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    return None if file.note.strip() else Message(PROOF_ZH[Proof.NOTE])


def _check_plan(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    return None if file.plan else Message(PROOF_ZH[Proof.PLAN])


def _check_deadline(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    if file.due_on is None:
        return Message(PROOF_ZH[Proof.DEADLINE])
    if file.due_on <= today:
        return Message("晚于今天的整治期限（填写的是%(day)s）", {"day": file.due_on})
    if file.due_at_most and file.due_on > file.due_at_most:
        return Message("不晚于%(day)s的整治期限（挂号时已定，要延长由验收单位调整）", {"day": file.due_at_most})
    return None


def _check_measures(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    """Without a measure that was carried out there is nothing to accept, whatever the water does by itself."""
    if file.open_measures:
        return Message("登记的措施全部完成（还有%(open)s项未完成）", {"open": file.open_measures})
    return None if file.completions else Message("至少一项已报告完成的治理措施（现有0项）")


def _check_target(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    return None if 1 <= file.target <= TARGETS else Message(PROOF_ZH[Proof.TARGET])


def _check_objections(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    if not file.open_objections:
        return None
    return Message("对异议的答复（还有%(open)s件未答复）", {"open": file.open_objections})


def _check_before(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    return _check_photos("before", Proof.BEFORE, file, rules)


def _check_after(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    return _check_photos("after", Proof.AFTER, file, rules)


def _check_photos(kind: photos.Kind, proof: Proof, file: EvidenceOnFile, rules: Rules) -> Message | None:
    """One usable photo of the kind will do; where all have a fault, each fault is named once."""
    asked = (file.photos, file.completions, rules.photo_distance_m)
    if photos.usable(kind, *asked):
        return None
    faults = [photos.fault_of(photo, *asked) for photo in file.photos if photo.kind == kind]
    if not faults:
        return Message(PROOF_ZH[proof])
    named = {str(fault): fault for fault in faults if fault}
    return Message("可用的%(name)s（%(faults)s）", {"name": Message(PROOF_ZH[proof]), "faults": tuple(named.values())})


def _check_vouched(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    """A usable photo of each kind that says where, and after the works when, it was taken; else a word for it."""
    asked = (file.photos, file.completions, rules.photo_distance_m)
    kinds: tuple[tuple[photos.Kind, Proof], ...] = (("before", Proof.BEFORE), ("after", Proof.AFTER))
    silent = [Message(PROOF_ZH[proof]) for kind, proof in kinds if photos.usable(kind, *asked)]
    heard = [Message(PROOF_ZH[proof]) for kind, proof in kinds if photos.proven(kind, *asked)]
    lacking = tuple(name for name in silent if name not in heard)
    if not lacking:
        return None
    return Message("上传人以外的人对%(names)s拍摄位置和时间的说明（照片里没有写）", {"names": lacking})


def _check_samples(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    samples = counting_samples(file, today)
    months = compliant_months(samples)
    if len(months) < rules.months:
        counts = {"months": rules.months, "held": len(months)}
        if why := _why_so_few(file, months, today):
            return Message("连续%(months)s个月达标水样（现有%(held)s个月：%(why)s）", {**counts, "why": why})
        return Message("连续%(months)s个月达标水样（现有%(held)s个月）", counts)
    newest = max(sample.day for sample in samples)
    if today - newest > timedelta(days=rules.max_age_days):
        named = {"days": rules.max_age_days, "day": newest}
        return Message("%(days)s天以内的水样（最近一次是%(day)s）", named)
    return None


def _why_so_few(file: EvidenceOnFile, run: Sequence[tuple[int, int]], today: date) -> tuple[Message, ...]:
    """Why the run is not longer: the months that would have gone on with it, this one and the one that broke it."""
    broke = _month_before(run[-1]) if run else max((gap.month for gap in file.gaps), default=None)
    named = [gap for gap in file.gaps if gap.month in ((today.year, today.month), broke)]
    return tuple(gap.message(today) for gap in sorted(named, key=lambda gap: gap.month))


def _check_failing(file: EvidenceOnFile, today: date, rules: Rules) -> Message | None:
    """A relapse needs a month that fails: the newest one of which something can be said, whoever took its samples."""
    seen = file.samples if file.seen is None else file.seen
    rated = [sample for sample in seen if sample.compliant is not None]
    newest = max(rated, key=lambda sample: sample.day, default=None)
    if newest is not None and newest.compliant is False:
        return None
    if newest is None:
        return Message("不达标的最新水样（尚无水样）")
    return Message("不达标的最新水样（最近一次%(day)s达标）", {"day": newest.day})


_CHECKS: Mapping[Proof, Callable[[EvidenceOnFile, date, Rules], Message | None]] = {
    Proof.NOTE: _check_note,
    Proof.PLAN: _check_plan,
    Proof.DEADLINE: _check_deadline,
    Proof.BEFORE: _check_before,
    Proof.AFTER: _check_after,
    Proof.VOUCHED: _check_vouched,
    Proof.MEASURES: _check_measures,
    Proof.TARGET: _check_target,
    Proof.UNDISPUTED: _check_objections,
    Proof.COMPLIANT: _check_samples,
    Proof.FAILING: _check_failing,
}


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
