"""Counting published ballots again from the two files that anybody can download. Needs no database."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from projects.voting.tally import Hall, Rules, count, decide, digest_of, seed_of, with_hall
from ui import json_bodies


@dataclass(frozen=True)
class Recount:
    """What the ballots say, and in what the published result differs from it (published, recounted)."""

    cast: int
    digest: str
    votes: dict[int, int]
    elected: tuple[int, ...]
    tied: tuple[int, ...]
    differences: dict[str, tuple[Any, Any]]

    @property
    def agrees(self) -> bool:
        return not self.differences


def recount(ballots: str, result: str) -> Recount:
    """Count the text of ``ballots.csv`` by the rules in the text of ``result.json``. Raises BadInput."""
    published = _result(result)
    papers = _ballots(ballots)
    try:
        candidates = sorted(map(int, published["candidates"]))
        rules = Rules(*(published[name] for name in ("places", "electors", "quorum", "majority", "tie")))
        hall = _hall(published.get("hall") or {})
        votes = with_hall(count((choices for _code, choices in papers), candidates), hall)
        digest = digest_of(papers)
        cast = len(papers) + (hall.papers if hall else 0)
        outcome = decide(votes, cast, rules, seed_of(digest, hall))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(_("选票或结果里有认不出的内容：%s。") % error, code="not-a-result") from error
    found = {
        "cast": cast,
        "sha256": digest,
        "votes": {str(number): n for number, n in votes.items()},
        "is_quorate": outcome.is_quorate,
        "elected": sorted(outcome.elected),
        "tied": sorted(outcome.tied),
    }
    differences = {name: (published.get(name), mine) for name, mine in found.items() if published.get(name) != mine}
    spoilt = [code for code, choices in papers if len(choices) > rules.places or len(set(choices)) < len(choices)]
    if spoilt:
        differences["spoilt"] = ([], spoilt)
    return Recount(cast, digest, votes, outcome.elected, outcome.tied, differences)


def _hall(published: dict[str, Any]) -> Hall | None:
    """The tellers' sheet that the result names; its votes must be possible ones."""
    if not published:
        return None
    hall = Hall(int(published["papers"]), {int(number): int(found) for number, found in published["votes"].items()})
    if any(not 0 <= found <= hall.papers for found in hall.votes.values()):
        raise ValueError("votes of the hall")
    return hall


def _result(text: str) -> dict[str, Any]:
    try:
        found = json_bodies.loads(text)
    except ValueError as error:
        raise BadInput(_("结果文件不是 JSON。"), code="not-json") from error
    if not isinstance(found, dict):
        raise BadInput(_("结果文件不是 JSON。"), code="not-json")
    return found


def _ballots(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """Return code and numbers of each ballot; a code may stand only once."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or rows[0] != ["receipt", "approved"]:
        raise BadInput(_("选票文件的首行应是 receipt,approved。"), code="not-ballots")
    try:
        papers = [(receipt, tuple(map(int, approved.split()))) for receipt, approved in rows[1:]]
    except ValueError as error:
        raise BadInput(_("选票文件里有读不懂的行：%s。") % error, code="not-ballots") from error
    if len({receipt for receipt, _choices in papers}) != len(papers):
        raise BadInput(_("选票文件里有重复的回执码。"), code="receipt-twice")
    return papers
