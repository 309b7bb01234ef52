"""How long a clock runs, as the value of a rule: amount, unit, and whether a last day on a day off moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Unit(StrEnum):
    MONTHS = "months"
    DAYS = "days"
    WORKDAYS = "workdays"


UNIT_NAMES = {Unit.MONTHS: _("个月"), Unit.DAYS: _("日（自然日）"), Unit.WORKDAYS: _("个工作日")}
MOST = 400
TO_WORKDAY = " to-workday"


@dataclass(frozen=True, slots=True)
class Length:
    """At least 1 and at most `MOST` of its unit."""

    amount: int
    unit: Unit
    to_workday: bool = False
    """Whether a last day on a day off moves to the next working day; a period in working days ends on one anyway."""

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not 1 <= int(self.amount) <= MOST:
            raise ValueError("not a length")

    def stored(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"amount": self.amount, "unit": str(self.unit), "to_workday": self.to_workday}

    def text(self) -> str:
        """Return it as a file of a district has it: `10 workdays`, `6 months to-workday`."""
        return f"{self.amount} {self.unit}{TO_WORKDAY if self.to_workday else ''}"

    def words(self) -> str:
        words = f"{self.amount} {UNIT_NAMES[self.unit]}"
        return words + gettext("，末日遇休息日顺延") if self.to_workday else words


def read(stored: Mapping[str, Any]) -> Length | None:
    """Return what `Length.stored` gave; None for the empty value: as the law has it."""
    return Length(stored["amount"], Unit(stored["unit"]), stored["to_workday"]) if stored else None


def parse(text: str) -> Length | None:
    """Return the length that `Length.text` wrote, None for nothing. Raises ValueError.

    >>> parse("6 months to-workday").stored()
    {'amount': 6, 'unit': 'months', 'to_workday': True}
    """
    if not text.strip():
        return None
    amount, _blank, unit = text.strip().removesuffix(TO_WORKDAY).partition(" ")
    return Length(int(amount), Unit(unit.strip()), text.strip().endswith(TO_WORKDAY))


def store(value: Length | None) -> dict[str, Any]:
    """Return a length as JSON; nothing is the empty value. Raises TypeError for anything else."""
    if value is None:
        return {}
    if not isinstance(value, Length):
        raise TypeError("a length is wanted")
    return value.stored()
