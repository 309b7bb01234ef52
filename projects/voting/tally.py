"""Counting a vote: who is elected, by which rule. Pure Python, so that anybody can run it over the published ballots.

There are more candidates than places (差额票决). Which quorum, majority and way out of a tie hold is a congress's own
to say - no figure for them was found in the provincial rule of 2022 - so all three are settings of a session.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Quorum = Literal["half", "two-thirds"]
Majority = Literal["of-all", "of-cast", "plurality"]
Tie = Literal["runoff", "lot"]


@dataclass(frozen=True, slots=True)
class Rules:
    """How many may be elected of how many electors, and the rules in force."""

    places: int
    electors: int
    quorum: Quorum = "half"
    majority: Majority = "of-all"
    tie: Tie = "runoff"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a count. `tied` are those left to a runoff for the places that are left."""

    is_quorate: bool
    needed: int
    elected: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hall:
    """What the tellers' sheet of a hall says: how many papers, and how many of them approve each candidate."""

    papers: int
    votes: dict[int, int]

    def as_json(self) -> dict[str, Any]:
        return {"papers": self.papers, "votes": {str(number): self.votes[number] for number in sorted(self.votes)}}


def least_candidates(places: int, margin_percent: int) -> int:
    """Return how many candidates a vote needs: one more than places, or more by the margin in percent of places.

    >>> least_candidates(10, 0), least_candidates(10, 20), least_candidates(10, 25)
    (11, 12, 13)
    """
    return places + max(1, -(-places * margin_percent // 100))


def least_cast(rules: Rules) -> int:
    """Return the least number of ballots that makes a quorum.

    >>> least_cast(Rules(places=1, electors=10)), least_cast(Rules(places=1, electors=10, quorum="two-thirds"))
    (6, 7)
    """
    return -(-2 * rules.electors // 3) if rules.quorum == "two-thirds" else rules.electors // 2 + 1


def with_hall(votes: dict[int, int], hall: Hall | None) -> dict[int, int]:
    """Add the votes of the tellers' sheet to those of the ballots.

    >>> with_hall({1: 2, 2: 0}, Hall(3, {1: 1, 2: 3}))
    {1: 3, 2: 3}
    """
    return votes if hall is None else {number: found + hall.votes.get(number, 0) for number, found in votes.items()}


def seed_of(digest: str, hall: Hall | None) -> str:
    """Return what the lot is drawn with: the ballots' digest, and the tellers' sheet where there is one."""
    if hall is None:
        return digest
    sheet = ",".join(f"{number} {hall.votes[number]}" for number in sorted(hall.votes))
    return hashlib.sha256(f"{digest}:{hall.papers}:{sheet}".encode()).hexdigest()


def count(ballots: Iterable[Sequence[int]], candidates: Sequence[int]) -> dict[int, int]:
    """Return how many ballots approve each candidate.

    >>> count([(1, 3), (3,), ()], [1, 2, 3])
    {1: 1, 2: 0, 3: 2}
    """
    votes = dict.fromkeys(candidates, 0)
    for choices in ballots:
        for number in choices:
            votes[number] += 1
    return votes


def needed_votes(rules: Rules, cast: int) -> int:
    """Return the least number of votes that elects.

    >>> needed_votes(Rules(places=2, electors=10), cast=7)
    6
    >>> needed_votes(Rules(places=2, electors=10, majority="of-cast"), cast=7)
    4
    """
    if rules.majority == "plurality":
        return 1
    base = rules.electors if rules.majority == "of-all" else cast
    return base // 2 + 1


def is_quorate(rules: Rules, cast: int) -> bool:
    """Tell whether enough electors took part: more than half, or two thirds and more.

    >>> is_quorate(Rules(places=1, electors=10), 5), is_quorate(Rules(places=1, electors=10), 6)
    (False, True)
    >>> is_quorate(Rules(places=1, electors=9, quorum="two-thirds"), 6)
    True
    """
    return 3 * cast >= 2 * rules.electors if rules.quorum == "two-thirds" else 2 * cast > rules.electors


def decide(votes: dict[int, int], cast: int, rules: Rules, seed: str) -> Outcome:
    """Return who is elected: enough votes, most first, until the places are filled.

    Where equal votes meet the last place, the lot (drawn with `seed`, the ballots' digest) or a runoff decides.

    >>> decide({1: 6, 2: 6, 3: 5}, 10, Rules(places=2, electors=10), "").elected
    (1, 2)
    >>> decide({1: 8, 2: 6, 3: 6}, 10, Rules(places=2, electors=10), "").tied
    (2, 3)
    """
    needed = needed_votes(rules, cast)
    if not is_quorate(rules, cast):
        return Outcome(False, needed)
    enough = sorted((number for number in votes if votes[number] >= needed), key=lambda n: (-votes[n], n))
    if len(enough) <= rules.places:
        return Outcome(True, needed, tuple(enough))
    last = votes[enough[rules.places - 1]]
    safe = [number for number in enough if votes[number] > last]
    tied = [number for number in enough if votes[number] == last]
    left = rules.places - len(safe)
    if left == len(tied):
        return Outcome(True, needed, (*safe, *tied))
    if rules.tie == "runoff":
        return Outcome(True, needed, tuple(safe), tuple(tied))
    drawn = sorted(tied, key=lambda number: draw_lot(seed, number))[:left]
    return Outcome(True, needed, (*safe, *sorted(drawn)))


def draw_lot(seed: str, number: int) -> str:
    """Return the lot of a candidate; the smallest wins. Nobody can choose it: the seed depends on every ballot.

    >>> lot("ab", 3) == hashlib.sha256(b"ab:3").hexdigest()
    True
    """
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def digest_of(ballots: Iterable[tuple[str, Sequence[int]]]) -> str:
    """Return the SHA-256 of the ballots as published: one line ``code,1 3 5`` each, sorted by code, ended by LF.

    >>> digest_of([("B", (2,)), ("A", (1, 3))]) == hashlib.sha256(b"A,1 3\\nB,2\\n").hexdigest()
    True
    """
    lines = sorted(f"{receipt},{' '.join(map(str, choices))}\n" for receipt, choices in ballots)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
