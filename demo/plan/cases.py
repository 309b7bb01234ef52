"""What is kept of a point: its samples, the steps of its rectification, and the story that they follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from demo.plan.points import Place
from river_monitoring.steps.proofs import SampleDay
from river_monitoring.steps.table import State


@dataclass(frozen=True)
class Reading:
    at: datetime
    values: dict[str, str]
    water_class: int


@dataclass(frozen=True)
class Step:
    """One event. `inspector` steps are taken by somebody else than the responsible department."""

    day: date
    source: State
    target: State
    note: str
    due_on: date | None = None
    inspector: bool = False
    photos: tuple[str, ...] = ()


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
            if (step.source, step.target) == (State.ACCEPTANCE_ASKED, State.DELISTED):
                return step.day
        return None

    @property
    def sample_days(self) -> list[SampleDay]:
        """The samples as the rule on delisting reads them."""
        return sample_days(self.samples, self.place.target)


def sample_days(samples: Iterable[Reading], target: int) -> list[SampleDay]:
    return [SampleDay(sample.at.date(), 0 < sample.water_class <= target) for sample in samples]
