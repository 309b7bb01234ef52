"""Reads of the log of signing in."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.directory.models import Role
from accounts.permissions import role_of
from accounts.sessions.models import SignInEvent
from ui.days import midnight, midnight_after


def events_of(user: Any) -> QuerySet[SignInEvent]:
    """What happened at one's own door, the newest first."""
    return SignInEvent.objects.filter(user=user)


def events_visible_to(user: Any) -> QuerySet[SignInEvent]:
    """The whole log for administrators, nothing for anybody else."""
    if role_of(user) != Role.ADMIN or user.is_service:
        return SignInEvent.objects.none()
    return SignInEvent.objects.select_related("user")


def chosen(events: QuerySet[SignInEvent], given: dict[str, Any]) -> QuerySet[SignInEvent]:
    """Narrow the log to what the form asks for; `since` and `until` are local days, both included."""
    if word := given.get("q"):
        events = events.filter(Q(user__username__icontains=word) | Q(user__display_name__icontains=word))
    if outcome := given.get("outcome"):
        events = events.filter(outcome=outcome)
    if since := given.get("since"):
        events = events.filter(at__gte=midnight(since))
    if until := given.get("until"):
        events = events.filter(at__lt=midnight_after(until))
    return events
