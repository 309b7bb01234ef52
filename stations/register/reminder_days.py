"""The days before an event on which participants are reminded."""

from datetime import datetime

from django.utils import timezone

DAYS_BEFORE = (3, 1)


def reminder_due(starts: datetime, now: datetime) -> int | None:
    """Return which reminder is due, as its number of days before `starts`; None before the first."""
    left = (starts.date() - timezone.localtime(now).date()).days
    return min((ahead for ahead in DAYS_BEFORE if left <= ahead), default=None)
