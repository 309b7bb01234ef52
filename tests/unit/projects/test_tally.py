"""Counting a vote: quorums, majorities, ties and the lot, without a database."""

from itertools import product

import pytest

from projects.voting.tally import Rules, count, decide, digest_of, draw_lot, is_quorate, needed_votes


@pytest.mark.parametrize(
    ("quorum", "electors", "least"), [("half", 10, 6), ("half", 11, 6), ("two-thirds", 10, 7), ("two-thirds", 9, 6)]
)
def test_a_quorum_is_reached_with_the_least_number_and_not_with_one_less(quorum, electors, least):
    rules = Rules(1, electors, quorum)
    assert is_quorate(rules, least) and not is_quorate(rules, least - 1)


@pytest.mark.parametrize(("majority", "needed"), [("of-all", 6), ("of-cast", 5), ("plurality", 1)])
def test_the_votes_that_are_needed_hang_on_the_majority(majority, needed):
    assert needed_votes(Rules(1, 11, majority=majority), 8) == needed


def test_who_has_too_few_votes_is_not_elected_though_places_are_left():
    assert decide({1: 9, 2: 5, 3: 4}, 10, Rules(2, 10), "").elected == (1,)


def test_without_a_quorum_nobody_is_elected():
    outcome = decide({1: 5, 2: 5}, 5, Rules(1, 10), "")
    assert not outcome.is_quorate and outcome.elected == () and outcome.tied == ()


def test_a_tie_within_the_places_needs_no_second_vote():
    assert decide({1: 7, 2: 7, 3: 6}, 10, Rules(2, 10), "").tied == ()


def test_the_lot_fills_exactly_the_places_and_anybody_can_draw_it_again():
    votes, rules = {1: 9, 2: 7, 3: 7, 4: 7}, Rules(2, 10, tie="lot")
    for seed in map(str, range(20)):
        elected = decide(votes, 10, rules, seed).elected
        assert elected[0] == 1 and elected[1] == min((2, 3, 4), key=lambda number: draw_lot(seed, number))
    assert len({decide(votes, 10, rules, str(seed)).elected for seed in range(20)}) > 1


def test_never_more_are_elected_than_there_are_places():
    for votes in product(range(5), repeat=4):
        table = dict(enumerate(votes, 1))
        for tie, majority in product(("runoff", "lot"), ("of-all", "of-cast", "plurality")):
            outcome = decide(table, 4, Rules(2, 4, "half", majority, tie), "seed")
            left = 2 - len(outcome.elected)
            assert left >= 0 and (not outcome.tied or len(outcome.tied) > left > 0)
            assert not set(outcome.elected) & set(outcome.tied)


def test_the_digest_hangs_on_every_ballot_and_not_on_their_order():
    ballots = [("B", (2,)), ("A", (1, 3)), ("C", ())]
    assert digest_of(ballots) == digest_of(reversed(ballots))
    assert digest_of(ballots) != digest_of([*ballots[:2], ("C", (1,))])
    assert digest_of(ballots) != digest_of(ballots[:2])


def test_a_number_that_is_no_candidate_cannot_be_counted():
    with pytest.raises(KeyError):
        count([(9,)], [1, 2])
