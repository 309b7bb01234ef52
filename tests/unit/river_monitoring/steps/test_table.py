"""The table of steps and its plain answers, without a database."""

import doctest
from datetime import date, timedelta
from itertools import pairwise

import pytest

from river_monitoring.assessment.filters import PointFilter
from river_monitoring.standard import evaluation, readings
from river_monitoring.steps import proofs, standing
from river_monitoring.steps.proofs import (
    EvidenceOnFile,
    Proof,
    Rules,
    SampleDay,
    compliant_months,
    in_words,
    missing_evidence,
)
from river_monitoring.steps.standing import Actor, Standing, may_take, steps_from
from river_monitoring.steps.table import TABLE, Party, State, Verb
from ui import tokens

TODAY = date(2026, 11, 20)
OWN, OTHER = Actor("officer", 1), Actor("officer", 2)


def days(*texts, compliant=True):
    return [SampleDay(date.fromisoformat(text), compliant) for text in texts]


def step(source, target):
    found = TABLE.move(State(source), State(target))
    assert found is not None
    return found


def missing(source, target, today=TODAY, **file):
    return in_words(missing_evidence(step(source, target), EvidenceOnFile(**file), today, Rules()))


@pytest.mark.parametrize("module", [readings, proofs, standing, evaluation])
def test_examples_in_the_documentation_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_each_pair_of_states_has_at_most_one_row():
    pairs = [(row.source, row.target) for row in TABLE.moves if row.verb != Verb.RELAPSE]
    assert len(pairs) == len(set(pairs))


def test_from_listing_the_table_leads_to_delisting_and_back():
    route = ["listed", "planned", "under_way", "acceptance_asked", "delisted", "look_back", "delisted"]
    for source, target in pairwise(route):
        step(source, target)
    step("look_back", "listed")
    step("delisted", "listed")


@pytest.mark.parametrize(
    ("source", "target"),
    [("listed", "delisted"), ("under_way", "delisted"), ("none", "delisted"), ("suspended", "delisted")],
)
def test_there_is_no_short_cut_to_delisting(source, target):
    assert TABLE.move(State(source), State(target)) is None


def test_only_the_rule_relists_without_evidence_and_it_does_nothing_else():
    by_rule = [row for row in TABLE.moves if Party.RULE in row.who]
    assert {row.verb for row in by_rule} == {Verb.RELAPSE}
    assert {row.source for row in by_rule} == set(TABLE.in_group("delisted"))
    assert all(row.who == {Party.RULE} for row in by_rule)


def test_every_state_on_the_map_has_a_ring_of_the_tokens():
    rings = {ring["name"] for ring in tokens.RINGS}
    assert {state.ring for state in TABLE.states if state.name is not State.NONE} == rings


def test_legend_and_filter_name_a_state_the_same():
    legend = {ring["name"]: ring["label"] for ring in tokens.rings_in_words()}
    offered = dict(PointFilter.base_filters["status"].extra["choices"])
    assert {state.name: str(offered[state.name]) for state in TABLE.states if state.ring} == {
        state.name: legend[state.ring] for state in TABLE.states if state.ring
    }


def test_a_deadline_runs_where_works_may_change_and_not_where_they_are_over():
    assert set(TABLE.in_group("open")) < set(TABLE.in_group("works"))
    assert not set(TABLE.in_group("delisted")) & set(TABLE.in_group("open"))


@pytest.mark.parametrize("row", TABLE.moves, ids=lambda row: f"{row.source}-{row.verb}-{row.target}")
def test_nobody_without_an_office_takes_any_step(row):
    standing = Standing(row.source, department=1)
    for actor in (Actor("deputy"), Actor("gis"), Actor("anonymous"), Actor("officer", None), Actor("deputy", 1)):
        assert not may_take(row, actor, standing)


