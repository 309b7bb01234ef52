"""How far the works of a point have come: one share from the shares of its measures. Pure Python.

Weighted by planned cost when every measure has one, else each measure counts the same; the answer holds which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

Basis = Literal["cost", "equal"]


@dataclass(frozen=True, slots=True)
class Part:
    """One measure: share done in per cent, planned cost and money spent in 10,000 yuan; no cost is None."""

    share_done: int
    cost_wan: Decimal | None = None
    spent_wan: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Progress:
    """All measures together. `share_done` is floored, so that 100 means that every measure is done."""

    share_done: int
    basis: Basis
    count: int
    finished: int
    cost_wan: Decimal
    spent_wan: Decimal
    without_cost: int

    @property
    def open(self) -> int:
        return self.count - self.finished

    @property
    def is_over_budget(self) -> bool:
        return not self.without_cost and self.spent_wan > self.cost_wan


def add_up(parts: Iterable[Part]) -> Progress | None:
    """Add up; None when there is no measure.

    >>> add_up([Part(100, Decimal(30)), Part(50, Decimal(10))]).share_done
    87
    >>> add_up([Part(100, Decimal(30)), Part(50)]).share_done
    75
    >>> add_up([]) is None
    True
    """
    known = list(parts)
    if not known:
        return None
    costs = [part.cost_wan or Decimal(0) for part in known]
    by_cost = all(costs)
    weights = costs if by_cost else [Decimal(1)] * len(known)
    done = sum((weight * part.share_done for weight, part in zip(weights, known, strict=True)), Decimal(0))
    return Progress(
        share_done=int((done / sum(weights)).to_integral_value(ROUND_FLOOR)),
        basis="cost" if by_cost else "equal",
        count=len(known),
        finished=sum(part.share_done == 100 for part in known),
        cost_wan=sum(costs, Decimal(0)),
        spent_wan=sum((part.spent_wan for part in known), Decimal(0)),
        without_cost=sum(not cost for cost in costs),
    )
