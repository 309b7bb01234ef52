"""What is kept of a point: its samples, the steps of its rectification, and the story that they follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from demo.plan.points import Place
from river_monitoring.assessment.period import Assessment, PointFacts, assess_measured
from river_monitoring.assessment.queries import versions_at
from river_monitoring.standard.averages import Measured, span_of
from river_monitoring.steps.proofs import SampleDay
from river_monitoring.steps.table import State


@dataclass(frozen=True)
class Reading:
    at: datetime
    values: dict[str, str]
    water_class: int


@dataclass(frozen=True)
class Picture:
    """A photo of the site: before or after, its drawing, when it was taken, and how far from the point (m).

    `away_m` is None where the phone wrote no place; then the accepting body vouched for it.
    """

    kind: Literal["before", "after"]
    drawing: str
    taken_at: datetime
    away_m: float | None


@dataclass(frozen=True)
class Step:
    """One event. `inspector` steps are taken by the accepting body, those `by_rule` by nobody."""

    day: date
    source: State
    target: State
    note: str
    due_on: date | None = None
    inspector: bool = False
    by_rule: bool = False
    photos: tuple[Picture, ...] = ()

    @property
    def is_acceptance(self) -> bool:
        return (self.source, self.target) == (State.ACCEPTANCE_ASKED, State.DELISTED)


@dataclass(frozen=True)
class Story:
    """How a small water's case runs. `stop` is the state beyond which nobody takes a step.

    Counts are months: `start` of the window until it is listed, `works` until they show, `look_back` until somebody
    looks back after delisting, `relapse` until the water goes bad again.
    """

    kind: str
    start: int
    works: int
    stop: State | None = None
    look_back: int | None = None
    look_back_takes: int = 2
    relapse: int | None = None
    eager: bool = False
    deadline: int = 12


@dataclass(frozen=True)
class History:
    place: Place
    story: Story | None
    samples: tuple[Reading, ...]
    steps: tuple[Step, ...]

    @property
    def status(self) -> State:
        return self.steps[-1].target if self.steps else State.NONE

    @property
    def due_on(self) -> date | None:
        return next((step.due_on for step in reversed(self.steps) if step.due_on), None)

    @property
    def listed_on(self) -> date | None:
        return next((s.day for s in reversed(self.steps) if s.target is State.LISTED and s.due_on), None)

    @property
    def delisted_on(self) -> date | None:
        """The day of acceptance, unless the point was listed again since."""
        for step in reversed(self.steps):
            if step.target is State.LISTED:
                return None
            if step.is_acceptance:
                return step.day
        return None

    @property
    def sample_days(self) -> list[SampleDay]:
        """The months as the rule on delisting reads them."""
        return sample_days(self.samples, self.place)


def sample_days(samples: Iterable[Reading], place: Place) -> list[SampleDay]:
    return [SampleDay(sample.at.date(), assessed(sample, place).meets(place.target)) for sample in samples]


def assessed(reading: Reading, place: Place) -> Assessment:
    """The month of a reading, which is the only one of its month."""
    return _assessed(reading.at.date(), tuple(reading.values.items()), place.habit.lake, place.target)


@lru_cache(maxsize=50_000)
def _assessed(day: date, values: tuple[tuple[str, str], ...], is_lake: bool, target: int) -> Assessment:
    month = span_of(day, "month")
    facts = PointFacts("lake" if is_lake else "river", target)
    return assess_measured([Measured(day, dict(values), False)], month, facts, *versions_at(month))
