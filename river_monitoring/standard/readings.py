"""What a laboratory writes for one parameter: a number, a non-detect such as ``0.025L``, or nothing.

Pure Python. Values are `Decimal`, so that a limit written 0.15 is compared with exactly 0.15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from ui.text.width import half_width

#: What published tables put in an empty cell.
ABSENT = frozenset({"", "-", "--", "—", "——", "*", "/", "na", "n/a", "nan", "null", "none"})

# As laboratories and instruments write numbers; what `Decimal` takes besides (1_000, Infinity, 1E+400) is a slip.
NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)

LONGEST = 100
"""Characters of a value; what is longer is no number, and would be remembered beside the others."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No sample in such a register is older; an earlier time is a clock that was never set or a slip of the year."""

# Our own marks in `Sample.flagged`, beside the letters that stations send.
IMPLAUSIBLE = "X"
"""A value that is no number or cannot be true."""
TO_REVIEW = "?"
"""A value that is possible and most often a slip: somebody confirms or corrects it before anything is rated."""
UNIT_UNKNOWN = "U"
"""A value in a unit that nobody knows."""
SENT_LATE = "!"
"""A value that a station sent for a day longer past than people may hand samples in for."""
HELD_FOR_REVIEW = frozenset({TO_REVIEW, UNIT_UNKNOWN, SENT_LATE})
"""Marks that leave the whole sample unrated until a person has looked."""


class UnreadableValue(ValueError):
    """The text is neither a number, a non-detect nor an empty cell."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value, or the detection limit when `below_limit`.

    >>> Reading(Decimal("0.05"), below_limit=True).counted
    Decimal('0.025')
    """

    value: Decimal
    below_limit: bool = False

    @property
    def counted(self) -> Decimal:
        """The value that counts in an evaluation: a non-detect is half its limit (环办监测函〔2020〕82号 第7条)."""
        return self.value / 2 if self.below_limit else self.value

    def __str__(self) -> str:
        return f"{self.value:f}{'L' if self.below_limit else ''}"


RawReading = Reading | Decimal | float | int | str | None


def parse_reading(raw: RawReading) -> Reading | None:
    """Read one cell; None when it is empty. Raises UnreadableValue.

    A `Decimal` is taken as it is; texts and floats are read as a laboratory or an instrument writes them.
    HJ/T 91-2002 writes a non-detect as the detection limit followed by L; ``<0.025`` means the same.

    >>> parse_reading("0.025L")
    Reading(value=Decimal('0.025'), below_limit=True)
    >>> parse_reading("<0.01") == parse_reading("0.01L")
    True
    >>> parse_reading(" 3.2 ")
    Reading(value=Decimal('3.2'), below_limit=False)
    >>> parse_reading("--") is None
    True
    >>> parse_reading("0L")
    Traceback (most recent call last):
    ...
    river_monitoring.standard.readings.UnreadableValue: 0L
    >>> parse_reading("约3")
    Traceback (most recent call last):
    ...
    river_monitoring.standard.readings.UnreadableValue: 约3
    """
    if raw is None or isinstance(raw, Reading):
        return raw
    if isinstance(raw, Decimal) and raw.is_finite():
        return Reading(raw)  # computed: a mean may have more digits than a laboratory writes
    text = str(raw).strip()
    if len(text) > LONGEST:
        raise UnreadableValue(text[:LONGEST])
    return _parse_text(text)


@lru_cache(maxsize=65_536)
def _parse_text(raw: str) -> Reading | None:
    """As `parse_reading`; remembered, as a station's month is read again with each of its hours and values recur."""
    text = half_width(raw).strip()
    if text.casefold() in ABSENT:
        return None
    number = text.removeprefix("<").removesuffix("L").removesuffix("l").strip()
    if not NUMBER.fullmatch(number):
        raise UnreadableValue(text)
    reading = Reading(Decimal(number), below_limit=number != text)
    if reading.below_limit and reading.value == 0:
        raise UnreadableValue(text)  # a method that detects nothing has no limit of 0
    return reading
