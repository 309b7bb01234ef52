"""The table of steps and its plain answers, without a database."""

import doctest
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from river_monitoring.selection.filters import PointFilter
from river_monitoring.standard import evaluation, readings
from river_monitoring.steps import proofs, standing
from river_monitoring.steps.photos import Photo
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


def missing(source, into, today=TODAY, **file):
    return in_words(missing_evidence(step(source, into), EvidenceOnFile(**{"target": 5} | file), today, Rules()))


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


def test_only_the_rule_moves_a_delisted_point_without_evidence_and_it_does_nothing_else():
    by_rule = [row for row in TABLE.moves if Party.RULE in row.who]
    assert {row.verb for row in by_rule} == {Verb.RELAPSE, Verb.MISS}
    assert {row.source for row in by_rule} == set(TABLE.in_group("delisted"))
    assert {row.target for row in by_rule} == {State.LISTED, State.EXCEEDED}
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
    standing = Standing(row.source, department=1, bodies=frozenset({1, 2}))
    assert not may_take(row, OWN, standing)
    assert may_take(row, OTHER, standing)
    assert not may_take(row, Actor("officer", 3), standing)


@pytest.mark.parametrize("row", TABLE.moves, ids=lambda row: f"{row.source}-{row.verb}-{row.target}")
@pytest.mark.parametrize("role", ["staff", "admin", "deputy", "gis"])
def test_the_congress_supervises_and_takes_no_step(row, role):
    standing = Standing(row.source, department=1, bodies=frozenset({1, 2}))
    assert not may_take(row, Actor(role, 2), standing)


def test_where_no_body_is_configured_nobody_lists_or_accepts():
    for row in TABLE.moves:
        if row.target is State.DELISTED or row.verb is Verb.LIST:
            assert not any(may_take(row, actor, Standing(row.source, department=1)) for actor in (OWN, OTHER))


def test_a_department_that_took_part_in_the_works_is_not_another_hand():
    standing = Standing(State.ACCEPTANCE_ASKED, 1, workers=frozenset({2}), bodies=frozenset({1, 2}))
    assert not may_take(step("acceptance_asked", "delisted"), OTHER, standing)


def test_works_belong_to_the_own_department():
    standing = Standing(State.PLANNED, department=1)
    assert may_take(step("planned", "under_way"), OWN, standing)
    assert not may_take(step("planned", "under_way"), OTHER, standing)
    assert not may_take(step("planned", "under_way"), Actor("staff"), standing)


def test_missing_pieces_are_named_in_the_order_of_the_table():
    assert missing("listed", "planned") == "缺：一点一策方案（文字或文件）；缺：整治期限"
    words = missing("under_way", "acceptance_asked", note="完工")
    assert words == "缺：至少一项已报告完成的治理措施（现有0项）；缺：治理前照片；缺：治理后照片"
    assert missing("planned", "suspended", note="  ") == "缺：情况说明"


DONE = datetime(2026, 9, 1, 16)
PHOTO_BEFORE = Photo("before", ["00"], datetime(2026, 5, 2), datetime(2026, 5, 1), away_m=20.0)
PHOTO_AFTER = Photo("after", ["ffffffff"], datetime(2026, 9, 3), datetime(2026, 9, 2), away_m=20.0)
FILE = {"note": "核查", "photos": [PHOTO_BEFORE, PHOTO_AFTER], "completions": [DONE]}


def test_a_complete_file_misses_nothing():
    samples = days("2026-09-08", "2026-10-08", "2026-11-06")
    assert missing("acceptance_asked", "delisted", **FILE | {"samples": samples}) == ""


def on_file(**changes):
    """What is missing for delisting of a file that holds all but the samples, changed."""
    words = missing("acceptance_asked", "delisted", **FILE | changes)
    return [piece for piece in words.split("；") if "达标水样" not in piece]


@pytest.mark.parametrize("target", [0, 6])
def test_only_a_target_of_one_to_five_delists(target):
    assert on_file(target=target) == ["缺：Ⅰ–Ⅴ类的目标类别"]


def test_without_a_completed_measure_nothing_is_accepted():
    assert on_file(completions=[]) == ["缺：至少一项已报告完成的治理措施（现有0项）"]
    assert on_file(open_measures=2) == ["缺：登记的措施全部完成（还有2项未完成）"]


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        ([PHOTO_BEFORE], "缺：治理后照片"),
        ([PHOTO_BEFORE, replace(PHOTO_AFTER, hashes=["03"])], "缺：可用的治理后照片（与治理前或以前的照片是同一张）"),
        ([PHOTO_BEFORE, replace(PHOTO_AFTER, away_m=900.0)], "缺：可用的治理后照片（拍摄位置离点位900米，超过300米）"),
        ([PHOTO_BEFORE, replace(PHOTO_AFTER, used_by="乙塘")], "缺：可用的治理后照片（与“乙塘”档案里的照片是同一张）"),
        ([PHOTO_BEFORE, replace(PHOTO_AFTER, hashes=[])], "缺：可用的治理后照片（照片打不开，无法比对）"),
        (
            [PHOTO_BEFORE, replace(PHOTO_AFTER, taken_at=datetime(2026, 8, 30))],
            "缺：可用的治理后照片（拍摄于措施完成（2026年9月1日）之前）",
        ),
        (
            [replace(PHOTO_BEFORE, kept_at=datetime(2026, 9, 2), taken_at=datetime(2026, 9, 2)), PHOTO_AFTER],
            "缺：可用的治理前照片（拍摄于措施完成（2026年9月1日）之后）",
        ),
        (
            [PHOTO_BEFORE, replace(PHOTO_AFTER, away_m=None)],
            "缺：上传人以外的人对治理后照片拍摄位置和时间的说明（照片里没有写）",
        ),
        (
            [PHOTO_BEFORE, replace(PHOTO_AFTER, taken_at=None)],
            "缺：上传人以外的人对治理后照片拍摄位置和时间的说明（照片里没有写）",
        ),
        (
            [replace(PHOTO_BEFORE, away_m=None), PHOTO_AFTER],
            "缺：上传人以外的人对治理前照片拍摄位置和时间的说明（照片里没有写）",
        ),
    ],
)
def test_a_photo_with_a_fault_is_no_photo_and_the_words_say_which(photos, words):
    assert on_file(photos=photos) == [words]


def test_what_photos_may_be():
    vouched = replace(PHOTO_AFTER, away_m=None, taken_at=None, is_vouched=True)
    offset = replace(PHOTO_AFTER, away_m=498.0, looks_offset=True)
    two = replace(PHOTO_AFTER, hashes=["03"])
    for photos in ([vouched], [offset], [two, PHOTO_AFTER]):
        assert on_file(photos=[PHOTO_BEFORE, *photos]) == []


def test_a_clock_that_is_ahead_of_the_hand_in_does_not_make_a_photo_newer():
    ahead = replace(PHOTO_AFTER, kept_at=datetime(2026, 8, 1), taken_at=datetime(2026, 10, 1))
    assert on_file(photos=[PHOTO_BEFORE, ahead]) == ["缺：可用的治理后照片（拍摄于措施完成（2026年9月1日）之前）"]


def test_a_photo_of_an_earlier_listing_is_not_handed_in_again():
    earlier = replace(PHOTO_AFTER, kind="earlier")
    assert "同一张" in on_file(photos=[PHOTO_BEFORE, PHOTO_AFTER, earlier])[0]


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
