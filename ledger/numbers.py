"""Numbers of a series (``2026-00017``), given out one after the other without a gap."""

import re
from typing import Any

from django.db.models import Max, QuerySet

from ledger.locks import wait_turn


def next_number(rows: QuerySet[Any], before: str, digits: int, *, turn: str) -> str:
    """Return the number after the greatest `number` of `rows` that is `before` and at least so many digits.

    What begins alike and goes on otherwise, such as ``2026-17a`` from a sheet, is none of the series. `turn` names it:
    whoever asks for its next number waits until the transaction that took the last has ended.
    """
    wait_turn(turn)
    series = rows.filter(number__startswith=before)
    last, width = _greatest(series, before, f"[0-9]{{{digits}}}"), digits
    while last == 10**width - 1:  # a longer number sorts before it as text
        width += 1
        last = max(last, _greatest(series, before, f"[1-9][0-9]{{{width - 1}}}"))
    return f"{before}{last + 1:0{digits}d}"


def _greatest(series: QuerySet[Any], before: str, digits: str) -> int:
    """Return the greatest of the numbers whose end matches `digits`, all of one length; 0 where there is none."""
    fits = series.filter(number__regex=f"^{re.escape(before)}{digits}$")
    last = fits.aggregate(last=Max("number"))["last"]
    return int(last.removeprefix(before)) if last else 0