@pytest.mark.parametrize("row", [row for row in TABLE.moves if row.target is State.DELISTED], ids=lambda r: r.source)
def test_every_delisting_needs_samples_and_another_hand(row):
    assert Proof.COMPLIANT in row.needs
    standing = Standing(row.source, department=1)
    assert not may_take(row, OWN, standing)
    assert may_take(row, OTHER, standing)
    assert may_take(row, Actor("staff"), standing)


def test_a_department_that_took_part_in_the_works_is_not_another_hand():
    standing = Standing(State.ACCEPTANCE_ASKED, department=1, workers=frozenset({2}))
    assert not may_take(step("acceptance_asked", "delisted"), OTHER, standing)


def test_works_belong_to_the_own_department():
    standing = Standing(State.PLANNED, department=1)
    assert may_take(step("planned", "under_way"), OWN, standing)
    assert not may_take(step("planned", "under_way"), OTHER, standing)
    assert not may_take(step("planned", "under_way"), Actor("staff"), standing)


def test_missing_pieces_are_named_in_the_order_of_the_table():
    assert missing("listed", "planned") == "缺：一点一策方案（文字或文件）；缺：整治期限"
    assert missing("under_way", "acceptance_asked", note="完工") == "缺：治理前照片；缺：治理后照片"
    assert missing("planned", "suspended", note="  ") == "缺：情况说明"


def test_a_complete_file_misses_nothing():
    samples = days("2026-09-08", "2026-10-08", "2026-11-06")
    file = {"note": "核查", "photos_before": 1, "photos_after": 1, "samples": samples}
    assert missing("acceptance_asked", "delisted", **file) == ""


@pytest.mark.parametrize(
    ("samples", "have"),
    [
        ([], 0),
        (days("2026-10-08", "2026-11-06"), 2),
        (days("2026-08-08", "2026-10-08", "2026-11-06"), 2),
        ([*days("2026-09-08", "2026-10-08", "2026-11-06"), *days("2026-10-20", compliant=False)], 1),
        ([*days("2026-09-08", "2026-10-08"), *days("2026-11-06", compliant=None)], 0),
        (days("2026-11-01", "2026-11-06", "2026-11-12"), 1),
    ],
    ids=["none", "two", "a gap", "one failed", "newest unrated", "three in one month"],
)
def test_months_in_a_row_are_counted_from_the_newest(samples, have):
    words = missing("look_back", "delisted", note="看过", samples=samples)
    assert words == f"缺：连续3个月达标水样（现有{have}个月）"


def test_months_run_over_the_turn_of_the_year():
    assert compliant_months(days("2026-11-06", "2026-12-06", "2027-01-06")) == [(2027, 1), (2026, 12), (2026, 11)]


@pytest.mark.parametrize(("age", "words"), [(45, ""), (46, "缺：45天以内的水样（最近一次是2026年11月6日）")])
def test_old_samples_do_not_delist(age, words):
    samples = days("2026-09-08", "2026-10-08", "2026-11-06")
    today = date(2026, 11, 6) + timedelta(days=age)
    assert missing("look_back", "delisted", today=today, note="看过", samples=samples) == words


def test_samples_before_the_listing_or_after_today_do_not_count():
    samples = days("2026-09-08", "2026-10-08", "2026-11-06")
    assert "现有2个月" in missing("look_back", "delisted", note="看", samples=samples, since=date(2026, 10, 1))
    assert "现有2个月" in missing("look_back", "delisted", note="看", samples=samples, today=date(2026, 11, 1))


def test_a_relapse_needs_a_newest_sample_that_fails():
    file = {"note": "发黑", "due_on": date(2027, 3, 1)}
    failing = days("2026-11-06", compliant=False)
    assert missing("delisted", "listed", samples=failing, **file) == ""
    assert "尚无水样" in missing("delisted", "listed", **file)
    better = [*failing, *days("2026-11-12")]
    assert "2026年11月12日达标" in missing("delisted", "listed", samples=better, **file)


def test_a_suspension_resumes_where_it_stopped():
    standing = Standing(State.SUSPENDED, 1, suspended_from=State.UNDER_WAY)
    assert [row.target for row in steps_from(standing)] == [State.UNDER_WAY]
