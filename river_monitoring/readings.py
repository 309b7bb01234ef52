"""What a laboratory writes for one parameter: a number, a non-detect such as ``0.025L``, or nothing.

Pure Python. Values are `Decimal`, so that a limit written 0.15 is compared with exactly 0.15.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

#: What published tables put in an empty cell.
ABSENT = frozenset({"", "-", "--", "—", "——", "*", "/", "na", "n/a", "nan", "null", "none"})


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

    HJ/T 91-2002 writes a non-detect as the detection limit followed by L; ``<0.025`` means the same.

    >>> parse_reading("0.025L")
    Reading(value=Decimal('0.025'), below_limit=True)
    >>> parse_reading("<0.01") == parse_reading("0.01L")
    True
    >>> parse_reading(" 3.2 ")
    Reading(value=Decimal('3.2'), below_limit=False)
    >>> parse_reading("--") is None
    True
    >>> parse_reading("约3")
    Traceback (most recent call last):
    ...
    river_monitoring.readings.UnreadableValue: 约3
    """
    if raw is None or isinstance(raw, Reading):
        return raw
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    if text.casefold() in ABSENT:
        return None
    number = text.removeprefix("<").removesuffix("L").removesuffix("l").strip()
    return Reading(_decimal(number, text), below_limit=number != text)


def _decimal(number: str, text: str) -> Decimal:
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise UnreadableValue(text) from None
    if not value.is_finite():
        raise UnreadableValue(text)
    return value
