"""From when a point's delisting could be asked, if every month still to be sampled complies. Pure Python.

The answer is the earliest day on which `proofs.missing_evidence` would no longer name the samples. It supposes
one compliant sample in each month from today on, the newest on that day itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from river_monitoring.steps.proofs import EvidenceOnFile, Rules, compliant_months, counting_samples

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SampleOutlook:
    """How the rule on samples stands: months held in a row, months wanted, and what could still come.

    `earliest` is today when the rule is met. `to_sample` are the months that must each bring a compliant sample until
    then; `broken_by` is the newest month that failed or could not be rated, when it ended the run.
    """

    held: tuple[Month, ...]
    wanted: int
    earliest: date
    to_sample: tuple[Month, ...] = ()
    broken_by: Month | None = None

    @property
    def is_met(self) -> bool:
        return not self.to_sample


def outlook_of(file: EvidenceOnFile, today: date, rules: Rules) -> SampleOutlook:
    """
    >>> from river_monitoring.steps.proofs import SampleDay
    >>> run = [SampleDay(date(2026, 10, 8), True), SampleDay(date(2026, 11, 6), True)]
    >>> outlook_of(EvidenceOnFile(samples=run), date(2026, 11, 20), Rules()).earliest
    datetime.date(2026, 12, 1)
    """
    samples = counting_samples(file, today)
    held = compliant_months(samples)
    this, last = _month(today), _before(_month(today))
    newest = max((sample.day for sample in samples), default=None)
    if len(held) >= rules.months and newest and today - newest <= timedelta(days=rules.max_age_days):
        return SampleOutlook(tuple(held), rules.months, today)
    failing = _month(newest) if newest and not held else None
    if held and held[0] not in (this, last):
        held = []  # a month went by without a sample, so that the next one begins a new run
    first = _after(this) if failing == this or (held and held[0] == this and len(held) < rules.months) else this
    wanted = max(1, rules.months - len(held))
    to_sample = _following(first, wanted)
    earliest = max(today, date(*to_sample[-1], 1))
    return SampleOutlook(tuple(held), rules.months, earliest, to_sample, failing)


def _following(first: Month, count: int) -> tuple[Month, ...]:
    found = [first]
    while len(found) < count:
        found.append(_after(found[-1]))
    return tuple(found)


def _month(day: date) -> Month:
    return day.year, day.month


def _before(month: Month) -> Month:
    return (month[0] - 1, 12) if month[1] == 1 else (month[0], month[1] - 1)


def _after(month: Month) -> Month:
    return (month[0] + 1, 1) if month[1] == 12 else (month[0], month[1] + 1)
