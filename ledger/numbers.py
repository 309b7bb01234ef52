"""Numbers of a series (``2026-00017``), given out one after the other without a gap."""

from typing import Any

from django.db.models import Max, QuerySet

from ledger.locks import wait_turn


def next_number(rows: QuerySet[Any], before: str, digits: int, *, turn: str) -> str:
    """Return the number after the greatest `number` of `rows` that begins with `before`.

    `turn` names the series: whoever asks for its next number waits until the transaction that took the last has ended.
    """
    wait_turn(turn)
    last = rows.filter(number__startswith=before).aggregate(last=Max("number"))["last"]
    return f"{before}{int(last.removeprefix(before)) + 1 if last else 1:0{digits}d}"
