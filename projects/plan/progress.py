"""How far a livelihood project is, how far it should be, and the light that the difference gives.

Pure Python: no Django. The light's rule is local custom, not law; the default thresholds are those
that Yinchuan (银川) published for its livelihood projects: yellow when 10 to 30 percentage points
behind the plan, red when more than 30 behind or still unstarted three months after the planned start.
Yinchuan says nothing of less than 10 points behind; here that is still green. The other method is that of Ouhai (瓯海):
red when a planned step is missed, yellow once it has been made up, until the next one is done in time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dateutil.relativedelta import relativedelta

Method = Literal["points", "missed"]
GREEN, YELLOW, RED, NONE, OFF = "green", "yellow", "red", "none", "off"
"""`NONE` is a project under way that has not begun and need not yet; `OFF` one that is not under way at all."""


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A milestone as the rule sees it: its weight, the day it is due and the day it was done, if it was."""

    weight: int
    due_on: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class LightRule:
    """The method, and for ``points`` its thresholds: percentage points behind the plan, months without a start."""

    yellow_from_points: int = 10
    red_above_points: int = 30
    red_unstarted_months: int = 3
    method: Method = "points"


DEFAULT_RULE = LightRule()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project stands on a day: percent done, percent planned, and the light with its reason.

    `reason` is one of ``not-due``, ``on-schedule``, ``slightly-behind``, ``behind``, ``far-behind``, ``unstarted``,
    ``missed``, ``made-up``.
    """

    progress: int
    planned: int
    light: str
    reason: str

    @property
    def behind(self) -> int:
        """Percentage points behind the plan; 0 when on or ahead of it."""
        return max(0, self.planned - self.progress)


def progress_of(steps: Sequence[PlannedMilestone]) -> int:
    """Return the percent done: the weights of the finished milestones.

    Weights that do not add up to 100 are taken as shares of their sum, rounded down so that only
    a finished project has 100.

    >>> progress_of([PlannedMilestone(40, date(2026, 3, 1), date(2026, 3, 4)), PlannedMilestone(60, date(2026, 9, 1))])
    40
    >>> progress_of([])
    0
    """
    return _weight_share(steps, [step for step in steps if step.done_on is not None])


def planned_progress(steps: Sequence[PlannedMilestone], on: date) -> int:
    """Return the percent that should be done on `on`: a milestone is expected once its due day has passed.

    >>> steps = [PlannedMilestone(40, date(2026, 3, 1)), PlannedMilestone(60, date(2026, 9, 1))]
    >>> planned_progress(steps, date(2026, 3, 1)), planned_progress(steps, date(2026, 3, 2))
    (0, 40)
    """
    return _weight_share(steps, [step for step in steps if step.due_on < on])


def standing_of(
    steps: Sequence[PlannedMilestone], starts_on: date, on: date, rule: LightRule = DEFAULT_RULE
) -> Standing:
    """Return the standing on the day `on` of a project planned to start on `starts_on`.

    >>> standing_of([PlannedMilestone(100, date(2026, 9, 1))], date(2026, 3, 1), date(2026, 6, 1)).light
    'red'
    """
    progress, planned = progress_of(steps), planned_progress(steps, on)
    if rule.method == "missed":
        light, reason = _light_by_missed_milestones(steps, starts_on, on)
    else:
        has_begun = any(step.done_on for step in steps)
        light, reason = _light_by_points(planned - progress, has_begun, starts_on, on, rule)
    return Standing(progress, planned, light, reason)


def _light_by_points(behind: int, has_begun: bool, starts_on: date, on: date, rule: LightRule) -> tuple[str, str]:
    """A project has begun when a milestone is done, also one whose weight rounds to nought percent."""
    if behind > rule.red_above_points:
        return RED, "far-behind"
    if not has_begun and on >= starts_on + relativedelta(months=rule.red_unstarted_months):
        return RED, "unstarted"
    if behind >= rule.yellow_from_points:
        return YELLOW, "behind"
    if not has_begun and on < starts_on:
        return NONE, "not-due"
    return GREEN, "slightly-behind" if behind > 0 else "on-schedule"


def _light_by_missed_milestones(steps: Sequence[PlannedMilestone], starts_on: date, on: date) -> tuple[str, str]:
    due = sorted((step for step in steps if step.due_on < on), key=lambda step: step.due_on)
    if any(step.done_on is None for step in due):
        return RED, "missed"
    last = due[-1] if due else None
    if last and last.done_on and last.done_on > last.due_on:
        return YELLOW, "made-up"
    started = any(step.done_on for step in steps)
    return (NONE, "not-due") if not started and on < starts_on else (GREEN, "on-schedule")


def _weight_share(steps: Sequence[PlannedMilestone], counted: Sequence[PlannedMilestone]) -> int:
    total = sum(step.weight for step in steps)
    return 100 * sum(step.weight for step in counted) // total if total else 0
