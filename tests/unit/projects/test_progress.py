"""The light rule at, just under and just over each of its edges."""

import doctest
from datetime import date, timedelta

import pytest

from projects.plan import progress
from projects.plan.progress import LightRule, PlannedMilestone, planned_progress, progress_of, standing_of

START = date(2026, 3, 1)
DUE = date(2026, 6, 30)
AFTER = DUE + timedelta(days=1)


def steps_behind_by(points: int, done: int = 50) -> list[PlannedMilestone]:
    """A plan of which `done` percent are done and `points` more should be by the day after DUE."""
    rest = 100 - done - points
    late = [PlannedMilestone(points, DUE)] if points else []
    return [PlannedMilestone(done, DUE, DUE), *late, *([PlannedMilestone(rest, date(2026, 12, 1))] if rest else [])]


def test_doctests_hold() -> None:
    assert doctest.testmod(progress).failed == 0


@pytest.mark.parametrize(
    ("points", "light", "reason"),
    [
        (0, "green", "on-schedule"),
        (9, "green", "slightly-behind"),
        (10, "yellow", "behind"),
        (30, "yellow", "behind"),
        (31, "red", "far-behind"),
    ],
)
def test_light_turns_at_ten_and_after_thirty_points_behind(points: int, light: str, reason: str) -> None:
    standing = standing_of(steps_behind_by(points), START, AFTER)
    assert (standing.light, standing.reason, standing.behind) == (light, reason, points)


def test_unstarted_turns_red_three_months_after_the_planned_start_and_not_a_day_before() -> None:
    plan = [PlannedMilestone(5, date(2026, 4, 1)), PlannedMilestone(95, date(2026, 12, 1))]
    assert standing_of(plan, START, date(2026, 5, 31)).light == "green"
    assert standing_of(plan, START, date(2026, 6, 1)).reason == "unstarted"


def test_a_started_project_is_not_called_unstarted() -> None:
    plan = [PlannedMilestone(5, date(2026, 4, 1), date(2026, 4, 1)), PlannedMilestone(95, date(2026, 12, 1))]
    assert standing_of(plan, START, date(2026, 7, 1)).light == "green"


def test_a_milestone_whose_weight_rounds_to_nothing_is_a_start_all_the_same() -> None:
    plan = [PlannedMilestone(1, date(2026, 4, 1), date(2026, 4, 1)), PlannedMilestone(299, date(2026, 12, 1))]
    standing = standing_of(plan, START, date(2026, 7, 1))
    assert (standing.progress, standing.reason) == (0, "on-schedule")


def test_before_the_planned_start_there_is_no_light() -> None:
    plan = [PlannedMilestone(100, date(2026, 12, 1))]
    assert standing_of(plan, START, date(2026, 2, 28)).light == "none"
    assert standing_of(plan, START, START).light == "green"


def test_a_milestone_is_expected_only_once_its_day_has_passed() -> None:
    plan = [PlannedMilestone(60, DUE), PlannedMilestone(40, date(2026, 12, 1))]
    assert planned_progress(plan, DUE) == 0
    assert planned_progress(plan, AFTER) == 60


def test_being_ahead_of_the_plan_is_on_schedule() -> None:
    standing = standing_of([PlannedMilestone(60, DUE, START), PlannedMilestone(40, date(2026, 12, 1))], START, START)
    assert (standing.progress, standing.planned, standing.behind, standing.light) == (60, 0, 0, "green")


def test_only_a_finished_project_has_a_hundred_percent() -> None:
    many = [PlannedMilestone(1, DUE, DUE) for _ in range(299)]
    assert progress_of([*many, PlannedMilestone(1, DUE)]) == 99
    assert progress_of(many) == 100


def test_a_plan_without_milestones_has_no_progress() -> None:
    assert progress_of([]) == 0
    assert standing_of([], START, date(2026, 3, 2)).planned == 0


def test_thresholds_can_be_set_otherwise() -> None:
    strict = LightRule(yellow_from_points=1, red_above_points=5, red_unstarted_months=1)
    assert standing_of(steps_behind_by(1), START, AFTER, strict).light == "yellow"
    assert standing_of(steps_behind_by(6), START, AFTER, strict).light == "red"


@pytest.mark.parametrize(
    ("planned", "months", "red_from"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 10, 31), 3, date(2027, 1, 31)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
    ],
)
def test_months_without_a_start_are_counted_on_the_calendar(planned: date, months: int, red_from: date) -> None:
    rule, steps = LightRule(red_unstarted_months=months), [PlannedMilestone(100, date(2030, 1, 1))]
    assert standing_of(steps, planned, red_from, rule).reason == "unstarted"
    assert standing_of(steps, planned, red_from - timedelta(days=1), rule).light == "green"


MISSED = LightRule(method="missed")


@pytest.mark.parametrize(
    ("first_done", "second_done", "on", "light", "reason"),
    [
        (None, None, date(2026, 2, 1), "none", "not-due"),
        (None, None, date(2026, 4, 1), "red", "missed"),
        (date(2026, 3, 20), None, date(2026, 4, 1), "yellow", "made-up"),
        (date(2026, 2, 20), None, date(2026, 4, 1), "green", "on-schedule"),
        (date(2026, 3, 20), date(2026, 5, 30), date(2026, 6, 5), "green", "on-schedule"),
        (date(2026, 2, 20), None, date(2026, 6, 5), "red", "missed"),
    ],
)
def test_by_milestones_a_missed_one_is_red_and_one_made_up_yellow_until_the_next_is_in_time(
    first_done, second_done, on, light, reason
):
    steps = [PlannedMilestone(50, date(2026, 3, 1), first_done), PlannedMilestone(50, date(2026, 6, 1), second_done)]
    found = standing_of(steps, date(2026, 2, 10), on, MISSED)
    assert (found.light, found.reason) == (light, reason)
