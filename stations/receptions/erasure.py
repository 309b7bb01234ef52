"""Erasing what a visitor said or left at a reception, and personal words in a day's own notes, on a lawful ground."""

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts.erasure import erase_words, require_eraser
from accounts.notices.services import blot_out
from accounts.permissions import Asker
from ledger import audit
from ledger.actors import account_of
from ledger.chain.sql import ERASED
from ledger.erasure import erasing, note_erasure, nothing_to_erase
from stations.receptions.matters import returned_key
from stations.receptions.models import Booking, Matter, Reception

OF_A_BOOKING = ("name", "phone", "topic")


def listen() -> None:
    """Say what is erased with a day and with a matter that was received."""
    erasing.connect(_of_a_day, sender=Reception, dispatch_uid="stations:erasure-of-days")
    erasing.connect(_of_a_matter, sender=Matter, dispatch_uid="stations:erasure-of-matters")


def erase_visit(actor: Asker, matter: Matter, reason: str) -> int:
    """Erase the words and the answer of one matter that was received; how many rows held something.

    Raises as `erase_words`.
    """
    return erase_words(actor, "erase-visit", matter, matter.reception.station.area, reason)


def erase_reception(actor: Asker, reception: Reception, reason: str) -> int:
    """Erase the summary of a day and why deputies could not come; matters and bookings are erased one by one.

    Returns how many rows held something. Raises as `erase_words`.
    """
    return erase_words(actor, "erase-reception", reception, reception.station.area, reason)


@transaction.atomic
def erase_booking(actor: Asker, booking: Booking, reason: str) -> int:
    """Erase name, telephone and topic of a booking before their time; the place stays taken. Raises as `erase_words`.

    Bookings are not in the chain, since every one of them is emptied some time after its day; that this one was
    emptied, and why, is.
    """
    require_eraser(actor, booking.reception.station.area)
    locked = Booking.objects.select_for_update().get(pk=booking.pk)
    if locked.forgotten_at is not None:
        raise nothing_to_erase()
    note_erasure(actor, locked, [name for name in OF_A_BOOKING if getattr(locked, name)], reason)
    locked.name = locked.phone = locked.topic = ""
    locked.forgotten_at = timezone.now()
    locked.save()
    audit.record(account_of(actor), "erase-booking", locked, rows=1)
    return 1


def _of_a_day(thing: Reception, **kwargs: Any) -> list[Model]:
    return list(thing.leaves.all())


def _of_a_matter(thing: Matter, **kwargs: Any) -> list[Model]:
    """What the station was told when the matter came back goes too."""
    blot_out([returned_key(thing, version) for version in range(1, thing.version + 1)], ERASED)
    return []
