"""Erasing the words of a duty record, on a lawful ground: kind, day and points stay."""

from typing import Any

from django.db.models import Model

from accounts.erasure import erase_words
from accounts.permissions import Asker
from ledger.erasure import erasing
from stations.duty.models import DutyRecord


def listen() -> None:
    """Say what is erased with a record."""
    erasing.connect(_of_a_record, sender=DutyRecord, dispatch_uid="stations:erasure-of-duty")


def erase_duty(actor: Asker, record: DutyRecord, reason: str) -> int:
    """Erase the title of a record, and titles and reasons of its steps; how many rows held something.

    Raises as `erase_words`.
    """
    return erase_words(actor, "erase-duty", record, record.deputy.station.area, reason)


def _of_a_record(thing: DutyRecord, **kwargs: Any) -> list[Model]:
    return list(thing.events.all())
