"""The invented life of the demo obeys the rules of the rooms that show it, on any day."""

from collections import Counter
from datetime import date, timedelta

import pytest

from demo.plan import calendar, history, matters, stories
from demo.plan.cases import History
from demo.plan.congress.receptions import sessions
from demo.plan.points import small_waters
from demo.plan.projects import projects
from demo.plan.stations import deputies, stations
from projects.plan.progress import PlannedMilestone, standing_of
from river_monitoring.standard.evaluation import evaluate_water_class
from river_monitoring.steps.proofs import Rules, compliant_months
from river_monitoring.steps.table import TABLE, State
from supervision.deadlines import clocks
from supervision.matters.table import TABLE as MATTERS

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 23)
DAYS = [TODAY, date(2027, 1, 4), date(2026, 3, 31), date(2028, 2, 29)]
NEVER_LISTED = {"state", "province", "city", "county", "handover"}


@pytest.fixture(params=DAYS, ids=str)
def today(request: pytest.FixtureRequest) -> date:
    return request.param


def rectified(today: date) -> list[History]:
    return [each for each in history.histories(today) if each.story]


def test_the_same_day_gives_the_same_district_twice():
    first = history.histories(TODAY), projects(TODAY), sessions(TODAY), matters.findings_and_matters(TODAY)
    history.histories.cache_clear()
    small_waters.cache_clear()
    second = history.histories(TODAY), projects(TODAY), sessions(TODAY), matters.findings_and_matters(TODAY)
    assert repr(first) == repr(second)


def test_three_years_of_monthly_samples_end_with_the_newest_month_that_is_complete(today):
    months = calendar.sampled_months(today)
    assert len(months) == 36
    for each in history.histories(today):
        if each.place.quality is None and not each.story:
            assert each.samples == ()
            continue
        assert 30 <= len(each.samples) <= 36
        assert all(sample.at.date() < today for sample in each.samples)
        assert len({(sample.at.year, sample.at.month) for sample in each.samples}) == len(each.samples)


def test_classes_come_from_the_standard():
    for each in history.histories(TODAY)[::7]:
        for sample in each.samples:
            answer = evaluate_water_class(sample.values, "lake" if each.place.habit.lake else "river")
            assert answer.water_class.number == sample.water_class > 0


def test_readings_have_non_detects_and_seasons():
    samples = [sample for each in history.histories(TODAY) for sample in each.samples]
    assert any(value.endswith("L") for sample in samples for value in sample.values.values())
    winter = [float(s.values["temp"]) for s in samples if s.at.month == 1]
    summer = [float(s.values["temp"]) for s in samples if s.at.month == 7]
    assert max(winter) < 12 < 25 < min(summer)


def test_96_small_waters_were_listed_as_inferior_v(today):
    assert len(rectified(today)) == 96
    for each in rectified(today):
        listed = next(step for step in each.steps if step.target is State.LISTED)
        assert [s.water_class for s in each.samples if s.at.date() <= listed.day][-1] == 6


def test_every_state_and_every_kind_of_story_is_there(today):
    shown = {"listed", "planned", "under_way", "acceptance_asked", "delisted", "look_back", "suspended", "exceeded"}
    assert {each.status for each in rectified(today)} == shown
    assert Counter(each.story.kind for each in rectified(today)).keys() == stories.GOALS.keys()
    open_states = (State.LISTED, State.PLANNED, State.UNDER_WAY, State.ACCEPTANCE_ASKED)
    assert any(each.due_on < today for each in rectified(today) if each.status in open_states)
    assert all(not each.steps for each in history.histories(today) if each.place.kind in NEVER_LISTED)


def test_every_step_is_a_row_of_the_table_and_follows_the_one_before(today):
    for each in rectified(today):
        state, day = State.NONE, date.min
        for step in each.steps:
            assert step.source is state
            assert TABLE.move(step.source, step.target)
            assert day < step.day <= today
            state, day = step.target, step.day


def test_no_point_is_delisted_without_the_compliant_months(today):
    delistings = [(each, step) for each in rectified(today) for step in each.steps if step.target is State.DELISTED]
    assert len(delistings) > 60
    for each, step in delistings:
        since = max(s.day for s in each.steps if s.target is State.LISTED and s.day < step.day)
        counted = [sample for sample in each.sample_days if since <= sample.day <= step.day]
        assert len(compliant_months(counted)) >= Rules().months


def test_works_and_their_acceptance_are_proved_by_pictures():
    for each in rectified(TODAY):
        present: list[str] = []
        for step in each.steps:
            kinds = [picture.kind for picture in step.photos]
            present = kinds if step.target is State.LISTED else [*present, *kinds]
            if step.target is State.UNDER_WAY:
                assert "before" in present
            if step.target is State.ACCEPTANCE_ASKED:
                assert {"before", "after"} <= set(present)


