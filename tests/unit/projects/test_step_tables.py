"""The tables of stages and of proposals: what leads where, who does it, and which states belong together."""

import pytest

from projects.plan.stage_table import STAGES, Stage
from projects.proposals.table import PROPOSALS


@pytest.mark.parametrize(
    ("stage", "targets"),
    [
        (Stage.PROPOSED, ["candidate", "reserve"]),
        (Stage.CANDIDATE, ["reserve"]),
        (Stage.RESERVE, ["candidate"]),
        (Stage.VOTED, ["building"]),
        (Stage.BUILDING, ["supervised"]),
        (Stage.SUPERVISED, ["rated"]),
        (Stage.RATED, []),
    ],
)
def test_staff_move_a_project_only_to_the_next_stage(stage: Stage, targets: list[str]) -> None:
    assert [line.target for line in STAGES.steps_now(stage, {"staff"})] == targets


def test_only_the_count_of_a_vote_declares_a_candidate_voted_for() -> None:
    assert [line.who for line in STAGES.transitions if line.target == Stage.VOTED] == [{"count"}]
    assert [line.target for line in STAGES.steps_now(Stage.CANDIDATE, {"count"})] == ["voted", "reserve"]


def test_every_change_of_stage_needs_its_reason() -> None:
    assert all(line.needs == ("reason",) for line in STAGES.transitions)


def test_what_is_public_and_what_is_under_way_comes_after_the_vote() -> None:
    assert STAGES.in_group("public") == ("voted", "building", "supervised", "rated")
    assert STAGES.in_group("under_way") == ("building", "supervised", "rated")
    assert not set(STAGES.in_group("public")) & set(STAGES.in_group("before_vote"))


def test_only_a_new_proposal_is_published_and_an_open_one_declined_with_a_reason() -> None:
    assert [line.source for line in PROPOSALS.lines_of("publish")] == ["new"]
    assert tuple(line.source for line in PROPOSALS.lines_of("decline")) == PROPOSALS.in_group("open")
    assert all(line.needs == ("text",) for line in PROPOSALS.lines_of("decline"))


def test_nothing_follows_on_a_proposal_that_is_merged_adopted_or_declined() -> None:
    for state in ("merged", "adopted", "declined"):
        assert PROPOSALS.steps_from(state) == ()


def test_the_history_of_a_proposal_leads_to_its_state() -> None:
    assert PROPOSALS.replay(["propose", "publish", "adopt"]) == "adopted"
    with pytest.raises(ValueError, match="no step from declined"):
        PROPOSALS.replay(["propose", "decline", "publish"])
