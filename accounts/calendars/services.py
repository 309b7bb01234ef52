"""Writes of personal calendars: the address made and taken back, busy times read in and forgotten."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.calendars.models import BusyTime, PersonalCalendar
from accounts.calendars.reading import read_busy_times
from accounts.directory.models import User
from geokit.digests import digest_of_secret
from ledger import audit

TOKEN_BYTES = 24


@transaction.atomic
def make_address(user: User) -> str:
    """Return a new secret for the address of the person's calendar; the one before opens nothing any more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    given = {"digest": digest_of_secret(token), "made_at": timezone.now()}
    row, _new = PersonalCalendar.objects.update_or_create(user=user, defaults=given)
    audit.record(user, "calendar-address-made", row)
    return token


@transaction.atomic
def end_address(user: User, actor: Any = None) -> None:
    """Take the address back, by `actor` where it is not she herself. A second time changes nothing."""
    row = PersonalCalendar.objects.select_for_update().filter(user=user).exclude(digest=None).first()
    if row is not None:
        row.digest = row.made_at = None
        row.save(update_fields=["digest", "made_at"])
        audit.record(actor or user, "calendar-address-ended", row)


def owner_of(token: str) -> User | None:
    """Return whose calendar an address opens; None for a guess, an old one, and who has no account any more."""
    row = PersonalCalendar.objects.filter(digest=digest_of_secret(token)).select_related("user").first()
    return row.user if row is not None and row.user.is_active else None


@transaction.atomic
def keep_busy_times(user: User, content: bytes, now: datetime | None = None) -> int:
    """Read an .ics file in the place of what was there; return how many spans it has. Raises BadInput."""
    now = now or timezone.now()
    spans = read_busy_times(content, now)
    # First, since it locks the person's row: of two files at once the later one stands in the place of the other.
    PersonalCalendar.objects.update_or_create(user=user, defaults={"read_at": now})
    BusyTime.objects.filter(user=user, feed=None).delete()
    BusyTime.objects.bulk_create(BusyTime(user=user, starts_at=start, ends_at=end) for start, end in spans)
    return len(spans)


@transaction.atomic
def forget_busy_times(user: User) -> None:
    PersonalCalendar.objects.filter(user=user).update(read_at=None)
    BusyTime.objects.filter(user=user, feed=None).delete()


def forget_past(now: datetime | None = None) -> int:
    """Delete busy times that are over; return how many."""
    deleted, _each = BusyTime.objects.filter(ends_at__lt=now or timezone.now()).delete()
    return deleted