def test_the_demo_officer_and_others_each_have_a_point_ready_for_acceptance():
    ready = [each for each in rectified(TODAY) if each.story.kind == "ready"]
    departments = {each.place.department for each in ready}
    assert "water" in departments and len(departments) > 1
    assert all(TODAY - each.sample_days[-1].day <= timedelta(days=Rules().max_age_days) for each in ready)


def test_60_projects_over_three_years_and_every_stage_and_light_of_theirs():
    plans = projects(TODAY)
    assert Counter(plan.year for plan in plans) == {2024: 20, 2025: 20, 2026: 20 + 3, 2027: 9}
    stages = {"proposed", "candidate", "reserve", "voted", "building", "supervised", "rated"}
    assert {plan.status for plan in plans} == stages
    assert len({plan.code for plan in plans}) == len({plan.name for plan in plans}) == 72
    lights = {
        standing_of([PlannedMilestone(s.weight, s.due_on, s.done_on) for s in plan.steps], plan.starts_on, TODAY).light
        for plan in plans
    }
    assert lights == {"green", "yellow", "red", "none"}


def test_milestones_weigh_100_and_nothing_is_done_in_the_future(today):
    for plan in projects(today):
        assert sum(step.weight for step in plan.steps) == 100
        assert all(step.done_on <= today for step in plan.steps if step.done_on)
        assert all(report.day <= today for report in plan.reports)
        assert plan.starts_on <= plan.steps[0].due_on <= plan.steps[-1].due_on <= plan.ends_on
        assert 0 <= plan.spent_wan <= plan.budget_wan
        assert bool(plan.votes) == (plan.status == "rated")


def test_receptions_add_up_to_the_five_published_numbers(today):
    held = [session for session in sessions(today) if session.held]
    assert len(held) == 502
    assert sum(session.kind == "themed" for session in held) == 36
    assert sum(len(session.deputies) for session in held) == 1020
    assert sum(session.visitors for session in held) == 850
    matters_of = [matter for session in held for matter in session.matters]
    assert sum(matter.settled_on is not None for matter in matters_of) == 802
    assert len(matters_of) > 802
    assert all(matter.settled_on <= today for matter in matters_of if matter.settled_on)
    assert all(bool(session.theme) == (session.kind == "themed") for session in held)


def test_receptions_are_within_three_years_on_days_of_their_own(today):
    held = [session for session in sessions(today) if session.held]
    coming = [session for session in sessions(today) if not session.held]
    assert coming and all(session.starts_at.date() > today and not session.visitors for session in coming)
    assert all(today - timedelta(days=3 * 366 + 31) < session.starts_at.date() < today for session in held)
    assert len({(session.station, session.starts_at.date()) for session in held}) == 502


def test_deputies_receive_only_at_their_own_station():
    home = {person.code: person.station for person in deputies()}
    assert len(home) == 200 and set(home.values()) == {place.code for place in stations()}
    assert all(home[code] == session.station for session in sessions(TODAY) for code in session.deputies)


def test_matters_stand_in_every_state_and_obey_the_clocks(today):
    seen, chain = matters.findings_and_matters(today)
    assert {matter.seen for matter in chain} == set(seen) and len(chain) == len(seen) + 1 > 50  # one part
    assert {MATTERS.replay(e.verb for e in matter.events).value for matter in chain} == {
        "received", "submitted", "assigned", "returned", "replied", "redo", "closed", "declined", "merged"
    }  # fmt: skip
    for matter in chain:
        times = [event.at for event in matter.events]
        assert times == sorted(times) and times[-1].date() <= today
        for event in matter.events:
            if event.verb == "assigned":
                assert event.due_on == clocks.reply_due_on(event.at.date())
            if event.verb == "reopened":
                assert event.outcome == "dissatisfied" and event.due_on == clocks.redo_due_on(event.at.date())
            if event.verb == "replied":
                assert event.result in "ABCD" and event.due_on


def test_some_matters_are_overdue_and_some_came_back_and_were_closed():
    _, chain = matters.findings_and_matters(TODAY)
    in_hand = [m for m in chain if MATTERS.replay(e.verb for e in m.events).value in ("assigned", "redo")]
    due = [[e.due_on for e in m.events if e.verb in ("assigned", "reopened")][-1] for m in in_hand]
    assert any(day < TODAY for day in due) and any(day > TODAY for day in due)
    assert any([e.verb for e in m.events][-3:] == ["reopened", "replied", "rated"] for m in chain)


def test_a_returned_matter_is_returned_within_ten_days():
    _, chain = matters.findings_and_matters(TODAY)
    returned = [m for m in chain if any(e.verb == "returned" for e in m.events)]
    assert returned
    for matter in returned:
        assigned, back = matter.events[1], matter.events[2]
        assert back.at.date() <= clocks.returnable_until(assigned.at.date())
