"""Why a published class and the class of the published readings differ: each row gets the first kind that explains it.

The kinds are told in docs/water-class.md under the same names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.verification.grading import class_of, is_possible, on_the_other_side, rounded
from tests.verification.published import Published

AGREES = "agrees"
LAKE = "lake table"
REPEATED = "class of an earlier hour"
NITROGEN = "total nitrogen counted"
ROUNDED = "rounded before grading"
NEAR = "within 5 % of a limit"
LEFT_OUT = "as if one item did not count"
NEIGHBOUR = "next class, nothing explains it"
FAR = "two classes or more, nothing explains it"
KINDS = (AGREES, LAKE, REPEATED, ROUNDED, NEAR, NITROGEN, LEFT_OUT, NEIGHBOUR, FAR)
UNRATED = "no class published"
UNMEASURED = "nothing that decides was measured"
IMPOSSIBLE = "a value that no water can have"

CLOSE = Fraction(5, 100)
EARLIER = 3
"""How many rows before a release may repeat."""
ENOUGH = 5
"""Rows of a section from which the release itself shows that the lake limits apply to it."""


@dataclass(frozen=True)
class Verdict:
    """A comparable row with both classes and the kind of its agreement or disagreement."""

    row: Published
    river: int
    lake: int
    kind: str


def comparable(rows: Iterable[Published]) -> tuple[list[Published], Counter[str]]:
    """The rows that have an official class and readings; and how many were left out, by reason."""
    kept, left = [], Counter[str]()
    for row in rows:
        if not row.label:
            left[UNRATED] += 1
        elif not class_of(row.values):
            left[UNMEASURED] += 1
        elif not is_possible(row.values):
            left[IMPOSSIBLE] += 1
        else:
            kept.append(row)
    return kept, left


Section = tuple[str, str]
"""Province and name: provinces have sections of the same name."""


def section_of(row: Published) -> Section:
    return row.province, row.section


def lake_sections(rows: Sequence[Published]) -> frozenset[Section]:
    """Sections whose published classes follow the lake limits more often than the river's."""
    gain = Counter[Section]()
    seen = Counter(section_of(row) for row in rows)
    for row in rows:
        gain[section_of(row)] += (class_of(row.values, lake=True) == row.label) - (class_of(row.values) == row.label)
    return frozenset(section for section, better in gain.items() if better > 0 and seen[section] >= ENOUGH)


def verdicts(rows: Sequence[Published]) -> list[Verdict]:
    """Each row with the first kind that explains it, rivers' limits first."""
    lakes = lake_sections(rows)
    earlier: dict[tuple[str, Section], list[int]] = defaultdict(list)
    found = []
    # Within a table: times often have no year, and several tables may hold the same days.
    for row in sorted(rows, key=lambda row: (row.table, section_of(row), _when(row.time))):
        lake = section_of(row) in lakes
        before = earlier[row.table, section_of(row)]
        found.append(Verdict(row, class_of(row.values), class_of(row.values, lake=True), _kind(row, before, lake=lake)))
        before.append(class_of(row.values, lake=lake))
    return found


def _kind(row: Published, before: list[int], *, lake: bool) -> str:
    if class_of(row.values) == row.label:
        return AGREES
    if class_of(row.values, lake=True) == row.label and lake:
        return LAKE
    if row.label in before[-EARLIER:]:
        return REPEATED
    if class_of(rounded(row.values), lake=lake) == row.label:
        return ROUNDED
    if any(class_of(other, lake=lake) == row.label for other in on_the_other_side(row.values, CLOSE, lake=lake)):
        return NEAR
    if class_of(row.values, lake=lake, nitrogen=True) == row.label:
        return NITROGEN
    if class_of(row.values, lake=True) == row.label:
        return LAKE
    if any(class_of({k: v for k, v in row.values.items() if k != name}, lake=lake) == row.label for name in row.values):
        return LEFT_OUT
    return NEIGHBOUR if abs(class_of(row.values, lake=lake) - row.label) == 1 else FAR


def _when(time: str) -> tuple[int, ...]:
    """Times as tables write them (2021-04-01 8:00, 04-01 08:00, 2021/4/1) in order, as numbers."""
    return tuple(int(number) for number in re.findall(r"\d+", time)[:6])
