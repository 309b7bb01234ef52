"""One way to write a change of works into the history: old and new values side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from accounts.permissions import Asker
from ledger.actors import account_of
from river_monitoring.works.models import WorkEvent

Changes = dict[str, list[str]]
BATCH = 500


def text_of(value: Any) -> str:
    """A value as the history keeps it; what is not there is empty.

    >>> text_of(Decimal("30.00")), text_of(date(2026, 3, 5)), text_of(None)
    ('30', '2026-03-05', '')
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def differences(thing: Model, wanted: Mapping[str, Any]) -> Changes:
    """What would change if `thing` took the `wanted` values: {field: [old, new]}."""
    pairs = {name: [text_of(getattr(thing, name)), text_of(value)] for name, value in wanted.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says; `about` names its point, measure or outfall."""

    verb: str
    changes: Changes
    about: Mapping[str, Any]
    note: str = ""


def write(verb: str, actor: Asker, changes: Changes, note: str = "", **about: Any) -> WorkEvent:
    """Write the event; `about` names its point, measure or outfall."""
    [event] = write_many(actor, [Said(verb, changes, about, note)])
    return event


def write_many(actor: Asker, said: Iterable[Said]) -> list[WorkEvent]:
    """Write events of one moment with one statement."""
    account, now = account_of(actor), timezone.now()
    department = account.department if account else None
    rows = [
        WorkEvent(
            verb=one.verb, at=now, actor=account, department=department, changes=one.changes, note=one.note.strip(),
            **one.about,
        )
        for one in said
    ]  # fmt: skip
    return WorkEvent.objects.bulk_create(rows, batch_size=BATCH)
