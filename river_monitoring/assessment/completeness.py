"""Whether what was measured suffices to tell a class, apart from the class that it gives. Pure Python.

A period is complete when it has a value of every core item of the standard (pH, dissolved oxygen, permanganate index,
ammonia, total phosphorus) and of every item that failed when the point was listed, and when no item was merely "not
detected" by a method whose detection limit lies above the limit of the class that the water must meet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from river_monitoring.standard.averages import Mean
from river_monitoring.standard.evaluation import Standard, Water
from river_monitoring.standard.message import Message


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing: items without a value, and items whose detection limit says nothing about the target."""

    missing: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.blind)


def gaps_in(
    columns: Mapping[str, Mean], water: Water, target: int, standard: Standard, listed_for: Iterable[str] = ()
) -> Gaps:
    """Return what `columns` lack; `target` is the class (1 to 5) whose limits must be told from, else the reference."""
    wanted = dict.fromkeys((*standard.core, *(code for code in listed_for if code in standard.parameters)))
    return Gaps(
        missing=tuple(code for code in wanted if code not in columns),
        blind=tuple(code for code, mean in columns.items() if _is_blind(code, mean, water, target, standard)),
    )


def _is_blind(code: str, mean: Mean, water: Water, target: int, standard: Standard) -> bool:
    """Whether its method cannot see as low as the target's limit and nothing that was found settles the matter."""
    parameter = standard[code]
    if mean.detection_limit is None or parameter.judged != "class" or parameter.direction != "max":
        return False
    limits = parameter.limits_for(water)
    number = target if 1 <= target <= len(limits) else standard.reference
    if not limits or mean.detection_limit <= limits[number - 1]:
        return False
    return mean.non_detects == mean.count or mean.value <= limits[number - 1]


def reasons_of(gaps: Gaps, standard: Standard) -> tuple[Message, ...]:
    """The gaps as sentences.

    >>> from river_monitoring.standard.evaluation import GB3838_2002
    >>> [str(reason) for reason in reasons_of(Gaps(("do", "tp"), ("pb",)), GB3838_2002)]
    ['缺溶解氧、总磷', '铅的检出限高于目标限值']
    """
    found = []
    if gaps.missing:
        found.append(Message("缺%(names)s", {"names": tuple(standard[code] for code in gaps.missing)}))
    if gaps.blind:
        found.append(Message("%(names)s的检出限高于目标限值", {"names": tuple(standard[code] for code in gaps.blind)}))
    return tuple(found)
